"""The walk in shards: run folders found, listed side by side, put together into one record."""

import shutil
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from seqauto_pipeline.core.file_list import unescape_name
from seqauto_pipeline.db.fence import Fence
from seqauto_pipeline.disk.record.cold_runs import ColdRuns
from seqauto_pipeline.disk.record.parsed_runs import PackedParsed, write_parsed
from seqauto_pipeline.disk.record.parts import IndexedRun, PackedRun, RecordedRun, ScanHeader
from seqauto_pipeline.disk.record.paths import parsed_path, record_path
from seqauto_pipeline.disk.record.reader import ScanRecord
from seqauto_pipeline.disk.record.writer import ScanRecordWriter
from seqauto_pipeline.disk.walk.packed_runs import packed_runs
from seqauto_pipeline.disk.walk.root import RootWalk
from seqauto_pipeline.disk.walk.upper_levels import FoundDirectory
from seqauto_pipeline.errors import ShardSettingsError
from seqauto_pipeline.garbage import collecting_rarely
from seqauto_pipeline.scan.begun_walk import BegunWalk, begun_walk
from seqauto_pipeline.scan.counters import SheetCounter, WalkCounter
from seqauto_pipeline.scan.fingerprints import listing_digest
from seqauto_pipeline.scan.listed_roots import kept_disk
from seqauto_pipeline.scan.listed_runs import changed_among
from seqauto_pipeline.scan.parsing import parsed_runs
from seqauto_pipeline.scan.progress import Progress, ignore_progress
from seqauto_pipeline.scan.request import ScanRequest
from seqauto_pipeline.scan.setup import ScanSetup, scan_setup
from seqauto_pipeline.scan.shards.cutting import Place, cut
from seqauto_pipeline.scan.shards.files import (
    FoundRoots,
    ListedShard,
    RunToList,
    ShardFiles,
    ShardToList,
)
from seqauto_pipeline.scan.store import prepared_store
from seqauto_pipeline.scan.summaries import FilesSummary, SheetsSummary
from seqauto_pipeline.scan.walking import FoundDisks, FoundRoot, markers_of
from seqauto_pipeline.settings import Settings


@collecting_rarely()
def find_files(
    settings: Settings,
    home: Path,
    dagster_run_id: str,
    request: ScanRequest,
    progress: Progress = ignore_progress,
    fence: Fence | None = None,
) -> tuple[FilesSummary, int]:
    """Begin a scan and find its run folders. Few are listed at once; many are cut into shards.

    Gives what is known by then, and the number of shards; 0: all is listed.
    """
    with begun_walk(settings, home, dagster_run_id, request, fence) as walk:
        found = walk.found()
        if found.runs <= settings.runs_per_shard:
            return walk.all_listed(found, progress), 0
        header = walk.basis.header(walk.request.scope)
        shards = _shards(walk, header, found, settings.runs_per_shard)
        known = FilesSummary(
            dagster_run_id,
            unavailable_roots=found.unavailable,
            unknown_runs=found.unknown_runs,
            notes=found.notes,
        )
        summary = walk.noted(known)
        roots = [root.listing for root in found.roots]
        files = ShardFiles(home, dagster_run_id)
        files.begin()
        for number, shard in enumerate(shards):
            files.write_to_list(number, shard)
        files.write_found(FoundRoots(header, _basis_id(walk), roots, summary, len(shards)))
        return summary, len(shards)


def _basis_id(walk: BegunWalk) -> str | None:
    return walk.store.scans.newest_record_id() if walk.basis.record is not None else None


def _shards(walk: BegunWalk, header: ScanHeader, found: FoundDisks, most: int) -> list[ShardToList]:
    of_parts = replace(header, holder="", holder_sha256="")  # they refer to nothing
    cold = walk.basis.cold_runs()
    by_root = {root.listing.path: _runs_to_list(walk, root, cold) for root in found.roots}
    places = [(root, path) for root, runs in by_root.items() for path in runs]
    basis = _basis_id(walk)
    return [
        ShardToList(
            of_parts,
            shard[0][0],
            walk.basis.digest,
            basis,
            [by_root[root][path] for root, path in shard],
        )
        for shard in cut(places, most)
    ]


def _runs_to_list(
    walk: BegunWalk, root: FoundRoot, all_cold: Mapping[str, ColdRuns]
) -> dict[str, RunToList]:
    place = root.listing.path
    known = {row.path: row for row in walk.known if row.root == place}
    cold: Mapping[str, RecordedRun] = all_cold.get(place, {})
    wanted = frozenset(root.wanted)
    return {
        each.path: RunToList(each.path, each.skip_reason, known.get(each.path), cold.get(each.path))
        for each in root.walk.candidates
        if each.path in wanted
    }


@collecting_rarely()
def list_shard(
    settings: Settings,
    home: Path,
    dagster_run_id: str,
    number: int,
    progress: Progress = ignore_progress,
    *,
    is_alone: bool = True,
) -> FilesSummary:
    """List one shard, and parse what is new of it. Nothing of the models is read or written."""
    files = ShardFiles(home, dagster_run_id)
    shard, setup = files.to_list(number), scan_setup(settings, home)
    if shard.settings != listing_digest(setup):
        raise ShardSettingsError(shard.root)
    counter = WalkCounter(progress, len(shard.runs))
    unchanged: list[RecordedRun] = []
    path = files.record_part(number)
    with ScanRecordWriter(path, shard.header) as writer:
        for run in _listed(shard, setup, counter, is_alone=is_alone):
            if isinstance(run, PackedRun):
                writer.add_run(run)
            else:
                unchanged.append(run)
            counter.add(run.entry)
    sheets = _parse(files, number, shard, setup, unchanged)
    summary = counter.summary("", (), path)
    same = [(run.entry.root, run.entry.path) for run in unchanged]
    files.write_listed(number, ListedShard.of(summary, same, sheets))
    return summary


def _listed(
    shard: ShardToList, setup: ScanSetup, counter: WalkCounter, *, is_alone: bool
) -> Iterator[PackedRun | RecordedRun]:
    layout = setup.layouts[shard.root]
    cold = {run.path: run.cold for run in shard.runs if run.cold is not None}
    disk = kept_disk(setup, shard.root)
    walk = RootWalk(unescape_name(shard.root), layout, setup.walk, cold, disk)
    walk.take_found(FoundDirectory(run.path, run.skip_reason) for run in shard.runs)
    wanted = frozenset(run.path for run in shard.runs)
    tell = counter.notes.append
    return packed_runs(walk, wanted, markers_of(layout), tell, is_alone=is_alone)


def _parse(
    files: ShardFiles,
    number: int,
    shard: ShardToList,
    setup: ScanSetup,
    unchanged: Sequence[RecordedRun],
) -> SheetsSummary:
    known = {run.path: run.known for run in shard.runs}
    counter = SheetCounter()

    def parsed(record: ScanRecord, runs: Iterable[IndexedRun]) -> Iterator[PackedParsed]:
        changed = changed_among(runs, setup, lambda run: known[run.path])
        return parsed_runs(record, changed, setup.parsing, counter, is_alone=False)

    def all_parsed() -> Iterator[PackedParsed]:
        part = ScanRecord(files.record_part(number))
        yield from parsed(part, part.index)
        if shard.basis is not None and unchanged:
            basis = ScanRecord(record_path(setup.home, shard.basis), is_checked=True)
            yield from parsed(basis, (run.entry for run in unchanged))

    write_parsed(files.parsed_part(number), all_parsed())
    return counter.summary()


@collecting_rarely()
def gather_files(
    settings: Settings, home: Path, dagster_run_id: str, fence: Fence | None = None
) -> FilesSummary:
    """Put the parts of the shards together into the record of the scan."""
    files, path = ShardFiles(home, dagster_run_id), record_path(home, dagster_run_id)
    found = files.found()
    with prepared_store(settings, home, fence) as store:
        shards = list(files.listed())
        with ScanRecordWriter(path, found.header) as writer:
            for root in found.roots:
                writer.add_root(root)
            for number in range(found.shards):
                part = ScanRecord(files.record_part(number))
                for run in part.recorded_runs():
                    writer.copy_run(run, part)
            _add_unchanged(
                writer, home, found, {place for each in shards for place in each.unchanged}
            )
        _put_parsed_together(files, parsed_path(home, dagster_run_id), found.shards)
        header = found.header
        scan_id = store.scans.begin(dagster_run_id, found.started, header.scope, full=header.full)
        store.scans.set_record(scan_id, dagster_run_id, found.started)
    return _together(found.found, [each.files for each in shards], path)


def _add_unchanged(
    writer: ScanRecordWriter, home: Path, found: FoundRoots, places: Collection[Place]
) -> None:
    if found.basis is not None and places:
        basis = ScanRecord(record_path(home, found.basis))
        for run in basis.recorded_runs():
            if (run.entry.root, run.entry.path) in places:
                writer.copy_run(run, basis)


def _put_parsed_together(files: ShardFiles, path: Path, shards: int) -> None:
    """Files of parsed runs one after the other are one such file."""
    draft = path.with_name(f"{path.name}.partial")
    with draft.open("wb") as whole:
        for number in range(shards):
            with files.parsed_part(number).open("rb") as part:
                shutil.copyfileobj(part, whole)
    draft.replace(path)


def _together(found: FilesSummary, parts: Sequence[FilesSummary], record: Path) -> FilesSummary:
    return replace(
        found,
        runs=sum(each.runs for each in parts),
        directories=sum(each.directories for each in parts),
        files=sum(each.files for each in parts),
        bytes_seen=sum(each.bytes_seen for each in parts),
        unreadable=sum(each.unreadable for each in parts),
        record_bytes=record.stat().st_size,
        notes=(*found.notes, *dict.fromkeys(note for each in parts for note in each.notes)),
    )


def sheets_of_shards(home: Path, dagster_run_id: str) -> SheetsSummary | None:
    """Sum up what the shards of a scan have parsed; None where it was not listed in shards."""
    files = ShardFiles(home, dagster_run_id)
    if not files.exist():
        return None
    shards = [each.sheets_summary() for each in files.listed()]
    problems: Counter[tuple[str, str]] = Counter()
    for each in shards:
        problems.update(each.problems)
    return SheetsSummary(
        sum(each.runs for each in shards),
        sum(each.sheets for each in shards),
        sum(each.samples for each in shards),
        sum(each.unreadable_sheets for each in shards),
        dict(problems),
    )
