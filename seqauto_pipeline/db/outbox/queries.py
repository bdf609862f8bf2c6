"""What people ask of the outbox."""

import datetime as dt
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter

from sqlalchemy import Connection, func, select
from sqlalchemy.orm import Session

from seqauto_pipeline.db.models import OutboxReceiver, OutboxThing, SequencingRun
from seqauto_pipeline.db.models.outbox import state_of_thing
from seqauto_pipeline.db.outbox.load import load_runs
from seqauto_pipeline.db.outbox.sending import stored_thing, things_query
from seqauto_pipeline.db.outbox.values import RunToTell, StoredThing
from seqauto_pipeline.db.queries.selection import Selection, run_conditions

STATES = (
    *("waiting", "due", "in_flight", "importing", "delivered"),
    *("blocked", "parked", "differs", "superseded"),
)
_TO_COME = ("due", "in_flight", "importing")
_KEYS_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class ThingsWanted:
    """What a list of things is narrowed to. Nothing given: all."""

    states: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    receiver: str | None = None
    runs: Selection = field(default_factory=Selection)  # of all runs: what they share, too


@dataclass(frozen=True, slots=True)
class ReceiverFacts:
    """How far the deliveries to one receiver have come."""

    name: str
    by_state: Counter[str]
    oldest_due: dt.datetime | None  # since when the oldest thing that can be sent is wanted
    asked_at: dt.datetime | None = None
    answered_at: dt.datetime | None = None
    trouble: str | None = None


def list_things(session: Session, wanted: ThingsWanted) -> Iterator[tuple[StoredThing, str | None]]:
    """Give things, each with the name of its run, in the order of runs and of dependence."""
    query = (
        things_query()
        .add_columns(SequencingRun.name.label("run_name"))
        .outerjoin(SequencingRun, SequencingRun.id == OutboxThing.sequencing_run_id)
        .order_by(OutboxThing.receiver, SequencingRun.date, SequencingRun.id, OutboxThing.id)
    )
    if wanted.kinds:
        query = query.where(OutboxThing.kind.in_(wanted.kinds))
    if wanted.receiver is not None:
        query = query.where(OutboxThing.receiver == wanted.receiver)
    query = query.where(*run_conditions(wanted.runs))
    if wanted.states:
        states = {"due" if state == "waiting" else state for state in wanted.states}
        query = query.where(state_of_thing().in_(states))
    rows = session.execute(query).all()
    things = [stored_thing(row) for row in rows]
    told = with_waiting(session.connection(), things)
    for row, thing in zip(rows, told, strict=True):
        if not wanted.states or thing.state in wanted.states:
            yield thing, row.run_name


def with_waiting(connection: Connection, things: Iterable[StoredThing]) -> list[StoredThing]:
    """Call what is due and needs something that is not delivered yet waiting."""
    found = list(things)
    needed = {
        (each.receiver, *need) for each in found if each.state == "due" for need in each.needs
    }
    missing = needed - _delivered(connection, needed)
    return [
        each._replace(state="waiting")
        if each.state == "due" and any((each.receiver, *need) in missing for need in each.needs)
        else each
        for each in found
    ]


def _delivered(
    connection: Connection, keys: Collection[tuple[str, str, str]]
) -> set[tuple[str, str, str]]:
    """Find out which things can be built on: a sheet only where it is the one over there."""
    columns = (OutboxThing.receiver, OutboxThing.kind, OutboxThing.key)
    is_there = OutboxThing.sent_hash.is_not(None) & (
        (OutboxThing.kind != "sample_sheet") | (OutboxThing.sent_hash == OutboxThing.wanted_hash)
    )
    found = set()
    for (receiver, kind), group in groupby(sorted(keys), key=itemgetter(0, 1)):
        of_kind = select(*columns).where(
            is_there, OutboxThing.receiver == receiver, OutboxThing.kind == kind
        )
        for some in _cut([key for _, _, key in group]):
            rows = connection.execute(of_kind.where(OutboxThing.key.in_(some)))
            found |= {(row[0], row[1], row[2]) for row in rows}
    return found


def _cut(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(keys), _KEYS_AT_ONCE):
        yield keys[start : start + _KEYS_AT_ONCE]


def count_things(session: Session) -> Counter[tuple[str, str, str]]:
    """Count things by receiver, kind and state."""
    state = state_of_thing()
    query = select(OutboxThing.receiver, OutboxThing.kind, state, func.count())
    grouped = query.group_by(OutboxThing.receiver, OutboxThing.kind, state)
    counts = Counter({(row[0], row[1], row[2]): row[3] for row in session.execute(grouped)})
    for each in _due(session):
        if each.state == "waiting":
            counts[each.receiver, each.kind, "due"] -= 1
            counts[each.receiver, each.kind, "waiting"] += 1
    return +counts


def _due(session: Session) -> list[StoredThing]:
    """Give what is to come; what waits for something else is called so."""
    query = things_query().where(state_of_thing().in_(_TO_COME))
    return with_waiting(session.connection(), map(stored_thing, session.execute(query)))


def receiver_facts(session: Session) -> tuple[ReceiverFacts, ...]:
    """Give how far deliveries have come, by receiver."""
    by_receiver: dict[str, Counter[str]] = {}
    for (name, _, state), count in count_things(session).items():
        by_receiver.setdefault(name, Counter())[state] += count
    oldest: dict[str, dt.datetime] = {}
    for each in _due(session):
        can_be_sent = each.state not in ("waiting", "importing")
        if can_be_sent and each.wanted_since is not None:
            earlier = oldest.get(each.receiver, each.wanted_since)
            oldest[each.receiver] = min(earlier, each.wanted_since)
    stored = {each.name: each for each in session.scalars(select(OutboxReceiver))}
    return tuple(
        ReceiverFacts(
            name,
            by_receiver.get(name, Counter()),
            oldest.get(name),
            *((row.asked_at, row.answered_at, row.trouble) if row is not None else ()),
        )
        for name in sorted(by_receiver.keys() | stored.keys())
        for row in (stored.get(name),)
    )


def things_of_run(
    session: Session, run_id: int
) -> tuple[RunToTell, dict[str, dict[tuple[str, str], StoredThing]]]:
    """Give a run as it may be told, and what is stored of it and what it shares, by receiver."""
    connection = session.connection()
    run = load_runs(connection, [run_id])[run_id]
    own = things_query().where(OutboxThing.sequencing_run_id == run_id)
    things = [stored_thing(row) for row in session.execute(own)]
    keys = {key for each in things for _, key in each.needs}
    shared = things_query().where(
        OutboxThing.sequencing_run_id.is_(None), OutboxThing.key.in_(keys)
    )
    things += [stored_thing(row) for row in session.execute(shared)]
    found: dict[str, dict[tuple[str, str], StoredThing]] = {}
    for each in with_waiting(connection, things):
        found.setdefault(each.receiver, {})[each.kind, each.key] = each
    return run, found


def has_work(session: Session, receivers: Collection[str], now: dt.datetime) -> bool:
    """Tell whether something can be sent now, or its request was lost."""
    is_time = OutboxThing.next_try_at.is_(None) | (OutboxThing.next_try_at <= now)
    query = things_query().where(
        OutboxThing.receiver.in_(receivers), state_of_thing().in_(_TO_COME), is_time
    )
    things = map(stored_thing, session.execute(query))
    return any(each.state != "waiting" for each in with_waiting(session.connection(), things))
