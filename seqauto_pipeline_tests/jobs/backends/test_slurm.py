"""Jobs on a real SLURM, see slurm_cluster.py. Few tests: each worker starts its own cluster."""

import os
import re
from dataclasses import replace
from pathlib import Path

import pytest

from seqauto_pipeline.errors import BackendUnavailableError, JobRefusedError
from seqauto_pipeline.jobs.backend import EXIT, LOG, JobState
from seqauto_pipeline.jobs.backends.slurm import SlurmBackend, SlurmOptions
from seqauto_pipeline.jobs.backends.slurm_states import STATES
from seqauto_pipeline.jobs.backends.start_script import ids_of_started
from seqauto_pipeline_tests.jobs.backends.conftest import STRANGE
from seqauto_pipeline_tests.jobs.backends.job_files import make_job, wait_for

pytestmark = pytest.mark.slow


def stand_in(folder: Path, name: str, script: str) -> None:
    (folder / name).write_text(f"#!/bin/sh\n{script}\n")
    (folder / name).chmod(0o755)


def test_jobs_end_in_the_state_that_they_came_to(slurm, cluster, tmp_path, monkeypatch):
    monkeypatch.setenv("SEQAUTO_TOKEN", "a secret")
    jobs = tmp_path / STRANGE
    first = make_job(jobs, "first", "sleep 2; echo made >made")
    late = make_job(jobs, "too-long", "exec sleep 600", seconds=1200)
    ids = dict(slurm.submit([first, late]))
    array = [make_job(jobs, f"task-{each}", f"exit {each}", seconds=90) for each in range(3)]
    others = [
        make_job(jobs, "second", "cat ../first/made; env", after=(ids["first"],)),
        make_job(jobs, "killed", "kill -9 $$", seconds=120),
        make_job(jobs, "cancelled", "exec sleep 600", seconds=180),
    ]
    ids |= slurm.submit([*array, *others])
    never = make_job(jobs, "never", "true", after=(ids["task-2"], ids["first"]))
    waits = make_job(jobs, "waits", "true", after=(ids["too-long"],))
    ids |= slurm.submit([never, waits])
    scripts = {ids[job.key]: job for job in (first, late, *array, *others, never, waits)}
    running = {ids[key]: scripts[ids[key]] for key in ("too-long", "cancelled")}
    wait_for(slurm, running, lambda report: report.state is JobState.RUNNING)
    assert slurm.reports(scripts)[ids["waits"]].state is JobState.QUEUED

    slurm.cancel([ids["cancelled"], ids["waits"]])
    cluster.answer("scontrol", "update", f"job={ids['too-long']}", "TimeLimit=0")  # at once
    cluster.stop_controller()
    monkeypatch.setenv("SLURM_CONF", str(cluster.impatient))
    for ask in (
        lambda: slurm.submit([make_job(jobs, "another", "true")]),
        lambda: slurm.find(list(ids)),
        lambda: slurm.reports(scripts),
        lambda: slurm.cancel(ids.values()),
    ):
        with pytest.raises(BackendUnavailableError, match="Unable to contact slurm controller"):
            ask()
    monkeypatch.setenv("SLURM_CONF", str(cluster.configuration))
    cluster.start_controller()
    by_id = wait_for(slurm, scripts)

    assert slurm.find([*ids, "another"]) == ids  # as after a death before they were noted
    reports = {key: by_id[number] for key, number in ids.items()}
    assert {
        key: (each.state.value, each.exit_code, each.reason) for key, each in reports.items()
    } == {
        "first": ("done", 0, ""),
        "second": ("done", 0, ""),
        "task-0": ("done", 0, ""),
        "task-1": ("failed", 1, ""),
        "task-2": ("failed", 2, ""),
        "killed": ("failed", 137, "killed by signal 9"),
        "too-long": ("failed", 143, "TimeLimit"),
        "cancelled": ("cancelled", None, "cancelled"),
        "never": ("cancelled", None, "DependencyNeverSatisfied"),
        "waits": ("cancelled", None, "cancelled"),
    }
    assert ids["task-1"] == ids["task-0"].replace("_0", "_1")  # one array
    begun = set(ids) - {"never", "waits"}
    assert ids_of_started(ids, jobs) == {key: ids[key] for key in begun}
    assert reports["killed"].began <= reports["killed"].ended
    assert reports["killed"].host == reports["first"].host != ""
    assert not list(tmp_path.rglob("canary"))
    log = (scripts[ids["second"]].directory / LOG).read_text(errors="replace")
    assert "made" in log
    assert "PATH=" in log
    assert "SEQAUTO_TOKEN" not in log


def test_what_slurm_refuses_knows_not_or_has_forgotten(slurm, cluster, tmp_path):
    job = make_job(tmp_path, "a-job", "true")
    elsewhere = SlurmBackend(tmp_path, SlurmOptions(partition="elsewhere", account="lab"))
    with pytest.raises(JobRefusedError, match=r"refuses the job a-job: .*partition"):
        elsewhere.submit([job])
    no_directory = replace(job, key="elsewhere", directory=tmp_path / "elsewhere")
    (number,) = slurm.submit([no_directory]).values()
    assert slurm.find(["a-job"]) == {}
    assert slurm.find([]) == slurm.submit([]) == slurm.reports({}) == {}

    assert slurm.reports({"99": job})["99"].state is JobState.LOST
    (job.directory / EXIT).write_text(
        '{"exit_code": 0, "host": "a", "began": "2026-03-01T11:00:00+00:00",'
        ' "ended": "2026-03-01T11:00:00+00:00"}'
    )
    assert slurm.reports({"99": job})["99"].state is JobState.DONE

    (report,) = wait_for(slurm, {number: no_directory}).values()
    assert (report.state, report.exit_code) == (JobState.FAILED, 97)
    assert "does not see the directory" in report.reason
    another = make_job(tmp_path, "another", "true")
    assert slurm.reports({number: another})[number].state is JobState.LOST  # it is not that job
    slurm.cancel([number, "99"])


def test_every_state_that_this_slurm_has_is_known(cluster):
    said = cluster.answer("squeue", "--states=nonsense", complaints=True)

    (states,) = re.findall(r"Valid job states include: (\S+)", said)
    assert set(states.split(",")) - STATES.keys() == set()


@pytest.mark.parametrize(
    ("said", "error"),
    [
        ("Batch job submission failed: Invalid account or account/partition combination",
         JobRefusedError),
        ("QOSMaxWallDurationPerJobLimit\nJob violates accounting/QOS policy (job submit limit)",
         JobRefusedError),
        ("AssocMaxSubmitJobLimit\nJob violates accounting/QOS policy (job submit limit)",
         BackendUnavailableError),
        ("Job violates accounting/QOS policy (job submit limit)", BackendUnavailableError),
        ("Slurm controller not responding, sleeping and retrying.", BackendUnavailableError),
        ("Batch job submission failed: Socket timed out on send/recv operation",
         BackendUnavailableError),
    ],
)  # fmt: skip
def test_what_may_pass_is_told_from_what_will_not(tmp_path, monkeypatch, said, error):
    stand_in(tmp_path, "sbatch", f"echo 'sbatch: error: {said}' >&2; exit 1")
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")

    with pytest.raises(error, match=re.escape(said.splitlines()[0].rstrip("."))):
        SlurmBackend(tmp_path, SlurmOptions()).submit([make_job(tmp_path, "a-job", "true")])


def test_what_the_controller_forgot_is_asked_of_the_accounting(tmp_path, monkeypatch):
    stand_in(
        tmp_path, "squeue", "echo 'slurm_load_jobs error: Invalid job id specified' >&2; exit 1"
    )
    row = "12|a-job|TIMEOUT|0:15|1772362800|1772366400|node1"
    stand_in(tmp_path, "sacct", f"echo '{row}'; echo '13|not-ours|COMPLETED|0:0|||'")
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    ours, other = (make_job(tmp_path, key, "true") for key in ("a-job", "another"))

    reports = SlurmBackend(tmp_path, SlurmOptions()).reports({"12": ours, "13": other})

    assert (reports["12"].state, reports["12"].reason) == (JobState.FAILED, "TimeLimit")
    assert reports["13"].state is JobState.LOST


def test_a_comment_of_the_settings_leaves_no_room_for_arrays():
    assert SlurmOptions(array_size=5).largest_array() == 5
    assert SlurmOptions(array_size=500).largest_array() == 120
    assert SlurmOptions(arguments=("--qos=low", "--comment=lab")).largest_array() == 1
