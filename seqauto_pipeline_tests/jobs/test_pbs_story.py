"""The story of jobs on what stands in for OpenPBS; Torque is in backends/test_pbs.py."""

from pathlib import Path

import pytest

from seqauto_pipeline_tests.jobs import story
from seqauto_pipeline_tests.jobs.job_lab import JobLab
from seqauto_pipeline_tests.jobs.pbs_server import start_server


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
