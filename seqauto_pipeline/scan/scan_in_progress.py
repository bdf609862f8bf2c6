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
class ScanInProgress:
    """The scan that judges: its number, its moment, and the applied scans before it."""

    id: int
    started_at: dt.datetime
    as_of: dt.datetime  # when the disks were listed
    earlier: tuple[ScanRow, ...]
    later: frozenset[int] = frozenset()  # applied scans whose file lists were made later
    days: Mapping[int, dt.date] = field(default_factory=dict)  # of applied scans

    @classmethod
    def of(
        cls, row: ScanRow, store: ModelStore, as_of: dt.datetime, record_id: str, zone: dt.tzinfo
    ) -> Self:
        """Describe a stored scan that applies a kept file list."""
        earlier = store.scans.recent_applied(before=row.id)
        later, days = store.scans.later_than(record_id), store.scans.days(zone)
        return cls(row.id, row.started_at, as_of, earlier, later, days)

    @classmethod
    def of_dry_run(
        cls, store: ModelStore, as_of: dt.datetime, record_id: str, zone: dt.tzinfo
    ) -> Self:
        """Describe the scan that could begin now, after all stored ones."""
        earlier = store.scans.recent_applied(before=_AFTER_ALL_SCANS)
        now = dt.datetime.now(dt.UTC)
        later, days = store.scans.later_than(record_id), store.scans.days(zone)
        return cls(_DRY_RUN_ID, now, as_of, earlier, later, days)

    @property
    def is_of_old(self) -> bool:
        """Whether an old file list is applied again: its verdict holds until the next scan."""
        return bool(self.later)

    def ids_for(self, root: str, path: str) -> ScanIds:
        """Say which earlier scan last looked at a run."""
        previous = (scan.id for scan in self.earlier if scan.covers(root, path))
        return ScanIds(self.id, next(previous, None), self.later, self.days)

    def ids_across_runs(self) -> ScanIds:
        """Give the ids for what is about no single run."""
        return ScanIds(self.id, None)
