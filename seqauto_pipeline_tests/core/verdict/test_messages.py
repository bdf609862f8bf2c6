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
