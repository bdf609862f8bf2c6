"""Nothing grows without bound: old scans go, with all they left behind."""

import datetime as dt
import os
import uuid
from collections import Counter
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.test_utils import freeze_time

from seqauto_pipeline.orchestration import retention
from seqauto_pipeline.orchestration.catalog.specs import RUNS
from seqauto_pipeline.orchestration.history import ScanState, scan_stories
from seqauto_pipeline.orchestration.retention import too_old
from seqauto_pipeline.orchestration.site import open_site
from seqauto_pipeline.views.findings import QUESTIONS
from seqauto_pipeline_tests.orchestration.conftest import Lab, Scan

KEPT = 3


def _file_counts(home: Path) -> Counter[str]:
    """How many files of the home lie in each of its upper directories."""
    files = (path.relative_to(home) for path in home.rglob("*") if path.is_file())
    return Counter(str(path.parent if path.parts[0] != "storage" else "storage") for path in files)


def _answers(instance: dg.DagsterInstance) -> int:
    """How often the first check of each scan has answered."""
    check = dg.AssetCheckKey(dg.AssetKey(RUNS), QUESTIONS[0].name)
    return len(instance.event_log_storage.get_asset_check_execution_history(check, limit=100))


@pytest.mark.slow
def test_after_many_scans_the_home_holds_no_more_than_is_kept(lab: Lab, scan: Scan) -> None:
    lab.configure(f"keep_scans = {KEPT}")
    counts = []
    for number in range(12):
        (lab.root / "idt_haem" / f"unexplained_{number}").mkdir()
        assert scan().state is ScanState.FINISHED
        counts.append(_file_counts(lab.home))

    assert counts[-1] == counts[-4] == counts[-7]
    assert len(list((lab.home / "scans").iterdir())) == KEPT
    assert len(list((lab.home / "storage").iterdir())) <= KEPT + 1
    with dg.DagsterInstance.get() as instance:
        assert len(scan_stories(instance, limit=100)) <= KEPT + 1
        assert _answers(instance) == KEPT + 1


@pytest.mark.slow
def test_scans_that_fail_are_forgotten_like_others(lab: Lab, scan: Scan) -> None:
    lab.configure(f"keep_scans = {KEPT}")
    scan()
    (lab.root / "idt_haem").rename(lab.root.parent / "elsewhere")

    for _ in range(5):
        assert scan().state is ScanState.ERROR

    assert len(list((lab.home / "storage").iterdir())) <= KEPT + 1
    assert not list((lab.home / "scans").glob("*.parsed"))[KEPT + 1 :]


@pytest.mark.sqlite
def test_what_a_killed_scan_left_behind_goes_an_hour_later(lab: Lab, scan: Scan) -> None:
    scan()
    killed, young = (str(uuid.uuid4()) for _ in range(2))
    left = [
        lab.home / "scans" / f"{killed}.jsonl.gz.partial-77",
        lab.home / "scans" / f"{killed}.parsed",
        lab.home / "history" / "runs" / f"{killed}.db",
        lab.home / "storage" / killed,
    ]
    others = [lab.home / "scans" / f"{young}.parsed", lab.home / "storage" / "notes.txt"]
    left[-1].mkdir()
    for path in (*left[:-1], *others):
        path.write_text("")
    for path in (*left, others[1]):
        os.utime(path, (0, 0))

    scan()

    assert [path.exists() for path in left] == [False] * 4
    assert [path.exists() for path in others] == [True] * 2


def test_scans_beyond_their_days_are_too_old_but_for_the_newest(
    lab: Lab, scan: Scan, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "LEAST_KEPT", 1)
    lab.configure("keep_days = 7")
    old = scan().id
    scan()
    now = dt.datetime.now(dt.UTC)

    assert too_old(instance, open_site(), now) == ()
    assert too_old(instance, open_site(), now + dt.timedelta(days=8)) == (old,)


def test_a_scan_with_its_clock_years_ahead_deletes_no_history(
    lab: Lab, scan: Scan, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "LEAST_KEPT", 0)
    lab.configure("keep_days = 30")
    scans = {scan().id for _ in range(3)}
    with monkeypatch.context() as clock:
        clock.setattr(retention, "_now", lambda: dt.datetime.now(dt.UTC) + dt.timedelta(days=800))
        scans.add(scan().id)

    assert set(instance.get_run_ids()) == scans


def test_a_clock_that_stays_years_ahead_deletes_nothing_for_its_age_and_that_is_said_once(
    lab: Lab, scan: Scan, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab.configure("keep_days = 30")
    scans = [scan().id for _ in range(2)]
    ahead = []
    for hours in (0, 12):
        then = dt.datetime.now(dt.UTC) + dt.timedelta(days=800, hours=hours)
        monkeypatch.setattr(retention, "_now", lambda then=then: then)
        with freeze_time(then):
            ahead.append(scan())

    assert set(instance.get_run_ids()) == {*scans, *(story.id for story in ahead)}
    assert len(list((lab.home / "scans").glob("*.jsonl.gz"))) == 4
    said = [note for story in ahead for note in story.notes if "Retention" in note]
    assert len(said) == 1
    assert "Nothing is deleted for its age until 10 more scans" in said[0]


def test_runs_of_other_jobs_are_counted_apart(
    lab: Lab, scan: Scan, instance: dg.DagsterInstance
) -> None:
    @dg.job
    def another() -> None:
        pass

    lab.configure("keep_scans = 2")
    ours = scan().id
    success = dg.DagsterRunStatus.SUCCESS
    runs = [instance.create_run_for_job(another, status=success).run_id for _ in range(4)]

    old = too_old(instance, open_site(), dt.datetime.now(dt.UTC))

    assert ours not in old
    assert set(old) == set(runs[:2])


def test_trouble_with_old_files_is_noted_and_fails_no_scan(
    lab: Lab, scan: Scan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "LEAST_KEPT", 1)
    scan()
    undeletable = lab.home / "scans" / f"{uuid.uuid4()}.jsonl.gz"
    undeletable.mkdir()  # unlink refuses directories
    os.utime(undeletable, (0, 0))

    story = scan()

    assert story.state is ScanState.FINISHED
    assert any(note.startswith("Retention: old scans could not be deleted") for note in story.notes)
