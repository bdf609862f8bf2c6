import datetime as dt

import pytest

from seqauto_pipeline.jobs.backend import JobReport, JobState
from seqauto_pipeline.jobs.backends.pbs_states import read_jobs

# From "Job Exit Status" in the TORQUE Administrator Guide and openpbs/openpbs issue 2541, with
# other names and values.
TORQUE = """\
Job Id: 179.host
    Job_Name = key
    Job_Owner = user@host
    resources_used.walltime = 00:00:10
    job_state = C
    queue = batchq
    exec_host = node1/0+node1/1
    Variable_List = PBS_O_HOME=/home/user,PBS_O_LOGNAME=user,
\tPBS_O_PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin,SEQAUTO_J
\tOB=a-key-1,PBS_O_WORKDIR=/opt/moab
    sched_hint = Post job file processing error; job 179.host on host node1/0Ba
\td UID for job execution
    exit_status = {status}
    start_time = Fri Aug 29 14:55:55 2008
    comp_time = Fri Aug 29 14:56:05 2008

Job Id: 180.host
    job_state = Q
    Variable_List = OTHER_SEQAUTO_JOB=x

"""
BEGAN = dt.datetime(2008, 8, 29, 14, 55, 55, tzinfo=dt.UTC)


def openpbs(**attributes: object) -> JobReport:
    lines = "".join(f"    {name} = {value}\n" for name, value in attributes.items())
    (job,) = read_jobs(f"Job Id: 4.scheduler\n{lines}\n")
    return job.report("openpbs")


def test_folded_lines_are_put_together():
    done, queued = read_jobs(TORQUE.format(status=0))

    assert (done.id, done.key()) == ("179.host", "a-key-1")
    assert (queued.id, queued.key()) == ("180.host", "")
    assert done.report("torque") == JobReport(
        JobState.DONE, 0, "node1", BEGAN, BEGAN + dt.timedelta(seconds=10)
    )


@pytest.mark.parametrize(
    ("status", "state", "code", "reason"),
    [
        (3, JobState.FAILED, 3, ""),
        (97, JobState.FAILED, 97, "the machine that it was given does not see the directory"),
        (265, JobState.FAILED, 137, "killed by signal 9"),
        (271, JobState.CANCELLED, None, "deleted"),
        (-11, JobState.FAILED, None, "over its limit of walltime"),
        (-10, JobState.FAILED, None, "over its limit of mem"),
        (-3, JobState.FAILED, None, "exit status -3 of PBS"),
    ],
)
def test_exit_statuses_of_torque(status, state, code, reason):
    report = next(read_jobs(TORQUE.format(status=status))).report("torque")

    assert (report.state, report.exit_code) == (state, code)
    assert report.reason.startswith(reason)


@pytest.mark.parametrize(
    ("attributes", "state", "code", "reason"),
    [
        ({"job_state": "H", "comment": "held for staff"}, JobState.QUEUED, None, "held for staff"),
        ({"job_state": "W"}, JobState.QUEUED, None, "state W"),
        ({"job_state": "R", "comment": "Job run at 12:00"}, JobState.RUNNING, None, ""),
        ({"job_state": "E"}, JobState.RUNNING, None, "state E"),
        ({"job_state": "S"}, JobState.RUNNING, None, "state S"),
        ({"job_state": "M"}, JobState.RUNNING, None, "state M"),
        ({"job_state": "?"}, JobState.RUNNING, None, "state ?"),
        ({"job_state": "F", "Exit_status": 0, "substate": 92}, JobState.DONE, 0, ""),
        ({"job_state": "F", "Exit_status": -29, "substate": 93, "comment": "killed"},
         JobState.FAILED, None, "over its limit of walltime: killed"),
        ({"job_state": "F", "Exit_status": 271, "substate": 93},
         JobState.FAILED, 143, "killed by signal 15"),
        ({"job_state": "F", "Exit_status": 271, "substate": 91},
         JobState.CANCELLED, None, "deleted"),
        ({"job_state": "F", "substate": 91}, JobState.CANCELLED, None, "deleted before it began"),
    ],
)  # fmt: skip
def test_states_of_openpbs(attributes, state, code, reason):
    report = openpbs(**attributes)

    assert (report.state, report.exit_code, report.reason) == (state, code, reason)


def test_a_time_that_is_no_time_is_not_known():
    report = openpbs(job_state="F", Exit_status=0, stime="soon", mtime="Fri Jul  1 14:43:07 2022")

    assert report.began is None
    assert report.ended == dt.datetime(2022, 7, 1, 14, 43, 7, tzinfo=dt.UTC)
