"""Faults of a scan's process, of what it may use, and of scans that meet."""

import os
import resource
import signal
import time
from collections.abc import Callable
from functools import partial
from itertools import starmap

from seqauto_pipeline_tests.faults.trial import Fault, Trial


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
    children = [trial.start() for _ in range(count)]
    for child in children:
        child.wait(120)


def _other_host(trial: Trial) -> None:
    """Scan at the same time on what calls itself another host."""
    here = trial.start()
    there = trial.bench.scan_anew(
        "unshare", "--uts", "sh", "-c", 'hostname elsewhere; exec "$0" "$@"'
    )
    here.wait(120)
    there.wait(120)


def _killed_on_other_host(trial: Trial) -> None:
    there = trial.bench.scan_anew(
        "unshare", "--uts", "sh", "-c", 'hostname elsewhere; exec "$0" "$@"'
    )
    trial.pause(trial.chance.uniform(1, 4))
    there.signal_all(signal.SIGKILL)


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
    "out of descriptors (EMFILE)": partial(_limited, resource.RLIMIT_NOFILE, 12, 40),
    "file size limit": partial(_limited, resource.RLIMIT_FSIZE, 1 << 10, 1 << 20),
    "two scans at once": partial(_together, 2),
    "three scans at once": partial(_together, 3),
}
PROCESS_FAULTS = (
    *starmap(_named, _SIGNALS.items()),
    *(Fault(f"process: {name}", inject) for name, inject in _OTHERS.items()),
    Fault("process: two hosts at once", _other_host, needs="mount"),
    Fault("process: killed on another host", _killed_on_other_host, needs="mount"),
)
