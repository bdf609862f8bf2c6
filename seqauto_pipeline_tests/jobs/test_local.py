"""The story of jobs on this machine, and what only this back-end can meet."""

from pathlib import Path

import pytest

from seqauto_pipeline_tests.jobs import story
from seqauto_pipeline_tests.jobs.job_lab import JobLab


@pytest.fixture
def lab(tmp_path: Path) -> JobLab:
    return JobLab(tmp_path, {"local_jobs": 2})


def test_missing_files_are_made_two_at_a_time(lab: JobLab) -> None:
    story.missing_files_are_made(lab, story.Bounds(2))


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


def test_what_was_never_handed_over_is(lab: JobLab) -> None:
    story.what_was_never_handed_over_is(lab)
