"""What the catalog has not been told yet: sequencing runs that scans or people changed."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from seqauto_pipeline.db.models import (
    Annotation,
    ExpectedFile,
    LoadedContent,
    Message,
    Scan,
    SequencingRun,
)

# An older program noted no last scan.
_written = func.coalesce(SequencingRun.written_scan_id, SequencingRun.first_scan_id)


@dataclass(frozen=True, slots=True, order=True)
class Told:
    """How far the catalog is told: up to a run, in the order in which scans wrote them."""

    scan_id: int = 0
    run_id: int = 0


@dataclass(frozen=True, slots=True)
class RunContent:
    """What was read of one QC file of a sequencing run."""

    sequencing_run_id: int
    file_type: str
    data: dict[str, object]


def identity_of_models(session: Session) -> str:
    """When the first scan began: a database that was made anew has another."""
    began = session.scalar(select(func.min(Scan.started_at)))
    return began.isoformat() if began is not None else ""


def count_untold(session: Session, told: Told) -> int:
    """Count the runs that scans wrote since."""
    query = select(func.count()).select_from(SequencingRun).where(_is_after(told))
    return session.scalar(query) or 0


def untold_runs(session: Session, told: Told, limit: int) -> tuple[Told, ...]:
    """List the next runs that scans wrote since, with the place of each."""
    columns = (_written, SequencingRun.id)
    query = select(*columns).where(_is_after(told)).order_by(*columns).limit(limit)
    return tuple(Told(*row) for row in session.execute(query))


def run_places(session: Session) -> tuple[tuple[str, str], ...]:
    """Root and path of every sequencing run."""
    query = select(SequencingRun.root, SequencingRun.path)
    return tuple((root, path) for root, path in session.execute(query))


def annotations_since(
    session: Session, after: int, limit: int | None = None
) -> tuple[tuple[int, int | None], ...]:
    """List what people said since, in order: its id, and the id of the run that it is about.

    What is said of a message is about the run of the message; None where that has none.
    """
    query = (
        select(
            Annotation.id, func.coalesce(Annotation.sequencing_run_id, Message.sequencing_run_id)
        )
        .select_from(Annotation)
        .outerjoin(Message, Message.id == Annotation.message_id)
        .where(Annotation.id > after)
        .order_by(Annotation.id)
        .limit(limit)
    )
    return tuple((said, run_id) for said, run_id in session.execute(query))


def contents_of(
    session: Session, ids: Collection[int], file_types: Collection[str]
) -> tuple[RunContent, ...]:
    """Read what was loaded from QC files of some types, by run."""
    query = (
        select(ExpectedFile.sequencing_run_id, ExpectedFile.file_type, LoadedContent.data)
        .join(LoadedContent, LoadedContent.expected_file_id == ExpectedFile.id)
        .where(
            ExpectedFile.sequencing_run_id.in_(ids),
            ExpectedFile.file_type.in_(file_types),
            ExpectedFile.retired.is_(False),
        )
        .order_by(ExpectedFile.sequencing_run_id, ExpectedFile.file_type, ExpectedFile.slot)
    )
    return tuple(RunContent(*row) for row in session.execute(query) if row[2] is not None)


def _is_after(told: Told) -> ColumnElement[bool]:
    return or_(
        _written > told.scan_id,
        (_written == told.scan_id) & (SequencingRun.id > told.run_id),
    )
