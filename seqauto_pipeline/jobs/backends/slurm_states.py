"""What SLURM says of a job: its lines as values, and its states in our words.

Source of the states: "Job State Codes" in the manual page squeue(1), and job_state_string() and
JOB_STATE_FLAGS in SchedMD's slurm.h for those that only newer versions have.
"""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from seqauto_pipeline.core.display import shown
from seqauto_pipeline.jobs.backend import JobReport, JobState
from seqauto_pipeline.jobs.backends.start_script import NO_DIRECTORY, NO_DIRECTORY_WORDS

QUEUE_FIELDS = "%i|%j|%T|%r|%S|%e|%B"  # of squeue: id, name, state, reason, times, host
ACCOUNT_FIELDS = "JobID,JobName,State,ExitCode,Start,End,NodeList"  # of sacct

_QUEUED = (
    "PENDING",
    "CONFIGURING",  # its machines boot
    "POWER_UP_NODE",
    "REQUEUED",
    "REQUEUE_FED",
    "REQUEUE_HOLD",
    "RESV_DEL_HOLD",
    "SPECIAL_EXIT",  # requeued and held for a person
)
_RUNNING = (
    "RUNNING",
    "COMPLETING",
    "RESIZING",
    "REVOKED",  # in a federation: another cluster runs it
    "SIGNALING",
    "STAGE_OUT",
    "STOPPED",
    "SUSPENDED",
    "EXPEDITING",
    "UPDATE_DB",
)
_FAILED = {  # with what is said where SLURM gives no reason of its own
    "FAILED": "",
    "TIMEOUT": "TimeLimit",
    "OUT_OF_MEMORY": "OutOfMemory",
    "NODE_FAIL": "NodeFail",
    "BOOT_FAIL": "BootFail",
    "DEADLINE": "Deadline",
    "PREEMPTED": "Preempted",
    "LAUNCH_FAILED": "LaunchFailed",
    "RECONFIG_FAIL": "ReconfigFail",
}
STATES = (
    dict.fromkeys(_QUEUED, JobState.QUEUED)
    | dict.fromkeys(_RUNNING, JobState.RUNNING)
    | dict.fromkeys(_FAILED, JobState.FAILED)
    | {"COMPLETED": JobState.DONE, "CANCELLED": JobState.CANCELLED}
)
# These say no more than the state and the exit code. JobLaunchFailure is said, too, of a script
# that was launched and then killed.
_NO_REASON = ("", "None", "NonZeroExitCode", "JobLaunchFailure")
_WHY_CANCELLED = ("DependencyNeverSatisfied", "cancelled by ")
_NOBODY = ("", "n/a", "N/A", "None assigned", "(null)")


@dataclass(frozen=True, slots=True)
class SlurmRow:
    """One job as SLURM tells it."""

    id: str  # 12, or 12_3 for a task of an array
    name: str
    report: JobReport


def queue_rows(out: str) -> Iterator[SlurmRow]:
    """Read what squeue printed with QUEUE_FIELDS; lines of another form are not ours."""
    for line in out.splitlines():
        cells = line.split("|")
        if len(cells) == 7:
            number, name, state, reason, begin, end, host = (cell.strip() for cell in cells)
            yield SlurmRow(number, name, _report(state, reason, (begin, end), host))


def account_rows(out: str) -> Iterator[SlurmRow]:
    """Read what sacct printed with ACCOUNT_FIELDS: its states name who cancelled."""
    for line in out.splitlines():
        cells = line.split("|")
        if len(cells) == 7:
            number, name, state, codes, begin, end, host = (cell.strip() for cell in cells)
            word, _, by = state.partition(" ")
            report = _report(word, f"cancelled {by}" if by else "", (begin, end), host)
            yield SlurmRow(number, name, with_codes(report, codes))


def with_codes(report: JobReport, codes: str) -> JobReport:
    """Add the exit code of a failed job, written as SLURM does: a code, a colon, a signal."""
    found = re.fullmatch(r"(\d+):(\d+)", codes)
    if found is None or report.state is not JobState.FAILED:
        return report
    code, number = int(found[1]), int(found[2])
    if number:
        said = report.reason or f"killed by signal {number}"
        return replace(report, exit_code=128 + number, reason=said)
    if code == NO_DIRECTORY and not report.reason:
        return replace(report, exit_code=code, reason=NO_DIRECTORY_WORDS)
    return replace(report, exit_code=code)


def _report(word: str, reason: str, times: tuple[str, str], host: str) -> JobReport:
    """Translate; a state that is not known here is that of a job which still runs."""
    state = STATES.get(word, JobState.RUNNING)
    begin, end = map(_moment, times)
    return JobReport(
        state,
        exit_code=0 if state is JobState.DONE else None,
        host="" if host in _NOBODY else shown(host),
        began=None if state is JobState.QUEUED else begin,  # of a queued job: when it may begin
        ended=None if state in (JobState.QUEUED, JobState.RUNNING) else end,
        reason=shown(_said(word, state, reason)),
    )


def _said(word: str, state: JobState, reason: str) -> str:
    if state is JobState.CANCELLED and not reason.startswith(_WHY_CANCELLED):
        return "cancelled"  # the reason is what it waited for until then
    if reason not in _NO_REASON:
        return reason
    if word in _FAILED or word in ("PENDING", "RUNNING", "COMPLETED"):
        return _FAILED.get(word, "")
    return word


def _moment(seconds: str) -> dt.datetime | None:
    """Read seconds since 1970, which SLURM_TIME_FORMAT asks for."""
    return dt.datetime.fromtimestamp(int(seconds), dt.UTC) if seconds.isdecimal() else None
