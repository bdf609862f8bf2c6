"""Store what receivers should hold now, beside how far each thing has come."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, Table, bindparam, delete, insert, select, update

from seqauto_pipeline.db.base import Base
from seqauto_pipeline.db.models import OutboxRun, OutboxThing, SequencingRun
from seqauto_pipeline.db.models.outbox import is_for
from seqauto_pipeline.db.outbox.values import WantedThing
from seqauto_pipeline.db.store.bulk import driver_value, insert_values

_THINGS: Table = Base.metadata.tables[OutboxThing.__tablename__]
_RUNS: Table = Base.metadata.tables[OutboxRun.__tablename__]
_NEW_COLUMNS = (
    *("receiver", "kind", "key", "sequencing_run_id", "attempts", "wanted_since", "wanted_hash"),
    *("needs", "blocked_code", "blocked_reason"),
)
_NOT_BLOCKED = (None, None)
_NOTHING = {"wanted_hash": None, "blocked_code": None, "blocked_reason": None}


def store_wanted(
    connection: Connection,
    receiver: str,
    things: Mapping[int, Sequence[WantedThing]],
    now: dt.datetime,
) -> None:
    """Store what a receiver should hold of some runs, by their ids; of other runs nothing changes.

    A run that took the name of another, having moved, takes over what was delivered of it.
    """
    known = _Known.of(connection, receiver, things)
    since = driver_value(connection, _THINGS.c.wanted_since, now)
    new: list[tuple[Any, ...]] = []
    changed: list[dict[str, Any]] = []
    for run_id, of_run in things.items():
        wanted_here = set()
        for thing in of_run:
            key = (thing.kind, thing.key)
            if key not in known.rows:
                known.rows[key] = None
                new.append(_new_row(receiver, run_id, thing, since))
                continue
            row = known.rows[key]
            if thing.is_only_of_new and row is not None and row.sent_hash is not None:
                continue
            wanted_here.add(key)
            owner = None if thing.is_shared else run_id
            if row is not None and _differs(row, owner, thing):
                changed.append(_changed_row(row.id, owner, thing))
        changed += [
            _no_longer_wanted(row)
            for key, row in known.of_run.get(run_id, {}).items()
            if key not in wanted_here and (row.wanted_hash or row.blocked_code)
        ]
    if new:
        insert_values(connection, _THINGS, _NEW_COLUMNS, new)
    _update(connection, changed, now)


@dataclass(slots=True)
class _Known:
    """The rows that there are of some runs, and of things that runs share."""

    rows: dict[tuple[str, str], Row[Any] | None]  # None: inserted by this call
    of_run: dict[int, dict[tuple[str, str], Row[Any]]]

    @classmethod
    def of(
        cls, connection: Connection, receiver: str, things: Mapping[int, Sequence[WantedThing]]
    ) -> "_Known":
        shared = {
            (each.kind, each.key) for of_run in things.values() for each in of_run if each.is_shared
        }
        columns = [
            _THINGS.c[name]
            for name in ("id", "kind", "key", "sequencing_run_id", "wanted_hash", "needs")
        ]
        columns += [_THINGS.c[name] for name in ("blocked_code", "blocked_reason", "sent_hash")]
        query = select(*columns)
        of_runs = query.where(
            is_for(receiver),
            _THINGS.c.sequencing_run_id.in_(_namesakes(connection, things)),
        )
        of_all = query.where(
            _THINGS.c.receiver == receiver,
            _THINGS.c.sequencing_run_id.is_(None),
            _THINGS.c.kind.in_({kind for kind, _ in shared}),  # else no index finds them
            _THINGS.c.key.in_({key for _, key in shared}),
        )
        known = cls({}, {})
        for row in (*connection.execute(of_runs), *connection.execute(of_all)):
            known.rows[row.kind, row.key] = row
            if row.sequencing_run_id is not None:
                known.of_run.setdefault(row.sequencing_run_id, {})[row.kind, row.key] = row
        return known


def _namesakes(connection: Connection, run_ids: Collection[int]) -> list[int]:
    """Give the runs and all that have a name in common with one of them."""
    runs = SequencingRun.__table__
    names = select(runs.c.name).where(runs.c.id.in_(run_ids))
    return list(connection.scalars(select(runs.c.id).where(runs.c.name.in_(names))))


def _new_row(receiver: str, run_id: int, thing: WantedThing, since: object) -> tuple[Any, ...]:
    """Give the values of `_NEW_COLUMNS`, as drivers take them: nothing else is as many."""
    code, reason = thing.blocked or _NOT_BLOCKED
    needs = msgspec.json.encode(thing.needs).decode() if thing.needs else None
    owner = None if thing.is_shared else run_id
    return (receiver, thing.kind, thing.key, owner, 0, since, thing.hash, needs, code, reason)


def _changed_row(number: int, run_id: int | None, thing: WantedThing) -> dict[str, Any]:
    code, reason = thing.blocked or _NOT_BLOCKED
    return {
        "b_id": number,
        "sequencing_run_id": run_id,
        "wanted_hash": thing.hash,
        "needs": [list(each) for each in thing.needs] or None,
        "blocked_code": code,
        "blocked_reason": reason,
    }


def _no_longer_wanted(row: Row[Any]) -> dict[str, Any]:
    common = {"b_id": row.id, "sequencing_run_id": row.sequencing_run_id, "needs": row.needs}
    return {**common, **_NOTHING}


def _differs(row: Row[Any], run_id: int | None, thing: WantedThing) -> bool:
    """Tell whether a row says something else; what runs share stays as the first of them has it."""
    if thing.is_shared:
        return row.wanted_hash is None
    stored = (
        row.sequencing_run_id,
        row.wanted_hash,
        tuple(tuple(each) for each in row.needs or ()),
        row.blocked_code,
        row.blocked_reason,
    )
    code, reason = thing.blocked or _NOT_BLOCKED
    return stored != (run_id, thing.hash, thing.needs, code, reason)


def _update(connection: Connection, rows: Sequence[dict[str, Any]], now: dt.datetime) -> None:
    """Change rows; what is wanted anew need not wait for the next try of what was before."""
    if not rows:
        return
    names = rows[0].keys() - {"b_id"}
    query = update(_THINGS).where(_THINGS.c.id == bindparam("b_id"))
    values: dict[str, Any] = {name: bindparam(name) for name in names}
    connection.execute(query.values(values).values(next_try_at=None, wanted_since=now), list(rows))


def forget_unneeded(connection: Connection) -> None:
    """Want no longer what runs shared, where it was never sent and no run needs it by now."""
    columns = (_THINGS.c.id, _THINGS.c.receiver, _THINGS.c.kind, _THINGS.c.key)
    shared = select(*columns).where(
        _THINGS.c.sequencing_run_id.is_(None),
        _THINGS.c.sent_hash.is_(None),
        _THINGS.c.wanted_hash.is_not(None),
    )
    open_things = connection.execute(shared).all()
    if not open_things:
        return
    needing = select(_THINGS.c.receiver, _THINGS.c.needs).where(
        _THINGS.c.kind.in_(("sequencing_run", "sample_sheet")), _THINGS.c.wanted_hash.is_not(None)
    )
    needed = {
        (receiver, kind, key)
        for receiver, needs in connection.execute(needing)
        for kind, key in needs or ()
    }
    ids = [row.id for row in open_things if (row.receiver, row.kind, row.key) not in needed]
    if ids:
        connection.execute(update(_THINGS).where(_THINGS.c.id.in_(ids)).values(_NOTHING))


@dataclass(frozen=True, slots=True)
class RunBasis:
    """What the things of a run depend on, beside the settings: enough to see that it changed."""

    id: int
    written: int | None  # the last scan that wrote anything of it
    flags: tuple[bool, ...]
    is_in_two_places: bool
    kit: str | None
    date: Any


def run_bases(
    connection: Connection, twice: Collection[str], run_ids: Collection[int] | None = None
) -> list[RunBasis]:
    """Give what the things of runs depend on. ``run_ids`` None: of all."""
    runs = SequencingRun.__table__
    names = ("id", "written_scan_id", "bad", "hidden", "gold_standard", "name")
    query = select(*(runs.c[name] for name in (*names, "enrichment_kit", "date")))
    if run_ids is not None:
        query = query.where(runs.c.id.in_(run_ids))
    return [
        RunBasis(row[0], row[1], tuple(row[2:5]), row[5] in twice, row[6], row[7])
        for row in connection.execute(query)
    ]


def stored_stamps(connection: Connection) -> dict[int, str]:
    rows = connection.execute(select(_RUNS.c.sequencing_run_id, _RUNS.c.stamp))
    return {row[0]: row[1] for row in rows}


def store_stamps(connection: Connection, stamps: Iterable[tuple[int, str]]) -> None:
    rows = [{"sequencing_run_id": run_id, "stamp": stamp} for run_id, stamp in stamps]
    if rows:
        ids = [row["sequencing_run_id"] for row in rows]
        connection.execute(delete(_RUNS).where(_RUNS.c.sequencing_run_id.in_(ids)))
        connection.execute(insert(_RUNS), rows)
