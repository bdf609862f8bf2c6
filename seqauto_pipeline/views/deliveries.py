"""Deliveries as people ask for them: counts, lists, and what of one run is where."""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from seqauto_pipeline.db.outbox.queries import (
    ThingsWanted,
    count_things,
    list_things,
    things_of_run,
)
from seqauto_pipeline.db.outbox.values import StoredThing
from seqauto_pipeline.delivery.configured import receiver_names, rules_for, takes_uploads
from seqauto_pipeline.delivery.telling import things_of
from seqauto_pipeline.delivery.things import ORDER, UPLOADS, Thing, ThingKey
from seqauto_pipeline.views.finding import one_run
from seqauto_pipeline.views.open_models import OpenModels
from seqauto_pipeline.views.values import Json

COUNT_COLUMNS = ("receiver", "kind", "state", "count")
THING_COLUMNS = (
    *("receiver", "state", "kind", "key", "sequencing_run", "reason", "attempts", "next_try"),
    *("tried", "delivered", "status"),
)
NOT_THERE_YET = "not_there_yet"  # of things that are not on the disk


@dataclass(frozen=True, slots=True)
class ThingLine:
    """One thing as it is listed."""

    receiver: str
    state: str
    kind: str
    key: str
    run: str | None  # None: several runs share it
    reason: str  # why it is where it is
    stored: StoredThing | None = None

    def as_json(self) -> Mapping[str, Json]:
        stored = self.stored
        return {
            "receiver": self.receiver,
            "state": self.state,
            "kind": self.kind,
            "key": self.key,
            "sequencing_run": self.run,
            "reason": self.reason or None,
            "attempts": 0 if stored is None else stored.attempts,
            "next_try": _iso(None if stored is None else stored.next_try_at),
            "tried": _iso(None if stored is None else stored.tried_at),
            "delivered": _iso(None if stored is None else stored.delivered_at),
            "status": None if stored is None else stored.answer_status,
        }


def _iso(moment: dt.datetime | None) -> str | None:
    return None if moment is None else moment.isoformat(timespec="seconds")


def counted_things(models: OpenModels) -> tuple[tuple[str, str, str, int], ...]:
    """Count things by receiver, kind and state, in the order of delivery."""
    counts = count_things(models.session)

    def _order(item: tuple[str, str, str]) -> tuple[str, int, str]:
        return item[0], ORDER.get(item[1], len(ORDER)), item[2]

    return tuple((*key, counts[key]) for key in sorted(counts, key=_order))


def listed_things(models: OpenModels, wanted: ThingsWanted) -> Iterator[ThingLine]:
    for thing, run in list_things(models.session, wanted):
        yield _line(thing, run)


def explained_run(models: OpenModels, name: str) -> tuple[ThingLine, ...]:
    """Say of everything that could be told of a run where it is, in the order of delivery."""
    run, stored = things_of_run(models.session, one_run(models, name).id)
    found = things_of(run, rules_for(models.settings))
    lines = []
    for receiver in receiver_names(models.settings):
        known = dict(stored.get(receiver, {}))
        for thing in found:
            if thing.kind in UPLOADS and not takes_uploads(receiver):
                continue
            lines.append(_explained(receiver, run.name, thing, known.pop(thing.id, None), stored))
        lines += [_line(each, run.name) for each in known.values() if each.sequencing_run_id]
    return tuple(lines)


def _explained(
    receiver: str,
    run: str,
    thing: Thing,
    stored: StoredThing | None,
    known: Mapping[str, Mapping[ThingKey, StoredThing]],
) -> ThingLine:
    if stored is not None and stored.state not in ("superseded", "waiting"):
        return _line(stored, run)
    if stored is not None and stored.state == "waiting":
        others = known.get(receiver, {})
        first = next((need for need in thing.needs if _is_open(others.get(need))), None)
        reason = f"waits for {first[0]} {first[1]}" if first else ""
        return ThingLine(receiver, "waiting", thing.kind.value, thing.key, run, reason, stored)
    if thing.blocked is not None:
        reason = thing.blocked.reason
        return ThingLine(receiver, "blocked", thing.kind.value, thing.key, run, reason)
    reason = f"waits on the disk for {thing.lacks}" if thing.lacks else "the next scan notes it"
    return ThingLine(receiver, NOT_THERE_YET, thing.kind.value, thing.key, run, reason)


def _is_open(thing: StoredThing | None) -> bool:
    return thing is None or thing.sent_hash is None or thing.state not in ("delivered", "differs")


def _line(thing: StoredThing, run: str | None) -> ThingLine:
    reason = thing.blocked_reason if thing.state == "blocked" else thing.answer
    shown_reason = "" if thing.state in ("delivered", "superseded") else reason or ""
    return ThingLine(thing.receiver, thing.state, thing.kind, thing.key, run, shown_reason, thing)
