"""`seqauto scan`: the scan, now and in this process, as the same job that the web UI launches."""

import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

import click

from seqauto_pipeline.cli.home import prepare_dagster_home
from seqauto_pipeline.cli.scans.scan_summary import (
    change_lines,
    held_lines,
    lines_about_the_walk,
    summary_lines,
)
from seqauto_pipeline.cli.scans.story_lines import duration
from seqauto_pipeline.cli.scope import other_scan_options, scope_options
from seqauto_pipeline.core.display import shown
from seqauto_pipeline.errors import UnknownRootError, UnknownRunError
from seqauto_pipeline.errors_file import Screen
from seqauto_pipeline.scan.progress import Progress
from seqauto_pipeline.scan.request import ScanRequest, request_of

if TYPE_CHECKING:
    from rich.progress import Progress as Bars
    from rich.progress import TaskID

    from seqauto_pipeline.orchestration.history import ScanFailure, ScanStory

_LINE_EVERY_SECONDS = 5.0
_NAMES_THE_UNKNOWN = (UnknownRootError.__name__, UnknownRunError.__name__)
_EXIT_BY_SIGNAL = 128  # and the signal's number: what a shell says of a program that one ended


@click.command()
@scope_options("Scan only")
@click.option("--dry-run", is_flag=True, help="Show what would change, and write nothing.")
@other_scan_options()
@click.option(
    "--no-wait", is_flag=True, help="Give up at once when another scan is running. Default: wait."
)
@click.pass_context
def scan(context: click.Context, /, *, dry_run: bool, no_wait: bool, **asked: object) -> None:
    """Scan the sequencing disks now.

    The exit code is 0 when the scan finished, 1 when it failed, and 2 when it was asked for a run
    or root that is not known; 130, 143 or 129 when Ctrl-C, SIGTERM or a hang-up cancelled it.
    """
    request = request_of(asked)
    if dry_run and request.reuse_prev_scan_id:
        raise click.UsageError("--dry-run looks at the disks; leave out --reuse-prev-scan-id.")
    if request.full and request.reuse_prev_scan_id:
        raise click.UsageError("--full looks at the disks; leave out --reuse-prev-scan-id.")
    home = prepare_dagster_home()
    with progress_shown() as progress:
        lines, exit_code = (
            _planned(home, request, progress)
            if dry_run
            else _scanned(request, progress, waits=not no_wait)
        )
    try:
        click.echo("\n".join(lines))
    except OSError:
        if exit_code != _EXIT_BY_SIGNAL + signal.SIGHUP:  # which leaves nobody to tell it to
            raise
    context.exit(exit_code)


def _scanned(request: ScanRequest, progress: Progress, *, waits: bool) -> tuple[list[str], int]:
    """Scan; give the lines that tell of it, and the exit code."""
    from seqauto_pipeline.orchestration.launch import execute_scan  # noqa: PLC0415  (slow)

    story = execute_scan(request, progress, waits=waits)
    numbers = {key: value for step in story.steps for key, value in step.numbers.items()}
    tables = {key: rows for step in story.steps for key, rows in step.tables.items()}
    lines = [*story.notes, *summary_lines(numbers, tables)]
    took = "" if story.seconds is None else f" after {duration(story.seconds)}"
    if story.failure is None:
        return [*lines, f"Scan {story.short_id} finished{took}."], 0
    message = click.style(shown(story.failure.message), fg="red")
    ended = "was cancelled" if story.state == "Cancelled" else "failed"
    return [
        *lines,
        f"Scan {story.short_id} {ended}{took}: {message}",
        f"`seqauto scans show {story.short_id}` tells more.",
    ], _exit_code_of(story, story.failure)


def _exit_code_of(story: "ScanStory", failure: "ScanFailure") -> int:
    if story.signal is not None:
        return _EXIT_BY_SIGNAL + signal.Signals[story.signal]
    return 2 if failure.error in _NAMES_THE_UNKNOWN else 1


def _planned(home: Path, request: ScanRequest, progress: Progress) -> tuple[list[str], int]:
    from seqauto_pipeline.orchestration.site import Site  # noqa: PLC0415
    from seqauto_pipeline.scan.steps import plan  # noqa: PLC0415
    from seqauto_pipeline.settings import load_settings  # noqa: PLC0415

    site = Site(load_settings(), home)
    summary = plan(site.settings, home, site.checked(request), progress)
    tables = summary.tables()
    lines = (
        *lines_about_the_walk(tables),
        *held_lines(tables["held"]),
        *change_lines(summary.metadata(), tables["changed_files"]),
    )
    return [*lines, "This was a dry run: nothing was written."], 0


@contextmanager
def progress_shown() -> Iterator[Progress]:
    """Give something that shows progress on stderr: a bar on a terminal, lines elsewhere."""
    # Dagster takes stdout and stderr of the process for its logs while a scan runs.
    with Screen(os.fdopen(os.dup(sys.stderr.fileno()), "wb"), line_buffering=True) as stream:
        if stream.isatty():
            with _bars(stream) as bars:
                yield ProgressBars(bars)
        else:
            yield ProgressLines(stream)


def _bars(stream: TextIO) -> "Bars":
    from rich.console import Console  # noqa: PLC0415  (terminals only)
    from rich.progress import (  # noqa: PLC0415
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
    )

    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=Console(file=stream),
    )


@dataclass(slots=True)
class ProgressBars:
    """A bar for each stage, in the order in which the stages begin."""

    bars: "Bars"
    _tasks: dict[str, "TaskID"] = field(default_factory=dict)

    def __call__(self, stage: str, done: int, total: int | None) -> None:
        if stage not in self._tasks:
            self._tasks[stage] = self.bars.add_task(shown(stage), total=total)
        self.bars.update(self._tasks[stage], completed=done, total=total)


@dataclass(slots=True)
class ProgressLines:
    """A line when a stage begins, and every few seconds while it lasts."""

    stream: TextIO
    _stage: str = ""
    _last: float = 0.0

    def __call__(self, stage: str, done: int, total: int | None) -> None:
        now = time.monotonic()
        if stage == self._stage and now - self._last < _LINE_EVERY_SECONDS:
            return
        amount = "" if stage != self._stage else f" {done:,}"
        amount += "" if not amount or total is None else f" of {total:,}"
        self._stage, self._last = stage, now
        self.stream.write(f"{shown(stage)}{amount}\n")
