"""FASTQs that the sheet has a DRAGEN workflow delete: expected only where some are there."""

from collections.abc import Sequence
from dataclasses import replace

from seqauto_pipeline.core.expectation.samples import UsedSheet
from seqauto_pipeline.core.sheet.conversion import Workflow
from seqauto_pipeline_tests.core.expectation.conversions import (
    ENDED,
    ON_BOARD,
    V2,
    fastqs,
    named,
    pair,
)

SAMPLES = (named("a", "a"), named("b", "b", 2))
GERMLINE = Workflow("DragenGermline", deletes_fastqs=True, sample_ids=frozenset({"a"}))
ALL = Workflow("DragenEnrichment", deletes_fastqs=True)


def expected_of(workflows: Sequence[Workflow], there: Sequence[str] = (), **more) -> list[str]:
    """Name the samples of which FASTQs are expected."""
    facts = replace(V2, workflows=tuple(workflows))
    found = fastqs(SAMPLES, there, facts, model="NovaSeq X", **more)
    assert all(file.skipped is bool(file.deleted_by) for file in found)
    return sorted({file.sample_name or "" for file in found if not file.skipped})


def test_no_fastq_is_expected_of_the_samples_of_a_workflow_that_deletes_them():
    assert expected_of([ALL], [ENDED]) == []
    assert expected_of([GERMLINE], [ENDED]) == ["b"]
    assert expected_of([ALL]) == []


def test_a_workflow_that_keeps_them_is_enough():
    assert expected_of([GERMLINE, Workflow("DragenRNA", deletes_fastqs=False)], [ENDED]) == [
        "a",
        "b",
    ]
    assert expected_of([], [ENDED]) == ["a", "b"]


def test_where_one_is_there_all_are_expected():
    assert expected_of([ALL], [ENDED, f"{ON_BOARD}/a_S1_L001_R1_001.fastq.gz"]) == ["a", "b"]
    assert expected_of([GERMLINE], [ENDED, *pair(f"{ON_BOARD}/b_S2_L001")]) == ["b"]


def test_while_the_analysis_runs_they_are_awaited():
    begun = "Analysis/1/Data/log.txt"

    assert expected_of([ALL], [begun]) == ["a", "b"]
    assert all(file.is_awaited for file in fastqs(SAMPLES, [begun], V2, model="NovaSeq X"))


def test_those_that_were_there_before_the_workflow_ended_are_not_missed():
    assert expected_of([ALL], [ENDED], seen=pair(f"{ON_BOARD}/a_S1_L001")) == []


def test_the_sheet_that_the_analysis_used_decides():
    used = UsedSheet(SAMPLES, replace(V2, workflows=(ALL,)))
    at = {"Analysis/1/Data/BCLConvert/SampleSheet.csv": used}

    assert expected_of([], [ENDED], used=at) == []
