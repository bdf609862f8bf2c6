"""What a laboratory expects of QC figures, whichever file they stand in."""

import pytest

from seqauto_pipeline.core.qc.limits import FigureLimit, judge_content, limits_of_kit

REPORT = {
    "mean_cluster_density": 190_454,
    "percentage_of_clusters_pf": 91.7,
    "total_pf_clusters": None,
    "reads": [
        {"number": 1, "is_index": False, "percent_q30": 87.9},
        {"number": 2, "is_index": True, "percent_q30": 20.0},
    ],
}
SUMMARY = {"values": {"Sample": "S1", "MeanDepth_Kit": 60.25, "Ts/Tv": None}}
FLAGSTAT = {"total": 200, "mapped": 150, "properly_paired": 100}
FASTQC = {"total_sequences": 1200, "gc": 41, "modules": {}}


@pytest.mark.parametrize(
    ("content", "data", "limit", "said"),
    [
        (
            *("exec_summary", SUMMARY, FigureLimit("meandepth_kit", (80, None))),
            "MeanDepth_Kit is 60.25, at least 80 was expected",
        ),
        (
            *("illumina_qc", REPORT, FigureLimit("Cluster density", (None, 180_000))),
            "cluster density is 1.905e+05, at most 180000 was expected",
        ),
        (
            *("illumina_qc", REPORT, FigureLimit("% Q30 read 1", (90, None))),
            "% Q30 read 1 is 87.9, at least 90 was expected",
        ),
        (
            *("flagstat", FLAGSTAT, FigureLimit("% mapped", (90, None))),
            "% mapped is 75, at least 90 was expected",
        ),
        (
            *("fastqc", FASTQC, FigureLimit("sequences", (5000, None))),
            "sequences is 1200, at least 5000 was expected",
        ),
    ],
)
def test_a_figure_out_of_range_is_one_warning(content, data, limit, said):
    (problem,) = judge_content(content, data, (limit,))

    assert (problem.code, problem.severity) == ("QC_OUT_OF_RANGE", "warning")
    assert problem.message == f"QC figures are out of range: {said}"


@pytest.mark.parametrize(
    ("content", "data", "limit"),
    [
        ("exec_summary", SUMMARY, FigureLimit("MeanDepth_Kit", (60.25, 60.25))),
        ("exec_summary", SUMMARY, FigureLimit("Ts/Tv", (2, 3))),
        ("exec_summary", SUMMARY, FigureLimit("unheard of", (2, 3))),
        ("exec_summary", {"values": None}, FigureLimit("MeanDepth_Kit", (80, None))),
        ("illumina_qc", REPORT, FigureLimit("% Q30 read 2", (80, None))),
        ("illumina_qc", REPORT, FigureLimit("clusters PF", (80, None))),
        ("illumina_qc", {}, FigureLimit("clusters PF", (80, None))),
        ("flagstat", {"total": 0, "mapped": 0}, FigureLimit("% mapped", (90, None))),
        ("gene_list", {"genes": []}, FigureLimit("genes", (1, None))),
    ],
)
def test_what_is_within_its_range_or_no_number_is_no_problem(content, data, limit):
    assert judge_content(content, data, (limit,)) == ()


def test_limits_are_those_of_every_kit_and_of_the_run_s_own():
    everywhere = FigureLimit("MeanDepth_Kit", (80, None))
    own = FigureLimit("MeanDepth_Kit", (100, None), "IDT_exome")
    other = FigureLimit("MeanDepth_Kit", (20, None), "idt_haem")

    assert limits_of_kit((everywhere, own, other), "idt_exome") == (everywhere, own)
    assert limits_of_kit((everywhere, own, other), None) == (everywhere,)
