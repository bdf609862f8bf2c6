"""Which sequencing runs are not as they were after a scan: for programs that follow along."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from seqauto_pipeline.db.models import (
    Annotation,
    ExpectedFile,
    FileEvent,
    Message,
    RunEvent,
    SampleSheet,
    SequencingRun,
)
from seqauto_pipeline.db.models.sequencing import MOVED_FROM


@dataclass(frozen=True, slots=True)
class Move:
    """A run folder that was moved."""

    sequencing_run_id: int
    old_folder: str


def changed_runs(
    session: Session, after: int, since: dt.datetime, now: dt.datetime
) -> frozenset[int]:
    """Ids of the runs that later scans wrote, or of which people said something since a moment.

    A run may be among them though nothing of it is different in the end; none is left out.
    """
    queries = (*_by_scans(after), *_by_people(since, now))
    return frozenset(
        run_id for query in queries for run_id in session.scalars(query) if run_id is not None
    )


def _by_scans(after: int) -> Iterator[Select[int | None]]:
    """What scans of older programs wrote is told by the ledger, sheets and messages."""
    yield select(SequencingRun.id).where(
        or_(SequencingRun.written_scan_id > after, SequencingRun.first_scan_id > after)
    )
    yield select(RunEvent.sequencing_run_id).where(RunEvent.scan_id > after)
    yield select(SampleSheet.sequencing_run_id).where(SampleSheet.first_scan_id > after)
    yield select(Message.sequencing_run_id).where(
        or_(Message.opened_scan_id > after, Message.closed_scan_id > after)
    )
    yield (
        select(ExpectedFile.sequencing_run_id)
        .join(FileEvent, FileEvent.expected_file_id == ExpectedFile.id)
        .where(FileEvent.scan_id > after)
        .distinct()
    )


def _by_people(since: dt.datetime, now: dt.datetime) -> Iterator[Select[int | None]]:
    yield select(Annotation.sequencing_run_id).where(Annotation.at >= since)
    of_messages = select(Message.sequencing_run_id).join(
        Annotation, Annotation.message_id == Message.id
    )
    yield of_messages.where(Annotation.at >= since)
    ended = and_(Message.acknowledged_until >= since, Message.acknowledged_until <= now)
    yield select(Message.sequencing_run_id).where(or_(Message.acknowledged_at >= since, ended))


def moves(session: Session, after: int) -> tuple[Move, ...]:
    """List the moves that later scans found, in their order."""
    query = (
        select(RunEvent.sequencing_run_id, RunEvent.detail)
        .where(RunEvent.scan_id > after, RunEvent.detail.startswith(MOVED_FROM, autoescape=True))
        .order_by(RunEvent.id)
    )
    return tuple(
        Move(run_id, (detail or "").removeprefix(MOVED_FROM))
        for run_id, detail in session.execute(query)
    )
