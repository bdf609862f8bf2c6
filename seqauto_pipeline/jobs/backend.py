"""What every back-end of jobs can do."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Protocol

SCRIPT, LOG, EXIT = "script.sh", "log.txt", "exit.json"  # in the directory of a job


class JobState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    LOST = "lost"  # the back-end knows nothing of it and it left no exit code


@dataclass(frozen=True, slots=True)
class JobScript:
    """One job as it is handed to a back-end.

    ``script.sh`` stands in the directory before it is submitted. It runs the command, and at its
    end writes ``exit.json`` (renamed when whole): ``exit_code``, ``host``, and ``began`` and
    ``ended`` in ISO form. That file is the truth about a job's end on every back-end: a scheduler
    may forget it.
    """

    key: str  # [a-z0-9-]{1,64}: names the job in the back-end, so that a submitted one is found
    directory: Path  # of the job, below the home: script.sh, log.txt and exit.json stand in it
    cores: int
    memory_mb: int
    seconds: int  # the limit of its time
    after: tuple[str, ...] = ()  # the back-end's ids of jobs that must have succeeded first


@dataclass(frozen=True, slots=True)
class JobReport:
    """What became of one job."""

    state: JobState
    exit_code: int | None = None
    host: str = ""
    began: datetime | None = None  # aware, UTC
    ended: datetime | None = None  # the same
    reason: str = ""  # the back-end's words: "TimeLimit", "OutOfMemory", "killed by signal 9"


class Backend(Protocol):
    """Where jobs run. Every method raises BackendUnavailableError while it does not answer."""

    @property
    def name(self) -> str: ...

    def submit(self, jobs: Sequence[JobScript]) -> Mapping[str, str]:
        """Queue jobs; give the back-end's id of each by its key.

        Raises JobRefusedError for what the back-end will never take.
        """

    def find(self, keys: Collection[str]) -> Mapping[str, str]:
        """Give the ids of jobs that are known under these keys: after a death while submitting."""

    def reports(self, jobs: Mapping[str, JobScript]) -> Mapping[str, JobReport]:
        """Tell what became of jobs, by id."""

    def cancel(self, ids: Collection[str]) -> None: ...
