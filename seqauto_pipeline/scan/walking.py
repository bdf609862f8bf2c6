"""The walk over the scan roots: what is found goes into the record of the scan."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from seqauto_pipeline.core.file_list import RootListing, Scope, unescape_name
from seqauto_pipeline.core.layout import Layout
from seqauto_pipeline.core.metadata.instruments import MARKER_NAMES
from seqauto_pipeline.core.near_words import near_words
from seqauto_pipeline.db.store.values import KnownRow
from seqauto_pipeline.disk.record.parts import PackedRun
from seqauto_pipeline.disk.record.writer import ScanRecordWriter
from seqauto_pipeline.disk.walk.disk import Disk
from seqauto_pipeline.disk.walk.packed_runs import packed_runs
from seqauto_pipeline.disk.walk.root import RootWalk
from seqauto_pipeline.errors import NotConfiguredError, UnknownRunError
from seqauto_pipeline.scan.basis import WalkBasis
from seqauto_pipeline.scan.counters import WalkCounter
from seqauto_pipeline.scan.listed_roots import fetch_lists
from seqauto_pipeline.scan.progress import Progress
from seqauto_pipeline.scan.request import ScanRequest
from seqauto_pipeline.scan.setup import ScanSetup
from seqauto_pipeline.scan.summaries import FilesSummary


@dataclass(frozen=True, slots=True)
class FoundRoot:
    """A root whose run folders were found and are not listed yet."""

    walk: RootWalk
    layout: Layout
    listing: RootListing
    wanted: tuple[str, ...]  # paths of the run folders to list


@dataclass(frozen=True, slots=True)
class FoundDisks:
    """The roots of a scan, and what their run folders' names alone tell."""

    roots: tuple[FoundRoot, ...]
    unknown_runs: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def runs(self) -> int:
        return sum(len(root.wanted) for root in self.roots)

    @property
    def unavailable(self) -> tuple[str, ...]:
        """Say which roots cannot be trusted, and why."""
        return tuple(
            f"{root.listing.path}: {root.listing.unavailable}"
            for root in self.roots
            if root.listing.unavailable is not None
        )


def walk_disks(
    setup: ScanSetup,
    request: ScanRequest,
    known: Collection[KnownRow],
    basis: WalkBasis,
    path: Path,
    progress: Progress,
) -> FilesSummary:
    """List what the layouts look into below the roots of a request, and write it to ``path``."""
    found = find_disks(setup, request, known, basis)
    return list_disks(found, request.scope, basis, path, progress)


def find_disks(
    setup: ScanSetup, request: ScanRequest, known: Collection[KnownRow], basis: WalkBasis
) -> FoundDisks:
    """Find the run folders below the roots of a request."""
    layouts = _layouts_in_scope(setup, request.scope)
    _require_below_roots(request.accept_vanished, setup.layouts, {row.root for row in known})
    lists = fetch_lists(setup, layouts, request.scope, basis)
    found = _find_runs(setup, layouts, request.scope, known, basis, lists.disks)
    unknown = _unknown_runs(request.scope, found, known)
    notes = (*lists.notes, *_notes_on_names(request.scope, found))
    return FoundDisks(found, unknown, notes)


def list_disks(
    found: FoundDisks, scope: Scope, basis: WalkBasis, path: Path, progress: Progress
) -> FilesSummary:
    """List the run folders that were found, and write the record to ``path``."""
    counter = WalkCounter(progress, found.runs)
    counter.notes.extend(found.notes)
    with ScanRecordWriter(path, basis.header(scope)) as writer:
        for root in found.roots:
            writer.add_root(root.listing)
        for root in found.roots:
            _list_runs(root, basis, writer, counter)
    summary = counter.summary("", found.unavailable, path)
    return replace(summary, unknown_runs=found.unknown_runs)


def _layouts_in_scope(setup: ScanSetup, scope: Scope) -> dict[str, Layout]:
    """Choose the roots to scan. A scan never looks at a path that the settings do not name."""
    if not setup.is_enabled:
        raise NotConfiguredError(
            "SEQAUTO_ENABLED is false", "Set it to true in the settings to scan at all."
        )
    layouts = setup.layouts
    if not layouts:
        raise NotConfiguredError(
            "No sequencing disk is configured",
            "Name at least one in scan_roots of seqauto.toml (`seqauto init --root DIR` writes it) "
            "or in SEQAUTO_SCAN_ROOTS.",
        )
    for root in scope.roots:
        if root not in layouts:
            raise NotConfiguredError(
                f"{root} is not one of the configured scan roots ({', '.join(layouts)})",
                "Choose one of them, or add it to scan_roots.",
            )
    return {root: each for root, each in layouts.items() if not scope.roots or root in scope.roots}


def _require_below_roots(
    accepted: Collection[str], configured: Collection[str], known: Collection[str]
) -> None:
    """Refuse a path below no root, also of earlier ones: after a typing error nothing happens."""
    for path in accepted:
        roots = tuple(dict.fromkeys((*configured, *sorted(known))))
        if not any(f"{path}/".startswith(f"{root.rstrip('/')}/") for root in roots):
            names = ", ".join(roots)
            raise NotConfiguredError(
                f"{path!r} is not below a configured scan root or an earlier one ({names})",
                "Give the absolute path of the root, kit or run that is really gone.",
            )


def _find_runs(
    setup: ScanSetup,
    layouts: Mapping[str, Layout],
    scope: Scope,
    known: Collection[KnownRow],
    basis: WalkBasis,
    listed: Mapping[str, Disk],
) -> tuple[FoundRoot, ...]:
    legacy: dict[str, set[str]] = {}
    for row in known:
        if row.legacy:
            legacy.setdefault(row.root, set()).add(row.path)
    walks, cold = [], basis.cold_runs()
    for root, layout in layouts.items():
        options = replace(setup.walk, left_alone=frozenset(legacy.get(root, ())))
        known_runs, disk = cold.get(root), listed.get(root)
        walks.append(RootWalk(unescape_name(root), layout, options, known_runs, disk))
    found = []
    for walk, layout in zip(walks, layouts.values(), strict=True):
        listing = walk.find()
        wanted = tuple(filter(scope.covers_path, listing.run_paths))
        found.append(FoundRoot(walk, layout, listing, wanted))
    return tuple(found)


def _unknown_runs(
    scope: Scope, found: Sequence[FoundRoot], known: Collection[KnownRow]
) -> tuple[str, ...]:
    """Choose the names of a scope that no sequencing run has, on the disks or in the models.

    There are none to tell while a part of the disks cannot be read. Raises UnknownRunError where
    all names are unknown.
    """
    if any(root.listing.unavailable or root.listing.unreadable for root in found):
        return ()
    listed = _names(path for root in found for path in root.wanted)
    unknown = tuple(
        name
        for name in scope.runs
        if name not in listed
        and not any(replace(scope, runs=(name,)).covers(row.root, row.path) for row in known)
    )
    if unknown and len(unknown) == len(scope.runs):
        raise UnknownRunError(unknown, _near(unknown, found, known))
    return unknown


def _near(
    unknown: Sequence[str], found: Sequence[FoundRoot], known: Collection[KnownRow]
) -> tuple[str, ...]:
    """List the names on the disks and in the models that are like those that nobody knows."""
    paths = (*(path for root in found for path in root.listing.run_paths), *(r.path for r in known))
    names = _names(paths)
    return tuple(
        dict.fromkeys(near for name in unknown for near in near_words(name, names, most=1))
    )


def _notes_on_names(scope: Scope, found: Sequence[FoundRoot]) -> Iterator[str]:
    """Say which names of a scope are in several places, as all of these are scanned."""
    for name in scope.runs:
        places = [
            f"{root.listing.path}/{path}"
            for root in found
            for path in root.wanted
            if name in _names([path])
        ]
        if len(places) > 1:
            yield (
                f"{name} is in {len(places)} places, and all of them are scanned: "
                f"{', '.join(places)}. For one alone give its path below the root, or name the "
                "root as well."
            )


def _names(paths: Iterable[str]) -> frozenset[str]:
    return frozenset(name for path in paths for name in (path, path.rpartition("/")[2]))


def _list_runs(
    root: FoundRoot, basis: WalkBasis, writer: ScanRecordWriter, counter: WalkCounter
) -> None:
    wanted = frozenset(root.wanted)
    markers = markers_of(root.layout)
    for run in packed_runs(root.walk, wanted, markers, counter.notes.append):
        if isinstance(run, PackedRun):
            writer.add_run(run)
        elif basis.record is not None:
            writer.copy_run(run, basis.record)
        counter.add(run.entry)


def markers_of(layout: Layout) -> tuple[str, ...]:
    """Give the files whose presence can make a run complete."""
    return tuple(MARKER_NAMES if layout.run.markers_by_instrument else layout.run.markers)
