"""A disk that is not there: its runs are made up, when they are listed, from a few demo runs.

Nothing but the calls on the disk is left out: run folders are listed in threads and in two
processes, packed, and written to the record as those of a real disk. ``MADE_UP_DISK`` names the
file that describes it, so that the second process finds it, too.
"""

import os
import pickle
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from seqauto_pipeline.core.file_list import (
    DirectoryListing,
    RootListing,
    RunListing,
    SmallInput,
    escape_name,
)
from seqauto_pipeline.core.layout import Layout
from seqauto_pipeline.core.metadata.run_folder import parse_run_folder_name
from seqauto_pipeline.demo_disk import DemoOptions, write_demo_disk
from seqauto_pipeline.disk.parallel.workers import Watch
from seqauto_pipeline.disk.record.parts import RecordedRun
from seqauto_pipeline.disk.walk.disk import Disk
from seqauto_pipeline.disk.walk.options import WalkOptions
from seqauto_pipeline.disk.walk.root import RootWalk
from seqauto_pipeline.disk.walk.upper_levels import FoundDirectory

VARIABLE = "MADE_UP_DISK"
_TEMPLATES = 8  # runs of the demo disk
_CALLS_PER_RUN = 490  # of the listing of a run folder, by strace; its contents are not read here
_LISTED_NS = 1_790_000_000 * 10**9  # long after the last change on the demo disk


@dataclass(frozen=True, slots=True)
class MadeUpDisk:
    """So many runs, each like one of the templates; a share of them has changed."""

    root: str
    runs: int
    templates: tuple[RunListing, ...]
    changed_every: int = 0  # one run in so many has lost a file; 0: none has
    latency: float = 0.0  # seconds of each call

    def write(self, path: Path) -> None:
        path.write_bytes(pickle.dumps(self))

    def path_of(self, number: int) -> str:
        template = self.templates[number % len(self.templates)]
        for old, new in _renamed(template, number):
            path = template.path.replace(old, new)
            template = replace(template, path=path)
        return template.path

    def is_changed(self, number: int) -> bool:
        return bool(self.changed_every) and number % self.changed_every == 0

    def listing(self, number: int) -> RunListing:
        template = self.templates[number % len(self.templates)]
        pairs = _renamed(template, number)

        def new(text: str) -> str:
            for old, other in pairs:
                text = text.replace(old, other)
            return text

        directories = {
            new(path): replace(each, entries={new(name): of for name, of in each.entries.items()})
            for path, each in template.directories.items()
        }
        if self.is_changed(number):
            directories = _without_a_file(directories)
        return replace(
            template,
            root=self.root,
            path=new(template.path),
            directories=directories,
            inputs={role: _input(each, pairs) for role, each in template.inputs.items()},
            used_sheets={new(p): _input(each, pairs) for p, each in template.used_sheets.items()},
        )


def make_templates(layout: Layout, samples: int) -> tuple[RunListing, ...]:
    """List a demo disk without trouble, which is deleted again."""
    with tempfile.TemporaryDirectory() as folder:
        disk, options = Path(folder) / "disk", DemoOptions(_TEMPLATES, samples, trouble=False)
        write_demo_disk(disk, options, layout, skip_marker=".skip")
        walk = RootWalk(str(disk), layout, WalkOptions())
        walk.find()
        runs = [run for run in walk.list_runs() if isinstance(run, RunListing)]
    return tuple(
        replace(
            run,
            directories={
                path: replace(each, listed_ns=_LISTED_NS) for path, each in run.directories.items()
            },
        )
        for run in runs
    )


def _renamed(template: RunListing, number: int) -> tuple[tuple[str, str], ...]:
    """Old and new text of what makes a run another one: its number and its flowcell."""
    name = parse_run_folder_name(template.name)
    assert name is not None
    parts = (part for part in template.name.split("_") if part.isdigit())
    digits = next(part for part in parts if int(part) == name.run_number)
    return (f"_{digits}_", f"_{number + 1:07d}_"), (name.flowcell, f"H{number:07d}XY")


def _input(each: SmallInput, pairs: tuple[tuple[str, str], ...]) -> SmallInput:
    data = each.data
    for old, new in pairs:
        data = data.replace(old.encode(), new.encode())
    return replace(each, data=data)


def _without_a_file(directories: Mapping[str, DirectoryListing]) -> dict[str, DirectoryListing]:
    """Leave out one BAM file, as somebody would who deletes it."""
    path = next(path for path in directories if "bam" in path.lower())
    entries = dict(directories[path].entries)
    del entries[next(name for name in entries if name.endswith(".bam"))]
    return {**directories, path: replace(directories[path], entries=entries)}


@cache
def disk_at(path: str) -> MadeUpDisk:
    found: MadeUpDisk = pickle.loads(Path(path).read_bytes())
    return found


@cache
def _numbers(path: str) -> dict[str, int]:
    disk = disk_at(path)
    return {disk.path_of(number): number for number in range(disk.runs)}


class _Lister:
    """Makes up the listing of a run folder where a real one would be read."""

    def __init__(self, known: Mapping[str, RecordedRun]) -> None:
        self._file, self._known = os.environ[VARIABLE], known

    def list_run(
        self, path: str, _skip_reason: str | None, watch: Watch
    ) -> RunListing | RecordedRun:
        disk, number = disk_at(self._file), _numbers(self._file)[path]
        watch.begin(path)
        known = self._known.get(path)
        if known is not None and not disk.is_changed(number):
            time.sleep(disk.latency * (len(known.watched.directories) + len(known.watched.files)))
            return known
        time.sleep(disk.latency * _CALLS_PER_RUN)
        return disk.listing(number)


class MadeUpWalk(RootWalk):
    """A walk over the disk that the environment describes."""

    def __init__(
        self,
        root: str,
        layout: Layout,
        options: WalkOptions,
        known: Mapping[str, RecordedRun] | None = None,
        disk: Disk | None = None,
    ) -> None:
        super().__init__(root, layout, options, known, disk)
        self._lister = _Lister(self._known)  # type: ignore[assignment]

    def find(self) -> RootListing:
        file = os.environ[VARIABLE]
        paths = sorted(_numbers(file), reverse=True)
        self._candidates = tuple(map(FoundDirectory, paths))
        root, layout = escape_name(self._root), self._layout.name
        kits = tuple(sorted({path.partition("/")[0] for path in paths}))
        return RootListing(root, layout, kits, tuple(sorted(paths)), ())
