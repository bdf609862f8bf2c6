"""Messages on a sheet that has changed: when they are undone, and what they say."""

from seqauto_pipeline.core.problems import Problem, Severity
from seqauto_pipeline.core.verdict.messages import OpenMessage
from seqauto_pipeline.core.verdict.sheet_messages import (
    sheet_change_key,
    sheet_changed,
    undone_sheet_changes,
)

EMPTY = Problem("EMPTY_FILE", Severity.ERROR, "it is empty", "Copy it again.")


def change(number: int, old: str, new: str, *, meaningful: bool = True) -> OpenMessage:
    problem = sheet_changed(meaningful=meaningful, lines=["S2 added"], added=0, retired=0)
    return OpenMessage(number, sheet_change_key(old, new), problem)


def test_a_sheet_that_is_again_as_before_undoes_its_change():
    assert undone_sheet_changes([change(1, "A", "B")], "A") == {1}


def test_a_sheet_that_goes_back_two_steps_undoes_both():
    changes = [change(2, "B", "C", meaningful=False), change(1, "A", "B")]

    assert undone_sheet_changes(changes, "A") == {1, 2}
    assert undone_sheet_changes(changes, "B") == {2}


def test_a_sheet_that_stays_or_cannot_be_read_undoes_nothing():
    stored = [change(1, "A", "B"), OpenMessage(2, "EMPTY_FILE:A::", EMPTY)]

    assert undone_sheet_changes(stored, "B") == frozenset()
    assert undone_sheet_changes(stored, None) == frozenset()
    assert undone_sheet_changes([], "A") == frozenset()


def test_a_meaningful_change_says_what_it_means_and_wants_to_be_acknowledged():
    problem = sheet_changed(
        meaningful=True, lines=["sample S2 added", "index of S1 changed"], added=8, retired=2
    )

    assert (problem.code, problem.severity) == ("SHEET_CHANGED", "warning")
    assert problem.message == (
        "the sample sheet has changed: sample S2 added; index of S1 changed. "
        "It adds 8 expected files and retires 2."
    )
    assert "seqauto messages ack" in problem.fix


def test_any_other_change_is_noted():
    problem = sheet_changed(meaningful=False, lines=[], added=0, retired=0)

    assert (problem.code, problem.severity) == ("SHEET_EDITED", "info")
    assert problem.message == ("the sample sheet was edited: nothing that the samples depend on.")
