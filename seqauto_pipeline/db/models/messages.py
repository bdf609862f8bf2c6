"""Messages: what is wrong, since which scan, what to do, and whether somebody has seen it."""

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from seqauto_pipeline.db.base import Base


class Message(Base):
    """One condition, open from the scan that found it to the scan that no longer does."""

    __tablename__ = "message"
    __table_args__ = (Index("ix_message_run_open", "sequencing_run_id", "closed_scan_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sequencing_run_id: Mapped[int | None] = mapped_column(
        ForeignKey("sequencing_run.id"), comment="NULL: it is about a root or the whole scan"
    )
    key: Mapped[str] = mapped_column(comment="The same condition has the same key in every scan")
    code: Mapped[str] = mapped_column(index=True)
    severity: Mapped[str] = mapped_column(comment="info, warning or error")
    text: Mapped[str]
    fix: Mapped[str] = mapped_column(comment="What to do next")
    path: Mapped[str | None] = mapped_column(comment="Relative to the run folder, else absolute")
    line: Mapped[int | None]
    column: Mapped[str | None]
    detail: Mapped[dict[str, Any] | None] = mapped_column(comment="Names and counts behind it")
    opened_scan_id: Mapped[int] = mapped_column(ForeignKey("scan.id"))
    opened_at: Mapped[dt.datetime]
    closed_scan_id: Mapped[int | None] = mapped_column(comment="NULL: it is open")
    closed_at: Mapped[dt.datetime | None]
    acknowledged_by: Mapped[str | None]
    acknowledged_why: Mapped[str | None]
    acknowledged_at: Mapped[dt.datetime | None]
    acknowledged_until: Mapped[dt.datetime | None] = mapped_column(comment="NULL: without end")
