"""Who is told what, and when: once, until it is over, and quiet for what is acknowledged."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqauto_pipeline.monitoring.alerts import (
    Condition,
    Event,
    Findings,
    Kind,
    Said,
    Told,
    failure_key,
    next_notices,
    without_acknowledged,
)

NINE = dt.datetime(2026, 1, 10, 9, 0, tzinfo=dt.UTC)
EIGHT = dt.time(8)
FAILED = Condition("scan_failed:1", Kind.SCAN_FAILED, "Scan a failed", "why")
OTHER = Condition("scan_failed:2", Kind.SCAN_FAILED, "Scan b failed", "why else")
MISSED = Condition("scan_missed", Kind.SCAN_MISSED, "A scan is missing", "when")
LATE = Condition("overdue:/r", Kind.OVERDUE, "r", "2 fastq", "exome")
LATER = Condition("overdue:/s", Kind.OVERDUE, "s", "1 vcf")


def tell(conditions, told=None, now=NINE, acknowledged=(), unknown=""):
    """Deliver all there is; give the notices and what the receiver knows now."""
    known = told or Told()
    notices = []
    found = Findings(tuple(conditions), unknown)
    for each in next_notices(found, acknowledged, known, now, EIGHT):
        notices += [each.notice] if each.notice is not None else []
        known = each.told
    return notices, known


@given(
    st.lists(st.sets(st.sampled_from([FAILED, OTHER, MISSED, LATE, LATER])).map(tuple), max_size=6)
)
def test_nobody_is_told_twice_of_the_same(rounds):
    told = Told()
    for conditions in rounds:
        _, told = tell(conditions, told)

        again, told = tell(conditions, told)

        assert again == []
        at_once = {each.key for each in conditions if each.kind is not Kind.OVERDUE}
        assert told.raised.keys() == at_once


def test_what_begins_and_ends_is_told():
    first, told = tell([FAILED, MISSED])
    second, _ = tell([], told)

    assert [each.event for each in first] == [Event.RAISED, Event.RAISED]
    assert [each.title for each in second] == ["Over: Scan a failed", "Over: A scan is missing"]


def test_what_goes_on_for_another_cause_is_not_called_over():
    _, told = tell([FAILED])

    notices, told = tell([OTHER], told)

    assert [each.title for each in notices] == ["Scan b failed"]
    assert list(told.raised) == ["scan_failed:2"]


def test_the_end_of_what_was_acknowledged_is_not_told_and_its_return_is():
    _, told = tell([FAILED])

    notices, told = tell([], told, acknowledged=["scan_failed:1"])
    again, _ = tell([FAILED], told)

    assert notices == []
    assert len(again) == 1


def test_a_digest_waits_for_its_time_and_comes_when_something_changed():
    early, told = tell([LATE], now=NINE.replace(hour=7))
    first, told = tell([LATE], told)
    same_day, told = tell([LATE, LATER], told, NINE.replace(hour=10))
    next_day, told = tell([LATER], told, NINE + dt.timedelta(days=1))
    unchanged, _ = tell([LATER], told, NINE + dt.timedelta(days=2))

    assert (early, same_day, unchanged) == ([], [], [])
    assert first[0].text == "exome:\n  r (new): 2 fastq"
    assert next_day[0].text == "no enrichment kit:\n  s (new): 1 vcf\nNo longer overdue:\n  r"


def test_a_digest_says_which_lines_were_in_the_last_one():
    _, told = tell([LATE])

    [notice], _ = tell([LATE, LATER], told, NINE + dt.timedelta(days=1))

    assert "  r: 2 fastq" in notice.text
    assert "  s (new): 1 vcf" in notice.text


def test_what_nobody_could_look_for_is_not_over():
    _, told = tell([LATE])

    nothing, told = tell([], told, NINE + dt.timedelta(days=1), unknown="the database is locked")
    [notice], _ = tell([LATER], told, NINE + dt.timedelta(days=1, hours=2))

    assert nothing == []
    assert "s (new)" in notice.text
    assert "No longer overdue:\n  r" in notice.text


def test_an_empty_digest_is_sent_once():
    _, told = tell([LATE])

    [notice], told = tell([], told, NINE + dt.timedelta(days=1))
    again, _ = tell([], told, NINE + dt.timedelta(days=2))

    assert notice.title == "Nothing is overdue any more"
    assert again == []


@pytest.mark.parametrize(
    ("until", "left"),
    [(None, ()), (NINE + dt.timedelta(hours=1), ()), (NINE, (FAILED,))],
)
def test_an_acknowledgement_holds_until_it_ends(until, left):
    said = Said("scan_failed:1", is_on=True, by="Ann", why="why", at=NINE, until=until)
    held = {said.key: said}

    assert without_acknowledged(Findings((FAILED,)), held, NINE) == Findings(left)


def test_failures_for_the_same_reason_have_the_same_key():
    assert failure_key("disk \ud800 gone") == failure_key("disk \ud800 gone")
    assert failure_key("disk gone") != failure_key("disk full")


def test_lost_files_are_told_in_the_digest_beside_what_is_overdue():
    lost = Condition("lost:/r", Kind.LOST, "r", "1 vcf file is gone", page="https://ui/lost")
    late = Condition("overdue:/s", Kind.OVERDUE, "s", "missing 1 vcf", page="https://ui/late")
    nine = dt.datetime(2026, 11, 25, 9, tzinfo=dt.UTC)

    (both,) = next_notices(Findings((late, lost)), (), Told(), nine, dt.time(8))
    (over,) = next_notices(Findings(), (), both.told, nine + dt.timedelta(days=1), dt.time(8))

    assert both.notice is not None
    assert both.notice.title == "1 overdue sequencing run and 1 sequencing run with lost files"
    assert "  r (new): 1 vcf file is gone" in both.notice.text
    assert both.notice.text.endswith("\n\nhttps://ui/late\nhttps://ui/lost")
    assert over.notice is not None
    assert over.notice.text == "No longer overdue:\n  s\nNo longer lost:\n  r"
