import json
from typing import Any

import pytest

from seqauto_pipeline.core.qc.measured_run import MeasuredRun, RunLimits, judge_figures
from seqauto_pipeline.core.qc.run_figures import qc_content
from seqauto_pipeline_tests.interop_mutations import INTEROP_RUNS

FIGURES: dict[str, Any] = {
    **json.loads((INTEROP_RUNS / "figures.json").read_text())["miseq_2014_single_read"],
    "index_counts": [
        {
            "lane": 1,
            "reads": 23e6,
            "reads_pf": 20e6,
            "pct_identified": 61.5,
            "samples": [
                {"index": "ACGT", "index2": "", "sample_id": "S1", "project": "P", "reads": 100},
                {"index": "TTTT", "index2": "GG", "sample_id": "S2", "project": "P", "reads": 2},
                {"index": "GGGG", "index2": "", "sample_id": "S3", "project": "P", "reads": 78},
            ],
        }
    ],
}
SAMPLES = frozenset({"S1", "S2", "S3"})


def told(limits: RunLimits, samples: frozenset[str] = SAMPLES) -> dict[str, str]:
    problems = judge_figures(FIGURES, MeasuredRun("RunInfo.xml", None, samples, (limits,)))
    return {each.code: each.message for each in problems}


@pytest.mark.parametrize(
    ("limits", "said"),
    [
        (RunLimits(percent_q30=(97, None)), "% >= Q30 is 96.1, at least 97 was expected"),
        (RunLimits(yield_gb=(1.2, None)), "the yield in Gb is 0.9999, at least 1.2 was expected"),
        (RunLimits(percent_phix=(1, None)), "% PhiX is 0, at least 1 was expected"),
        (
            RunLimits(density=(None, 1100)),
            "the density in k/mm2 of lane 1 is 1251, at most 1100 was expected",
        ),
        (RunLimits(percent_pf=(90, None)), "% PF of lane 1 is 86.72, at least 90 was expected"),
        (
            RunLimits(percent_identified=(80, None)),
            "% of reads with a known index of lane 1 is 61.5, at least 80 was expected",
        ),
    ],
)
def test_a_figure_out_of_range_is_named_with_what_was_expected(limits: RunLimits, said: str):
    assert told(limits) == {
        "ILLUMINA_QC_OUT_OF_RANGE": f"The run's figures are out of range: {said}"
    }


def test_a_figure_that_the_run_does_not_have_is_not_judged():
    assert told(RunLimits(error_rate=(None, 0.1))) == {}


def test_figures_within_their_range_are_not_told():
    limits = RunLimits(percent_q30=(90, 99), density=(800, 1300), sample_share=(1, 200))

    assert told(limits) == {}


def test_samples_with_odd_shares_of_their_lane_are_named():
    assert told(RunLimits(sample_share=(20, 150))) == {
        "ILLUMINA_QC_SAMPLE_SHARE": "Samples of lane 1 have too few or too many reads, in percent "
        "of the lane's average: 'S1' 167 %, 'S2' 3 %"
    }


def test_samples_that_the_sheet_does_not_have_are_named():
    assert told(RunLimits(), frozenset({"S1", "S3"})) == {
        "ILLUMINA_QC_OTHER_SAMPLES": "The index metrics have samples that the sheet does not "
        "have: 'S2'"
    }


def test_without_a_sheet_no_sample_is_another():
    assert told(RunLimits(), frozenset()) == {}


@pytest.mark.parametrize(
    ("kit", "instrument", "applies"),
    [
        (None, None, True),
        ("Exome", None, True),
        ("panel", None, False),
        (None, "miseq", True),
        ("exome", "NovaSeq 6000", False),
    ],
)
def test_limits_apply_to_a_kit_and_a_model(
    kit: str | None, instrument: str | None, *, applies: bool
):
    assert RunLimits(kit, instrument).apply_to("exome", "MiSeq") is applies


def test_content_has_the_fields_and_units_of_the_old_report():
    content = qc_content(FIGURES)

    assert content["mean_cluster_density"] == 1_251_405
    assert content["total_pf_clusters"] == 20_406_000
    assert content["percentage_of_clusters_pf"] == pytest.approx(86.7159)
    assert content["reads"][0]["percent_q30"] == 96.0959  # type: ignore[index, call-overload]
    assert content["index_counts"][1] == {  # type: ignore[index]
        "index": "TTTT+GG",
        "project": "P",
        "name": "S2",
        "reads": 2,
        "lane": 1,
    }
