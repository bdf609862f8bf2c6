"""Expected files: state, ledger, what was loaded from them; and the files that nothing explains."""

from typing import Any

from sqlalchemy import BigInteger, ForeignKey, UniqueConstraint, select
from sqlalchemy.orm import Mapped, aliased, mapped_column

from seqauto_pipeline.core.data_state import DataState, worst_of
from seqauto_pipeline.db.base import Base


class ExpectedFile(Base):
    """One file that a sample sheet and layout call for, present or not."""

    __tablename__ = "expected_file"
    __table_args__ = (UniqueConstraint("sequencing_run_id", "file_type", "slot"),)

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    sequencing_run_id: Mapped[int] = mapped_column(ForeignKey("sequencing_run.id"))
    file_type: Mapped[str] = mapped_column(comment="A name from the layout: fastq, bam, ...")
    slot: Mapped[str] = mapped_column(comment="What it is of: sample, lane, read; or its path")
    sample_name: Mapped[str | None] = mapped_column(index=True)
    lane: Mapped[int | None]
    read: Mapped[int | None] = mapped_column(comment="1 or 2")
    path: Mapped[str] = mapped_column(comment="Relative to the run folder")
    data_state: Mapped[str]
    reason: Mapped[str | None] = mapped_column(comment="Code of the problem of a file in error")
    size: Mapped[int | None] = mapped_column(BigInteger, comment="Bytes; NULL until seen")
    modified_ns: Mapped[int | None] = mapped_column(BigInteger, comment="Since the epoch")
    seen_path: Mapped[str | None] = mapped_column(comment="Where it was last seen, if not at path")
    first_seen_scan_id: Mapped[int | None] = mapped_column(comment="NULL: no scan ever saw it")
    last_seen_scan_id: Mapped[int | None] = mapped_column(
        comment="NULL while it is there: the last scan that looked saw it"
    )
    retired: Mapped[bool] = mapped_column(comment="No current sheet row asks for it")


class FileEvent(Base):
    """One change of an expected file. Append only."""

    __tablename__ = "file_event"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    expected_file_id: Mapped[int] = mapped_column(ForeignKey("expected_file.id"), index=True)
    scan_id: Mapped[int] = mapped_column(ForeignKey("scan.id"), index=True)
    old_state: Mapped[str | None] = mapped_column(comment="NULL for a new record")
    new_state: Mapped[str] = mapped_column(comment="A data state, or retired")
    size: Mapped[int | None] = mapped_column(BigInteger, comment="Bytes")
    modified_ns: Mapped[int | None] = mapped_column(BigInteger)
    path: Mapped[str | None] = mapped_column(comment="Only where it differs from the record's")


class LoadedContent(Base):
    """What was read out of one expected file. New when the file or what it depends on changes."""

    __tablename__ = "loaded_content"

    expected_file_id: Mapped[int] = mapped_column(
        ForeignKey("expected_file.id"), primary_key=True, autoincrement=False
    )
    signature: Mapped[str] = mapped_column(comment="Size, time and reader that it was made from")
    data: Mapped[dict[str, Any] | None] = mapped_column(comment="NULL when it could not be read")
    problems: Mapped[list[Any] | None] = mapped_column(comment="NULL: none")


class UnexpectedFile(Base):
    """A file in a searched directory that no sheet explains."""

    __tablename__ = "unexpected_file"
    __table_args__ = (UniqueConstraint("sequencing_run_id", "path"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    sequencing_run_id: Mapped[int] = mapped_column(ForeignKey("sequencing_run.id"))
    path: Mapped[str] = mapped_column(comment="Relative to the run folder")
    size: Mapped[int] = mapped_column(BigInteger, comment="Bytes")
    modified_ns: Mapped[int] = mapped_column(BigInteger)
    first_scan_id: Mapped[int] = mapped_column(ForeignKey("scan.id"))


FASTQ = "fastq"  # what layouts call the files of reads

_R1, _R2 = aliased(ExpectedFile), aliased(ExpectedFile)

unaligned_reads = (
    select(
        _R1.id.label("r1_file_id"),
        _R2.id.label("r2_file_id"),
        _R1.sequencing_run_id.label("sequencing_run_id"),
        _R1.sample_name.label("sample_name"),
        _R1.lane.label("lane"),
        _R1.data_state.label("r1_data_state"),
        _R2.data_state.label("r2_data_state"),
    )
    .outerjoin(
        _R2,
        (_R2.sequencing_run_id == _R1.sequencing_run_id)
        & (_R2.file_type == _R1.file_type)
        & (_R2.sample_name == _R1.sample_name)
        & (_R2.lane.is_not_distinct_from(_R1.lane))
        & (_R2.read == 2)
        & _R2.retired.is_(False),
    )
    # A report on each read, such as FastQC's, has reads too.
    .where(_R1.file_type == FASTQ, _R1.read == 1, _R1.retired.is_(False))
    .subquery("unaligned_reads")
)


class UnalignedReads(Base):
    """The R1/R2 pair of one sample (and lane): derived from its files, so it is never stale."""

    __table__ = unaligned_reads
    __mapper_args__ = {"primary_key": [unaligned_reads.c.r1_file_id]}  # noqa: RUF012

    r1_file_id: Mapped[int]
    r2_file_id: Mapped[int | None]
    sequencing_run_id: Mapped[int]
    sample_name: Mapped[str]
    lane: Mapped[int | None]
    r1_data_state: Mapped[str]
    r2_data_state: Mapped[str | None]

    @property
    def data_state(self) -> DataState:
        """The worse state of the two; the first read's where no second is expected."""
        states = (self.r1_data_state, self.r2_data_state)
        return worst_of(DataState(state) for state in states if state is not None)
