"""What cannot be read of a run folder: its messages, and what stays unknown."""

from dataclasses import replace

import pytest

from seqauto_pipeline.core.data_state import RunState
from seqauto_pipeline.core.verdict.refusals import unreadable_problems
from seqauto_pipeline_tests.core.listings import refusal, run_listing
from seqauto_pipeline_tests.core.runs import run_with
from seqauto_pipeline_tests.core.verdict.judging import DEEP, codes, judged, known_as


def test_a_run_folder_that_refuses_is_in_error_where_nothing_is_known_of_it():
    listing = replace(run_listing(unreadable=[refusal("")]), directories={})

    verdict = judged(listing)

    path = f"/disk/{listing.path}"
    assert verdict.record.data_state is RunState.ERROR
    assert verdict.record.state_reason == f"{path} cannot be read: EACCES"
    assert (verdict.is_final, verdict.was_looked_into, codes(verdict)) == (
        False,
        False,
        ["UNREADABLE"],
    )


@pytest.mark.parametrize("state", [RunState.COMPLETE, RunState.INCOMPLETE, RunState.ERROR])
def test_a_known_run_folder_that_refuses_keeps_its_state(state):
    listing = replace(run_listing(unreadable=[refusal("")]), directories={})

    verdict = judged(listing, known_as(state))

    assert (verdict.record.data_state, verdict.record.state_reason) == (state, None)
    assert verdict.record.run_number == 410


@pytest.mark.parametrize("state", [RunState.SKIPPED, RunState.DELETED])
def test_a_run_that_is_back_and_refuses_is_in_error_and_says_why(state):
    listing = replace(run_listing(unreadable=[refusal("")]), directories={})

    record = judged(listing, known_as(state)).record

    assert (record.data_state, record.run_number) == (RunState.ERROR, 410)
    assert record.state_reason.endswith("cannot be read: EACCES")


def test_a_marker_that_cannot_be_looked_at_is_not_missing():
    hidden = run_with([], unreadable=[refusal("qc")])

    verdict = judged(hidden, at=DEEP)

    assert (verdict.record.data_state, verdict.was_looked_into) == ("error", False)


def test_a_marker_that_is_there_makes_up_for_one_that_cannot_be_looked_at():
    verdict = judged(run_with(["ok"], unreadable=[refusal("qc")]), at=DEEP)

    assert verdict.record.data_state is RunState.COMPLETE
    assert (codes(verdict)[0], verdict.is_final) == ("UNREADABLE", False)


def test_a_run_that_was_complete_is_judged_though_its_marker_cannot_be_looked_at():
    verdict = judged(run_with([], unreadable=[refusal("qc")]), known_as(), at=DEEP)

    assert (verdict.record.data_state, verdict.was_looked_into) == ("complete", True)


def test_something_else_that_refuses_does_not_complete_a_run():
    verdict = judged(run_with([], unreadable=[refusal("other")]), at=DEEP)

    assert verdict.record.data_state is RunState.INCOMPLETE


def test_one_path_that_refuses_is_one_problem_however_much_it_hides():
    refusals = [replace(refusal("qc"), below=f"qc/{name}") for name in ("a", "b")]

    problems = unreadable_problems([*refusals, refusal("")])

    assert [problem.path for problem in problems] == ["qc/b", None]
    assert problems[0].message.endswith("/qc cannot be read (EACCES): user seqauto may not read it")
