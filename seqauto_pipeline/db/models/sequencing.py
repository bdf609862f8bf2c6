"""Sequencing runs: one for each run folder that a scan ever saw."""

import datetime as dt
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from seqauto_pipeline.db.base import Base


class SequencingRun(Base):
    """One run folder. What identifies it is its place: (root, path below the root)."""

    __tablename__ = "sequencing_run"
    __table_args__ = (UniqueConstraint("root", "path"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    root: Mapped[str]
    path: Mapped[str] = mapped_column(comment="Below the root; its last part is the name")
    name: Mapped[str] = mapped_column(index=True)
    layout: Mapped[str]
    data_state: Mapped[str] = mapped_column(comment="complete, incomplete, skipped, deleted, error")
    state_reason: Mapped[str | None] = mapped_column(comment="Why it is skipped or in error")
    date: Mapped[dt.date | None] = mapped_column(index=True, comment="Local to the instrument")
    sequencer: Mapped[str | None] = mapped_column(comment="Instrument serial number")
    sequencer_model: Mapped[str | None]
    experiment: Mapped[str | None] = mapped_column(comment="ExperimentName of RunParameters.xml")
    enrichment_kit: Mapped[str | None]
    flowcell_id: Mapped[str | None] = mapped_column(comment="As in the name, side letter included")
    flowcell: Mapped[str | None] = mapped_column(index=True, comment="RunInfo's, without the side")
    side: Mapped[str | None]
    run_number: Mapped[int | None]
    run_info_id: Mapped[str | None] = mapped_column(comment="Id of the run in RunInfo.xml")
    facts: Mapped[dict[str, Any]] = mapped_column(
        comment="Reads, lanes, applications, chemistry, markers: for people"
    )
    has_basecalls: Mapped[bool]
    has_interop: Mapped[bool]
    legacy: Mapped[bool] = mapped_column(comment="Set by people: scans leave it alone")
    bad: Mapped[bool]
    hidden: Mapped[bool]
    gold_standard: Mapped[bool]
    fingerprint: Mapped[str | None] = mapped_column(
        comment="Of all that its records were made from; NULL: judge it again at the next scan"
    )
    first_scan_id: Mapped[int] = mapped_column(ForeignKey("scan.id"))
    last_seen_scan_id: Mapped[int | None] = mapped_column(
        ForeignKey("scan.id"), comment="NULL while it is there: the last scan saw it"
    )
    written_scan_id: Mapped[int | None] = mapped_column(
        comment="The last scan that wrote anything of it; NULL: one of an older program"
    )

    @property
    def flags(self) -> tuple[str, ...]:
        return tuple(flag for flag in FLAGS if getattr(self, flag))


FLAGS = ("legacy", "bad", "hidden", "gold_standard")
MOVED_FROM = "moved from "  # the detail of a run event begins so, and the old folder follows


class RunEvent(Base):
    """One change of a run's own state or place. Append only."""

    __tablename__ = "run_event"

    id: Mapped[int] = mapped_column(primary_key=True)
    sequencing_run_id: Mapped[int] = mapped_column(ForeignKey("sequencing_run.id"), index=True)
    scan_id: Mapped[int] = mapped_column(ForeignKey("scan.id"), index=True)
    old_state: Mapped[str | None]
    new_state: Mapped[str]
    detail: Mapped[str | None] = mapped_column(comment="Where it moved from, why it is skipped")
