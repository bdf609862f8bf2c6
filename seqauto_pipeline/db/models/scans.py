"""What the file models know of scans: facts that do not change. The state is Dagster's to tell."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from seqauto_pipeline.core.file_list import Scope
from seqauto_pipeline.db.base import Base


class Scan(Base):
    """One scan (SeqAutoRun) that reached the file models."""

    __tablename__ = "scan"

    id: Mapped[int] = mapped_column(primary_key=True)
    dagster_run_id: Mapped[str] = mapped_column(unique=True)
    started_at: Mapped[dt.datetime]
    record_id: Mapped[str | None] = mapped_column(
        comment="Names the kept file list; another scan's where that was used again"
    )
    as_of: Mapped[dt.datetime | None] = mapped_column(
        comment="When the disks were listed; NULL until a file list exists"
    )
    is_everything: Mapped[bool] = mapped_column(comment="False for a scan of named roots or runs")
    scope: Mapped[dict[str, Any]] = mapped_column(comment="roots and runs that it was narrowed to")
    is_full: Mapped[bool] = mapped_column(comment="False where unchanged directories were trusted")
    applied_at: Mapped[dt.datetime | None] = mapped_column(
        comment="When its last change was stored; NULL for a scan that did not get so far"
    )
    counts: Mapped[dict[str, Any] | None] = mapped_column(comment="What it found and changed")


class ScanFence(Base):
    """Which scan got the scan lock last: one row. Who has an older number may not write."""

    __tablename__ = "scan_fence"

    id: Mapped[int] = mapped_column(primary_key=True, comment="Always 1")
    number: Mapped[int] = mapped_column(BigInteger, comment="One more each time the lock is taken")
    dagster_run_id: Mapped[str]
    host: Mapped[str]
    pid: Mapped[int]
    since: Mapped[dt.datetime] = mapped_column(comment="By the clock of that host")


def scope_of(stored: Mapping[str, Any]) -> Scope:
    """Give the column ``scope`` as the value that it was stored from."""
    return Scope(tuple(stored["roots"]), tuple(stored["runs"]))
