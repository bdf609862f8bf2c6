"""Commands as processes that start fast: forks of a process that has done everything once."""

import contextlib
import gc
import importlib
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from alembic.config import Config
from alembic.script import ScriptDirectory

from seqauto_pipeline.cli.main import main
from seqauto_pipeline.orchestration.dagster_home import write_default_instance_config
from seqauto_pipeline_tests.scan.run_folder import RunFolder, run_name, samples

BIN = Path(sys.executable).parent
_IMPORTED = (
    *("seqauto_pipeline.cli.scans.scan", "seqauto_pipeline.cli.scans.scans"),
    *("seqauto_pipeline.orchestration.launch", "seqauto_pipeline.scan.steps", "psycopg2"),
    *("seqauto_pipeline.cli.server.migrate", "dagster_postgres", "alembic.command"),
)


def warm_up() -> None:
    """Import what the commands import late, and scan once, so that no fork has to begin cold."""
    for name in _IMPORTED:
        importlib.import_module(name)
    with tempfile.TemporaryDirectory(prefix="warm-") as folder:
        home, disk = Path(folder) / "home", Path(folder) / "disk"
        RunFolder(disk, "kit", run_name(1), samples("S1")).complete()
        home.mkdir()
        write_default_instance_config(home)
        before = dict(os.environ)
        handlers = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)}
        os.environ.update({"DAGSTER_HOME": str(home), "SEQAUTO_SCAN_ROOTS": str(disk)})
        try:
            for arguments in (["scan"], ["scans"]):
                with open(os.devnull, "w") as nothing, contextlib.redirect_stdout(nothing):  # noqa: PTH123
                    main(arguments, standalone_mode=False)
        finally:
            os.environ.clear()
            os.environ.update(before)
            for each, handler in handlers.items():  # Dagster leaves one for both
                signal.signal(each, handler)
    gc.collect()
    gc.freeze()  # else each fork copies all that its collections touch


def keep_migrations() -> None:
    """Have Alembic read each directory of migrations once, and not in each fork five times.

    It stays so in this process, which is for campaigns, and not for tests.
    """
    read = ScriptDirectory.from_config
    kept: dict[str | None, ScriptDirectory] = {}

    def from_config(config: Config) -> ScriptDirectory:
        place = config.get_main_option("script_location")
        if place not in kept:
            kept[place] = read(config)
        return kept[place]

    setattr(ScriptDirectory, "from_config", staticmethod(from_config))  # noqa: B010 - for mypy


@dataclass
class Child:
    """A process of ours; ``code`` is minus the signal that ended it, as subprocess has it."""

    pid: int
    output: Path
    code: int | None = None

    @property
    def said(self) -> str:
        """What it has printed until now; nothing where it was killed before it could."""
        return self.output.read_text(errors="replace") if self.output.exists() else ""

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
    gc.disable()  # it would have to copy all that it looks through
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
