"""What one scan found out: the runs that it wrote, and the messages that it opened."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from seqauto_pipeline.db.models import Message, Scan, SequencingRun


def scan_of(session: Session, dagster_run_id: str) -> Scan | None:
    return session.scalars(select(Scan).where(Scan.dagster_run_id == dagster_run_id)).first()


def count_written(session: Session, scan_id: int) -> int:
    query = select(func.count()).select_from(SequencingRun)
    return session.scalar(query.where(SequencingRun.written_scan_id == scan_id)) or 0


def written_runs(session: Session, scan_id: int, limit: int) -> tuple[int, ...]:
    """Ids of runs that a scan wrote: those in a bad state first, then the newest."""
    is_well = SequencingRun.data_state == "complete"
    query = (
        select(SequencingRun.id)
        .where(SequencingRun.written_scan_id == scan_id)
        .order_by(is_well, SequencingRun.date.desc(), SequencingRun.id)
        .limit(limit)
    )
    return tuple(session.scalars(query))


def opened_messages(
    session: Session, scan_id: int, limit: int
) -> tuple[tuple[Message, SequencingRun | None], ...]:
    """List open errors and warnings that a scan was the first to see, errors first."""
    query = (
        select(Message, SequencingRun)
        .outerjoin(SequencingRun, SequencingRun.id == Message.sequencing_run_id)
        .where(
            Message.opened_scan_id == scan_id,
            Message.closed_scan_id.is_(None),
            Message.severity.in_(("error", "warning")),
        )
        .order_by(Message.severity, Message.id)
        .limit(limit)
    )
    return tuple((message, run) for message, run in session.execute(query))


def count_opened(session: Session, scan_id: int) -> int:
    query = select(func.count()).select_from(Message)
    query = query.where(
        Message.opened_scan_id == scan_id,
        Message.closed_scan_id.is_(None),
        Message.severity.in_(("error", "warning")),
    )
    return session.scalar(query) or 0


def count_runs(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(SequencingRun)) or 0
