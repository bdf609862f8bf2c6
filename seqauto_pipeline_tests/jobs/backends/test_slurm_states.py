import datetime as dt

import pytest

from seqauto_pipeline.jobs.backend import JobReport, JobState
from seqauto_pipeline.jobs.backends.slurm_states import account_rows, queue_rows

BEGAN = dt.datetime(2026, 3, 1, 11, tzinfo=dt.UTC)
ENDED = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
TIMES = f"{BEGAN.timestamp():.0f}|{ENDED.timestamp():.0f}"


def report(state: str, reason: str = "None") -> JobReport:
    (row,) = queue_rows(f"12_3|seqauto|{state}|{reason}|{TIMES}|node1\n")
    assert (row.id, row.name) == ("12_3", "seqauto")
    return row.report


@pytest.mark.parametrize(
    ("state", "reason", "ours", "said"),
    [
        ("PENDING", "Priority", JobState.QUEUED, "Priority"),
        ("PENDING", "None", JobState.QUEUED, ""),
        ("CONFIGURING", "None", JobState.QUEUED, "CONFIGURING"),
        ("REQUEUED", "None", JobState.QUEUED, "REQUEUED"),
        ("RUNNING", "None", JobState.RUNNING, ""),
        ("COMPLETING", "TimeLimit", JobState.RUNNING, "TimeLimit"),
        ("SUSPENDED", "None", JobState.RUNNING, "SUSPENDED"),
        ("STAGE_OUT", "None", JobState.RUNNING, "STAGE_OUT"),
        ("COMPLETED", "None", JobState.DONE, ""),
        ("FAILED", "NonZeroExitCode", JobState.FAILED, ""),
        ("TIMEOUT", "TimeLimit", JobState.FAILED, "TimeLimit"),
        ("TIMEOUT", "None", JobState.FAILED, "TimeLimit"),
        ("OUT_OF_MEMORY", "OutOfMemory", JobState.FAILED, "OutOfMemory"),
        ("NODE_FAIL", "NodeDown", JobState.FAILED, "NodeDown"),
        ("BOOT_FAIL", "None", JobState.FAILED, "BootFail"),
        ("DEADLINE", "None", JobState.FAILED, "Deadline"),
        ("PREEMPTED", "None", JobState.FAILED, "Preempted"),
        ("CANCELLED", "None", JobState.CANCELLED, "cancelled"),
        ("CANCELLED", "DependencyNeverSatisfied", JobState.CANCELLED, "DependencyNeverSatisfied"),
        ("OF_A_LATER_VERSION", "None", JobState.RUNNING, "OF_A_LATER_VERSION"),
    ],
)
def test_states_and_reasons_are_told_in_our_words(state, reason, ours, said):
    told = report(state, reason)

    assert (told.state, told.reason) == (ours, said)


def test_times_and_the_host_are_told_where_they_are_facts():
    queued, running, done = map(report, ("PENDING", "RUNNING", "COMPLETED"))

    assert (queued.began, queued.ended) == (None, None)
    assert (running.began, running.ended) == (BEGAN, None)
    assert (done.began, done.ended, done.host) == (BEGAN, ENDED, "node1")
    (unknown,) = queue_rows("12|a|PENDING|Priority|N/A|N/A|n/a\n")
    assert unknown.report == JobReport(JobState.QUEUED, reason="Priority")


def test_lines_of_another_form_are_not_read():
    assert list(queue_rows("slurm_load_jobs error\n\n12|a|RUNNING\n")) == []
    assert list(account_rows("12|a\n")) == []


@pytest.mark.parametrize(
    ("state", "codes", "told"),
    [
        ("COMPLETED", "0:0", JobReport(JobState.DONE, 0)),
        ("FAILED", "3:0", JobReport(JobState.FAILED, 3)),
        ("FAILED", "0:9", JobReport(JobState.FAILED, 137, reason="killed by signal 9")),
        ("TIMEOUT", "0:15", JobReport(JobState.FAILED, 143, reason="TimeLimit")),
        ("OUT_OF_MEMORY", "0:125", JobReport(JobState.FAILED, 253, reason="OutOfMemory")),
        ("CANCELLED by 1000", "0:15", JobReport(JobState.CANCELLED, reason="cancelled by 1000")),
    ],
)
def test_the_accounting_names_exit_codes_and_who_cancelled(state, codes, told):
    (row,) = account_rows(f"12|key|{state}|{codes}|Unknown|Unknown|None assigned\n")

    assert row.report == told


def test_a_machine_that_does_not_see_the_job_is_told_apart_from_a_failed_command():
    (row,) = account_rows("12|key|FAILED|97:0|Unknown|Unknown|node1\n")

    assert (row.report.exit_code, "does not see the directory" in row.report.reason) == (97, True)
