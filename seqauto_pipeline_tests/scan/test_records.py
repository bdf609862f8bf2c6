"""Kept file lists: applied again, refused when they are not whole, deleted when they are old."""

import datetime as dt
import os
import time
from pathlib import Path

import pytest

from seqauto_pipeline.disk.record.paths import record_path
from seqauto_pipeline.errors import OlderRecordError, ScanRecordError
from seqauto_pipeline.scan import moment
from seqauto_pipeline.scan.kept_records import prune, record_for_scan
from seqauto_pipeline_tests.scan.lab import Lab


def test_the_newest_list_is_applied_again_like_any_scan(lab: Lab) -> None:
    run = lab.run(1).complete()
    first = lab.scan()
    dump = lab.dump()
    run.delete()

    again = lab.replay(first.id)

    assert again.summary.in_words() == "nothing"
    assert lab.dump() == dump


def test_an_older_list_shows_what_it_would_change_and_changes_nothing(lab: Lab) -> None:
    run = lab.run(1).complete()
    first = lab.scan()
    run.remove("bam")
    second = lab.scan()
    dump = lab.dump()
    lab.environ["SEQAUTO_TIME_ZONE"] = "Etc/GMT-9"  # nine hours ahead of UTC

    refused = lab.replay(first.id)

    assert isinstance(refused.error, OlderRecordError)
    there = dt.timezone(dt.timedelta(hours=9))
    for scan in (first, second):
        as_of = dt.datetime.fromisoformat(scan.summary.as_of).astimezone(there)
        assert f"{as_of:%Y-%m-%d %H:%M:%S}" in str(refused.error)
    assert "It would change: 1 file record in 1 run." in str(refused.error)
    assert "--force" in str(refused.error)
    assert lab.dump() == dump


def test_a_scan_of_one_run_later_keeps_no_list_from_being_applied_to_the_others(lab: Lab) -> None:
    seen_since, other = lab.run(1).complete(), lab.run(2).complete()
    first = lab.scan()
    seen_since.remove("bam")
    lab.scan(runs=(seen_since.name,))
    dump = lab.dump()

    again = lab.replay(first.id)

    assert again.error is None
    assert again.summary.changes.runs == 0
    assert lab.dump() == dump
    other.remove("bam")
    third = lab.scan()
    assert third.summary.changes.file_states.total() == 1


def test_what_a_later_scan_of_one_run_saw_stays_unless_the_list_is_forced(lab: Lab) -> None:
    run = lab.run(1).complete()
    lab.run(2).complete()
    first = lab.scan()
    run.remove("bam")
    lab.scan(runs=(run.name,))

    forced = lab.replay(first.id, force=True)

    assert forced.error is None
    assert forced.summary.changes.file_states.total() == 1


def test_a_run_that_only_a_later_scan_saw_does_not_vanish(lab: Lab) -> None:
    lab.run(1).complete()
    first = lab.scan()
    new = lab.run(2).complete()
    lab.scan(runs=(new.name,))
    dump = lab.dump()

    again = lab.replay(first.id)

    assert again.error is None
    assert lab.dump() == dump


def test_an_older_list_that_would_change_nothing_is_no_mistake(lab: Lab) -> None:
    lab.run(1).complete()
    first = lab.scan()
    lab.scan()
    dump = lab.dump()

    again = lab.replay(first.id)

    assert again.error is None
    assert again.summary.changes.runs == 0
    assert lab.dump() == dump


@pytest.mark.parametrize("ahead", [dt.timedelta(minutes=10), dt.timedelta(days=27_000)])
def test_a_scan_while_the_clock_was_ahead_holds_up_no_later_one(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, ahead: dt.timedelta
) -> None:
    run = lab.run(1).complete()
    with monkeypatch.context() as clock:
        clock.setattr(moment, "now", lambda: dt.datetime.now(dt.UTC) + ahead)
        lab.scan()
    run.remove("bam")

    later = lab.scan()

    assert later.error is None
    assert lab.counts(run.path)["deleted"] == 1


def test_a_list_that_is_applied_again_has_that_days_sheet(lab: Lab) -> None:
    run = lab.run(1).complete()
    first = lab.scan()
    run.write_sheet(run.samples[:1])
    lab.scan()

    lab.replay(first.id, force=True)

    assert lab.counts(run.path) == {"complete": 15}


def test_the_ledger_says_as_of_when_an_old_list_holds(lab: Lab) -> None:
    run = lab.run(1).complete()
    first = lab.scan()
    run.remove("bam")
    lab.scan()

    again = lab.replay(first.id, force=True)

    assert again.summary.as_of == first.summary.as_of
    assert lab.ledger(run.path, "bam", "S1") == ("complete", "deleted", "complete")


def test_the_brake_holds_for_old_lists_too(lab: Lab) -> None:
    lab.run(1, "kit_a").complete()
    first = lab.scan()
    for number in range(2, 10):
        lab.run(number, "kit_b").complete()
    lab.scan()

    outcome = lab.replay(first.id, force=True)

    assert outcome.held
    assert set(lab.run_states().values()) == {"complete"}


def test_a_damaged_list_is_refused(lab: Lab) -> None:
    lab.run(1).complete()
    scan = lab.scan()
    path = record_path(lab.home, scan.id)
    path.write_bytes(path.read_bytes()[:-40])

    with pytest.raises(ScanRecordError, match="it is not whole"):
        lab.replay(scan.id)


def aged(lab: Lab, ages: tuple[int, ...]) -> list[Path]:
    """Records of so many days' age, made by scans."""
    paths = []
    for days in ages:
        path = record_path(lab.home, lab.scan().id)
        then = time.time() - days * 86_400
        os.utime(path, (then, then))
        paths.append(path)
    return paths


def test_lists_beyond_the_number_or_the_age_are_deleted(lab: Lab) -> None:
    lab.run(1).complete()
    lab.environ |= {"SEQAUTO_KEEP_SCANS": "3", "SEQAUTO_KEEP_DAYS": "30"}
    paths = aged(lab, (40, 31, 20, 3, 2, 1))

    deleted = prune(lab.settings, lab.home, dt.datetime.now(dt.UTC))

    assert deleted == 3
    assert [path.exists() for path in paths] == [False, False, False, True, True, True]


def test_the_newest_list_is_kept_however_old_and_so_are_those_named(lab: Lab) -> None:
    lab.run(1).complete()
    lab.environ["SEQAUTO_KEEP_DAYS"] = "30"
    paths = aged(lab, (80, 70, 60))

    prune(
        lab.settings,
        lab.home,
        dt.datetime.now(dt.UTC),
        keep={paths[0].name.removesuffix(".jsonl.gz")},
    )

    assert [path.exists() for path in paths] == [True, False, True]


def test_a_scan_whose_list_is_past_retention_says_so(lab: Lab) -> None:
    lab.run(1).complete()
    scan = lab.scan()
    assert record_for_scan(lab.settings, lab.home, scan.id) == scan.id
    record_path(lab.home, scan.id).unlink()

    with pytest.raises(ScanRecordError, match="past retention"):
        record_for_scan(lab.settings, lab.home, scan.id)
