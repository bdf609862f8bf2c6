"""What a sender reads of the outbox, and what it keeps there of each try."""

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import (
    Connection,
    Engine,
    Row,
    Select,
    String,
    Table,
    bindparam,
    case,
    cast,
    func,
    insert,
    or_,
    select,
    update,
)

from seqauto_pipeline.db.base import Base
from seqauto_pipeline.db.models import OutboxReceiver, OutboxThing, Scan, SequencingRun
from seqauto_pipeline.db.models.outbox import is_for, state_of_thing
from seqauto_pipeline.db.outbox.load import load_runs
from seqauto_pipeline.db.outbox.values import RunToTell, StoredThing
from seqauto_pipeline.db.session import read_connection, write_connection

_THINGS: Table = Base.metadata.tables[OutboxThing.__tablename__]
_RECEIVERS: Table = Base.metadata.tables[OutboxReceiver.__tablename__]
_FIELDS = StoredThing._fields  # the state, which no column has, last
_NEEDS = _FIELDS.index("needs")
# As text: the column's own decoder takes several times as long.
_NEEDS_TEXT = cast(_THINGS.c.needs, String).label("needs")
_needs = msgspec.json.Decoder(tuple[tuple[str, str], ...]).decode
# Built once: building one takes longer than running it.
_QUERY: Select[Any] = select(
    *(_NEEDS_TEXT if name == "needs" else _THINGS.c[name] for name in _FIELDS[:-1]),
    state_of_thing().label(_FIELDS[-1]),
)
_OF_RECEIVER = _QUERY.where(_THINGS.c.receiver == bindparam("receiver"))
_OF_RUNS = _QUERY.where(
    is_for(bindparam("receiver")),
    _THINGS.c.sequencing_run_id.in_(bindparam("run_ids", expanding=True)),
)
_SHARED = _OF_RECEIVER.where(
    _THINGS.c.sequencing_run_id.is_(None),
    _THINGS.c.kind.in_(bindparam("kinds", expanding=True)),  # else no index finds them
    _THINGS.c.key.in_(bindparam("keys", expanding=True)),
)
_OPEN = ("due", "importing")
_NEVER_TRIED = {"outcome": None, "tried_hash": None, "attempts": 0, "next_try_at": None}

ThingKey = tuple[str, str]  # kind and key
Change = Mapping[str, Any]  # columns of one thing, `id` among them


class SentThings:
    """The things of one receiver, as its sender reads and keeps them."""

    def __init__(self, engine: Engine, receiver: str) -> None:
        self._engine, self._receiver = engine, receiver

    def runs_with_work(self, now: dt.datetime) -> tuple[int, ...]:
        """Give the runs of which something is due now, oldest first."""
        runs = SequencingRun.__table__
        query = (
            select(runs.c.id)
            .join(_THINGS, _THINGS.c.sequencing_run_id == runs.c.id)
            .where(
                _THINGS.c.receiver == self._receiver,
                state_of_thing().in_((*_OPEN, "parked")),  # what it waits for may have changed
                or_(_THINGS.c.next_try_at.is_(None), _THINGS.c.next_try_at <= now),
            )
            .group_by(runs.c.id, runs.c.date)
            .order_by(runs.c.date, runs.c.id)
        )
        with read_connection(self._engine) as connection:
            return tuple(connection.scalars(query))

    def load(self, run_id: int) -> tuple[RunToTell | None, dict[ThingKey, StoredThing]]:
        """Give a run, and its things with those that it shares, as they are at one moment."""
        return self.load_many((run_id,))[run_id]

    def load_many(
        self, run_ids: Collection[int]
    ) -> dict[int, tuple[RunToTell | None, dict[ThingKey, StoredThing]]]:
        """Give the same of some runs, all as they are at one moment."""
        with read_connection(self._engine) as connection:
            runs = load_runs(connection, run_ids)
            own = self._own(connection, run_ids)
            found = {key for things in own.values() for key in things}
            needed = {need for things in own.values() for need in _needs_of(things)}
            shared = self._shared(connection, needed - found)
        return {
            run_id: (
                runs.get(run_id),
                things | {need: shared[need] for need in _needs_of(things) if need in shared},
            )
            for run_id, things in own.items()
        }

    def _own(
        self, connection: Connection, run_ids: Collection[int]
    ) -> dict[int, dict[ThingKey, StoredThing]]:
        own: dict[int, dict[ThingKey, StoredThing]] = {run_id: {} for run_id in run_ids}
        wanted = {"receiver": self._receiver, "run_ids": list(run_ids)}
        for each in map(stored_thing, connection.execute(_OF_RUNS, wanted).all()):
            if each.sequencing_run_id is not None:
                own[each.sequencing_run_id][each.kind, each.key] = each
        return own

    def _shared(
        self, connection: Connection, needed: Collection[ThingKey]
    ) -> dict[ThingKey, StoredThing]:
        wanted = {
            "receiver": self._receiver,
            "kinds": sorted({kind for kind, _ in needed}),
            "keys": sorted({key for _, key in needed}),
        }
        things = map(stored_thing, connection.execute(_SHARED, wanted).all())
        return {(each.kind, each.key): each for each in things}

    def in_flight(self) -> tuple[StoredThing, ...]:
        """Give what was under way when its sender was lost: nobody knows whether it arrived."""
        query = _OF_RECEIVER.where(_THINGS.c.outcome == "in_flight")
        with read_connection(self._engine) as connection:
            return tuple(map(stored_thing, connection.execute(query, {"receiver": self._receiver})))

    def keep(self, changes: Sequence[Change]) -> None:
        """Store what came of some things, all together."""
        with write_connection(self._engine) as connection:
            for change in changes:
                values = {name: value for name, value in change.items() if name != "id"}
                connection.execute(
                    update(_THINGS).where(_THINGS.c.id == change["id"]).values(values)
                )

    def begin(self, hashes: Mapping[int, str], now: dt.datetime) -> None:
        """Store, before a request is made, that these things are under way."""
        query = update(_THINGS).where(_THINGS.c.id == bindparam("b_id"))
        query = query.values(
            outcome="in_flight",
            attempts=case(
                (_THINGS.c.tried_hash == bindparam("b_hash"), _THINGS.c.attempts + 1), else_=1
            ),
            tried_hash=bindparam("b_hash"),
            tried_at=now,
        )
        rows = [{"b_id": number, "b_hash": value} for number, value in hashes.items()]
        with write_connection(self._engine) as connection:
            connection.execute(query, rows)

    def forget_sheets_but(self, run_id: int, sheet: int) -> None:
        """Note that another sheet is current over there now: an earlier one has to be sent anew."""
        query = update(_THINGS).where(
            _THINGS.c.receiver == self._receiver,
            _THINGS.c.sequencing_run_id == run_id,
            _THINGS.c.kind == "sample_sheet",
            _THINGS.c.id != sheet,
        )
        with write_connection(self._engine) as connection:
            connection.execute(query.values(sent_hash=None, outcome=None, tried_hash=None))

    def move_homes(self, run_id: int, old: str, new: str) -> None:
        """Note that the files of a run hang on another version of its sheet over there."""
        query = update(_THINGS).where(
            _THINGS.c.receiver == self._receiver,
            _THINGS.c.sequencing_run_id == run_id,
            _THINGS.c.kind == "sequencing_files",
            _THINGS.c.home_hash == old,
        )
        with write_connection(self._engine) as connection:
            connection.execute(query.values(home_hash=new))

    def others_with_id(self, server_id: str, but: int) -> bool:
        """Tell whether another thing has an id of the receiver's."""
        query = select(func.count()).where(
            _THINGS.c.receiver == self._receiver,
            _THINGS.c.server_id == server_id,
            _THINGS.c.id != but,
        )
        with read_connection(self._engine) as connection:
            return connection.execute(query).scalar_one() > 0

    def retry(self, run_ids: Collection[int] | None) -> int:
        """Have what failed, waits or differs tried again; give the number. None: of all runs."""
        query = update(_THINGS).where(
            _THINGS.c.receiver == self._receiver,
            state_of_thing().in_((*_OPEN, "parked", "differs")),
            _THINGS.c.outcome.in_(("failed", "parked", "differs", "importing")),
        )
        if run_ids is not None:
            query = query.where(
                or_(
                    _THINGS.c.sequencing_run_id.in_(run_ids),
                    _THINGS.c.sequencing_run_id.is_(None),
                )
            )
        with write_connection(self._engine) as connection:
            return connection.execute(query.values(_NEVER_TRIED)).rowcount

    def told(self, **columns: object) -> None:
        """Store how the receiver did."""
        with write_connection(self._engine) as connection:
            where = _RECEIVERS.c.name == self._receiver
            if not connection.execute(update(_RECEIVERS).where(where).values(columns)).rowcount:
                connection.execute(insert(_RECEIVERS).values(name=self._receiver, **columns))

    def newest_scan(self) -> int | None:
        """Give the number of the newest scan that was applied."""
        query = select(func.max(Scan.id)).where(Scan.applied_at.is_not(None))
        with read_connection(self._engine) as connection:
            return connection.scalar(query)


def things_query() -> Select[Any]:
    return _QUERY


def stored_thing(row: Row[Any]) -> StoredThing:
    """Give a row of `things_query` as a value; columns that were added to it are left out."""
    text = row[_NEEDS]
    needs = () if text is None else _needs(text)
    return StoredThing._make((*row[:_NEEDS], needs, *row[_NEEDS + 1 : len(_FIELDS)]))


def _needs_of(things: Mapping[ThingKey, StoredThing]) -> set[ThingKey]:
    return {need for each in things.values() for need in each.needs}
