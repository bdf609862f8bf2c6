"""The scan that brings the models in line, or the one that a dry run stands for."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from seqauto_pipeline.core.verdict.reconcile import ScanIds
from seqauto_pipeline.db.store.model_store import ModelStore
from seqauto_pipeline.db.store.values import ScanRow

_DRY_RUN_ID = 0  # of no stored scan
_AFTER_ALL_SCANS = 2**31 - 1  # no scan has a larger id


@dataclass(frozen=True, slots=True)
class AppliedRecord:
    """The kept file list that a scan applies."""

    id: str
    as_of: dt.datetime  # when the disks were listed
    is_forced: bool  # also over what later scans saw


@dataclass(frozen=True, slots=True)
class ScanInProgress:
    """The scan that judges: its number, its moment, and the applied scans before it."""

    id: int
    started_at: dt.datetime
    as_of: dt.datetime  # when the disks were listed
    earlier: tuple[ScanRow, ...]
    later: frozenset[int] = frozenset()  # applied scans whose file lists were made later
    since: tuple[ScanRow, ...] = ()  # the same where each looked at a part: these parts stay
    days: Mapping[int, dt.date] = field(default_factory=dict)  # of applied scans

    @classmethod
    def of(cls, row: ScanRow, store: ModelStore, record: AppliedRecord, zone: dt.tzinfo) -> Self:
        """Describe a stored scan that applies a kept file list."""
        earlier = store.scans.recent_applied(before=row.id)
        days = store.scans.days(zone)
        later, since = _later(store, record)
        return cls(row.id, row.started_at, record.as_of, earlier, later, since, days)

    @classmethod
    def of_dry_run(cls, store: ModelStore, record: AppliedRecord, zone: dt.tzinfo) -> Self:
        """Describe the scan that could begin now, after all stored ones."""
        earlier = store.scans.recent_applied(before=_AFTER_ALL_SCANS)
        now = dt.datetime.now(dt.UTC)
        days = store.scans.days(zone)
        later, since = _later(store, record)
        return cls(_DRY_RUN_ID, now, record.as_of, earlier, later, since, days)

    @property
    def is_of_old(self) -> bool:
        """Whether an old file list is applied again: its verdict holds until the next scan."""
        return bool(self.later)

    def was_seen_since(self, root: str, path: str) -> bool:
        """Whether a later scan, of a part, looked at a run: what it saw of it stays."""
        return any(scan.covers(root, path) for scan in self.since)

    def ids_for(self, root: str, path: str) -> ScanIds:
        """Say which earlier scan last looked at a run."""
        previous = (scan.id for scan in self.earlier if scan.covers(root, path))
        return ScanIds(self.id, next(previous, None), self.later, self.days)

    def ids_across_runs(self) -> ScanIds:
        """Give the ids for what is about no single run."""
        return ScanIds(self.id, None)


def _later(store: ModelStore, record: AppliedRecord) -> tuple[frozenset[int], tuple[ScanRow, ...]]:
    """Find the later scans over which a list is applied; else those of which each part stays."""
    later = store.scans.later_than(record.id)
    recent = store.scans.recent_applied(before=_AFTER_ALL_SCANS)
    since = tuple(each for each in recent if each.id in later)
    are_parts = len(since) == len(later) and not any(each.scope.is_everything for each in since)
    return (frozenset(), since) if are_parts and not record.is_forced else (later, ())
