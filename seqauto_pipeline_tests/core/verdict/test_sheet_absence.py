"""What is said of a complete run whose sheet is missing, refuses or cannot be parsed."""

from dataclasses import replace

from seqauto_pipeline.core.data_state import RunState
from seqauto_pipeline.core.file_list import RunListing
from seqauto_pipeline_tests.core.listings import refusal
from seqauto_pipeline_tests.core.runs import WHOLE, run_with
from seqauto_pipeline_tests.core.verdict.judging import DEEP, codes, judged, known_as


def test_a_run_without_a_sheet_is_in_error_and_has_no_files():
    verdict = judged(run_with(sheet=None))

    (problem,) = verdict.problems
    assert (problem.code, problem.path) == ("SHEET_MISSING", "SampleSheet.csv")
    assert verdict.record.data_state is RunState.ERROR
    assert verdict.record.state_reason == problem.message
    assert problem.message == (
        "the run folder has no SampleSheet.csv: nothing says what to expect."
    )
    assert (verdict.expected, verdict.files_are_known) == ((), False)


def test_a_sheet_that_disappears_stays_in_force_with_an_error():
    verdict = judged(run_with(sheet=None), known_as())

    (problem,) = verdict.problems
    assert problem.message.endswith("The last good version stays in force.")
    assert verdict.record.data_state is RunState.COMPLETE
    assert len(verdict.expected) == 8


def test_a_sheet_that_was_never_readable_has_one_message_that_says_why():
    verdict = judged(run_with(sheet="\x89PNG\r\n"))

    assert len(verdict.problems) == 1
    assert verdict.problems[0].code != "SHEET_NOT_READABLE"
    assert verdict.record.state_reason == verdict.problems[0].message


def test_a_sheet_that_can_no_longer_be_read_stays_in_force_with_an_error():
    verdict = judged(run_with(sheet=""), known_as())

    assert codes(verdict)[-1] == "SHEET_NOT_READABLE"
    assert verdict.problems[-1].message == (
        "the sample sheet could not be read, so nothing new is expected. "
        "The last good version stays in force."
    )
    assert verdict.record.data_state is RunState.COMPLETE


def refused_sheet() -> RunListing:
    return run_with(
        [*WHOLE, "SampleSheet.csv"], sheet=None, unreadable=[refusal("SampleSheet.csv")]
    )


def test_a_sheet_that_refuses_is_not_missing():
    verdict = judged(refused_sheet())

    assert codes(verdict) == ["UNREADABLE"]
    assert verdict.record.data_state is RunState.ERROR
    assert "cannot be read (EACCES)" in verdict.record.state_reason
    assert not verdict.is_final


def test_a_known_sheet_that_refuses_stays_in_force():
    verdict = judged(refused_sheet(), known_as())

    assert codes(verdict) == ["UNREADABLE", "SHEET_REFUSED"]
    assert verdict.record.data_state is RunState.COMPLETE


def test_a_sheet_in_a_directory_that_refuses_is_an_error_of_the_run():
    at = replace(DEEP, run=replace(DEEP.run, sample_sheet=("docs/sheet.csv",)))

    verdict = judged(run_with(["ok"], sheet=None, unreadable=[refusal("docs")]), at=at)

    assert verdict.record.data_state is RunState.ERROR
    assert verdict.record.state_reason == "its sample sheet cannot be looked at"
    assert codes(verdict) == ["UNREADABLE"]
