"""Writes the demo disk, and nothing outside the directory that it is given."""

import datetime as dt
import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from seqauto_pipeline.core.beside import path_from
from seqauto_pipeline.core.layout import Layout
from seqauto_pipeline.demo_disk.contents import make_stock
from seqauto_pipeline.demo_disk.folder import (
    HOURS_OF_SEQUENCING,
    DemoFile,
    Making,
    directories_of,
    files_of,
)
from seqauto_pipeline.demo_disk.plan import DemoOptions, DemoRun, plan_runs
from seqauto_pipeline.demo_disk.trouble import MEANING, Trouble
from seqauto_pipeline.errors import SeqAutoError

_BEGINS_AT = dt.time(9, 30, tzinfo=dt.UTC)
_SETTLED = HOURS_OF_SEQUENCING + 60  # hours after which nothing in a run folder moves


class DemoDiskError(SeqAutoError):
    """The directory cannot take a demo disk."""

    fix = "Name a directory that does not exist yet, or an empty one that you may write to."

    def __init__(self, directory: str, reason: str) -> None:
        super().__init__(directory, reason)
        self.directory, self.reason = directory, reason

    def __str__(self) -> str:
        return f"Cannot write a demo disk to {self.directory}: {self.reason}. {self.fix}"


@dataclass(frozen=True, slots=True)
class DemoTrouble:
    kind: Trouble
    path: str  # of the run folder, relative to the disk

    @property
    def meaning(self) -> str:
        return MEANING[self.kind]


@dataclass(frozen=True, slots=True)
class DemoDisk:
    """What was written."""

    directory: Path
    sequencing_runs: tuple[str, ...]  # run folders relative to the disk, oldest first
    files: int
    left_out: tuple[str, ...]  # expected files that are not there, relative to the disk
    trouble: tuple[DemoTrouble, ...]


def write_demo_disk(
    directory: Path,
    options: DemoOptions,
    layout: Layout,
    *,
    skip_marker: str,
    on_run: Callable[[DemoRun], object] | None = None,
) -> DemoDisk:
    """Write a demo disk; the same arguments give the same bytes and times.

    Raises DemoDiskError when the directory is not empty or cannot be written to.
    """
    _prepare(directory)
    making = Making(layout, make_stock(options.seed), skip_marker, options.left_out)
    runs = plan_runs(options, layout)
    files, left_out = Counter[str](), list[str]()
    for run in runs:
        folder = run_folder(run, layout)
        files[folder], missing = _write_run(directory / folder, run, making)
        left_out += (path_from(folder, path) for path in missing)
        if on_run is not None:
            on_run(run)
    _settle_parents(directory, {Path(folder).parent for folder in files}, runs[-1])
    trouble = tuple(
        DemoTrouble(run.trouble, run_folder(run, layout)) for run in runs if run.trouble
    )
    return DemoDisk(directory, tuple(files), files.total(), tuple(left_out), trouble)


def run_folder(run: DemoRun, layout: Layout) -> str:
    """Name a run's folder relative to the root, as deep as the layout says."""
    levels = [f"{run.date:%Y}"] * (layout.run_depth - 1)
    if layout.enrichment_kit_level:
        levels[layout.enrichment_kit_level - 1] = run.kit
    return "/".join((*levels, run.name))


def _prepare(directory: Path) -> None:
    try:
        directory.mkdir(parents=True, exist_ok=True)
        found = sorted(each.name for each in directory.iterdir())
    except OSError as error:
        raise DemoDiskError(str(directory), error.strerror or "it cannot be made") from error
    if found:
        raise DemoDiskError(str(directory), f"it is not empty, it holds {found[0]!r}")


def _write_run(folder: Path, run: DemoRun, making: Making) -> tuple[int, tuple[str, ...]]:
    begins = dt.datetime.combine(run.date, _BEGINS_AT).timestamp()
    folder.mkdir(parents=True)
    above = frozenset(map(str, folder.parents))
    directories = {str(folder)}
    for path in directories_of(run, making.layout):
        _make_directory(f"{folder}/{path}", directories, above)
    written, left_out = 0, []
    for file in files_of(run, making):
        if file.left_out:
            left_out.append(file.path)
            continue
        path = path_from(str(folder), file.path)
        _make_directory(path.rpartition("/")[0], directories, above)
        _write_file(path, file, begins)
        written += 1
    for path in sorted(directories, key=len, reverse=True):  # a parent after what is in it
        os.utime(path, (begins + _SETTLED * 3600,) * 2)
    return written, tuple(left_out)


def _make_directory(path: str, known: set[str], above: frozenset[str]) -> None:
    """Make a directory, and remember it with the parents that were made for it.

    ``above`` are the directories above the run folder, which other runs have in common.
    """
    while path not in known and path not in above:
        Path(path).mkdir(parents=True, exist_ok=True)
        known.add(path)
        path = path.rpartition("/")[0]


def _write_file(path: str, file: DemoFile, begins: float) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o644)
    try:
        os.write(descriptor, file.content)
        os.utime(descriptor, (begins + file.hours * 3600,) * 2)
    finally:
        os.close(descriptor)


def _settle_parents(directory: Path, parents: set[Path], newest: DemoRun) -> None:
    """Give the directories above the run folders a time that depends on the plan only."""
    settled = dt.datetime.combine(newest.date, _BEGINS_AT).timestamp() + _SETTLED * 3600
    above = {each for parent in parents for each in (parent, *parent.parents)}
    for path in above:
        os.utime(directory / path, (settled, settled))
