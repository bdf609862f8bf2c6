"""The same condition is one message, and it closes when it is no longer so."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from seqauto_pipeline.core.problems import Problem, Severity
from seqauto_pipeline.core.verdict.messages import (
    MessageChanges,
    OpenMessage,
    message_keys,
    reconcile_messages,
    sheet_change_key,
    sheet_changed,
    undone_sheet_changes,
)

PROBLEM = Problem("EMPTY_FILE", Severity.ERROR, "the file is empty", "Make it again.", "1_BAM/a")


def applied(stored: list[OpenMessage], changes: MessageChanges) -> list[OpenMessage]:
    reworded = dict(changes.reworded)
    kept = [
        replace(message, problem=reworded.get(message.id, message.problem))
        for message in stored
        if message.id not in changes.closed
    ]
    number = max((message.id for message in stored), default=0)
    return kept + [
        OpenMessage(number + n, key, problem) for n, (key, problem) in enumerate(changes.opened, 1)
    ]


def test_a_problem_opens_a_message_once():
    found = message_keys([PROBLEM])

    first = reconcile_messages(found, [])
    second = reconcile_messages(found, applied([], first))

    assert first.opened == (("EMPTY_FILE:1_BAM/a::", PROBLEM),)
    assert first
    assert not second


def test_a_message_closes_when_its_condition_is_gone():
    stored = applied([], reconcile_messages(message_keys([PROBLEM]), []))

    assert reconcile_messages({}, stored).closed == (1,)


def test_a_message_that_is_kept_stays_open():
    stored = applied([], reconcile_messages(message_keys([PROBLEM]), []))

    assert not reconcile_messages({}, stored, keep=lambda message: message.id == 1)


def test_a_condition_that_says_something_else_is_reworded():
    stored = applied([], reconcile_messages(message_keys([PROBLEM]), []))
    other = replace(PROBLEM, message="the file is still empty")

    changes = reconcile_messages(message_keys([other]), stored)

    assert changes == MessageChanges(reworded=((1, other),))


def test_problems_of_one_code_and_place_have_keys_of_their_own():
    other = replace(PROBLEM, message="another text")

    keys = message_keys([PROBLEM, other, PROBLEM, replace(PROBLEM, line=2, column="index")])

    assert list(keys) == [
        "EMPTY_FILE:1_BAM/a::",
        "EMPTY_FILE:1_BAM/a:::2",
        "EMPTY_FILE:1_BAM/a:2:index",
    ]


PROBLEMS = st.lists(
    st.builds(
        Problem,
        st.sampled_from("AB"),
        st.sampled_from(Severity),
        st.sampled_from(["one", "two"]),
        st.just("fix"),
        st.sampled_from([None, "a", "b"]),
        st.sampled_from([None, 1]),
    ),
    max_size=8,
)


@given(st.lists(PROBLEMS, max_size=4))
def test_applying_the_changes_leaves_nothing_to_change(scans):
    stored: list[OpenMessage] = []
    for problems in scans:
        found = message_keys(problems)
        stored = applied(stored, reconcile_messages(found, stored))

        assert not reconcile_messages(found, stored)
        assert {message.problem for message in stored} == set(problems)


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
    stored = [change(1, "A", "B"), OpenMessage(2, "EMPTY_FILE:A::", PROBLEM)]

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
