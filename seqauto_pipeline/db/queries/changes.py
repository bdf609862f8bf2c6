"""What happened between two scans beside states: sheets, messages, and what people said of runs."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from seqauto_pipeline.db.models import Annotation, ExpectedFile, FileEvent, Message, SampleSheet


@dataclass(frozen=True, slots=True)
class ChangedFiles:
    """How many files of one type a scan put into a state, of one sequencing run."""

    sequencing_run_id: int
    scan_id: int
    file_type: str
    old_state: str | None  # None for new records
    new_state: str  # a data state, or retired
    files: int


def changed_files(session: Session, ids: Collection[int]) -> tuple[ChangedFiles, ...]:
    """Count the changes of the files of some sequencing runs, by run and scan, the oldest first."""
    columns = (
        ExpectedFile.sequencing_run_id,
        FileEvent.scan_id,
        ExpectedFile.file_type,
        FileEvent.old_state,
        FileEvent.new_state,
    )
    query = (
        select(*columns, func.count())
        .join(FileEvent, FileEvent.expected_file_id == ExpectedFile.id)
        .where(ExpectedFile.sequencing_run_id.in_(ids))
        .where(FileEvent.old_state.is_distinct_from(FileEvent.new_state))
        .group_by(*columns)
        .order_by(*columns)
    )
    return tuple(ChangedFiles(*row) for row in session.execute(query))


def sheets_between(session: Session, after: int, up_to: int) -> tuple[SampleSheet, ...]:
    """List the sheet versions that scans after one first saw, by run; the oldest first."""
    query = select(SampleSheet).where(
        SampleSheet.first_scan_id > after, SampleSheet.first_scan_id <= up_to
    )
    order = (SampleSheet.sequencing_run_id, SampleSheet.version)
    return tuple(session.scalars(query.order_by(*order)))


def messages_between(session: Session, after: int, up_to: int) -> tuple[Message, ...]:
    """List the messages that scans after one opened or closed; not those that did both."""
    opened = (Message.opened_scan_id > after) & (Message.opened_scan_id <= up_to)
    closed = (Message.closed_scan_id > after) & (Message.closed_scan_id <= up_to)
    still_open = Message.closed_scan_id.is_(None) | (Message.closed_scan_id > up_to)
    before = Message.opened_scan_id <= after
    query = select(Message).where((opened & still_open) | (closed & before))
    return tuple(session.scalars(query.order_by(Message.sequencing_run_id, Message.id)))


def said_between(
    session: Session, after: dt.datetime | None, up_to: dt.datetime
) -> tuple[Annotation, ...]:
    """List what people said of sequencing runs after a moment, up to and with another."""
    query = select(Annotation).where(
        Annotation.sequencing_run_id.is_not(None), Annotation.at <= up_to
    )
    if after is not None:
        query = query.where(Annotation.at > after)
    return tuple(session.scalars(query.order_by(Annotation.sequencing_run_id, Annotation.id)))
