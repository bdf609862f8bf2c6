"""Things that a person has to see to, and the messages that say so."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Connection, func, insert, select, update

from seqauto_pipeline.core.problems import Problem
from seqauto_pipeline.core.verdict.messages import OpenMessage, reconcile_messages
from seqauto_pipeline.db.models import Message, OutboxThing, Scan
from seqauto_pipeline.db.models.outbox import state_of_thing
from seqauto_pipeline.db.outbox.sending import stored_thing, things_query
from seqauto_pipeline.db.outbox.values import StoredThing
from seqauto_pipeline.db.store.rows import message_row, open_message, open_messages_query

_TROUBLE = ("blocked", "parked", "differs")


def things_in_trouble(connection: Connection) -> tuple[StoredThing, ...]:
    """Give what is blocked, parked, or otherwise than the receiver holds it."""
    query = things_query().where(state_of_thing().in_(_TROUBLE)).order_by(OutboxThing.id)
    return tuple(stored_thing(row) for row in connection.execute(query))


def runs_that_need(
    connection: Connection, keys: Collection[tuple[str, str]]
) -> dict[tuple[str, str], list[int]]:
    """Give the runs that wait for some shared things."""
    query = select(OutboxThing.sequencing_run_id, OutboxThing.needs).where(
        OutboxThing.kind.in_(("sequencing_run", "sample_sheet")),
        OutboxThing.sequencing_run_id.is_not(None),
        OutboxThing.sent_hash.is_(None),
        OutboxThing.wanted_hash.is_not(None),
    )
    found: dict[tuple[str, str], list[int]] = {}
    for run_id, needs in connection.execute(query):
        for kind, key in needs or ():
            if (kind, key) in keys and run_id not in found.get((kind, key), ()):
                found.setdefault((kind, key), []).append(run_id)
    return found


def store_trouble_messages(
    connection: Connection,
    found: Mapping[int, Mapping[str, Problem]],
    codes: Collection[str],
    at: dt.datetime,
) -> None:
    """Open, reword and close the messages of some codes, so that they say what is found now."""
    scan = connection.scalar(select(func.max(Scan.id)))
    if scan is None:
        return
    stored: dict[int, list[OpenMessage]] = {}
    for row in connection.execute(open_messages_query().where(Message.code.in_(codes))):
        if row.sequencing_run_id is not None:
            stored.setdefault(row.sequencing_run_id, []).append(open_message(row))
    for run_id in sorted(found.keys() | stored.keys()):
        _store(connection, run_id, found.get(run_id, {}), stored.get(run_id, ()), scan, at)


def _store(
    connection: Connection,
    run_id: int,
    found: Mapping[str, Problem],
    stored: Sequence[OpenMessage],
    scan: int,
    at: dt.datetime,
) -> None:
    changes = reconcile_messages(found, stored)
    for key, problem in changes.opened:
        row = {**message_row(problem), "sequencing_run_id": run_id, "key": key}
        connection.execute(insert(Message).values(**row, opened_scan_id=scan, opened_at=at))
    for number, problem in changes.reworded:
        connection.execute(update(Message).where(Message.id == number).values(message_row(problem)))
    if changes.closed:
        query = update(Message).where(Message.id.in_(changes.closed))
        connection.execute(query.values(closed_scan_id=scan, closed_at=at))
