"""The survey of a file list: what is there, what vanished, what moved, what the brake holds."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from seqauto_pipeline.core.beside import is_beside
from seqauto_pipeline.core.data_state import RunState
from seqauto_pipeline.core.file_list import RootListing, Scope
from seqauto_pipeline.core.verdict.brake import (
    HeldPart,
    KnownRunFolder,
    find_held_parts,
    is_accepted,
)
from seqauto_pipeline.core.verdict.lost_files import FILES_DELETED
from seqauto_pipeline.db.store.model_store import ModelStore
from seqauto_pipeline.db.store.values import KnownRow
from seqauto_pipeline.disk.record.reader import ScanRecord
from seqauto_pipeline.scan.listed_runs import ListedRuns, RunPlace
from seqauto_pipeline.scan.scan_in_progress import ScanInProgress
from seqauto_pipeline.scan.setup import ScanSetup


@dataclass(frozen=True, slots=True)
class Survey:
    """A file list held against what is known, before anything is planned."""

    roots: Mapping[str, RootListing]
    known: Mapping[RunPlace, KnownRow]
    fingerprints: Mapping[RunPlace, str]  # of the listed runs
    moves: Mapping[RunPlace, KnownRow]  # by new place: the known run that moved there
    vanished: tuple[KnownRow, ...]
    held: tuple[HeldPart, ...]
    left: tuple[KnownRow, ...]  # runs of roots that are not configured any more, where they stay
    to_retry: frozenset[int]  # runs to plan though nothing of them has changed
    seen_since: frozenset[RunPlace]  # of which later scans of parts know more than this list

    def known_as(self, root: str, path: str) -> KnownRow | None:
        """Find what is known of a listed run, also where it has moved."""
        return self.moves.get((root, path)) or self.known.get((root, path))

    def is_held(self, root: str, path: str) -> bool:
        return any(part.root == root and part.holds(path) for part in self.held)

    def needs_planning(self, place: RunPlace) -> bool:
        row = self.known.get(place)
        if self.is_held(*place) or place in self.seen_since or (row is not None and row.legacy):
            return False
        if row is None or place in self.moves or row.id in self.to_retry:
            return True
        return row.fingerprint is None or row.fingerprint != self.fingerprints[place]

    def is_judged_as(self, place: RunPlace, fingerprint: str | None) -> bool:
        """Tell whether a run is stored as judged by this fingerprint."""
        row = self.known.get(place)
        return row is not None and row.fingerprint == fingerprint


def make_survey(
    record: ScanRecord,
    store: ModelStore,
    setup: ScanSetup,
    accepted: frozenset[str],
    scan: ScanInProgress,
) -> Survey:
    """Read the file list once. ``accepted`` are absolute paths whose loss is real.

    Every run of an old list that is applied again is planned; none that a later scan looked at,
    where each of these was of a part.
    """
    known = {(row.root, row.path): row for row in store.known.runs()}
    roots = {root.path: root for root in record.roots() if root.path in setup.layouts}
    listed = _listed_runs(record, known, store, setup)
    since = frozenset(each for each in {*known, *listed.fingerprints} if scan.was_seen_since(*each))
    looked_for = tuple(
        row
        for row in _looked_for(known.values(), record.header.scope)
        if (row.root, row.path) not in since
    )
    vanished = tuple(_vanished(looked_for, roots, listed.fingerprints))
    left = tuple(_left(known.values(), setup.layouts))
    moves = _moves(vanished, left, listed, known)
    moved = {row.id for row in moves.values()}
    left = tuple(row for row in left if row.id not in moved)
    let_go = tuple(row for row in left if is_accepted(f"{row.root}/{row.path}", accepted))
    gone = (*(row for row in vanished if row.id not in moved), *let_go)
    folders = _known_folders(looked_for, gone, listed.lost_files, store)
    held = tuple(
        part
        for root in roots.values()
        for part in find_held_parts(root, folders.get(root.path, ()), setup.limits, accepted)
    )
    retry = _to_retry(record, store, setup)
    if scan.is_of_old:
        retry = frozenset(row.id for row in known.values())
    left = tuple(row for row in left if row not in let_go)
    return Survey(roots, known, listed.fingerprints, moves, gone, held, left, retry, since)


def _to_retry(record: ScanRecord, store: ModelStore, setup: ScanSetup) -> frozenset[int]:
    """Choose runs to plan though nothing of them has changed.

    A full scan tries files in error again; and a run grows old enough for its files to be archived.
    """
    errors = store.known.runs_with_file_errors() if record.header.full else frozenset()
    if not setup.archive_rules:
        return errors
    lost = store.known.open_messages({FILES_DELETED})
    return errors | {run_id for run_id in lost if run_id is not None}


def _listed_runs(
    record: ScanRecord, known: Mapping[RunPlace, KnownRow], store: ModelStore, setup: ScanSetup
) -> ListedRuns:
    listed = ListedRuns(record, known, store, setup)
    for run in record.index:
        if run.root in setup.layouts:
            listed.add(run)
    listed.finish()
    return listed


def _looked_for(known: Iterable[KnownRow], scope: Scope) -> Iterator[KnownRow]:
    """Choose the known runs that this scan should have found."""
    for row in known:
        is_gone = row.data_state is RunState.DELETED
        if not is_gone and not row.legacy and scope.covers(row.root, row.path):
            yield row


def _vanished(
    looked_for: Iterable[KnownRow],
    roots: Mapping[str, RootListing],
    listed: Mapping[RunPlace, str],
) -> Iterator[KnownRow]:
    """Choose the runs that should have been listed and were not."""
    for row in looked_for:
        if row.root in roots and (row.root, row.path) not in listed:
            refusals = roots[row.root].unreadable
            if not any(refusal.hides(row.path) for refusal in refusals):
                yield row


def _left(known: Iterable[KnownRow], configured: Collection[str]) -> Iterator[KnownRow]:
    """Choose the runs that no scan looks for any more, for the settings do not name their root."""
    for row in known:
        is_gone = row.data_state is RunState.DELETED
        if not is_gone and not row.legacy and row.root not in configured:
            yield row


def _moves(
    vanished: Sequence[KnownRow],
    left: Sequence[KnownRow],
    listed: ListedRuns,
    known: Mapping[RunPlace, KnownRow],
) -> dict[RunPlace, KnownRow]:
    """Match what vanished, or what lost its root, with what appeared.

    A folder that was below one root and is now below another is the same run. Else name and RunInfo
    id have to leave one answer.
    """
    new_folders = {
        f"{root}/{path}": (root, path) for root, path in listed.fingerprints.keys() - known
    }
    moves = {
        new_folders[folder]: row
        for row in left
        if (folder := f"{row.root}/{row.path}") in new_folders
    }
    same = {row.id for row in moves.values()}
    by_identity: dict[tuple[str, str], list[KnownRow]] = {}
    for row in (*vanished, *left):
        if row.run_info_id is not None and row.id not in same:
            by_identity.setdefault((row.name, row.run_info_id), []).append(row)
    for identity, rows in by_identity.items():
        places = [each for each in listed.new_runs.get(identity, ()) if each not in moves]
        if len(rows) == len(places) == 1:
            moves[places[0]] = rows[0]
    return moves


def _known_folders(
    looked_for: Sequence[KnownRow],
    gone: Iterable[KnownRow],
    lost: Mapping[int, Mapping[str, int]],
    store: ModelStore,
) -> dict[str, list[KnownRunFolder]]:
    """Describe the known runs for the brake, by root: what there was, and what of it is lost."""
    gone_ids = {row.id for row in gone}
    counts = store.known.counts_there() if gone_ids or lost else {}
    gone_files = store.known.files_there(gone_ids) if gone_ids else {}
    folders: dict[str, list[KnownRunFolder]] = {}
    for row in looked_for:
        files = gone_files.get(row.id)
        folder = KnownRunFolder(
            path=row.path,
            files=counts.get(row.id, 0),
            vanished=row.id in gone_ids,
            vanished_files=lost.get(row.id, {})
            if files is None
            else Counter(kind for kind, path in files if not is_beside(path)),
        )
        folders.setdefault(row.root, []).append(folder)
    return folders
