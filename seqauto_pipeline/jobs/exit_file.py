"""What a job, or who watched it, left about its end: the truth on every back-end."""

import datetime as dt
import json
from pathlib import Path

from seqauto_pipeline.jobs.backend import EXIT, JobReport, JobState

CANCELLED = "Cancelled"  # the reason of a job that somebody, or the end of its scan, stopped
_SIGNALS = 128  # a shell adds it to the number of a signal


def ended_report(directory: Path) -> JobReport | None:
    """Read how a job ended; None where it left no whole word of that."""
    try:
        told = json.loads((directory / EXIT).read_bytes())
        code = int(told["exit_code"])
        reason = str(told.get("reason", ""))
        return JobReport(
            state=_state(code, reason),
            exit_code=code,
            host=str(told["host"]),
            began=_moment(told["began"]),
            ended=_moment(told["ended"]),
            reason=reason or _signal_words(code),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _state(code: int, reason: str) -> JobState:
    if reason == CANCELLED:
        return JobState.CANCELLED
    return JobState.DONE if code == 0 else JobState.FAILED


def _moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).astimezone(dt.UTC)


def _signal_words(code: int) -> str:
    return f"killed by signal {code - _SIGNALS}" if _SIGNALS < code < _SIGNALS + 65 else ""
