"""The story of jobs on a real SLURM; its limit of time is in backends/test_slurm.py."""

from pathlib import Path

import pytest

from seqauto_pipeline_tests.jobs import story
from seqauto_pipeline_tests.jobs.job_lab import JobLab
from seqauto_pipeline_tests.jobs.slurm_cluster import SlurmCluster

pytestmark = pytest.mark.slow


@pytest.fixture
def lab(cluster: SlurmCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> JobLab:
    monkeypatch.setenv("SLURM_CONF", str(cluster.configuration))
    return JobLab(tmp_path, {"jobs_backend": "slurm", "jobs_in_flight_of": {"slurm": 3}})


def test_missing_files_are_made_three_at_a_time(lab: JobLab) -> None:
    story.missing_files_are_made(lab, story.Bounds(3))


def test_a_failing_command_is_one_message(lab: JobLab) -> None:
    story.a_failing_command_is_one_message(lab)


def test_a_killed_command_is_a_failed_job(lab: JobLab) -> None:
    story.a_killed_command_is_a_failed_job(lab)


def test_a_cancelled_job_is_not_tried_again(lab: JobLab) -> None:
    story.a_cancelled_job_is_not_tried_again(lab)


def test_nothing_is_launched_twice(lab: JobLab) -> None:
    story.nothing_is_launched_twice(lab)


def test_a_controller_that_is_down_for_a_while_loses_nothing(
    lab: JobLab, cluster: SlurmCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop() -> None:
        cluster.stop_controller()
        monkeypatch.setenv("SLURM_CONF", str(cluster.impatient))

    def start() -> None:
        monkeypatch.setenv("SLURM_CONF", str(cluster.configuration))
        cluster.start_controller()

    story.a_silent_backend_loses_nothing(lab, stop, start)
