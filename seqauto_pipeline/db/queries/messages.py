"""Messages: what is wrong, and what of it still asks for somebody."""

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session

from seqauto_pipeline.core.verdict.run_end import RUN_END_CODES
from seqauto_pipeline.db.models import (
    ExpectedFile,
    Message,
    Scan,
    SequencingRun,
)
from seqauto_pipeline.db.queries.selection import Selection, run_conditions


@dataclass(frozen=True, slots=True)
class MessageCount:
    """Open messages of one run and severity that nobody has acknowledged."""

    sequencing_run_id: int
    severity: str
    messages: int


@dataclass(frozen=True, slots=True)
class MessageFilter:
    chosen: Selection = field(default_factory=Selection)
    severity: str | None = None
    codes: tuple[str, ...] = ()
    with_closed: bool = False  # and acknowledged ones
    as_of: int | None = None  # a scan: those open when it had ended


def is_open(message: Message, now: dt.datetime) -> bool:
    """Whether a message still asks for somebody: found by the last scan, and not acknowledged."""
    return message.closed_scan_id is None and not is_acknowledged(message, now)


def is_acknowledged(message: Message, now: dt.datetime) -> bool:
    """Whether somebody has seen a message, and this still holds."""
    until = message.acknowledged_until
    return message.acknowledged_at is not None and (until is None or until > now)


def is_acknowledged_at(now: dt.datetime) -> ColumnElement[bool]:
    """The condition that somebody has seen a message, and that this still holds."""
    return Message.acknowledged_at.is_not(None) & (
        Message.acknowledged_until.is_(None) | (Message.acknowledged_until > now)
    )


def is_open_at(now: dt.datetime) -> ColumnElement[bool]:
    return Message.closed_scan_id.is_(None) & ~is_acknowledged_at(now)


def was_open_at_scan(scan_id: int) -> ColumnElement[bool]:
    """The condition that a message was open when a scan had ended, and not acknowledged by then."""
    began = select(Scan.started_at).where(Scan.id == scan_id).scalar_subquery()
    return (
        (Message.opened_scan_id <= scan_id)
        & (Message.closed_scan_id.is_(None) | (Message.closed_scan_id > scan_id))
        & (Message.acknowledged_at.is_(None) | (Message.acknowledged_at > began))
    )


def count_messages(
    session: Session, ids: Collection[int], now: dt.datetime, as_of: int | None = None
) -> tuple[MessageCount, ...]:
    """Count what is open by run and severity; with ``as_of`` what was when a scan had ended."""
    condition = is_open_at(now) if as_of is None else was_open_at_scan(as_of)
    columns = (Message.sequencing_run_id, Message.severity)
    query = (
        select(*columns, func.count())
        .where(Message.sequencing_run_id.in_(ids), condition)
        .group_by(*columns)
    )
    return tuple(
        MessageCount(run_id or 0, severity, number)
        for run_id, severity, number in session.execute(query)
    )


_BY_SEVERITY = {"error": 0, "warning": 1, "info": 2}


def messages(
    session: Session, wanted: MessageFilter, now: dt.datetime
) -> tuple[tuple[Message, SequencingRun | None], ...]:
    """List messages with their runs, errors first, then the newest.

    Of those that one scan opened, the end of a run that failed explains others and comes first.
    """
    query = select(Message, SequencingRun).outerjoin(
        SequencingRun, SequencingRun.id == Message.sequencing_run_id
    )
    if wanted.as_of is not None:
        query = query.where(was_open_at_scan(wanted.as_of))
    elif not wanted.with_closed:
        query = query.where(is_open_at(now))
    query = query.where(*_conditions(wanted))
    rows = session.execute(query.order_by(Message.opened_at.desc(), Message.id.desc()))
    found = [(message, run) for message, run in rows]
    return tuple(sorted(found, key=_rank))


def _rank(row: tuple[Message, SequencingRun | None]) -> tuple[int, float, bool]:
    message, _ = row
    severity = _BY_SEVERITY.get(message.severity, len(_BY_SEVERITY))
    return severity, -message.opened_at.timestamp(), message.code not in RUN_END_CODES


def acknowledged_messages(session: Session, wanted: MessageFilter) -> tuple[Message, ...]:
    """List the messages that a scan still finds and somebody has acknowledged, oldest first."""
    query = (
        select(Message)
        .outerjoin(SequencingRun, SequencingRun.id == Message.sequencing_run_id)
        .where(Message.closed_scan_id.is_(None), Message.acknowledged_at.is_not(None))
        .where(*_conditions(wanted))
    )
    return tuple(session.scalars(query.order_by(Message.id)))


def _conditions(wanted: MessageFilter) -> Iterator[ColumnElement[bool]]:
    chosen, of_runs = wanted.chosen, wanted.chosen.of_runs
    if of_runs != Selection():
        runs = select(SequencingRun.id).where(*run_conditions(of_runs))
        yield Message.sequencing_run_id.in_(runs)
    if chosen.types:
        yield or_(*map(_is_about, chosen.types))
    if chosen.since is not None:
        yield (Message.opened_scan_id > chosen.since) | (Message.closed_scan_id > chosen.since)
    if wanted.severity is not None:
        yield Message.severity == wanted.severity
    if wanted.codes:
        yield Message.code.in_(wanted.codes)


def _is_about(file_type: str) -> ColumnElement[bool]:
    """The condition that a message is about files of a type, or about one of them."""
    is_of_one = exists().where(
        ExpectedFile.sequencing_run_id == Message.sequencing_run_id,
        ExpectedFile.path == Message.path,
        ExpectedFile.file_type == file_type,
    )
    # The key of a message about several files of a type begins with its code and the type.
    named = f"{file_type}:"
    after_code = func.substr(Message.key, func.length(Message.code) + 2, len(named))
    return (after_code == named) | is_of_one


def open_by_code(
    session: Session, codes: Collection[str], now: dt.datetime
) -> dict[str, list[tuple[Message, SequencingRun | None]]]:
    """Read the messages of some codes that still ask for somebody, the newest last."""
    query = (
        select(Message, SequencingRun)
        .outerjoin(SequencingRun, SequencingRun.id == Message.sequencing_run_id)
        .where(Message.code.in_(codes), is_open_at(now))
        .order_by(Message.id)
    )
    found: dict[str, list[tuple[Message, SequencingRun | None]]] = {}
    for message, run in session.execute(query):
        found.setdefault(message.code, []).append((message, run))
    return found


def messages_of(session: Session, ids: Collection[int]) -> tuple[Message, ...]:
    """Read all messages of some sequencing runs, open and closed, in the order they were opened."""
    query = select(Message).where(Message.sequencing_run_id.in_(ids))
    return tuple(session.scalars(query.order_by(Message.sequencing_run_id, Message.id)))


def messages_of_no_run(session: Session, now: dt.datetime) -> tuple[Message, ...]:
    """Read what is open about roots and whole scans, the newest first."""
    query = select(Message).where(Message.sequencing_run_id.is_(None), is_open_at(now))
    return tuple(session.scalars(query.order_by(Message.id.desc())))


def message_codes(session: Session) -> tuple[str, ...]:
    return tuple(sorted(session.scalars(select(Message.code).distinct())))


def message_by_id(session: Session, message_id: int) -> Message | None:
    return session.get(Message, message_id)
