"""Commands as processes that start fast: forks of a process that has imported everything."""

import contextlib
import importlib
import os
import signal
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from seqauto_pipeline.cli.main import main

BIN = Path(sys.executable).parent
_IMPORTED = (
    *("seqauto_pipeline.cli.scans.scan", "seqauto_pipeline.cli.scans.scans"),
    *("seqauto_pipeline.orchestration.launch", "seqauto_pipeline.scan.steps", "psycopg2"),
)


def import_everything() -> None:
    """Import what the commands import late, so that no fork has to."""
    for name in _IMPORTED:
        importlib.import_module(name)


@dataclass
class Child:
    """A process of ours; ``code`` is minus the signal that ended it, as subprocess has it."""

    pid: int
    output: Path
    code: int | None = None

    def poll(self) -> int | None:
        if self.code is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.code = os.waitstatus_to_exitcode(status)
        return self.code

    def wait(self, seconds: float) -> int | None:
        end = time.monotonic() + seconds
        while self.poll() is None and time.monotonic() < end:
            time.sleep(0.01)
        return self.code

    def signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def signal_all(self, number: int) -> None:
        """Send a signal to the process and all that it started: its session is its own."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, number)

    def end(self) -> None:
        self.signal_all(signal.SIGCONT)
        self.signal_all(signal.SIGKILL)
        self.wait(10)


def command(
    arguments: Sequence[str],
    environ: Mapping[str, str],
    output: Path,
    prepare: Callable[[], None] = lambda: None,
) -> Child:
    """Run `seqauto` with these arguments in a fork; ``prepare`` is called in it first."""

    def run() -> int:
        prepare()
        try:
            main(list(arguments), standalone_mode=True)
        except SystemExit as ended:
            return ended.code if isinstance(ended.code, int) else 1
        return 0

    return forked(run, environ, output)


def program(arguments: Sequence[str], environ: Mapping[str, str], output: Path) -> Child:
    """Run a program anew: a library is preloaded into those only."""

    def run() -> int:
        os.execvpe(arguments[0], list(arguments), dict(environ))

    return forked(run, environ, output)


def forked(run: Callable[[], int], environ: Mapping[str, str], output: Path) -> Child:
    pid = os.fork()
    if pid:
        return Child(pid, output)
    code = 70
    try:
        _become(environ, output)
        code = run()
        sys.stdout.flush()
        sys.stderr.flush()
    except BaseException:  # nothing of a child may come back into the campaign
        sys.excepthook(*sys.exc_info())
        sys.stderr.flush()
    finally:
        os._exit(code)


def _become(environ: Mapping[str, str], output: Path) -> None:
    os.setsid()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    handle = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(handle, 1)
    os.dup2(handle, 2)
    sys.stdout = os.fdopen(1, "w", closefd=False)
    sys.stderr = os.fdopen(2, "w", closefd=False, buffering=1)
    os.environ.clear()
    os.environ.update(environ)
