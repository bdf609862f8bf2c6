"""Faults of the services: `dagster dev` with all that it starts, and its parts one by one."""

import contextlib
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from seqauto_pipeline.orchestration.history import ScanState
from seqauto_pipeline_tests.faults.bench import ENDED, Bench, until
from seqauto_pipeline_tests.faults.process_kinds import give_no_more_memory
from seqauto_pipeline_tests.faults.trial import Fault, Trial
from seqauto_pipeline_tests.orchestration.scan_site import launch, processes_of
from seqauto_pipeline_tests.orchestration.web_server import WebServer

_PATIENCE = 120.0
_EVERY = 12  # rounds: the services take many times as long to start as a scan takes
_PROGRAMS = Path(sys.executable).parent


@contextmanager
def _services(trial: Trial) -> Iterator[WebServer]:
    """Run `dagster dev`; in the end everything that uses the home is killed, as by a power cut."""
    bench = trial.bench
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    web = WebServer(port)
    workspace = str(Path(__file__).parents[2] / "workspace.yaml")
    dev = ("dev", "-w", workspace, "-p", str(port))
    try:
        bench.program(str(_PROGRAMS / "dagster"), *dev)
        if not until(web.is_up, _PATIENCE):
            raise RuntimeError("the services did not start")
        yield web
    finally:
        kill_all(bench)


def kill_all(bench: Bench) -> None:
    while living := processes_of(bench.home):
        for each in living:
            with contextlib.suppress(ProcessLookupError):
                os.kill(each, signal.SIGKILL)
        until(lambda: False, 0.05)
        for child in bench.children:
            child.poll()


def _launched(trial: Trial, web: WebServer) -> None:
    """Launch a scan in the web UI, and come back when it works or has ended."""
    launch(web)
    until(lambda: _are(trial, lambda state: state != ScanState.CREATED), _PATIENCE)


def _are(trial: Trial, condition: Callable[[str], bool]) -> bool:
    states = trial.bench.states()
    return bool(states) and len(states) > 1 and all(condition(state) for state, _ in states)


def _await_ends(trial: Trial) -> None:
    until(lambda: _are(trial, lambda state: state in ENDED), _PATIENCE)


def _killed_with_children(trial: Trial) -> None:
    with _services(trial) as web:
        _launched(trial, web)
        trial.pause(trial.chance.uniform(0, 1))


def _out_of_memory(what: bytes, trial: Trial) -> None:
    """Let one of the services have no more memory, launch a scan, then start all anew."""
    with _services(trial) as web:
        for pid in processes_of(trial.bench.home):
            with contextlib.suppress(OSError):
                if what in Path(f"/proc/{pid}/cmdline").read_bytes():
                    give_no_more_memory(pid)
        with contextlib.suppress(OSError, AssertionError, ValueError, KeyError, TypeError):
            launch(web)  # the web server may answer with the trouble of the code server
        trial.pause(5)
    with _services(trial):
        _await_ends(trial)


def _run_worker_out_of_memory(trial: Trial) -> None:
    with _services(trial) as web:
        launch(web)
        found: list[int] = []

        def is_found() -> bool:
            found[:] = [each for each in processes_of(trial.bench.home) if _is_worker(each)]
            return bool(found)

        until(is_found, 30)
        for each in found:
            with contextlib.suppress(OSError, ValueError):
                give_no_more_memory(each)
        _await_ends(trial)


def _is_worker(pid: int) -> bool:
    with contextlib.suppress(OSError):
        return b"execute_run" in Path(f"/proc/{pid}/cmdline").read_bytes()
    return False


def _three_daemons(trial: Trial) -> None:
    workspace = str(Path(__file__).parents[2] / "workspace.yaml")
    with _services(trial) as web:
        for _ in range(2):
            trial.bench.program(str(_PROGRAMS / "dagster-daemon"), "run", "-w", workspace)
        trial.pause(6)
        for _ in range(2):
            launch(web)
        _await_ends(trial)


SERVICE_FAULTS = (
    Fault("services: killed with all children", _killed_with_children, "dev", every=_EVERY),
    Fault(
        "services: daemon out of memory", partial(_out_of_memory, b"daemon"), "dev", every=_EVERY
    ),
    Fault(
        "services: code server out of memory", partial(_out_of_memory, b"grpc"), "dev", every=_EVERY
    ),
    Fault("services: run worker out of memory", _run_worker_out_of_memory, "dev", every=_EVERY),
    Fault("services: three daemons", _three_daemons, "dev", every=_EVERY),
)
