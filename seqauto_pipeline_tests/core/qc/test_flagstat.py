"""Flagstats by example, and each problem by its message."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seqauto_pipeline.core.problems import Severity
from seqauto_pipeline.core.qc.readers import (
    read_flagstat,
)
from seqauto_pipeline_tests.core.qc.examples import content, example, is_sound, mutated, only

OLD_COUNTS = {
    "total": 2000,
    "duplicates": 150,
    "mapped": 1900,
    "paired": 2000,
    "read1": 1000,
    "read2": 1000,
    "properly_paired": 1800,
    "with_mate_mapped": 1860,
    "singletons": 40,
    "mate_on_other_chromosome": 20,
    "mate_on_other_chromosome_mapq5": 12,
}
NEW_COUNTS = OLD_COUNTS | {
    "total": 2010,
    "mapped": 1910,
    "secondary": 0,
    "supplementary": 10,
    "primary": 2000,
    "primary_duplicates": 150,
    "primary_mapped": 1900,
}


def test_flagstat_of_before_failed_reads_were_told_apart_has_the_counts_of_all():
    loaded = content(read_flagstat(example("flagstat_0.1.5.txt")))

    assert loaded == {**OLD_COUNTS, "qc_failure": 0, "qc_failed": None}


def test_flagstat_counts_passed_and_failed_reads():
    loaded = content(read_flagstat(example("flagstat_0.1.19.txt")))

    assert loaded["qc_failed"]["total"] == 30
    assert loaded["qc_failed"]["mapped"] == 20
    assert {key: loaded[key] for key in OLD_COUNTS} == OLD_COUNTS


@pytest.mark.parametrize("form", ["txt", "tsv", "json"])
def test_the_three_forms_of_one_flagstat_say_the_same(form):
    loaded = read_flagstat(example(f"flagstat_1.17.{form}"))

    assert loaded.problems == ()
    assert content(loaded) == {**NEW_COUNTS, "qc_failed": dict.fromkeys(NEW_COUNTS, 0)}


def test_flagstat_of_1_9_has_no_primary_counts():
    loaded = content(read_flagstat(example("flagstat_1.9.txt")))

    assert "primary" not in loaded
    assert loaded["supplementary"] == 10


def test_a_count_of_a_newer_samtools_is_passed_over():
    data = example("flagstat_1.17.txt") + b"5 + 0 with a tail\n"

    assert read_flagstat(data) == read_flagstat(example("flagstat_1.17.txt"))


def test_a_complaint_among_the_counts_is_a_warning_that_quotes_it():
    complaint = b"[W::bam_hdr_read] EOF marker is absent. The input is probably truncated\n"

    loaded = read_flagstat(complaint + example("flagstat_1.17.txt"))

    assert content(loaded)["total"] == 2010
    assert only(loaded).severity is Severity.WARNING
    assert only(loaded).line == 1
    assert only(loaded).message.startswith("Found '[W::bam_hdr_read] EOF marker is absent. The")


@pytest.mark.parametrize("data", [b"", b"hello\n", b"10 + 0 in total\n"])
def test_a_flagstat_without_the_main_counts_is_an_error(data):
    loaded = read_flagstat(data)

    assert loaded.data is None
    assert only(loaded).code == "FLAGSTAT_INCOMPLETE"
    assert "mapped, read1, read2, properly_paired, expected the text of" in only(loaded).message


def test_a_flagstat_without_its_last_lines_is_a_warning():
    whole = example("flagstat_1.17.txt")

    loaded = read_flagstat(whole[: whole.index(b"40 + 0 singletons")])

    assert only(loaded).severity is Severity.WARNING
    assert only(loaded).message == (
        "There is no count of singletons, mate_on_other_chromosome, which every samtools writes"
    )


def test_two_flagstats_in_one_file_are_an_error():
    loaded = read_flagstat(example("flagstat_1.9.txt") * 2)

    assert loaded.data is None
    assert loaded.problems[0].line == 14
    assert loaded.problems[0].message == (
        "'in total (QC-passed reads + QC-failed reads)' is counted twice, "
        "expected one report in the file; the same on 12 further lines"
    )


@pytest.mark.parametrize(
    "data",
    [
        b"{",
        b"{}",
        b'{"QC-passed reads": [5], "QC-failed reads": 5}',
        b'{"QC-passed reads": {"total": 1}, "QC-failed reads": {}}',
        b'{"QC-passed reads": {"total": NaN}, "QC-failed reads": {"total": 1}}',
        b'{"QC-passed reads": {"total": 1}, "QC-failed reads": {"total": -1}}',
        b'{"QC-passed reads": {"total": ' + b"9" * 5000 + b'}, "QC-failed reads": {"total": 1}}',
        b'{"a":' * 100_000,
    ],
)
def test_json_that_is_not_flagstats_is_an_error(data):
    problem = only(read_flagstat(data))

    assert problem.message == "Found JSON that is not that of samtools flagstat -O json"


@given(data=st.data())
@settings(deadline=None)
def test_no_json_makes_the_flagstat_reader_raise(data):
    whole = example("flagstat_1.17.json")

    assert is_sound(read_flagstat(data.draw(mutated(data=whole))))
