"""Jobs on stand-ins for OpenPBS and Torque, see pbs_stand_in.py."""

import os
from pathlib import Path

import pytest

from seqauto_pipeline.errors import BackendUnavailableError, JobRefusedError
from seqauto_pipeline.jobs.backend import JobReport, JobState
from seqauto_pipeline.jobs.backends.pbs import PbsBackend, PbsOptions
from seqauto_pipeline_tests.jobs.backends.job_files import make_job, wait_for
from seqauto_pipeline_tests.jobs.pbs_server import start_server
from seqauto_pipeline_tests.jobs.pbs_stand_in import DOWN, KEEPS_NOTHING, NO_HISTORY

KINDS = ("openpbs", "torque")

pytestmark = pytest.mark.slow


@pytest.fixture(params=KINDS)
def server(request, tmp_path, monkeypatch) -> Path:
    """Give the directory of a server whose programs stand first on the PATH."""
    return start_server(tmp_path, request.param, monkeypatch)


@pytest.fixture
def pbs(server: Path, tmp_path: Path) -> PbsBackend:
    return PbsBackend(tmp_path, PbsOptions(queue="workq", arguments=("-p", "5"), call_seconds=20))


def told(report: JobReport) -> tuple[JobState, int | None, str]:
    return report.state, report.exit_code, report.reason


def test_each_job_ends_in_the_state_that_it_came_to(pbs, server, tmp_path):
    jobs = tmp_path / "jobs with $(touch canary)\n'\udcff"
    first = make_job(jobs, "first-1234567890-a", "sleep 0.5; echo made >made")
    number = pbs.submit([first])["first-1234567890-a"]
    others = [
        make_job(jobs, "second", "cat ../first-1234567890-a/made", after=(number,)),
        make_job(jobs, "fails", "exit 3"),
        make_job(jobs, "killed", "kill -9 $$"),
        make_job(jobs, "too-long", "sleep 60", seconds=1),
    ]
    ids = {**pbs.submit(others), first.key: number}
    last = make_job(jobs, "never", "true", after=(ids["fails"],))
    ids |= pbs.submit([last])
    scripts = {ids[job.key]: job for job in (first, *others, last)}

    reports = {scripts[each].key: report for each, report in wait_for(pbs, scripts).items()}

    assert told(reports["first-1234567890-a"]) == (JobState.DONE, 0, "")
    assert told(reports["second"]) == (JobState.DONE, 0, "")
    assert told(reports["fails"]) == (JobState.FAILED, 3, "")
    assert told(reports["killed"]) == (JobState.FAILED, 137, "killed by signal 9")
    assert reports["too-long"].state is JobState.FAILED
    assert reports["too-long"].reason == "over its limit of walltime"
    assert reports["never"].state is JobState.CANCELLED
    assert "dependency" in reports["never"].reason
    assert reports["killed"].host == "node1"
    assert reports["killed"].began <= reports["killed"].ended
    assert not list(tmp_path.rglob("canary"))
    assert pbs.find(list(ids)) == ids


def test_a_job_is_cancelled_while_it_waits_and_while_it_runs(pbs, tmp_path):
    runs = make_job(tmp_path, "runs", "sleep 60")
    ids = pbs.submit([runs])
    waits = make_job(tmp_path, "waits", "true", after=(ids["runs"],))
    ids = {**ids, **pbs.submit([waits])}
    jobs = {ids["runs"]: runs, ids["waits"]: waits}
    wait_for(pbs, {ids["runs"]: runs}, lambda report: report.state is JobState.RUNNING)
    assert pbs.reports(jobs)[ids["waits"]].state is JobState.QUEUED

    pbs.cancel([ids["waits"], ids["runs"]])

    assert {report.state for report in wait_for(pbs, jobs).values()} == {JobState.CANCELLED}
    pbs.cancel([*ids.values(), "999.pbs.test"])  # which are all over, or were never there


def test_a_server_that_is_down_for_a_while_loses_nothing(pbs, server, tmp_path):
    job = make_job(tmp_path, "a-job", "sleep 0.5")
    ids = pbs.submit([job])
    (server / DOWN).touch()

    for ask in (
        lambda: pbs.submit([make_job(tmp_path, "another", "true")]),
        lambda: pbs.find(["a-job"]),
        lambda: pbs.reports({ids["a-job"]: job}),
        lambda: pbs.cancel([ids["a-job"]]),
    ):
        with pytest.raises(BackendUnavailableError, match="cannot connect to server"):
            ask()

    (server / DOWN).unlink()
    assert wait_for(pbs, {ids["a-job"]: job})[ids["a-job"]].state is JobState.DONE


def test_a_job_that_was_queued_and_not_noted_is_found_by_its_key(pbs, tmp_path):
    alike = [make_job(tmp_path, f"the-same-beginning-{each}", "sleep 0.2") for each in "ab"]
    ids = pbs.submit(alike)

    assert pbs.find(["the-same-beginning-b", "the-same-beginning-c"]) == {
        "the-same-beginning-b": ids["the-same-beginning-b"]
    }
    wait_for(pbs, {ids[job.key]: job for job in alike})
    assert pbs.find(list(ids)) == ids


def test_a_server_that_forgets_at_once_is_made_good_for_by_what_jobs_left(pbs, server, tmp_path):
    (server / KEEPS_NOTHING).touch()
    (server / NO_HISTORY).touch()
    commands = {"done": "true", "failed": "exit 4", "lost": "kill -9 $$"}
    made = [make_job(tmp_path, key, command) for key, command in commands.items()]
    ids = pbs.submit(made)

    reports = wait_for(pbs, {ids[job.key]: job for job in made})

    assert {key: reports[number].state for key, number in ids.items()} == {
        "done": JobState.DONE,
        "failed": JobState.FAILED,
        "lost": JobState.LOST,
    }
    assert pbs.find([*ids, "another"]) == ids  # from what they wrote when they began


def test_a_refused_job_is_told_in_the_words_of_pbs(pbs, server, tmp_path):
    (server / "refuses").touch()

    with pytest.raises(JobRefusedError, match=r"pbs refuses the job a-job: Unknown queue\."):
        pbs.submit([make_job(tmp_path, "a-job", "true")])


def test_the_programs_of_another_scheduler_are_not_used(tmp_path, monkeypatch):
    program = tmp_path / "qstat"
    program.write_text("#!/bin/sh\necho 'SGE 8.1.9' >&2\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")

    with pytest.raises(BackendUnavailableError, match=r"neither that of OpenPBS .* SGE 8\.1\.9"):
        PbsBackend(tmp_path, PbsOptions()).find(["a-job"])
