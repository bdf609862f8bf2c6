"""Sample sheets: every version that a run had, with its samples."""

from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from seqauto_pipeline.db.base import Base


class SampleSheet(Base):
    """One content of a run's sample sheet."""

    __tablename__ = "sample_sheet"
    __table_args__ = (UniqueConstraint("sequencing_run_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sequencing_run_id: Mapped[int] = mapped_column(ForeignKey("sequencing_run.id"))
    version: Mapped[int] = mapped_column(comment="From 1, by order of appearance")
    is_current: Mapped[bool]
    path: Mapped[str] = mapped_column(comment="Relative to the run folder")
    md5: Mapped[str] = mapped_column(comment="Of the bytes, hex")
    format: Mapped[str] = mapped_column(comment="legacy_fcid, iem_v1 or bclconvert_v2")
    facts: Mapped[dict[str, Any]] = mapped_column(
        comment="Encoding, delimiter, sections, header, reads, settings, columns"
    )
    content: Mapped[bytes] = mapped_column(LargeBinary, comment="The sheet itself, zlib")
    first_scan_id: Mapped[int] = mapped_column(ForeignKey("scan.id"))


class SequencingSample(Base):
    """One row of a sample sheet."""

    __tablename__ = "sequencing_sample"
    __table_args__ = (
        Index("ix_sequencing_sample_sample_name", "sample_name"),
        UniqueConstraint("sample_sheet_id", "row"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sample_sheet_id: Mapped[int] = mapped_column(ForeignKey("sample_sheet.id"))
    row: Mapped[int] = mapped_column(comment="Order in the sheet, from 1")
    line: Mapped[int] = mapped_column(comment="Line of the file, from 1")
    lane: Mapped[int | None]
    sample_id: Mapped[str]
    sample_name: Mapped[str]
    sample_project: Mapped[str | None]
    sample_number: Mapped[int] = mapped_column(comment="Illumina's S number")
    index: Mapped[str | None] = mapped_column("index", comment="i7")
    index2: Mapped[str | None] = mapped_column(comment="i5")
    is_control: Mapped[bool]
    failed: Mapped[bool]
    automatically_process: Mapped[bool]
    enrichment_kit: Mapped[str | None] = mapped_column(comment="The sheet's, else the directory's")
    sheet_kit: Mapped[str | None] = mapped_column(comment="As the sheet itself names it")
    processing: Mapped[dict[str, Any]] = mapped_column(
        comment="override_cycles and mismatches of the row"
    )
    extra: Mapped[dict[str, Any]] = mapped_column(comment="Further columns that the settings keep")
