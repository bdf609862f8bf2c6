"""What is due, what is not, and within what limits it is launched."""

import datetime as dt
import json
import os
import time
from pathlib import Path
from unittest.mock import patch

import pytest
from sqlalchemy import update
from sqlalchemy.orm import Session

from seqauto_pipeline.db.jobs.people import set_pause
from seqauto_pipeline.db.jobs.queries import jobs_to_look_at
from seqauto_pipeline.db.models import Job
from seqauto_pipeline.db.store.annotations import Statement
from seqauto_pipeline.jobs.backends.local import LocalBackend
from seqauto_pipeline.scan.request import ScanRequest
from seqauto_pipeline.settings.groups.jobs import JobRecipe
from seqauto_pipeline_tests.jobs.job_lab import JobLab, fastqc, flagstat, recipe
from seqauto_pipeline_tests.scan.run_folder import RunFolder, Sample, samples


@pytest.fixture
def lab(tmp_path: Path, on_each_database: str) -> JobLab:
    """A laboratory in which nothing ends by itself: what is launched stays in flight."""
    return JobLab(tmp_path, {"jobs_per_scan": 100})


@pytest.fixture
def still(lab: JobLab) -> JobRecipe:
    """A recipe whose jobs are only looked at, in a dry run."""
    return flagstat(lab)


def would_launch(lab: JobLab) -> list[str]:
    """Scan, and name the files for which a script was written."""
    done = lab.scan_and_launch(ScanRequest(dry_run_jobs=True))
    assert not lab.jobs()
    return sorted(Path(str(row["file"])).name for row in done.jobs.rows)


BOTH = ["S1.hg38.flagstat.txt", "S2.hg38.flagstat.txt"]


def test_a_dry_run_writes_scripts_and_launches_nothing(lab: JobLab, still: JobRecipe):
    run = lab.run().complete()
    lab.cook(still)

    assert would_launch(lab) == BOTH
    scripts = list((lab.home / "jobs/dry-run").glob("*/command.sh"))
    assert len(scripts) == 2
    assert str(run.place("flagstat").parent) in scripts[0].read_text()
    assert lab.files(run.path)["flagstat", "S1"] == "non_existent"


def test_nothing_is_due_of_runs_that_are_not_whole_or_were_set_aside(lab: JobLab, still: JobRecipe):
    lab.cook(still)
    incomplete = lab.run(1).complete()
    (incomplete.folder / incomplete.markers[0]).unlink()
    flagged = [lab.run(number).complete() for number in (2, 3, 4)]
    lab.scan()
    for run, flag in zip(flagged, ("legacy", "bad", "hidden"), strict=True):
        lab.flag(run.path, **{flag: True})

    assert would_launch(lab) == []


def test_nothing_is_due_of_samples_that_are_not_processed_by_themselves(
    lab: JobLab, still: JobRecipe
):
    lab.cook(still)
    good, failed = samples("S1", "S2")
    run = lab.run(rows=(good, Sample("S2", failed.index, more=(("Failed", "TRUE"),)))).complete()
    broken = lab.run(2, rows=(good, Sample("S2", good.index))).complete()  # one index twice
    lab.scan()
    assert lab.run_states().keys() == {run.path, broken.path}

    assert would_launch(lab) == BOTH[:1]


def test_a_job_waits_until_each_of_its_inputs_is_there_and_was_left_alone(lab: JobLab):
    run = lab.run(rows=samples("S1")).complete()
    run.remove("fastq", "S1", 2)
    lab.cook(recipe("flagstat", ("bam", "fastq", "basecalls"), "cat {bam} {fastq} >{output}"))
    assert would_launch(lab) == []
    run.write("fastq", "S1", 2)
    lab.overrides["jobs_settle_minutes"] = 10
    assert would_launch(lab) == []
    for place in (run.place("bam"), run.place("fastq", "S1", 1), run.place("fastq", "S1", 2)):
        os.utime(place, (time.time() - 7000,) * 2)

    assert would_launch(lab) == BOTH[:1]
    wrong_clock = time.time() + 200_000
    os.utime(run.place("fastq", "S1", 1), (wrong_clock, wrong_clock))
    assert would_launch(lab) == BOTH[:1]
    lab.cook(recipe("flagstat", ("bam",), "cat {bam} >{output}", after_hours=2))
    assert would_launch(lab) == []


def test_a_recipe_for_a_kit_makes_files_expected_of_its_runs_alone(lab: JobLab):
    one, other = lab.run(1, "kit_a").complete(), lab.run(2, "kit_b").complete()
    lab.cook(flagstat(lab, kits=["KIT_A"]), fastqc(lab, kits=["kit_a"]))

    assert len(would_launch(lab)) == 2 + 4
    assert lab.counts(one.path)["non_existent"] == 6
    assert lab.counts(other.path)["non_existent"] == 0


def test_a_file_of_the_whole_run_is_one_job(lab: JobLab):
    run = lab.run().complete()
    run.remove("joint_vcf")
    lab.cook(recipe("joint_vcf", ("vcf",), "cat {vcf} >{output}"))

    done = lab.scan_and_launch()
    lab.wait()
    lab.scan_and_launch()

    assert done.jobs.launched == {"joint_vcf": 1}
    assert run.place("joint_vcf").read_text() == "content of S1content of S2"


def test_nothing_is_written_where_the_settings_do_not_allow_it(lab: JobLab):
    run = lab.run(rows=samples("S1")).complete()
    outside = lab.root / "elsewhere"
    outside.mkdir()
    lab.overrides["jobs_may_write_below"] = (lab.root / "kit_a",)
    (run.folder / "1_BAM/flagstats").symlink_to(outside)
    lab.cook(flagstat(lab))
    by_link = lab.scan_and_launch()
    (run.folder / "1_BAM/flagstats").unlink()
    lab.overrides["jobs_may_write_below"] = (lab.root / "kit_b",)

    elsewhere = lab.scan_and_launch()

    assert by_link.jobs.refused == elsewhere.jobs.refused == {"flagstat": 1}
    assert str(outside) in by_link.jobs.notes[0]
    assert "jobs_may_write_below" in elsewhere.jobs.notes[0]
    assert not lab.jobs()


def test_a_field_that_a_file_has_no_value_for_refuses_its_job(lab: JobLab):
    lab.run(rows=samples("S1")).complete()
    lab.cook(recipe("flagstat", ("bam",), "echo {lane} >{output}"))

    done = lab.scan_and_launch()

    assert done.jobs.refused == {"flagstat": 1}
    assert "{lane} has no value for" in done.jobs.notes[0]


def test_a_directory_of_jobs_that_cannot_be_written_refuses_them(lab: JobLab):
    lab.run(rows=samples("S1")).complete()
    lab.cook(flagstat(lab))
    (lab.home / "jobs").write_text("no directory")

    done = lab.scan_and_launch()

    assert done.jobs.refused == {"flagstat": 1}
    assert done.jobs.notes == [f"{lab.home / 'jobs'} cannot be written: Not a directory"]
    assert not lab.jobs()


def test_a_dry_run_hands_over_nothing_that_a_dead_scan_left(lab: JobLab):
    lab.run(rows=samples("S1")).complete()
    lab.cook(flagstat(lab))
    with (
        patch.object(LocalBackend, "submit", side_effect=KeyboardInterrupt),
        pytest.raises(KeyboardInterrupt),
    ):
        lab.scan_and_launch()

    lab.scan_and_launch(ScanRequest(dry_run_jobs=True))

    assert lab.job_states() == {"submitting": 1}


def test_limits_hold_what_is_launched(lab: JobLab):
    lab.run().complete()
    lab.cook(fastqc(lab), flagstat(lab))
    lab.overrides |= {"jobs_per_scan": 3, "jobs_in_flight": 5}
    only = lab.scan_and_launch(ScanRequest(only_launch_types=("flagstat",))).jobs
    assert (only.launched, only.waiting) == ({"flagstat": 2}, {})
    unknown = lab.scan_and_launch(ScanRequest(only_launch_types=("flagstad",))).jobs
    assert unknown.notes == ["No recipe makes flagstad; there are fastqc, flagstat."]

    lab.overrides["jobs_in_flight_of"] = {"local": 2}
    assert lab.scan_and_launch().jobs.launched.total() <= 2
    lab.wait()


def test_while_jobs_are_paused_none_is_launched(lab: JobLab):
    lab.run().complete()
    lab.cook(flagstat(lab))
    lab.scan()
    now = dt.datetime.now(dt.UTC)
    with lab.connected() as connection, Session(connection) as session:
        set_pause(session, Statement("ada", "the disk is full", now), is_on=True)
        session.commit()

    paused = lab.scan_and_launch().jobs

    assert paused.launched.total() == 0
    assert paused.notes == ["Jobs are paused: none is launched. Begin: seqauto jobs resume"]


def test_what_fails_is_tried_again_later_as_often_as_the_recipe_says(lab: JobLab):
    run = lab.run(rows=samples("S1")).complete()
    lab.cook(recipe("flagstat", ("bam",), "exit 1", retries=1))
    lab.scan_and_launch()
    lab.wait()
    early = lab.scan_and_launch()
    assert (early.jobs.launched.total(), lab.messages(run.path)) == (0, ())
    with lab.connected() as connection:
        connection.execute(update(Job).values(next_try_at=dt.datetime.now(dt.UTC)))

    again = lab.scan_and_launch()
    lab.wait()
    lab.scan_and_launch()

    assert again.jobs.launched == {"flagstat": 1}
    (job,) = lab.jobs()
    assert (job.attempts, job.state, job.next_try_at) == (2, "failed", None)
    assert lab.history(job).count("failed") == 2
    assert lab.messages(run.path) == ("JOB_FAILED",)


def test_a_job_whose_file_is_not_there_is_told(lab: JobLab):
    run = lab.run(rows=samples("S1")).complete()
    lab.cook(flagstat(lab))
    lab.scan_and_launch()
    (job,) = lab.jobs()
    _with_a_clock_ahead(lab.home / "jobs" / job.key / "exit.json")
    lab.wait()
    run.place("flagstat").unlink()

    lab.scan_and_launch()

    assert lab.messages(run.path) == ("JOB_LEFT_NO_FILE",)


def _with_a_clock_ahead(path: Path) -> None:
    """Let the end of a job be told by a host whose clock is an hour ahead."""
    deadline = time.monotonic() + 30
    while not path.exists():
        assert time.monotonic() < deadline
        time.sleep(0.05)
    told = json.loads(path.read_bytes())
    ended = dt.datetime.fromisoformat(told["ended"]) + dt.timedelta(hours=1)
    path.write_text(json.dumps({**told, "ended": ended.isoformat()}))


def test_a_record_is_running_until_a_scan_of_its_run_has_looked(lab: JobLab):
    run, other = lab.run(1, rows=samples("S1")).complete(), lab.run(2).complete()
    lab.cook(flagstat(lab, kits=["kit_a"]))
    lab.scan_and_launch(ScanRequest(runs=(run.path,)))
    lab.wait()

    lab.scan_and_launch(ScanRequest(runs=(other.path,)))

    assert lab.files(run.path)["flagstat", "S1"] == "running"
    with lab.connected() as connection, Session(connection) as session:
        looked_for = jobs_to_look_at(session, dt.datetime.now(dt.UTC))
    assert run.path in {job.run_path for job in looked_for}
    lab.flag(run.path, legacy=True)  # scans leave it alone: none is asked for
    with lab.connected() as connection, Session(connection) as session:
        assert jobs_to_look_at(session, dt.datetime.now(dt.UTC)) == ()
    lab.flag(run.path, legacy=False)
    lab.scan_and_launch(ScanRequest(runs=(run.path,)))
    assert lab.files(run.path)["flagstat", "S1"] == "complete"


def test_jobs_of_recipes_that_are_gone_are_still_seen_to(lab: JobLab):
    run = lab.run(rows=samples("S1")).complete()
    run.remove("vcf")
    lab.cook(recipe("vcf", ("bam",), "cat {bam} >{output}"))
    lab.scan_and_launch()
    lab.cook()
    lab.wait()

    lab.scan_and_launch()

    assert lab.files(run.path)["vcf", "S1"] == "complete"
    assert lab.job_states() == {"done": 1}


def test_a_record_that_is_running_without_a_job_is_judged_again(lab: JobLab):
    """As where an older database was put back."""
    run = lab.run(rows=samples("S1")).complete()
    lab.cook(recipe("flagstat", ("bam",), "exit 1"))
    lab.scan_and_launch()
    lab.wait()
    lab.overrides["jobs_per_scan"] = 0
    with lab.connected() as connection:
        connection.execute(update(Job).values(state="done"))

    lab.scan_and_launch()

    assert lab.files(run.path)["flagstat", "S1"] == "non_existent"


def test_what_was_noted_long_ago_and_never_handed_over_is_looked_at(lab: JobLab):
    lab.run(rows=samples("S1")).complete()
    lab.cook(flagstat(lab))
    lab.scan_and_launch()
    lab.wait()
    lab.scan_and_launch()
    now = dt.datetime.now(dt.UTC)
    with lab.connected() as connection, Session(connection) as session:
        assert jobs_to_look_at(session, now) == ()
        ago = now - dt.timedelta(minutes=5)
        session.execute(update(Job).values(state="submitting", launched_at=ago))
        assert len(jobs_to_look_at(session, now)) == 1
        set_pause(session, Statement("ada", None, now), is_on=True)
        assert jobs_to_look_at(session, now) == ()


def test_a_disk_without_recipes_has_no_jobs_and_says_how_to_begin(lab: JobLab):
    lab.cook()
    run: RunFolder = lab.run().complete()

    done = lab.scan_and_launch()

    assert done.jobs.metadata() == {
        "jobs": "No jobs are configured: to have missing files made, write job_recipes in the "
        "settings; docs/jobs.md tells how."
    }
    assert not (lab.home / "jobs").exists()
    assert ("flagstat", "S1") not in lab.files(run.path)
