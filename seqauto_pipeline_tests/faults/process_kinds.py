"""Faults of a scan's process, of what it may use, and of scans that meet."""

import contextlib
import ctypes
import os
import resource
import signal
import socket
import time
from collections.abc import Callable
from functools import partial
from itertools import starmap
from pathlib import Path

from seqauto_pipeline.disk.walk import packed_runs
from seqauto_pipeline.scan import model_builder
from seqauto_pipeline_tests.faults import shims
from seqauto_pipeline_tests.faults.bench import until
from seqauto_pipeline_tests.faults.trial import MESSAGES, Fault, Trial

_CLONE_NEWUTS = 0x04000000


def _signalled(number: int, trial: Trial) -> None:
    trial.begun().signal(number)


def _signalled_twice(number: int, trial: Trial) -> None:
    child = trial.begun()
    child.signal(number)
    time.sleep(trial.chance.uniform(0, 0.2))
    child.signal(number)


def _killed_with_all(trial: Trial) -> None:
    trial.begun().signal_all(signal.SIGKILL)


def _frozen(trial: Trial) -> None:
    child = trial.begun()
    child.signal_all(signal.SIGSTOP)
    trial.pause(trial.chance.uniform(0.5, 4))
    child.signal_all(signal.SIGCONT)


def _frozen_long(trial: Trial) -> None:
    """Stand still for longer than anything of the scan is waited for."""
    child = trial.begun()
    child.signal_all(signal.SIGSTOP)
    trial.pause(70)
    child.signal_all(signal.SIGCONT)


def _frozen_while_another_waits(trial: Trial) -> None:
    child = trial.begun()
    child.signal_all(signal.SIGSTOP)
    other = trial.start()
    trial.pause(2)
    child.signal_all(signal.SIGCONT)
    other.wait(60)


def _killed_while_another_waits(trial: Trial) -> None:
    child = trial.begun()
    other = trial.start()
    trial.moment()
    child.signal(signal.SIGKILL)
    other.wait(60)


def _limited(what: int, low: int, high: int, trial: Trial) -> None:
    most = trial.chance.randrange(low, high)
    child = trial.start(lambda: resource.setrlimit(what, (most, most)))
    child.wait(60)


def _out_of_memory(trial: Trial) -> None:
    """Let it have little more memory than it has when it begins."""

    def limit() -> None:
        with open("/proc/self/statm") as statm:  # noqa: PTH123
            used = int(statm.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
        most = used + (trial.chance.randrange(4, 60) << 20)
        resource.setrlimit(resource.RLIMIT_AS, (most, most))

    trial.start(limit).wait(60)


def _together(count: int, trial: Trial) -> None:
    for _ in range(count):
        trial.start()
    trial.ends()


def elsewhere() -> None:
    """Have this process call its machine by another name."""
    if ctypes.CDLL(None, use_errno=True).unshare(_CLONE_NEWUTS) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    socket.sethostname("elsewhere")


def _other_host(trial: Trial) -> None:
    """Scan at the same time on what calls itself another host."""
    trial.start()
    trial.start(elsewhere)
    trial.ends()


def _killed_on_other_host(trial: Trial) -> None:
    there = trial.start(elsewhere)
    trial.moment()
    there.signal_all(signal.SIGKILL)


def _with_second_process() -> None:
    """Have a scan of a few runs begin a second process, as one of many runs does."""
    packed_runs._RUNS_WORTH_A_PROCESS = 1
    model_builder._RUNS_FOR_SECOND_PROCESS = 1


def _second_process(act: Callable[[int], object], trial: Trial) -> None:
    """Do something to the process beside the scan's own, on a disk slow enough to catch it."""
    child = trial.start(
        _with_second_process,
        **shims.variables(),
        SLOW_DISK=str(trial.bench.disk),
        SLOW_DISK_US="20000",
    )
    found: list[int] = []

    def is_found() -> bool:
        found[:] = [each for each in children_of(child.pid) if _is_second(each)]
        return bool(found) or child.poll() is not None

    until(is_found, 30)
    time.sleep(trial.chance.uniform(0, 0.5))
    for each in found:
        with contextlib.suppress(ProcessLookupError, FileNotFoundError):  # it has ended
            act(each)
    child.wait(120)


def _is_second(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return b"second_process" in Path(f"/proc/{pid}/cmdline").read_bytes()
    return False


def children_of(pid: int) -> tuple[int, ...]:
    with contextlib.suppress(OSError):
        return tuple(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))
    return ()


def give_no_more_memory(pid: int) -> None:
    """Have a process get no more memory than it has, and a little."""
    used = int(Path(f"/proc/{pid}/statm").read_text().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    most = used + (1 << 20)
    resource.prlimit(pid, resource.RLIMIT_AS, (most, most))


def _named(name: str, number: int) -> Fault:
    return Fault(f"process: {name}", partial(_signalled, number))


_SIGNALS = {
    "SIGKILL": signal.SIGKILL,
    "SIGTERM": signal.SIGTERM,
    "Ctrl-C": signal.SIGINT,
    "hang-up": signal.SIGHUP,
    "SIGQUIT": signal.SIGQUIT,
    "crash (SIGSEGV)": signal.SIGSEGV,
}
_OTHERS: dict[str, Callable[[Trial], None]] = {
    "double Ctrl-C": partial(_signalled_twice, signal.SIGINT),
    "double SIGTERM": partial(_signalled_twice, signal.SIGTERM),
    "killed with its children": _killed_with_all,
    "frozen for seconds": _frozen,
    "frozen while another waits": _frozen_while_another_waits,
    "killed while another waits": _killed_while_another_waits,
    "out of memory": _out_of_memory,
    "file size limit": partial(_limited, resource.RLIMIT_FSIZE, 1 << 10, 1 << 20),
    "two scans at once": partial(_together, 2),
    "three scans at once": partial(_together, 3),
}
_OF_SECOND: dict[str, tuple[Callable[[int], object], int]] = {
    "SIGKILL": (lambda pid: os.kill(pid, signal.SIGKILL), 1),
    "out of memory": (give_no_more_memory, 1),
    "frozen for good": (lambda pid: os.kill(pid, signal.SIGSTOP), 4),
}
PROCESS_FAULTS = (
    *starmap(_named, _SIGNALS.items()),
    *(Fault(f"process: {name}", inject) for name, inject in _OTHERS.items()),
    # A scan that may open few files finds runs that it cannot read, and says so.
    Fault(
        "process: out of descriptors (EMFILE)",
        partial(_limited, resource.RLIMIT_NOFILE, 12, 40),
        aside=MESSAGES,
    ),
    Fault("process: two hosts at once", _other_host, needs="mount"),
    Fault("process: killed on another host", _killed_on_other_host, needs="mount"),
    Fault("process: frozen for more than a minute", _frozen_long, every=12),
    *(
        Fault(f"second process: {name}", partial(_second_process, act), "shims", every=every)
        for name, (act, every) in _OF_SECOND.items()
    ),
)
