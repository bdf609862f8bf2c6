"""The story of jobs on this machine, and what only this back-end can meet."""

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from seqauto_pipeline.core.recipes import Recipe
from seqauto_pipeline.db.jobs.values import StoredJob
from seqauto_pipeline.jobs.backend import JobScript, JobState
from seqauto_pipeline.jobs.backends import supervisor
from seqauto_pipeline.jobs.backends.local import LocalBackend
from seqauto_pipeline.jobs.scripts import Output, write_scripts
from seqauto_pipeline_tests.jobs import story
from seqauto_pipeline_tests.jobs.job_lab import QC, JobLab, fastqc, recipe
from seqauto_pipeline_tests.scan.run_folder import RunFolder, samples


@pytest.fixture
def lab(tmp_path: Path, on_each_database: str) -> JobLab:
    return JobLab(tmp_path, {"local_jobs": 2})


def test_missing_files_are_made_two_at_a_time(lab: JobLab) -> None:
    story.missing_files_are_made(lab, story.Bounds(2))


def test_a_failing_command_is_one_message(lab: JobLab) -> None:
    story.a_failing_command_is_one_message(lab)


@pytest.mark.postgres
def test_jobs_are_kept_on_postgresql(lab: JobLab, postgres_url: str) -> None:
    lab.environ["SEQAUTO_DATABASE_URL"] = postgres_url

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


def test_after_a_reboot_a_job_is_lost_and_told(lab: JobLab) -> None:
    run, job = _launched(lab, "sleep 600")

    for pid in _pids(lab, job).values():
        os.killpg(os.getpgid(pid), signal.SIGKILL)
    lab.wait()
    lab.scan_and_launch()

    assert lab.job_states() == {"lost": 1}
    assert lab.files(run.path)["flagstat", "S1"] == "non_existent"
    assert lab.messages(run.path) == ("JOB_LOST",)
    assert "its processes are gone" in lab.texts("JOB_LOST")[0]


def test_a_job_whose_supervisor_was_killed_is_still_known_and_can_be_ended(lab: JobLab) -> None:
    _, job = _launched(lab, "sleep 600")

    os.kill(_pids(lab, job)["supervisor"], signal.SIGKILL)

    time.sleep(0.2)
    lab.ask()
    assert lab.job_states() == {"running": 1}
    lab.rules.backend("local").cancel([job.key])
    lab.wait()
    assert lab.job_states() == {"lost": 1}  # it was killed, and nobody was left to tell
    _nothing_lives(lab, job)


def test_a_job_may_take_no_more_memory_than_its_recipe_says(lab: JobLab) -> None:
    run, _ = _launched(lab, "head -c 200M /dev/zero | tail >{output}", wait=False, memory_mb=64)

    lab.wait()
    lab.scan_and_launch()

    assert lab.job_states() == {"failed": 1}
    assert "memory" in lab.texts("JOB_FAILED")[0]
    assert lab.files(run.path)["flagstat", "S1"] == "non_existent"


def test_a_job_is_told_what_its_recipe_says_and_no_password(
    lab: JobLab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEQAUTO_DATABASE_URL_OF_OTHERS", "hunter2")
    values = {"THREADS": "two words'", "LC_ALL": "C"}
    run, _ = _launched(lab, "env >{output}", wait=False, environment=values)

    lab.wait()

    told = run.place("flagstat").read_text()
    assert "THREADS=two words'\n" in told
    assert "PATH=" in told
    assert "hunter2" not in told


def test_a_scan_that_is_killed_by_the_job_it_launches_launches_nothing_twice(
    lab: JobLab,
) -> None:
    """The job kills the scan as soon as it runs: between submit and note, or soon after."""
    run = lab.run(rows=samples("S1")).complete()
    turns = lab.folder / "turns"
    (lab.home / "seqauto.toml").write_text(
        f"""
jobs_may_write_below = ["{lab.root}"]
jobs_settle_minutes = 0
[[job_recipes]]
file_type = "flagstat"
inputs = ["bam"]
memory_mb = 64
script = '''
kill -9 $(cat {lab.folder}/scan.pid) 2>/dev/null
date +%s%N >$(mktemp {turns}/XXXXXXXX)
cp {QC}/flagstat_1.17.txt {{output}}
'''
"""
    )
    lab.overrides.clear()
    scan = (
        "import os, pathlib, sys, time\n"
        "from seqauto_pipeline_tests.jobs.job_lab import JobLab\n"
        "folder = pathlib.Path(sys.argv[1])\n"
        "(folder / 'scan.pid').write_text(str(os.getpid()))\n"
        "JobLab.there(folder).scan_and_launch()\n"
        "time.sleep(60)\n"
    )
    killed = subprocess.run(
        [sys.executable, "-c", scan, lab.folder],
        env={**os.environ, **lab.environ},
        check=False,
        timeout=60,
    )

    assert killed.returncode == -signal.SIGKILL
    lab.scan_and_launch()
    lab.wait()
    lab.scan_and_launch()
    assert lab.files(run.path)["flagstat", "S1"] == "complete"
    assert len(list(turns.iterdir())) == 1
    assert lab.job_states() == {"done": 1}
    assert lab.messages(run.path) == ()


def test_directories_of_jobs_are_kept_for_as_long_as_the_settings_say(lab: JobLab) -> None:
    lab.overrides["keep_days"] = 10
    _, job = _launched(lab, "sleep 600")
    jobs = lab.home / "jobs"
    for name in ("seqauto-old", "dry-run/seqauto-old", "seqauto-new", "other"):
        (jobs / name).mkdir(parents=True)
    ago = time.time() - 11 * 86_400
    for name in ("seqauto-old", "dry-run/seqauto-old", "other", job.key):
        os.utime(jobs / name, (ago, ago))

    lab.scan_and_launch()

    left = {each.name for each in jobs.iterdir() if each.is_dir()}
    assert left == {"seqauto-new", "other", "dry-run", job.key}
    assert not list((jobs / "dry-run").iterdir())
    lab.rules.backend("local").cancel([job.key])
    lab.wait()


def test_what_a_job_leaves_running_ends_with_it(lab: JobLab) -> None:
    run, job = _launched(lab, "sleep 600 & echo made >{output}", wait=False)

    lab.wait()
    lab.scan_and_launch()

    assert run.place("flagstat").exists()
    _nothing_lives(lab, job)


def test_a_scan_waits_for_jobs_that_end_with_it(lab: JobLab) -> None:
    lab.overrides["local_jobs_outlive_scans"] = False
    lab.run().complete()
    lab.cook(fastqc(lab))

    done = lab.scan_and_launch()

    assert (done.jobs.launched.total(), done.jobs.ended, done.jobs.in_flight) == (4, {"done": 4}, 0)


def test_a_scan_that_is_interrupted_ends_the_jobs_that_end_with_it(lab: JobLab) -> None:
    lab.overrides["local_jobs_outlive_scans"] = False
    lab.run(rows=samples("S1")).complete()
    lab.cook(recipe("flagstat", ("bam",), f"kill -INT {os.getpid()}; sleep 600"))

    with pytest.raises(KeyboardInterrupt):
        lab.scan_and_launch()

    assert lab.wait_for("cancelled").reason == "Cancelled"


def test_jobs_end_with_a_scan_that_is_killed(tmp_path: Path) -> None:
    """The scan is a process of its own here, killed without a word."""
    directory = tmp_path / "jobs" / "key"
    recipe_of_job = Recipe("x", ("bam",), ("sleep", "600"))
    write_scripts(directory, recipe_of_job, {}, Output(f"{tmp_path}/made", "key"))
    launch = (
        "import sys, pathlib, time\n"
        "from seqauto_pipeline.jobs.backend import JobScript\n"
        "from seqauto_pipeline.jobs.backends.local import LocalBackend\n"
        "jobs = pathlib.Path(sys.argv[1])\n"
        "job = JobScript('key', jobs / 'key', 1, 64, 600)\n"
        "LocalBackend(jobs, 1, outlive=False).submit([job])\n"
        "print('launched', flush=True)\n"
        "time.sleep(600)\n"
    )
    backend = LocalBackend(tmp_path / "jobs", 1)
    script = {"key": JobScript("key", directory, 1, 64, 600)}
    with subprocess.Popen(
        [sys.executable, "-c", launch, tmp_path / "jobs"], stdout=subprocess.PIPE
    ) as scan:
        assert scan.stdout is not None
        assert scan.stdout.readline() == b"launched\n"
        assert backend.reports(script)["key"].state in (JobState.QUEUED, JobState.RUNNING)
        scan.kill()

    end = time.monotonic() + 20
    while (report := backend.reports(script)["key"]).state is not JobState.CANCELLED:
        assert time.monotonic() < end, report
        time.sleep(0.1)


def test_a_job_waits_for_those_that_have_to_succeed_first(tmp_path: Path) -> None:
    backend = LocalBackend(tmp_path, 4)
    made = {
        "good": JobScript("good", tmp_path / "good", 1, 64, 60),
        "after-good": JobScript("after-good", tmp_path / "after-good", 1, 64, 60, ("good",)),
        "bad": JobScript("bad", tmp_path / "bad", 1, 64, 60),
        "after-bad": JobScript("after-bad", tmp_path / "after-bad", 1, 64, 60, ("bad",)),
    }
    for key, job in made.items():
        text = (
            "exit 1" if key == "bad" else f"test -e {tmp_path}/made-good && x=1; echo >{{output}}"
        )
        text = "sleep 0.3; echo >{output}" if key == "good" else text
        output = Output(f"{tmp_path}/made-{key}", key)
        write_scripts(job.directory, Recipe("x", ("bam",), script=text), {}, output)

    backend.submit(list(made.values()))
    backend.submit(list(made.values()))  # handed over twice, each is run once

    end = time.monotonic() + 30
    while any(each.ended is None for each in backend.reports(made).values()):
        assert time.monotonic() < end
        time.sleep(0.1)
    reports = backend.reports(made)
    assert {key: report.state.value for key, report in reports.items()} == {
        "good": "done",
        "after-good": "done",
        "bad": "failed",
        "after-bad": "failed",
    }
    assert reports["after-bad"].reason == "DependencyNeverSatisfied"
    assert reports["after-good"].began >= reports["good"].began


def test_a_job_that_waits_for_its_turn_is_queued_and_can_be_cancelled(lab: JobLab) -> None:
    lab.overrides["local_jobs"] = 1
    lab.run().complete()
    lab.cook(recipe("flagstat", ("bam",), "sleep 600"))
    lab.scan_and_launch()
    lab.wait_for("running")

    assert lab.job_states() == {"running": 1, "queued": 1}
    lab.rules.backend("local").cancel([job.key for job in lab.jobs()])
    lab.wait()
    assert lab.job_states() == {"cancelled": 2}


def _launched(
    lab: JobLab, script: str, *, wait: bool = True, **more: object
) -> tuple[RunFolder, StoredJob]:
    run = lab.run(rows=samples("S1")).complete()
    lab.cook(recipe("flagstat", ("bam",), script, **more))
    lab.scan_and_launch()
    if wait:
        lab.wait_for("running")
        _pids_are_known(lab)
    return run, lab.jobs()[0]


def _nothing_lives(lab: JobLab, job: StoredJob) -> None:
    """The lock of a job is free when the last of its processes has ended."""
    with (lab.home / "jobs" / job.key / supervisor.ALIVE).open() as lock:
        end = time.monotonic() + 10
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                assert time.monotonic() < end
                time.sleep(0.05)
            else:
                return


def _pids_are_known(lab: JobLab) -> None:
    end = time.monotonic() + 10
    while "group" not in _pids(lab, lab.jobs()[0]):
        assert time.monotonic() < end
        time.sleep(0.05)


def _pids(lab: JobLab, job: StoredJob) -> dict[str, int]:
    found: dict[str, int] = json.loads((lab.home / "jobs" / job.key / "pids.json").read_bytes())
    return found
