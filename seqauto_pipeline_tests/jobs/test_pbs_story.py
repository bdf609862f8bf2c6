"""The story of jobs on what stands in for OpenPBS; Torque is in backends/test_pbs.py."""

from pathlib import Path

import pytest

from seqauto_pipeline_tests.jobs import story
from seqauto_pipeline_tests.jobs.job_lab import JobLab, flagstat
from seqauto_pipeline_tests.jobs.pbs_server import start_server
from seqauto_pipeline_tests.jobs.pbs_stand_in import HELD

pytestmark = pytest.mark.slow


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> JobLab:
    start_server(tmp_path, "openpbs", monkeypatch)
    return JobLab(tmp_path, {"jobs_backend": "pbs", "jobs_in_flight_of": {"pbs": 3}})


def test_missing_files_are_made_three_at_a_time(lab: JobLab) -> None:
    story.missing_files_are_made(lab, story.Bounds(3))


def test_a_failing_command_is_one_message(lab: JobLab) -> None:
    story.a_failing_command_is_one_message(lab)


def test_a_killed_command_is_a_failed_job(lab: JobLab) -> None:
    story.a_killed_command_is_a_failed_job(lab)


def test_a_job_that_takes_too_long_is_ended(lab: JobLab) -> None:
    story.a_job_that_takes_too_long_is_ended(lab)


def test_a_cancelled_job_is_not_tried_again(lab: JobLab) -> None:
    story.a_cancelled_job_is_not_tried_again(lab)


def test_nothing_is_launched_twice(lab: JobLab) -> None:
    story.nothing_is_launched_twice(lab)


def test_why_a_job_waits_is_told_for_as_long_as_it_does(lab: JobLab, tmp_path: Path) -> None:
    run = lab.run().complete()
    run.remove("bam", "S2")
    lab.cook(flagstat(lab))
    held = tmp_path / "server" / HELD
    held.touch()
    lab.scan_and_launch()

    for _ in range(100):
        lab.ask()
        (waiting,) = lab.jobs()
        if waiting.reason is not None:
            break
    held.unlink()
    lab.wait()

    (done,) = lab.jobs()
    assert (waiting.state, waiting.reason) == ("queued", "held for staff")
    assert (done.state, done.reason) == ("done", None)
    states = [state for state in lab.history(done) if state != "running"]
    assert states == ["submitting", "queued", "done"]  # a reason alone is no event
