"""Faults of two hosts with one database: the other host is a network namespace of this machine."""

import ctypes
import os
import shutil
import signal
import subprocess
from collections.abc import Callable

from seqauto_pipeline_tests.faults.bench import DATABASE
from seqauto_pipeline_tests.faults.child import Child
from seqauto_pipeline_tests.faults.process_kinds import elsewhere
from seqauto_pipeline_tests.faults.trial import Fault, Trial

ADDRESS, _THERE = "10.209.77.1", "10.209.77.2"  # of the server, and of the other host
_HOST = "seqauto-faults"
_LINK, _OTHER_END = "sqfaults0", "sqfaults1"
_CLONE_NEWNET = 0x40000000


def connect() -> str | None:
    """Make the other host and the line to it; None where this machine does not allow it."""
    if os.geteuid() != 0 or shutil.which("ip") is None:
        return None
    disconnect()
    try:
        _ip("netns", "add", _HOST)
        _ip("link", "add", _LINK, "type", "veth", "peer", "name", _OTHER_END, "netns", _HOST)
        _ip("addr", "add", f"{ADDRESS}/30", "dev", _LINK)
        _ip("link", "set", _LINK, "up")
        _ip("-n", _HOST, "addr", "add", f"{_THERE}/30", "dev", _OTHER_END)
        for device in ("lo", _OTHER_END):
            _ip("-n", _HOST, "link", "set", device, "up")
    except subprocess.CalledProcessError:
        disconnect()
        return None
    return ADDRESS


def disconnect() -> None:
    for command in (("link", "del", _LINK), ("netns", "del", _HOST)):
        subprocess.run(["ip", *command], capture_output=True, check=False)


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], capture_output=True, check=True)


def _on_other_host() -> None:
    handle = os.open(f"/var/run/netns/{_HOST}", os.O_RDONLY)
    if ctypes.CDLL(None, use_errno=True).setns(handle, _CLONE_NEWNET) != 0:
        raise OSError(ctypes.get_errno(), "setns")
    os.close(handle)
    elsewhere()


def _scan_there(trial: Trial) -> Child:
    """Scan from the other host, which has a home of its own, and the same disks and database."""
    bench = trial.bench
    if bench.server is None:
        raise RuntimeError("two hosts have PostgreSQL in common")
    home = bench.spare / "other-home"
    home.mkdir(exist_ok=True)
    bench.configure(home, bench.server.url_of_address(DATABASE))
    return trial.start(_on_other_host, DAGSTER_HOME=str(home))


def _both(trial: Trial) -> None:
    first, second = (trial.start, lambda: _scan_there(trial))
    if trial.chance.random() < 0.5:
        first, second = second, first
    first()
    trial.pause(trial.chance.uniform(0, 1))
    second()
    trial.ends()


def _line_cut(seconds: Callable[[Trial], float], trial: Trial) -> None:
    """Cut the line between the other host, which scans, and the server, without a word."""
    there = _scan_there(trial)
    trial.moment()
    _ip("link", "set", _LINK, "down")
    here = trial.start()
    trial.pause(seconds(trial))
    _ip("link", "set", _LINK, "up")
    here.wait(120)
    there.wait(120)


def _killed_there(trial: Trial) -> None:
    there = _scan_there(trial)
    trial.moment()
    there.signal_all(signal.SIGKILL)


NETWORK_FAULTS = (
    Fault("network: two hosts scan at once", _both, "network"),
    Fault("network: host killed", _killed_there, "network"),
    Fault(
        "network: line cut for seconds",
        lambda trial: _line_cut(lambda each: each.chance.uniform(1, 8), trial),
        "network",
    ),
    Fault(
        "network: line cut for a minute",
        lambda trial: _line_cut(lambda _: 60, trial),
        "network",
        every=8,
    ),
)
