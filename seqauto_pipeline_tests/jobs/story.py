"""The story that every back-end has to tell: missing QC is made, and each fault ends truly.

`missing_files_are_made` and the faults take a laboratory whose settings name the back-end.
"""

import os
import signal
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from unittest.mock import patch

import pytest

from seqauto_pipeline.db.jobs.store import StoredJobs
from seqauto_pipeline.db.jobs.values import StoredJob
from seqauto_pipeline_tests.jobs.job_lab import JobLab, fastqc, flagstat, recipe
from seqauto_pipeline_tests.scan.run_folder import RunFolder


@dataclass(frozen=True, slots=True)
class Bounds:
    """How many jobs the back-end, or its limits, may run at a time."""

    at_a_time: int


def missing_files_are_made(lab: JobLab, bounds: Bounds) -> None:
    """FastQC and flagstat are missing; scans have them made, and find them."""
    run = lab.run().complete()
    lab.cook(fastqc(lab), flagstat(lab))

    first = lab.scan_and_launch()

    launched = first.jobs.launched.total()
    assert launched + first.jobs.waiting.total() == 6  # four reads, two BAMs
    states = Counter(lab.files(run.path).values())
    assert states["running"] == launched
    assert states["non_existent"] == 6 - launched
    for _ in range(6):
        lab.wait()
        lab.scan_and_launch()
        if not lab.in_flight():
            break
    assert Counter(lab.files(run.path).values()).keys() == {"complete"}
    assert lab.job_states() == {"done": 6}
    runs, at_a_time = lab.turns()
    assert (runs, at_a_time <= bounds.at_a_time) == (6, True), at_a_time
    assert lab.ledger(run.path, "flagstat", "S1") == ("non_existent", "running", "complete")
    assert lab.messages(run.path) == ()
    _nothing_more_is_due(lab)
    assert not list(run.folder.rglob(".seqauto-*"))


def a_failing_command_is_one_message(lab: JobLab) -> None:
    run = _one_job(lab, "echo before >&2; exit 3")

    lab.wait()
    lab.scan_and_launch()

    job = _ended(lab, run, "failed")
    assert (job.exit_code, bool(job.host)) == (3, True)
    (text,) = lab.texts("JOB_FAILED")
    assert "failed with code 3 on " in text
    assert "before" in text
    assert f"seqauto jobs retry {job.id}" in text
    _nothing_more_is_due(lab)
    lab.cook(flagstat(lab))  # another recipe: it is tried anew
    assert lab.scan_and_launch().jobs.launched == {"flagstat": 1}
    lab.wait()
    lab.scan_and_launch()
    assert lab.files(run.path)["flagstat", "S1"] == "complete"
    assert lab.messages(run.path) == ()


def a_killed_command_is_a_failed_job(lab: JobLab) -> None:
    run = _one_job(lab, "kill -9 $$")

    lab.wait()
    lab.scan_and_launch()

    job = _ended(lab, run, "failed")
    assert job.exit_code == 128 + signal.SIGKILL
    assert "signal 9" in (job.reason or "")


def a_job_that_takes_too_long_is_ended(lab: JobLab, seconds: int = 1) -> None:
    """``seconds``: the shortest limit that the back-end knows."""
    run = _one_job(lab, "sleep 600", seconds=seconds)

    lab.wait(120)
    lab.scan_and_launch()

    job = _ended(lab, run, "failed")
    assert "time" in (job.reason or "").lower()


def a_cancelled_job_is_not_tried_again(lab: JobLab) -> None:
    run = _one_job(lab, "sleep 600")
    job = lab.wait_for("running")

    lab.rules.backend(job.backend).cancel([str(job.backend_id)])
    lab.wait()
    lab.scan_and_launch()

    _ended(lab, run, "cancelled")
    assert lab.messages(run.path) == ("JOB_CANCELLED",)
    _nothing_more_is_due(lab)


def nothing_is_launched_twice(lab: JobLab) -> None:
    """The launching process dies after it handed a job over, before it noted that."""
    run = lab.run().complete()
    run.remove("bam", "S2")
    lab.cook(flagstat(lab))
    with (
        patch.object(StoredJobs, "note_submitted", side_effect=KeyboardInterrupt),
        pytest.raises(KeyboardInterrupt),  # stands for the death of the process
    ):
        lab.scan_and_launch()
    assert lab.job_states() == {"submitting": 1}

    again = lab.scan_and_launch()

    assert again.jobs.launched.total() == 0
    lab.wait()
    lab.scan_and_launch()
    assert lab.files(run.path)["flagstat", "S1"] == "complete"
    assert lab.turns()[0] == 1
    assert lab.job_states() == {"done": 1}


def a_silent_backend_loses_nothing(
    lab: JobLab, silence: Callable[[], object], end_silence: Callable[[], object]
) -> None:
    """It does not answer for a while: one job is in flight, and another is due."""
    run = lab.run().complete()
    run.remove("bam", "S2")
    lab.cook(recipe("flagstat", ("bam",), lab.stand_in("flagstat_1.17.txt", "sleep 1")))
    lab.scan_and_launch()
    silence()

    lab.cook(flagstat(lab), fastqc(lab))
    during = lab.scan_and_launch()

    assert any("does not answer" in note for note in during.jobs.notes)
    assert lab.messages(run.path) == ()
    assert lab.job_states().keys() <= {"queued", "running", "submitting"}
    end_silence()
    lab.scan_and_launch()
    lab.wait()
    lab.scan_and_launch()
    lab.wait()
    lab.scan_and_launch()
    assert Counter(lab.files(run.path).values()).keys() == {"complete", "non_existent"}
    assert lab.files(run.path)["bam", "S2"] == "non_existent"
    assert (lab.job_states(), lab.turns()[0]) == ({"done": 5}, 5)  # each once
    assert lab.messages(run.path) == ()


def what_was_never_handed_over_is(lab: JobLab) -> None:
    """The launching process dies after it noted a job, before it handed it over."""
    run = lab.run().complete()
    run.remove("bam", "S2")
    lab.cook(flagstat(lab))
    backend = type(lab.rules.backend(lab.settings.jobs_backend))
    with (
        patch.object(backend, "submit", side_effect=KeyboardInterrupt),
        pytest.raises(KeyboardInterrupt),
    ):
        lab.scan_and_launch()

    lab.scan_and_launch()

    assert lab.files(run.path)["flagstat", "S1"] in ("running", "complete")
    lab.wait()
    lab.scan_and_launch()
    assert lab.files(run.path)["flagstat", "S1"] == "complete"
    assert lab.turns()[0] == 1


def _one_job(lab: JobLab, script: str, **more: object) -> RunFolder:
    """Launch one job that ends badly."""
    run = lab.run().complete()
    run.remove("bam", "S2")
    lab.cook(recipe("flagstat", ("bam",), script, **more))
    assert lab.scan_and_launch().jobs.launched == {"flagstat": 1}
    assert lab.files(run.path)["flagstat", "S1"] == "running"
    return run


def _ended(lab: JobLab, run: RunFolder, state: str) -> StoredJob:
    (job,) = lab.jobs()
    assert job.state == state, job
    assert lab.files(run.path)["flagstat", "S1"] == "non_existent"
    assert not os.path.lexists(run.place("flagstat"))
    assert not list(run.folder.rglob(".seqauto-*"))
    return job


def _nothing_more_is_due(lab: JobLab) -> None:
    again = lab.scan_and_launch()
    assert (again.jobs.launched.total(), again.jobs.in_flight) == (0, 0)
