"""What became of a job of a scheduler: what it left itself, and what the scheduler says of it."""

import datetime as dt
import tempfile
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from seqauto_pipeline.jobs.backend import EXIT, JobReport, JobState
from seqauto_pipeline.jobs.exit_file import ended_report

NOT_SEEN_YET = dt.timedelta(seconds=60)  # for so long a client of NFS may not see a new file


def judged(directory: Path, told: JobReport | None, now: dt.datetime) -> JobReport:
    """Put both together; ``told`` is None where the scheduler knows nothing of the job.

    A job that left the exit code 0 is done, whatever else is said. One that left another code is
    what the scheduler says, once it says that the job is over: it knows who killed it.
    """
    own = ended_report(directory)
    if own is None and (told is None or _is_over(told)):
        own = _looked_for_again(directory)
    if own is None:
        return _without_exit_file(told, now)
    if own.state is JobState.DONE or told is None or told.state is JobState.DONE:
        return own
    if not _is_over(told):
        return told  # it is still being tidied up; soon the scheduler says why it ended
    return replace(own, state=told.state, reason=told.reason or own.reason)


def _is_over(report: JobReport) -> bool:
    return report.state not in (JobState.QUEUED, JobState.RUNNING)


def _without_exit_file(told: JobReport | None, now: dt.datetime) -> JobReport:
    if told is None:
        return JobReport(JobState.LOST, reason=f"nothing knows of it, and it left no {EXIT}")
    if told.state is not JobState.DONE:
        return told
    if told.ended is not None and now - told.ended < NOT_SEEN_YET:
        return replace(told, state=JobState.RUNNING, reason=f"its {EXIT} cannot be seen yet")
    return replace(told, reason=f"it left no {EXIT}")


def _looked_for_again(directory: Path) -> JobReport | None:
    """Look once more after a change of the directory: a client of NFS then asks its server anew."""
    with suppress(OSError), tempfile.NamedTemporaryFile(dir=directory, prefix=".look"):
        pass
    return ended_report(directory)
