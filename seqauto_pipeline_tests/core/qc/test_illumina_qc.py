"""Illuminate reports by example, and each problem by its message."""

import pytest

from seqauto_pipeline.core.problems import Severity
from seqauto_pipeline.core.qc.readers import (
    read_illumina_qc,
)
from seqauto_pipeline_tests.core.qc.examples import content, example, only


def test_the_illuminate_report_gives_density_quality_and_index_counts():
    assert content(read_illumina_qc(example("illuminate_report.txt"))) == {
        "mean_cluster_density": 190454,
        "mean_pf_cluster_density": 171215,
        "total_clusters": 486709723,
        "total_pf_clusters": 446518418,
        "percentage_of_clusters_pf": 91.742243,
        "aligned_to_phix": 1.331144,
        "reads": [
            {"number": 1, "is_index": False, "percent_q30": 87.901112},
            {"number": 2, "is_index": True, "percent_q30": 87.864762},
            {"number": 3, "is_index": True, "percent_q30": 86.679805},
            {"number": 4, "is_index": False, "percent_q30": 82.503342},
        ],
        "index_counts": [
            {
                "index": "AAGAGGCA+ATAGAGAG",
                "project": "default",
                "name": "S001-01_4049083A",
                "reads": 33522694,
            },
            {
                "index": "AAGAGGCA+ATAGAGAG",
                "project": "default",
                "name": "S002-01_4049084A",
                "reads": 31522694,
            },
            {
                "index": "CGTACTAG+GCGATCTA",
                "project": "research",
                "name": "S003-01_4049085A",
                "reads": 20742414,
            },
        ],
    }


def test_a_report_without_phix_has_none():
    data = example("illuminate_report.txt").replace(b"  Aligned to PhiX: 1.331144\n", b"")

    assert content(read_illumina_qc(data))["aligned_to_phix"] is None


def test_a_figure_that_illuminate_could_not_compute_is_null():
    data = example("illuminate_report.txt").replace(b"1.331144", b"nan")

    assert read_illumina_qc(data).problems == ()
    assert content(read_illumina_qc(data))["aligned_to_phix"] is None


def test_a_section_without_figures_is_a_warning():
    data = example("illuminate_report.txt").split(b"INDEXING METRICS")[0]

    loaded = read_illumina_qc(data)

    assert content(loaded)["index_counts"] == []
    assert only(loaded).severity is Severity.WARNING
    assert only(loaded).message == "The report has no figures under INDEXING METRICS"


@pytest.mark.parametrize(
    ("data", "found"),
    [(b"", "the file is empty"), (b"\nError: x\n", "the file begins with 'Error: x'")],
)
def test_what_is_not_an_illuminate_report_is_an_error(data, found):
    assert only(read_illumina_qc(data)).message == (
        "None of TILE METRICS, QUALITY METRICS, INDEXING METRICS is there: "
        f"{found}, expected Illuminate's report"
    )


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        (b"190454", b"dense", 13, "Mean Cluster Density is 'dense', expected a number"),
        (b"87.901112", b"good", 28, "Read 1 is 'good', expected a number"),
        (
            b"    20742414",
            b"    many",
            38,
            "Found 'CGTACTAG+GCGATCTA  research     S003-01_4049085A    many' under INDEXING",
        ),
        (b"default      S001-01_4049083A", b"", 36, "Found 'AAGAGGCA+ATAGAGAG      33522694'"),
    ],
)
def test_a_broken_line_of_the_report_is_an_error_with_its_line(old, new, line, message):
    loaded = read_illumina_qc(example("illuminate_report.txt").replace(old, new))

    assert loaded.data is None
    assert loaded.problems[0].message.startswith(message)
    assert loaded.problems[0].line == line


def test_rows_that_illuminate_left_out_are_a_warning():
    data = example("illuminate_report.txt").replace(b"CGTACTAG", b"...     ...  ...  ...\nCGTACTAG")

    loaded = read_illumina_qc(data)

    assert len(content(loaded)["index_counts"]) == 3
    assert only(loaded).severity is Severity.WARNING
    assert only(loaded).line == 38
    assert only(loaded).message.startswith("Dots stand for rows of the index table")
