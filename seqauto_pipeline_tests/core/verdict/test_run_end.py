"""A run that failed or was stopped, by the instrument's own word, says so before anything else."""

import pytest

from seqauto_pipeline.core.data_state import RunState
from seqauto_pipeline_tests.core.runs import SHEET, WHOLE, run_with
from seqauto_pipeline_tests.core.verdict.judging import codes, judged, known_as


def status(word: str, description: str = "None") -> str:
    return (
        f"<RunCompletionStatus><CompletionStatus>{word}</CompletionStatus>"
        f"<ErrorDescription>{description}</ErrorDescription></RunCompletionStatus>"
    )


FAILED = status("ExceptionEndedEarly", "Stage motion failed")
WORDS = 'the instrument says that the run failed: ExceptionEndedEarly, "Stage motion failed"'


def test_a_run_that_failed_is_complete_where_its_marker_is_there_and_says_it_first():
    verdict = judged(run_with(["done"], run_completion=FAILED, sheet=SHEET.replace("S1", "S 1")))

    assert (verdict.record.data_state, verdict.record.state_reason) == (RunState.COMPLETE, WORDS)
    first = verdict.problems[0]
    assert (first.code, first.severity, first.message) == ("RUN_FAILED", "error", WORDS)
    assert first.path == "RunCompletionStatus.xml"
    assert len(verdict.expected) == 8


def test_what_a_failed_run_explains_is_not_told_as_well():
    without_r2 = [path for path in WHOLE if not path.endswith("_R2.fq")]

    assert codes(judged(run_with(["done"]))) == ["SAMPLE_WITHOUT_FILES"]
    assert codes(judged(run_with(without_r2))) == ["READ_WITHOUT_MATE"]
    assert codes(judged(run_with(["done"], run_completion=FAILED))) == ["RUN_FAILED"]
    assert codes(judged(run_with(without_r2, run_completion=FAILED))) == ["RUN_FAILED"]


def test_a_run_that_failed_without_a_marker_is_incomplete_with_a_message():
    verdict = judged(run_with(WHOLE[1:], run_completion=FAILED))

    assert verdict.record.data_state is RunState.INCOMPLETE
    assert verdict.record.state_reason == f"{WORDS}; it lacks done"
    assert codes(verdict) == ["RUN_FAILED"]
    assert "Do not wait for a completion marker" in verdict.problems[0].fix


def test_a_run_that_failed_and_has_no_sheet_says_both():
    verdict = judged(run_with(sheet=None, run_completion=FAILED))

    assert verdict.record.data_state is RunState.ERROR
    assert codes(verdict) == ["RUN_FAILED", "SHEET_MISSING"]
    assert verdict.record.state_reason.startswith(f"{WORDS}; the run folder has no SampleSheet.csv")


def test_a_run_that_a_person_stopped_says_so():
    verdict = judged(run_with(run_completion=status("UserEndedEarly")))

    (problem,) = verdict.problems
    assert problem.code == "RUN_STOPPED"
    assert problem.message == ("the instrument says that the run was stopped early: UserEndedEarly")


def test_the_message_says_how_far_the_run_came():
    said = FAILED.replace(
        "<ErrorDescription>", "<CycleCompleted>40</CycleCompleted><ErrorDescription>"
    )

    verdict = judged(run_with(run_completion=said))

    assert verdict.problems[0].message == f"{WORDS}, after cycle 40"


def test_a_lost_marker_of_a_failed_run_is_told_after_its_failure():
    verdict = judged(run_with(WHOLE[1:], run_completion=FAILED), known_as())

    assert codes(verdict) == ["RUN_FAILED", "MARKER_GONE"]
    assert "Do not wait" not in verdict.problems[0].fix


@pytest.mark.parametrize("word", ["CompletedAsPlanned", "SomethingNew"])
def test_a_run_that_went_well_or_of_which_nothing_is_known_has_nothing_to_tell(word):
    verdict = judged(run_with(run_completion=status(word, "None")))

    assert verdict.problems == ()
    assert (verdict.record.data_state, verdict.record.state_reason) == (RunState.COMPLETE, None)


def test_a_damaged_status_is_a_warning_of_its_own():
    verdict = judged(run_with(run_completion="<RunCompletionStatus>"))

    assert codes(verdict) == ["RUN_COMPLETION_NOT_XML"]
    assert verdict.problems[0].path == "RunCompletionStatus.xml"
