"""What a walk starts from: its moment, and the record whose cold runs need no new listing."""

import datetime as dt
from dataclasses import dataclass, replace

from seqauto_pipeline import __version__
from seqauto_pipeline.core.file_list import Scope
from seqauto_pipeline.db.store.model_store import ModelStore
from seqauto_pipeline.disk.record.parts import IndexedRun, ScanHeader
from seqauto_pipeline.disk.record.paths import record_path
from seqauto_pipeline.disk.record.reader import ScanRecord
from seqauto_pipeline.errors import ScanRecordError
from seqauto_pipeline.scan.fingerprints import listing_digest
from seqauto_pipeline.scan.request import ScanRequest
from seqauto_pipeline.scan.setup import ScanSetup


@dataclass(frozen=True, slots=True)
class WalkBasis:
    started: dt.datetime
    digest: str  # of the settings that decide what is listed
    record: ScanRecord | None = None
    cold_before_ns: int = 0

    @property
    def is_full(self) -> bool:
        """Whether every directory is listed."""
        return self.record is None

    def header(self, scope: Scope) -> ScanHeader:
        started = self.started.isoformat()
        since = self.record.header.full_since if self.record is not None else started
        return ScanHeader(started, scope, __version__, self.digest, since)

    def cold_runs(self, root: str) -> dict[str, IndexedRun]:
        """Runs of a root that may be taken as they were, unless their directories changed."""
        if self.record is None:
            return {}
        now = int(self.started.timestamp() * 10**9)
        return {
            run.path: run
            for run in self.record.index
            if run.root == root and run.can_be_trusted and run.newest_ns < self.cold_before_ns
            # A clock was ahead: a change since cannot be told from one before.
            if run.listed_ns <= now
        }


def walk_basis(
    setup: ScanSetup, request: ScanRequest, store: ModelStore, started: dt.datetime
) -> WalkBasis:
    """Find the record to build on; none for a full scan, a narrow one, or after new settings."""
    alone = WalkBasis(started, listing_digest(setup))
    if request.full or not request.scope.is_everything or not setup.reuse.is_allowed:
        return alone
    record = _newest_record(setup, store)
    if record is None or record.header.basis != alone.digest or not record.header.full_since:
        return alone
    age = started - dt.datetime.fromisoformat(record.header.full_since)
    if not dt.timedelta() <= age < setup.reuse.full_scan_every:
        return alone
    cold_before = started - setup.reuse.cold_after
    return replace(alone, record=record, cold_before_ns=int(cold_before.timestamp() * 10**9))


def _newest_record(setup: ScanSetup, store: ModelStore) -> ScanRecord | None:
    record_id = store.scans.newest_record_id()
    try:
        return ScanRecord(record_path(setup.home, record_id)) if record_id is not None else None
    except ScanRecordError:  # gone by retention, or damaged: this scan makes a new one
        return None
