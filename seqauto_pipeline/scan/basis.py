"""What a walk starts from: its moment, and the record whose cold runs need no new listing."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace

from seqauto_pipeline import __version__
from seqauto_pipeline.core.file_list import Scope
from seqauto_pipeline.db.store.model_store import ModelStore
from seqauto_pipeline.disk.record.cold_runs import ColdRuns, cold_runs
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
        if self.record is None:
            return ScanHeader(started, scope, __version__, self.digest, full_since=started)
        holder, sha256 = self.record.next_holder(self._is_cold)
        since = self.record.header.full_since
        return ScanHeader(started, scope, __version__, self.digest, since, holder, sha256)

    def cold_runs(self) -> Mapping[str, ColdRuns]:
        """Give by root the runs to be taken as they were, unless their directories changed."""
        if self.record is None:
            return {}
        return cold_runs(self.record, self._is_cold)

    def _is_cold(self, run: IndexedRun) -> bool:
        return (
            run.can_be_trusted
            and run.newest_ns < self.cold_before_ns
            # A clock was ahead: a change since cannot be told from one before.
            and run.listed_ns <= int(self.started.timestamp() * 10**9)
        )


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
    if record_id is None:
        return None
    try:
        record = ScanRecord(record_path(setup.home, record_id))
        record.check_holder()
    except ScanRecordError:  # gone by retention, or damaged: this scan makes a new one
        return None
    return record
