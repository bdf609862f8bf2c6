import datetime as dt
import json

import pytest

from seqauto_pipeline.jobs.backend import EXIT, JobReport, JobState
from seqauto_pipeline.jobs.backends.judged import judged

NOW = dt.datetime(2026, 3, 1, 12, 0, tzinfo=dt.UTC)
BEGAN, ENDED = "2026-03-01T11:00:00+00:00", "2026-03-01T11:30:00+00:00"
RUNNING = JobReport(JobState.RUNNING)
TIMED_OUT = JobReport(JobState.FAILED, reason="TimeLimit")
CANCELLED = JobReport(JobState.CANCELLED, reason="cancelled")


def left(directory, code):
    written = {"exit_code": code, "host": "node1", "began": BEGAN, "ended": ENDED}
    (directory / EXIT).write_text(json.dumps(written))


def done_at(moment):
    return JobReport(JobState.DONE, 0, ended=moment)


@pytest.mark.parametrize("told", [None, RUNNING, TIMED_OUT, CANCELLED, done_at(NOW)])
def test_a_job_that_left_the_exit_code_0_is_done_whatever_is_said(tmp_path, told):
    left(tmp_path, 0)

    report = judged(tmp_path, told, NOW)

    assert (report.state, report.exit_code, report.host) == (JobState.DONE, 0, "node1")
    assert report.ended == dt.datetime.fromisoformat(ENDED)


@pytest.mark.parametrize(
    ("told", "state", "reason"),
    [
        (None, JobState.FAILED, "killed by signal 15"),
        (done_at(NOW), JobState.FAILED, "killed by signal 15"),
        (JobReport(JobState.FAILED), JobState.FAILED, "killed by signal 15"),
        (TIMED_OUT, JobState.FAILED, "TimeLimit"),
        (CANCELLED, JobState.CANCELLED, "cancelled"),
    ],
)
def test_why_a_job_failed_is_known_to_the_scheduler_first(tmp_path, told, state, reason):
    left(tmp_path, 143)

    report = judged(tmp_path, told, NOW)

    assert (report.state, report.exit_code, report.reason) == (state, 143, reason)
    assert report.began == dt.datetime.fromisoformat(BEGAN)


def test_a_failed_job_that_is_still_tidied_up_waits_for_the_word_of_the_scheduler(tmp_path):
    left(tmp_path, 143)

    assert judged(tmp_path, RUNNING, NOW) == RUNNING


@pytest.mark.parametrize("told", [RUNNING, TIMED_OUT, CANCELLED])
def test_a_job_that_left_nothing_is_what_the_scheduler_says(tmp_path, told):
    assert judged(tmp_path, told, NOW) == told


def test_a_job_that_nobody_knows_and_that_left_nothing_is_lost(tmp_path):
    (tmp_path / EXIT).write_text("{half")

    assert judged(tmp_path, None, NOW).state is JobState.LOST
    assert [each.name for each in tmp_path.iterdir()] == [EXIT]
    assert judged(tmp_path / "gone", None, NOW).state is JobState.LOST


def test_a_done_job_may_take_a_minute_to_be_seen_on_a_file_server(tmp_path):
    soon = judged(tmp_path, done_at(NOW - dt.timedelta(seconds=20)), NOW)
    later = judged(tmp_path, done_at(NOW - dt.timedelta(seconds=90)), NOW)

    assert (soon.state, soon.reason) == (JobState.RUNNING, "its exit.json cannot be seen yet")
    assert (later.state, later.reason) == (JobState.DONE, "it left no exit.json")
