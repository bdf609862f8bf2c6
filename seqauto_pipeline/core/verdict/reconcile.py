"""Expected, seen and stored files of one run: the records that should be, and what changes."""

import datetime as dt
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from seqauto_pipeline.core.data_state import AWAITED, RETIRED, UNSEEN, DataState, state_when_absent
from seqauto_pipeline.core.expectation.expected_files import ExpectedFile
from seqauto_pipeline.core.file_list import Entry, EntryKind, RunListing

EMPTY_FILE = "EMPTY_FILE"
NOT_A_REGULAR_FILE = "NOT_A_REGULAR_FILE"
LINK_OUT_OF_ROOT = "LINK_OUT_OF_ROOT"

FileKey = tuple[str, str]  # file type, slot


class FileRecord(NamedTuple):  # a disk has millions
    """One expected file as it is stored, without its number."""

    file_type: str
    slot: str
    sample_name: str | None
    lane: int | None
    read: int | None
    path: str  # relative to the run folder
    data_state: DataState
    reason: str | None = None  # code, for a file in error; AWAITED, UNSEEN for one being made
    size: int | None = None  # bytes
    modified_ns: int | None = None
    seen_path: str | None = None  # where it was last seen, where that is not ``path``
    first_seen_scan_id: int | None = None
    last_seen_scan_id: int | None = None  # None while it is there
    retired: bool = False

    @property
    def key(self) -> FileKey:
        return self.file_type, self.slot

    @property
    def was_seen_at(self) -> str | None:
        if self.first_seen_scan_id is None:
            return None
        return self.seen_path or self.path

    @property
    def ledger_state(self) -> str:
        return RETIRED if self.retired else str(self.data_state)


class FileChange(NamedTuple):
    """A record before and after. ``old`` is None for a new one."""

    old: FileRecord | None
    new: FileRecord

    @property
    def is_event(self) -> bool:
        """Whether the ledger keeps it: state, size, time or place of the file itself changed."""
        if self.old is None:
            return True
        facts = (self.old.ledger_state, self.old.size, self.old.modified_ns, self.old.path)
        return facts != (self.new.ledger_state, self.new.size, self.new.modified_ns, self.new.path)


@dataclass(frozen=True, slots=True)
class ScanIds:
    """The scan that judges, and the last one that saw what was there before it."""

    this: int
    previous: int | None
    later: frozenset[int] = frozenset()  # of younger file lists, where an old one is applied again
    days: Mapping[int, dt.date] = field(default_factory=dict)  # of earlier scans, for people


def reconcile_files(
    expected: Collection[ExpectedFile],
    listing: RunListing,
    stored: Mapping[FileKey, FileRecord],
    content_errors: Mapping[FileKey, str],
    scan: ScanIds,
) -> tuple[FileChange, ...]:
    """List the records to store, by type and slot. Empty when the database already agrees.

    ``content_errors`` has the code for each file whose content could not be read.
    """
    changes = []
    wanted = {file.key: file for file in expected}
    seen = _seen_places(stored)
    for key in sorted(wanted.keys() | stored.keys()):
        old, file = stored.get(key), wanted.get(key)
        if file is None:
            new = None if old is None else _sighted(old, listing, scan)._replace(retired=True)
        else:
            before = _record_before(file, old, seen) if seen else old
            new = _judge(file, listing, (old, before), content_errors.get(key), scan)
        if new is not None and new != old:
            changes.append(FileChange(old, new))
    return tuple(changes)


def _seen_places(stored: Mapping[FileKey, FileRecord]) -> dict[tuple[str, str], FileRecord]:
    """Find by type and path the record of the file that a scan saw last at that path."""
    places: dict[tuple[str, str], FileRecord] = {}
    for record in stored.values():
        path = record.was_seen_at
        if path is not None:
            other = places.setdefault((record.file_type, path), record)
            if _last_sight(record) > _last_sight(other):
                places[record.file_type, path] = record
    return places


def _last_sight(record: FileRecord) -> tuple[bool, int]:
    is_there = record.last_seen_scan_id is None
    return is_there, record.last_seen_scan_id or 0


def _record_before(
    file: ExpectedFile, old: FileRecord | None, seen: Mapping[tuple[str, str], FileRecord]
) -> FileRecord | None:
    """Give what is known of a file: its record, with the sights of another that was at its path.

    Two samples that swap their names swap their files, too: what scans saw is of the file.
    """
    other = seen.get((file.file_type.name, file.path))
    if other is None or other.key == file.key:
        return old
    if old is not None and old.was_seen_at in (file.path, *file.other_paths):
        return old
    known = old or _record(file, DataState.NON_EXISTENT)
    return known._replace(
        path=file.path,
        seen_path=None,
        size=other.size,
        modified_ns=other.modified_ns,
        first_seen_scan_id=other.first_seen_scan_id,
        last_seen_scan_id=other.last_seen_scan_id,
    )


def _judge(
    file: ExpectedFile,
    listing: RunListing,
    known: tuple[FileRecord | None, FileRecord | None],
    content_error: str | None,
    scan: ScanIds,
) -> FileRecord | None:
    """Find the record of one expected file; None where none should be made.

    ``known``: its record as it is stored, and with all that scans saw at its path.
    """
    old, before = known
    if file.skipped:
        if old is None:
            return None
        return _sighted(old, listing, scan)._replace(data_state=DataState.SKIPPED, retired=False)
    if listing.what_hides(file.path) is not None:
        # Neither missing nor deleted: what is known stays, and of a new file nothing is.
        return None if old is None else _no_longer_seen(old, scan)._replace(retired=False)
    entry = listing.find(file.path)
    if entry is None or not entry.is_there:
        return _absent(file, before, scan)
    return _present(file, entry, before, content_error, scan)


def _absent(file: ExpectedFile, old: FileRecord | None, scan: ScanIds) -> FileRecord:
    if old is None:
        return _not_made(file)
    seen_at = old.was_seen_at
    was_seen = seen_at is not None and seen_at in (file.path, *file.other_paths)
    # Applied again, an old list says what was so on its day: what came later was not gone then.
    was_there_before = was_seen and old.first_seen_scan_id not in scan.later
    stored = None if old.reason in (AWAITED, UNSEEN) else old.data_state
    state = state_when_absent(was_seen=was_there_before, stored=stored)
    if not was_seen:
        return _not_made(file) if state is DataState.NON_EXISTENT else _record(file, state)
    return _no_longer_seen(old, scan)._replace(
        path=file.path,
        seen_path=None if seen_at == file.path else seen_at,
        data_state=state,
        reason=None,
        sample_name=file.sample_name,
        retired=False,
    )


def _not_made(file: ExpectedFile) -> FileRecord:
    """Make the record of a file that no scan saw: it is missing, unless it is being made."""
    if file.is_awaited:
        return _record(file, DataState.RUNNING)._replace(reason=AWAITED)
    return _record(file, DataState.NON_EXISTENT)


def _no_longer_seen(old: FileRecord, scan: ScanIds) -> FileRecord:
    if old.first_seen_scan_id is None or old.last_seen_scan_id is not None:
        return old
    return old._replace(last_seen_scan_id=scan.previous or old.first_seen_scan_id)


def _sighted(old: FileRecord, listing: RunListing, scan: ScanIds) -> FileRecord:
    """Keep the last sight of a file that nobody asks for now: it may be asked for again."""
    place = old.was_seen_at
    if place is None:
        return old
    entry = listing.find(place)
    if entry is not None and entry.is_there:
        return old._replace(last_seen_scan_id=None)
    return _no_longer_seen(old, scan)


def _present(
    file: ExpectedFile,
    entry: Entry,
    old: FileRecord | None,
    content_error: str | None,
    scan: ScanIds,
) -> FileRecord:
    reason = what_is_wrong(file, entry) or content_error
    state = DataState.COMPLETE if reason is None else DataState.ERROR
    same_file = old is not None and old.was_seen_at in (file.path, *file.other_paths)
    first_seen = old.first_seen_scan_id if old is not None and same_file else scan.this
    return _record(file, state, reason, entry, first_seen)


def what_is_wrong(file: ExpectedFile, entry: Entry) -> str | None:
    """Code of what makes a listed file unusable before anything is read of it."""
    if entry.kind is EntryKind.LINK_OUT:
        return LINK_OUT_OF_ROOT
    if entry.kind is not EntryKind.FILE:
        return NOT_A_REGULAR_FILE
    return EMPTY_FILE if file.file_type.non_empty and entry.size == 0 else None


def _record(
    file: ExpectedFile,
    state: DataState,
    reason: str | None = None,
    entry: Entry | None = None,
    first_seen_scan_id: int | None = None,
) -> FileRecord:
    return FileRecord(
        file_type=file.file_type.name,
        slot=file.slot,
        sample_name=file.sample_name,
        lane=file.lane,
        read=file.read,
        path=file.path,
        data_state=state,
        reason=reason,
        size=None if entry is None else entry.size,
        modified_ns=None if entry is None else entry.modified_ns,
        first_seen_scan_id=first_seen_scan_id,
    )


def skip_files(stored: Mapping[FileKey, FileRecord], scan: ScanIds) -> tuple[FileChange, ...]:
    """Changes for a run that is skipped: what is known of it turns skipped, nothing is added.

    Nobody looks at its files any more, which ends their sight.
    """

    def skipped(old: FileRecord) -> FileRecord:
        unseen = _no_longer_seen(old, scan)
        return unseen if old.retired else unseen._replace(data_state=DataState.SKIPPED)

    return _changes(stored, skipped)


def lose_sight(stored: Mapping[FileKey, FileRecord], scan: ScanIds) -> tuple[FileChange, ...]:
    """Changes for a run whose files cannot be looked at: they stay as known, seen no longer."""
    return _changes(stored, lambda old: _no_longer_seen(old, scan))


def delete_files(stored: Mapping[FileKey, FileRecord], scan: ScanIds) -> tuple[FileChange, ...]:
    """Changes for a run folder that is gone: what was ever seen in it is deleted."""

    def deleted(old: FileRecord) -> FileRecord:
        unseen = _no_longer_seen(old, scan)
        if old.retired or old.was_seen_at is None:
            return unseen
        return unseen._replace(data_state=DataState.DELETED, reason=None)

    return _changes(stored, deleted)


def _changes(
    stored: Mapping[FileKey, FileRecord], become: Callable[[FileRecord], FileRecord]
) -> tuple[FileChange, ...]:
    pairs = ((old, become(old)) for _, old in sorted(stored.items()))
    return tuple(FileChange(old, new) for old, new in pairs if new != old)
