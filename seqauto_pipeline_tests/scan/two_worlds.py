"""Two laboratories with the same disk, and what can happen to a run of both."""

import os
import random
import shutil
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from seqauto_pipeline.disk.record.parts import IndexedRun
from seqauto_pipeline.disk.record.paths import record_path
from seqauto_pipeline.disk.record.reader import ScanRecord
from seqauto_pipeline_tests.scan.lab import Cell, Lab
from seqauto_pipeline_tests.scan.run_folder import RunFolder, sheet_text, values_text
from seqauto_pipeline_tests.scan.run_folder import samples as sheet_samples

_LONG_AGO = 1_577_836_800  # 2020-01-01: all that changed before is cold
_TICK = 0.03  # seconds: longer than the clocks of file systems stand still

Rows = tuple[tuple[Cell, ...], ...]


def make_cold(root: Path, day: int = 0) -> None:
    """Set back all times that are of today, as if what changed had changed on a day long ago."""
    moment = _LONG_AGO + 86_400 * day
    for path in (*root.rglob("*"), root):
        if path.lstat().st_mtime > _LONG_AGO + 86_400 * 1000:
            os.utime(path, (moment, moment), follow_symlinks=False)
    time.sleep(_TICK)


def indexed(lab: Lab, record_id: str) -> dict[str, IndexedRun]:
    return {run.path: run for run in ScanRecord(record_path(lab.home, record_id)).index}


@dataclass
class World:
    """One disk that two laboratories look at: one incrementally, one always in full."""

    fast: Lab
    full: Lab
    runs: list[RunFolder]
    chance: random.Random
    day: int = 0
    overdue: set[str] = field(default_factory=set)  # runs with a change that only a full scan sees
    ever_overdue: set[str] = field(default_factory=set)

    def change(self, name: str) -> None:
        """Make one change, as if it was made long ago, and note what an incremental scan misses."""
        there = [run for run in self.runs if run.folder.is_dir()]
        if not there:
            return
        run, self.day = self.chance.choice(there), self.day + 1
        CHANGES[name](self, run)
        if name in ONLY_SEEN_IN_FULL:
            self.overdue.add(run.name)
        make_cold(self.fast.root, self.day)

    def scan(self, *, full: bool = False) -> None:
        listed = self._listed()
        for lab in (self.fast, self.full):
            outcome = lab.scan(full=full or lab is self.full)
            assert outcome.models is not None or outcome.held
        self.ever_overdue |= self.overdue
        again = {name for name, at in self._listed().items() if listed.get(name) != at}
        self.overdue -= again & self._judged()

    def _listed(self) -> dict[str, int]:
        """When each run was listed last."""
        records = sorted(
            (self.fast.home / "scans").glob("*.jsonl.gz"), key=lambda path: path.stat().st_mtime_ns
        )
        newest = ScanRecord(records[-1]).index if records else ()
        return {run.name: run.listed_ns for run in newest}

    def _judged(self) -> set[str]:
        """Names of runs whose files count: those of a skipped or incomplete one do not."""
        states = self.fast.run_states().items()
        return {
            path.rpartition("/")[2]
            for path, state in states
            if state not in ("skipped", "incomplete")
        }

    def facts(self, lab: Lab) -> Mapping[str, Rows]:
        """What the models of a laboratory say, but for what may be overdue."""
        facts = lab.facts()
        gone = {row[:4] for row in facts["expected_file"] if row[-1] or row[8] == "deleted"}
        return {
            table: tuple(row for row in rows if not _is_about(row, self._aside(table, row, gone)))
            for table, rows in facts.items()
        }

    def _aside(self, table: str, row: tuple[Cell, ...], gone: set[tuple[Cell, ...]]) -> set[str]:
        # Two changes that are seen at once are one line in the ledger, and the record of a file
        # that is gone, or that no sheet asks for any more, says what was last seen.
        is_history = table in ("file_event", "message") or row[:4] in gone
        return self.ever_overdue if is_history else self.overdue

    def file(self, run: RunFolder) -> Path:
        files = [path for path in run.folder.rglob("*") if path.is_file() and path != run.sheet]
        metadata = (run.run_info, run.run_parameters)
        return self.chance.choice(
            sorted(path for path in files if path not in metadata and path.name not in run.markers)
            or [run.folder / "none"]
        )


def _is_about(row: tuple[Cell, ...], names: set[str]) -> bool:
    return any(isinstance(cell, str) and name in cell for cell in row for name in names)


def _add(world: World, run: RunFolder) -> None:
    world.file(run).with_name(f"new_{world.day}.txt").write_bytes(b"new")


def _remove(world: World, run: RunFolder) -> None:
    world.file(run).unlink(missing_ok=True)


def _rename(world: World, run: RunFolder) -> None:
    path = world.file(run)
    if path.exists():
        path.rename(path.with_name(f"renamed_{world.day}"))


def _replace(world: World, run: RunFolder) -> None:
    path = world.file(run)
    other = path.with_name("other")
    other.write_bytes(b"of another size " * world.day)
    other.replace(path)


def _restore(world: World, run: RunFolder) -> None:
    for kind in ("bam", "vcf", "exec_summary", "gene_list"):
        if not run.place(kind).exists() and run.place(kind).parent.is_dir():
            run.write(kind)


def _link(world: World, run: RunFolder) -> None:
    path, target = world.file(run), world.file(world.chance.choice(world.runs))
    if path.exists() and target != path:
        path.unlink()
        path.symlink_to(target)


def _link_out(world: World, run: RunFolder) -> None:
    path = world.file(run)
    if path.exists():
        path.unlink()
        path.symlink_to("/etc/passwd")


def _make_directory(world: World, run: RunFolder) -> None:
    (world.file(run).parent / f"directory_{world.day}").mkdir(parents=True, exist_ok=True)


def _remove_directory(world: World, run: RunFolder) -> None:
    folder = world.file(run).parent
    if folder != run.folder:
        shutil.rmtree(folder, ignore_errors=True)


def _link_directory(world: World, run: RunFolder) -> None:
    folder = world.file(run).parent
    if folder != run.folder and folder.is_dir() and not folder.is_symlink():
        moved = world.fast.root / f"elsewhere_{world.day}"
        folder.rename(moved)
        folder.symlink_to(moved)


def _edit_sheet(world: World, run: RunFolder) -> None:
    names = world.chance.sample(("S1", "S2", "S3", "S4"), world.chance.randint(1, 3))
    run.sheet.write_text(sheet_text(sheet_samples(*names)))


def _lose_sheet(world: World, run: RunFolder) -> None:
    run.sheet.unlink(missing_ok=True)


def _lose_marker(world: World, run: RunFolder) -> None:
    (run.folder / run.markers[0]).unlink(missing_ok=True)


def _edit_metadata(world: World, run: RunFolder) -> None:
    run.reads = world.chance.choice((1, 2))
    if run.run_info.parent.is_dir():
        run.write_metadata()


def _move_run(world: World, run: RunFolder) -> None:
    run.move(world.chance.choice(("kit_a", "kit_b")))


def _delete_run(world: World, run: RunFolder) -> None:
    run.delete()


def _new_run(world: World, run: RunFolder) -> None:
    number = len(world.runs) + 1
    world.runs.append(world.fast.run(number, world.chance.choice(("kit_a", "kit_b"))).complete())


def _skip_run(world: World, run: RunFolder) -> None:
    marker = run.folder / ".variantgrid_skip_flowcell"
    marker.unlink() if marker.exists() else marker.touch()


def _keep_mode(world: World, run: RunFolder) -> None:
    world.file(run).parent.chmod(0o711)


def _rewrite_in_place(world: World, run: RunFolder) -> None:
    path = run.values_of("exec_summary")
    if path.is_file():
        text = values_text("S1", MedianInsert=str(200 + world.day))
        path.write_text(text)  # the summary beside it, and so the record, changes with it


def _touch(world: World, run: RunFolder) -> None:
    path = world.file(run)
    if path.is_file():
        path.touch()


def _truncate(world: World, run: RunFolder) -> None:
    path = world.file(run)
    if path.is_file() and not path.is_symlink():
        path.write_bytes(b"")


CHANGES: Mapping[str, Callable[[World, RunFolder], None]] = {
    change.__name__.removeprefix("_"): change
    for change in (
        _add, _remove, _rename, _replace, _restore, _link, _link_out, _make_directory,
        _remove_directory, _link_directory, _edit_sheet, _lose_sheet, _lose_marker,
        _edit_metadata, _move_run, _delete_run, _new_run, _skip_run, _keep_mode,
        _rewrite_in_place, _touch, _truncate,
    )
}  # fmt: skip
ONLY_SEEN_IN_FULL = frozenset({"rewrite_in_place", "touch", "truncate"})
