"""Scans by clocks that are wrong: their order is that of their numbers."""

import datetime as dt

import pytest

from seqauto_pipeline.db.queries.overdue import OverdueLimits, overdue_runs
from seqauto_pipeline.db.session import open_database, read_session
from seqauto_pipeline.scan import moment
from seqauto_pipeline.settings import database_url_for
from seqauto_pipeline_tests.scan.lab import Lab
from seqauto_pipeline_tests.scan.two_worlds import indexed, make_cold

_NOW = dt.datetime.now(dt.UTC)


class Clock:
    """The clock of the host that scans."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.ahead = dt.timedelta()
        monkeypatch.setattr(moment, "now", lambda: dt.datetime.now(dt.UTC) + self.ahead)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


@pytest.mark.parametrize(
    "ahead",
    [
        dt.timedelta(minutes=10),
        dt.timedelta(days=30),
        dt.datetime(2100, 1, 1, tzinfo=dt.UTC) - _NOW,
    ],
)
def test_after_a_scan_of_a_clock_that_was_ahead_scans_go_on_and_it_is_said_once(
    lab: Lab, clock: Clock, ahead: dt.timedelta
) -> None:
    run = lab.run().complete()
    lab.scan()
    clock.ahead = ahead
    lab.scan()
    clock.ahead = dt.timedelta()
    run.remove("bam", "S1")

    back, again = lab.scan(), lab.scan()

    assert back.summary.changes
    assert lab.ledger(run.path, "bam", "S1")[-1] == "deleted"
    (note,) = back.files.notes
    assert note.startswith("Scan 2, the one before, began at ")
    assert "one of the two clocks is wrong" in note
    assert again.summary.scan_id == 4
    assert again.files.notes == ()


def test_two_hosts_whose_clocks_differ_by_a_minute_scan_in_turn(lab: Lab, clock: Clock) -> None:
    run = lab.run().complete()
    for number in range(6):
        clock.ahead = dt.timedelta(minutes=number % 2)
        if number % 2:
            run.remove("bam", "S1")
        else:
            run.write("bam", "S1")
        assert lab.scan().summary.scan_id == number + 1

    assert lab.files(run.path)["bam", "S1"] == "deleted"


def test_a_listing_that_is_dated_in_the_future_is_not_taken_for_a_new_one(
    lab: Lab, clock: Clock
) -> None:
    run = lab.run().complete()
    make_cold(lab.root)
    clock.ahead = -dt.timedelta(hours=24)  # of the scan, and not of the listing: that is ahead
    first = indexed(lab, lab.scan().id)[run.path]
    clock.ahead = -dt.timedelta(hours=23)

    second = indexed(lab, lab.scan().id)[run.path]

    assert second.listed_ns > first.listed_ns


def test_a_run_that_was_seen_complete_by_a_clock_ahead_is_overdue_all_the_same(
    lab: Lab, clock: Clock
) -> None:
    clock.ahead = dt.timedelta(days=700)
    run = lab.run().complete()
    run.remove("bam", "S1")
    lab.scan()
    clock.ahead = dt.timedelta()
    lab.scan()
    engine = open_database(database_url_for(lab.settings, lab.home))
    limits = OverdueLimits(24, {}, ("bam",))

    with read_session(engine) as session:
        found = overdue_runs(session, limits, _NOW + dt.timedelta(days=2))
    engine.dispose()

    assert [each.name for each in found] == [run.name]
