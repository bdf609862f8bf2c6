"""Scans in real processes: they do not overlap, and one that dies makes room for the next."""

import itertools
import json
import re
import signal
from pathlib import Path

import dagster as dg
import pytest

from seqauto_pipeline.db.lock import scan_lock
from seqauto_pipeline.orchestration.history import ScanState, ScanStory, scan_stories
from seqauto_pipeline_tests.orchestration.conftest import (
    JOB_EXECUTE,
    SCAN,
    Lab,
    Scan,
    eventually,
)

pytestmark = pytest.mark.slow

_SWITCHED_OFF = {
    *("httpx", "tenacity", "jinja2", "prometheus_client", "interop"),
    *("seqauto_pipeline.db.outbox.queries", "seqauto_pipeline.db.outbox.fill"),
    *("seqauto_pipeline.delivery.filling", "seqauto_pipeline.delivery.delivering"),
    *("seqauto_pipeline.jobs.stage", "seqauto_pipeline.jobs.launching"),
    *("seqauto_pipeline.monitoring.gather", "seqauto_pipeline.monitoring.receivers"),
    *("seqauto_pipeline.report.update", "seqauto_pipeline.orchestration.health"),
}


def _stories() -> tuple[ScanStory, ...]:
    with dg.DagsterInstance.get() as instance:
        return scan_stories(instance)


def _is_held(lab: Lab) -> bool:
    return not scan_lock(lab.database_url, "the test").is_free()


def _imported(output: str) -> set[str]:
    names = set(re.findall(r"^import time: .*\| +(\S+)$", output, re.MULTILINE))
    assert "seqauto_pipeline.scan.steps" in names
    return names


def _overlap(one: ScanStory, other: ScanStory) -> bool:
    spans = []
    for story in (one, other):
        last = story.steps[-1]
        spans.append(
            (story.steps[0].began.timestamp(), last.began.timestamp() + (last.seconds or 0))
        )
    (begin, end), (other_begin, other_end) = spans
    return begin < other_end and other_begin < end


@pytest.mark.new_home
def test_scans_started_at_once_on_a_new_home_run_one_after_the_other(lab: Lab) -> None:
    started = [lab.start(*command) for command in (SCAN, JOB_EXECUTE, SCAN, JOB_EXECUTE)]

    output = [process.communicate(timeout=180)[0] for process in started]

    assert [process.returncode for process in started] == [0, 0, 0, 0], output
    stories = _stories()
    assert [story.state for story in stories] == [ScanState.FINISHED] * 4
    assert not any(_overlap(*pair) for pair in itertools.combinations(stories, 2))
    assert any("Waiting for scan" in note for story in stories for note in story.notes)


def test_a_killed_scan_is_an_error_and_the_next_one_runs(lab: Lab, scan: Scan) -> None:
    scan()
    with lab.blocked():
        victim = lab.start(*SCAN)
        eventually(lambda: _is_held(lab))
        waiting = lab.start(*SCAN)
        eventually(lambda: len(_stories()) == 3)
        victim.send_signal(signal.SIGKILL)
        victim.communicate()
    waiting.communicate(timeout=120)

    newest, killed, _ = _stories()
    assert newest.state is ScanState.FINISHED
    assert killed.state is ScanState.ERROR
    assert killed.failure is not None
    assert f"its process {victim.pid} on" in killed.failure.message


def test_a_killed_scan_reads_as_an_error_although_nothing_ran_since(lab: Lab, scan: Scan) -> None:
    scan()
    with lab.blocked():
        victim = lab.start(*JOB_EXECUTE)
        eventually(lambda: _is_held(lab))
        victim.send_signal(signal.SIGKILL)
        victim.communicate()

    listing = lab.start(SCAN[0], "scans", "--format", "json").communicate(timeout=60)[0]

    assert [scan["state"] for scan in json.loads(listing)] == ["Error", "Finished"]


@pytest.mark.parametrize("command", [SCAN, JOB_EXECUTE])
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_a_scan_that_waits_can_be_interrupted(
    lab: Lab, scan: Scan, command: tuple[str, ...], ending: signal.Signals
) -> None:
    scan()
    with lab.blocked():
        working = lab.start(*SCAN)
        eventually(lambda: _is_held(lab))
        waiting = lab.start(*command)
        eventually(lambda: any("Waiting" in note for story in _stories() for note in story.notes))
        waiting.send_signal(ending)
        waiting.communicate(timeout=30)
    working.communicate(timeout=120)

    assert waiting.returncode == (1 if command == JOB_EXECUTE else 128 + ending)
    assert working.returncode == 0
    states = {story.state for story in _stories()}
    assert states == {ScanState.FINISHED, ScanState.CANCELLED}


def test_a_scan_that_waits_for_its_turn_is_created(lab: Lab, scan: Scan) -> None:
    scan()
    with lab.blocked():
        lab.start(*SCAN)
        eventually(lambda: _is_held(lab))
        lab.start(*SCAN)
        eventually(lambda: any("Waiting" in note for story in _stories() for note in story.notes))

        newest = _stories()[0]

    assert newest.state is ScanState.CREATED
    assert newest.failure is None


@pytest.mark.sqlite
def test_raw_dagster_without_an_exported_home_keeps_its_history_where_it_was_started(
    lab: Lab, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    project = tmp_path / "project"
    project.mkdir()
    (lab.home / "dagster.yaml").rename(project / "dagster.yaml")
    monkeypatch.delenv("DAGSTER_HOME")
    monkeypatch.setenv("SEQAUTO_SCAN_ROOTS", str(lab.root))
    monkeypatch.chdir(project)
    monkeypatch.setenv("PYTHONPROFILEIMPORTTIME", "1")  # what it imports stands in the output

    process = lab.start(*JOB_EXECUTE)
    output = process.communicate(timeout=120)[0]

    assert process.returncode == 0, output
    assert sorted(path.name for path in project.iterdir()) == [".dagster", "dagster.yaml"]
    monkeypatch.setenv("DAGSTER_HOME", str(project / ".dagster"))
    assert [story.state for story in _stories()] == [ScanState.FINISHED]
    assert _imported(output) & _SWITCHED_OFF == set(), "no scan imports what no setting calls for"
