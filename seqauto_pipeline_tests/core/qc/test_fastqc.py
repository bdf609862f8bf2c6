"""FastQC reports by example, and each problem by its message."""

import pytest

from seqauto_pipeline.core.problems import Severity
from seqauto_pipeline.core.qc.readers import (
    read_fastqc,
)
from seqauto_pipeline_tests.core.qc.examples import content, example, only


def test_fastqc_gives_the_basic_statistics_and_each_verdict():
    assert content(read_fastqc(example("fastqc_data.txt"))) == {
        "version": "0.11.9",
        "total_sequences": 871037,
        "poor_quality": 0,
        "gc": 48,
        "sequence_length": "35-151",
        "shortest": 35,
        "longest": 151,
        "modules": {
            "Basic Statistics": "pass",
            "Per base sequence quality": "warn",
            "Adapter Content": "fail",
        },
    }


def test_fastqc_of_before_0_11_has_no_count_of_poor_quality():
    data = example("fastqc_data.txt").replace(b"Sequences flagged as poor", b"Filtered")

    assert content(read_fastqc(data))["poor_quality"] is None


def test_fastqc_of_reads_of_one_length_has_that_as_shortest_and_longest():
    loaded = content(read_fastqc(example("fastqc_data.txt").replace(b"35-151", b"151")))

    assert (loaded["sequence_length"], loaded["shortest"], loaded["longest"]) == ("151", 151, 151)


@pytest.mark.parametrize(
    ("data", "found"),
    [(b"", "the file is empty"), (b"\n<html>", "the file begins with '<html>'")],
)
def test_what_is_not_fastqc_text_is_an_error(data, found):
    assert only(read_fastqc(data)).message == (
        f"There is no module Basic Statistics: {found}, expected the text of FastQC"
    )


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        (b">>END_MODULE\n>>Per", b">>Per", 11, "Module 'Basic Statistics' has no end before this"),
        (b"er\n1\t0.0\n>>END_MODULE\n", b"", 18, "Module 'Adapter Content' has no end before this"),
        (b"\tfail", b"\tbad", 17, "Found module 'Adapter Content' with verdict 'bad', expected a"),
        (b"Adapter Content", b"Basic Statistics", 17, "Module 'Basic Statistics' begins a second"),
        (b"871037", b"lots", 7, "Total Sequences is 'lots', expected a number, 0 or more"),
        (b"871037", b"-1", 7, "Total Sequences is '-1', expected a number, 0 or more"),
        (b"Total Sequences", b"Total", None, "Basic Statistics has no line Total Sequences"),
        (b"35-151", b"long", 9, "Sequence length is 'long', expected 151 or 35-151"),
        (b"Sequence length", b"Length", None, "Basic Statistics has no line Sequence length"),
    ],
)
def test_a_broken_fastqc_report_is_an_error_with_its_line(old, new, line, message):
    loaded = read_fastqc(example("fastqc_data.txt").replace(old, new, 1))

    assert loaded.data is None
    assert only(loaded).message.startswith(message)
    assert only(loaded).line == line


def test_a_fastqc_figure_that_is_not_finite_is_null_with_a_warning():
    loaded = read_fastqc(example("fastqc_data.txt").replace(b"%GC\t48", b"%GC\tNaN"))

    assert content(loaded)["gc"] is None
    assert only(loaded).severity is Severity.WARNING
    assert only(loaded).message == "%GC is 'NaN', expected a number; it is kept as null"
