"""A scan that is asked to stop is cancelled: by what, and what was stored, without a traceback."""

import os
import pty
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg
import pytest
from sqlalchemy import text

from seqauto_pipeline.db.queries.scan_progress import ScanProgress
from seqauto_pipeline.orchestration.cancelling import end_interrupted_twice, stored_words
from seqauto_pipeline.orchestration.history import ScanState, ScanStory, scan_stories, scan_story
from seqauto_pipeline.orchestration.jobs import seqauto_scan
from seqauto_pipeline.orchestration.runtime.dagster_private import capture_interrupts
from seqauto_pipeline.orchestration.runtime.interrupts import interrupts
from seqauto_pipeline_tests.orchestration.conftest import SCAN, Lab, Scan, keep_from_writing

_SIGNALS = [
    (signal.SIGINT, "Cancelled by Ctrl-C (SIGINT), of process "),
    (signal.SIGTERM, "Cancelled by SIGTERM, which `kill`, a service that stops and "),
    (signal.SIGHUP, "Cancelled by a hang-up (SIGHUP): its terminal was closed or "),
]


def _newest() -> ScanStory:
    with dg.DagsterInstance.get() as instance:
        return scan_stories(instance, limit=1)[0]


@contextmanager
def _held_in_a_step(lab: Lab, terminal: int = -1) -> Iterator["subprocess.Popen[str]"]:
    """Start a scan, and hold the database once the scan has its lock: it waits in a step."""
    with lab.connected() as database:
        query = text("SELECT max(number) FROM scan_fence")
        before = database.scalar(query)
        process = lab.start(*SCAN) if terminal < 0 else _on_a_terminal(lab, terminal)
        deadline = time.monotonic() + 120
        while database.scalar(query) == before:
            assert time.monotonic() < deadline, "the scan never got its lock"
            time.sleep(0.001)
        keep_from_writing(database)
        while not _newest().steps:
            assert time.monotonic() < deadline, "the scan never came to its first step"
            time.sleep(0.05)
        yield process


def _on_a_terminal(lab: Lab, terminal: int) -> "subprocess.Popen[str]":
    """Start a scan as the first process of a session with this terminal."""
    process = subprocess.Popen(
        ("setsid", "--ctty", *SCAN),
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        text=True,
    )
    lab.processes.append(process)
    return process


@pytest.mark.slow
@pytest.mark.parametrize(("ending", "words"), _SIGNALS)
def test_a_scan_that_a_signal_ends_is_cancelled_and_says_by_what(
    lab: Lab, scan: Scan, ending: signal.Signals, words: str
) -> None:
    scan()
    with _held_in_a_step(lab) as process:
        process.send_signal(ending)
        process.send_signal(ending)  # an impatient person's second changes nothing
    output = process.communicate(timeout=60)[0]

    assert process.returncode == 128 + ending, output
    story = _newest()
    assert story.state is ScanState.CANCELLED
    assert story.failure is not None
    assert story.failure.message.startswith(words)
    assert "stored" in story.failure.message
    assert "The next scan does the rest." in story.failure.message
    assert story.failure.traceback == ""
    assert words in output
    assert "Traceback" not in output
    assert "Dagster" not in output
    assert scan().state is ScanState.FINISHED


@pytest.mark.slow
def test_a_scan_whose_terminal_is_closed_is_cancelled(lab: Lab, scan: Scan) -> None:
    scan()
    ours, theirs = pty.openpty()
    with _held_in_a_step(lab, terminal=theirs) as process:
        os.close(theirs)
        os.close(ours)
    process.wait(timeout=60)

    assert process.returncode == 128 + signal.SIGHUP
    story = _newest()
    assert story.state is ScanState.CANCELLED
    assert story.failure is not None
    assert story.failure.message.startswith("Cancelled by a hang-up (SIGHUP)")


@pytest.mark.slow
def test_a_scan_that_is_terminated_through_dagster_says_so(lab: Lab, scan: Scan) -> None:
    scan()
    with _held_in_a_step(lab) as process:
        with dg.DagsterInstance.get() as instance:
            instance.report_run_canceling(instance.get_runs(limit=1)[0])
        process.send_signal(signal.SIGINT)  # as Dagster does
    output = process.communicate(timeout=60)[0]

    story = _newest()
    assert story.state is ScanState.CANCELLED
    assert story.failure is not None
    assert story.failure.message.startswith("Cancelled by a request to Dagster, from the web UI")
    assert "Traceback" not in output


def test_a_scan_that_is_interrupted_again_while_it_ends_is_cancelled_all_the_same(
    instance: dg.DagsterInstance,
) -> None:
    run = instance.create_run_for_job(seqauto_scan, status=dg.DagsterRunStatus.STARTED)

    with capture_interrupts(), interrupts() as signals:
        os.kill(os.getpid(), signal.SIGTERM)
        with interrupts() as within:  # as the executor's, which begins later
            end_interrupted_twice(instance, run.run_id, within)
        assert within is signals
        end_interrupted_twice(instance, run.run_id, signals)  # it has ended: nothing more to say

    story = scan_story(instance, run.run_id)
    assert story.state is ScanState.CANCELLED
    assert story.signal == "SIGTERM"
    assert story.failure is not None
    assert story.failure.message.startswith("Cancelled by SIGTERM, which `kill`")
    assert story.failure.message.endswith("The next scan does the rest.")


@pytest.mark.parametrize(
    ("progress", "words"),
    [
        (None, "Nothing of it had been stored."),
        (
            ScanProgress(has_record=False, runs=0, file_changes=0, is_applied=False),
            "Nothing of it had been stored.",
        ),
        (
            ScanProgress(has_record=True, runs=1, file_changes=3, is_applied=False),
            "Stored by then: its file list, and 1 sequencing run with 3 changes of files.",
        ),
        (
            ScanProgress(has_record=True, runs=2, file_changes=0, is_applied=True),
            "All of it had been stored.",
        ),
    ],
)
def test_what_was_stored_of_a_cancelled_scan_is_told(
    progress: ScanProgress | None, words: str
) -> None:
    assert stored_words(progress) == words
