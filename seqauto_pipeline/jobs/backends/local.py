"""Jobs on this machine, each with a supervisor of its own.

An id is the job's key, which is the name of its directory. Whether a job lives is told by a lock
that its processes hold: no number of a process that another one may have got meanwhile.
"""

import contextlib
import fcntl
import json
import os
import signal
import subprocess
import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from seqauto_pipeline.errors import BackendUnavailableError
from seqauto_pipeline.jobs.backend import JobReport, JobScript, JobState
from seqauto_pipeline.jobs.backends import supervisor
from seqauto_pipeline.jobs.backends.handed_on import environment_of_jobs
from seqauto_pipeline.jobs.exit_file import ended_report

LOCAL = "local"
_START_SECONDS = 30  # within which a supervisor must be at work


@dataclass(frozen=True, slots=True)
class LocalBackend:
    """Runs jobs on this machine, so many at a time."""

    directory: Path  # of all jobs
    slots: int  # how many run at a time
    outlive: bool = True  # whether jobs go on when the process that launched them has ended

    @property
    def name(self) -> str:
        return LOCAL

    def submit(self, jobs: Sequence[JobScript]) -> Mapping[str, str]:
        """Start a supervisor for each; it waits for its turn."""
        for job in jobs:
            order = {
                "directory": str(job.directory),
                "slots": str(self.directory),
                "slot_count": self.slots,
                "memory_mb": job.memory_mb,
                "seconds": job.seconds,
                "after": list(job.after),
                "launcher": []
                if self.outlive
                else [os.getpid(), supervisor.started_at(os.getpid())],
            }
            self._start(json.dumps(order))
        return {job.key: job.key for job in jobs}

    def _start(self, order: str) -> None:
        program = [sys.executable, "-I", "-S", supervisor.__file__, order]
        try:
            subprocess.run(  # noqa: S603
                program,
                check=True,
                timeout=_START_SECONDS,
                stdin=subprocess.DEVNULL,
                env=environment_of_jobs(),
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise BackendUnavailableError(LOCAL, f"no job can be started: {error}") from error

    def find(self, keys: Collection[str]) -> Mapping[str, str]:
        return {key: key for key in keys if (self.directory / key / supervisor.TAKEN).exists()}

    def reports(self, jobs: Mapping[str, JobScript]) -> Mapping[str, JobReport]:
        return {job_id: _report(job.directory) for job_id, job in jobs.items()}

    def cancel(self, ids: Collection[str]) -> None:
        for each in ids:
            _stop(self.directory / each)


def _report(directory: Path) -> JobReport:
    ended = ended_report(directory)
    if ended is not None:
        return ended
    if _is_alive(directory):
        has_begun = (directory / supervisor.BEGAN).exists()
        return JobReport(JobState.RUNNING if has_begun else JobState.QUEUED)
    lost = JobReport(JobState.LOST, reason="its processes are gone, and told no end")
    return ended_report(directory) or lost  # it may have ended while we looked


def _is_alive(directory: Path) -> bool:
    """Tell whether any process of a job lives: it holds the lock."""
    try:
        lock = os.open(directory / supervisor.ALIVE, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(lock)
    return False


def _stop(directory: Path) -> None:
    """Ask the supervisor to end its job; where it was killed, end what it left."""
    if not _is_alive(directory):
        return
    try:
        pids = json.loads((directory / supervisor.PIDS).read_bytes())
    except (OSError, ValueError):
        return
    if _is_supervisor(int(pids["supervisor"]), directory):
        os.kill(int(pids["supervisor"]), signal.SIGTERM)
    elif "group" in pids:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(int(pids["group"]), signal.SIGKILL)


def _is_supervisor(pid: int, directory: Path) -> bool:
    try:
        return directory.name.encode() in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
