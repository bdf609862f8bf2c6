"""Watches one job on this machine: a program of its own, which needs the standard library only.

It outlives who started it. It waits for a free slot, runs ``script.sh`` in a group of processes and
within limits, ends it in time, and tells the end. The job holds the lock ``alive.lock``, too: while
any of its processes lives, the job is known to be running, even when its supervisor was killed.
"""

import datetime as dt
import fcntl
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

ALIVE, TAKEN, PIDS, BEGAN = "alive.lock", "taken", "pids.json", "began"
_LOCK_SECONDS = 3.0  # for which somebody may just look whether the lock is held
_SLOT_SECONDS = 0.25  # between two looks for a free slot
_WATCH_SECONDS = 1.0  # between two looks at what the job depends on
_KILL_SECONDS = 5.0  # from SIGTERM to SIGKILL
_STOPS = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP}
_WATCHED = {*_STOPS, signal.SIGCHLD}


class Stopped(Exception):  # noqa: N818  (not an error)
    """The job is to be ended, for a reason."""


def main(order: str) -> int:
    """Take one job, if nobody has it, and go into the background."""
    job = json.loads(order)
    directory = Path(os.fsdecode(os.fsencode(job["directory"])))
    alive = os.open(directory / ALIVE, os.O_RDWR | os.O_CREAT, 0o640)
    if not _locked(alive) or (directory / TAKEN).exists():
        return 0
    (directory / TAKEN).touch()
    reader, writer = os.pipe()
    if os.fork():
        os.close(writer)
        os.read(reader, 1)  # the job can be stopped from here on
        return 0
    os.close(reader)
    os.setsid()
    signal.pthread_sigmask(signal.SIG_BLOCK, _WATCHED)
    _write(directory / PIDS, {"supervisor": os.getpid()})
    os.close(writer)
    _become_quiet()
    _supervise(job, directory, alive)
    return 0


def _locked(alive: int) -> bool:
    end = time.monotonic() + _LOCK_SECONDS
    while time.monotonic() < end:
        try:
            fcntl.flock(alive, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(0.05)
        else:
            return True
    return False


def _become_quiet() -> None:
    nowhere = os.open(os.devnull, os.O_RDWR)
    for number in range(3):
        os.dup2(nowhere, number)
    os.chdir("/")


def _supervise(job: dict[str, object], directory: Path, alive: int) -> None:
    began = _now()
    try:
        _wait_for_others(job, directory.parent)
        slot = _free_slot(job)
        began = _now()
        (directory / BEGAN).touch()
        code, reason = _run(job, directory, (alive, slot))
    except Stopped as stop:
        code, reason = 128 + signal.SIGTERM, str(stop)
    if not (directory / "exit.json").exists():
        end = {"exit_code": code, "host": socket.gethostname(), "began": began, "ended": _now()}
        _write(directory / "exit.json", {**end, **({"reason": reason} if reason else {})})


def _wait_for_others(job: dict[str, object], jobs: Path) -> None:
    """Wait for the jobs that have to succeed first."""
    for key in _words(job["after"]):
        while not (jobs / key / "exit.json").exists():
            _pause(job, _SLOT_SECONDS)
        if json.loads((jobs / key / "exit.json").read_bytes())["exit_code"] != 0:
            raise Stopped("DependencyNeverSatisfied")


def _free_slot(job: dict[str, object]) -> int:
    """Take one of the slots, which bound how many jobs run at a time."""
    folder = Path(str(job["slots"]))
    while True:
        for number in range(int(str(job["slot_count"]))):
            slot = os.open(folder / f"slot-{number}", os.O_RDWR | os.O_CREAT, 0o640)
            try:
                fcntl.flock(slot, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(slot)
            else:
                return slot
        _pause(job, _SLOT_SECONDS)


def _run(job: dict[str, object], directory: Path, held: tuple[int, int]) -> tuple[int, str]:
    """Run the script to its end; give its exit code, and why it was stopped."""
    limit = int(str(job["memory_mb"])) << 20

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _WATCHED)

    with subprocess.Popen(  # noqa: S603
        ["/bin/sh", directory / "script.sh"],
        start_new_session=True,
        preexec_fn=limited,  # noqa: PLW1509  (this program has one thread)
        pass_fds=held,
    ) as process:
        _write(directory / PIDS, {"supervisor": os.getpid(), "group": process.pid})
        reason = ""
        try:
            _wait_for_end(job, process)
        except Stopped as stop:
            reason = str(stop)
            _end_group(process)
        _kill(process.pid, signal.SIGKILL)  # what it has left behind
    code = process.returncode
    if code >= 0:
        return code, reason
    return 128 - code, reason or f"killed by signal {-code}"


def _wait_for_end(job: dict[str, object], process: "subprocess.Popen[bytes]") -> None:
    end = time.monotonic() + int(str(job["seconds"]))
    while process.poll() is None:
        left = end - time.monotonic()
        if left <= 0:
            raise Stopped("TimeLimit")
        _pause(job, min(left, _WATCH_SECONDS))


def _end_group(process: "subprocess.Popen[bytes]") -> None:
    _kill(process.pid, signal.SIGTERM)
    try:
        process.wait(_KILL_SECONDS)
    except subprocess.TimeoutExpired:
        _kill(process.pid, signal.SIGKILL)


def _kill(group: int, number: signal.Signals) -> None:
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return


def _pause(job: dict[str, object], seconds: float) -> None:
    """Wait for a moment, or until a child ends. Raises Stopped when the job is to be ended."""
    got = signal.sigtimedwait(_WATCHED, seconds)
    if got is not None and got.si_signo in _STOPS:
        raise Stopped("Cancelled")
    launcher = _words(job["launcher"])
    if launcher and started_at(int(launcher[0])) != launcher[1]:
        raise Stopped("Cancelled")


def started_at(pid: int) -> str:
    """Tell when a process was started, in the kernel's ticks; nothing of one that is gone."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    state, *numbers = stat.rpartition(")")[2].split()
    return "" if state == "Z" else numbers[18]


def _words(value: object) -> list[str]:
    return [str(each) for each in value] if isinstance(value, list) else []


def _write(path: Path, value: dict[str, object]) -> None:
    part = path.with_name(f"{path.name}.part")
    part.write_text(json.dumps(value), encoding="utf-8")
    part.replace(path)


def _now() -> str:
    return dt.datetime.now(dt.UTC).isoformat(timespec="seconds")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
