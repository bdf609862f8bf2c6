"""Which process works on a scan, and whether it still lives.

A process id alone is used again, after a restart and in every container: an identity has all that
makes it unique.
"""

import json
import os
import socket
from dataclasses import asdict, dataclass
from enum import Enum
from pathlib import Path

_STATE, _STARTED = 0, 19  # positions in /proc/<pid>/stat after the name, see proc(5)


class Life(Enum):
    ALIVE = "alive"
    DEAD = "dead"
    UNKNOWN = "unknown"  # of another machine or container: its process ids mean nothing here


@dataclass(frozen=True, slots=True)
class Worker:
    """One process, told apart from every other."""

    scan: str  # the Dagster run it works on: tags are copied to re-executions
    host: str
    boot_id: str  # "" where the system has none
    pid_namespace: str
    pid: int
    started: str  # clock ticks since boot

    def to_tag(self) -> str:
        return json.dumps(asdict(self), separators=(",", ":"))


def this_worker(scan: str, proc: Path = Path("/proc")) -> Worker:
    """Identify this process as the one that works on a scan."""
    pid = os.getpid()
    return Worker(
        scan, socket.gethostname(), _boot_id(proc), _namespace(proc), pid, _started(pid, proc) or ""
    )


def worker_from_tag(tag: str | None, scan: str) -> Worker | None:
    """Read the tag. None when there is none, or when it was copied from another scan."""
    try:
        worker = Worker(**json.loads(tag or "{}"))
    except (TypeError, ValueError):
        return None
    return worker if worker.scan == scan else None


def look_for(worker: Worker, proc: Path = Path("/proc")) -> tuple[Life, str]:
    """Say whether a process lives, and where it does not, why not."""
    if worker.host != socket.gethostname():
        return Life.UNKNOWN, f"it runs on {worker.host}, and can be judged there only"
    if worker.boot_id != _boot_id(proc):
        return Life.DEAD, f"{worker.host} was restarted while the scan was running"
    if worker.pid_namespace != _namespace(proc):
        return Life.UNKNOWN, "it runs in another container, and can be judged there only"
    if _started(worker.pid, proc) == worker.started:
        return Life.ALIVE, ""
    return Life.DEAD, (
        f"its process {worker.pid} on {worker.host} ended without finishing it: "
        "killed, out of memory, or crashed"
    )


def _boot_id(proc: Path) -> str:
    try:
        return (proc / "sys/kernel/random/boot_id").read_text().strip()
    except OSError:  # not Linux
        return ""


def _namespace(proc: Path) -> str:
    try:
        return str((proc / "self/ns/pid").readlink())
    except OSError:
        return ""


def _started(pid: int, proc: Path) -> str | None:
    """When a living process started; None when there is none of that id."""
    try:
        fields = (proc / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None if proc.is_dir() and (proc / "self").exists() else _is_there(pid)
    return None if fields[_STATE] in "ZX" else fields[_STARTED]


def _is_there(pid: int) -> str | None:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return None
    except PermissionError:
        return ""
    return ""
