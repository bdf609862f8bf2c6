"""One request, from the mark before it to what is kept of its answer."""

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from seqauto_pipeline.db.outbox.sending import Change
from seqauto_pipeline.db.outbox.values import StoredThing
from seqauto_pipeline.delivery.deciding import Act, Decision
from seqauto_pipeline.delivery.report import DeliveryReport, DeliveryStoppedError
from seqauto_pipeline.delivery.rules import SendingLimits
from seqauto_pipeline.delivery.things import Body, Thing, ThingKey, hash_of
from seqauto_pipeline.delivery.transport import (
    Answer,
    NoAnswerError,
    Request,
    patiently,
    seconds_asked_for,
)
from seqauto_pipeline.delivery.variantgrid.answers import (
    Meaning,
    Verdict,
    advice_for,
    judge,
)
from seqauto_pipeline.delivery.variantgrid.requests import EXPECTED

_LONGEST_ASKED = 86_400.0  # seconds
_SICK_IN_A_ROW = 10  # different things: then the server is at fault, not one of them


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that is to be sent now."""

    thing: Thing
    stored: StoredThing
    body: Body  # as it is kept; a request may add to it
    home: str | None = None  # of the sheet under which it is sent
    hash: str = field(init=False)  # of what is wanted

    def __post_init__(self) -> None:
        object.__setattr__(self, "hash", hash_of(self.thing.body or {}))


class Things(Protocol):
    """What an exchange keeps in the outbox."""

    def begin(self, hashes: Mapping[int, str], now: dt.datetime) -> None: ...

    def keep(self, changes: Sequence[Change]) -> None: ...


class Exchange:
    """Makes requests, and keeps what came of them."""

    def __init__(
        self,
        ask: Callable[[Request], Answer],
        things: Things,
        limits: SendingLimits,
        report: DeliveryReport,
        known: dict[ThingKey, StoredThing],
    ) -> None:
        self.ask, self._things, self._limits, self._report = ask, things, limits, report
        self.known = known
        self.sick_in_a_row = 0

    def perform(
        self,
        items: Sequence[Item],
        expected: Collection[str],
        ask: Callable[[], Answer],
    ) -> tuple[Verdict, Answer]:
        """Make a request that is about some things. Raises DeliveryStoppedError."""
        self._things.begin({item.stored.id: item.hash for item in items}, _now())
        try:
            answer = self._asked(ask)
        except NoAnswerError as error:
            if not error.arrived:
                self._not_sent(items, None, error.reason)
            raise DeliveryStoppedError(error.reason) from error
        verdict = judge(answer, expected)
        if verdict.meaning is Meaning.LOST:
            raise DeliveryStoppedError(f"a proxy gave up waiting: {verdict.words}")
        if verdict.meaning is Meaning.BUSY:
            self._not_sent(items, verdict, verdict.words, _delay_of(answer, self._limits))
            raise DeliveryStoppedError(f"it is busy: {verdict.words}")
        if verdict.meaning is Meaning.WRONG_SERVER:
            self._not_sent(items, verdict, verdict.words)
            raise DeliveryStoppedError(f"{advice_for(verdict)} ({verdict.words})")
        return verdict, answer

    def perform_for(self, request: Request, items: Sequence[Item]) -> tuple[Verdict, Answer]:
        """Make a request about some things of one kind. Raises DeliveryStoppedError."""
        kind = items[0].thing.kind
        expected = EXPECTED[kind] if request.method == "POST" else ("name",)
        return self.perform(items, expected, lambda: self.ask(request))

    def settled(self, thing: Thing, decision: Decision) -> bool:
        """Keep a decision that needs no request; tell whether it was one."""
        if decision.act not in (Act.DIFFER, Act.ACCEPT):
            return decision.act is Act.WAIT
        item = Item(thing, self.known[thing.id], decision.held or decision.body or {})
        if decision.act is Act.DIFFER:
            self.differs(item, decision.reason, decision.held)
        else:
            change = {"outcome": "delivered", "tried_hash": item.hash, "sent_hash": item.hash}
            self.keep([(item, {**change, "next_try_at": None})])
        return True

    def look(self, request: Request) -> Answer:
        """Make a request that changes nothing. Raises DeliveryStoppedError without an answer."""
        try:
            return self._asked(lambda: self.ask(request))
        except NoAnswerError as error:
            raise DeliveryStoppedError(error.reason, is_overdue=error.is_overdue) from error

    def _asked(self, ask: Callable[[], Answer]) -> Answer:
        def _counted() -> Answer:
            self._report.requests += 1
            return ask()

        return patiently(_counted)

    def _not_sent(
        self,
        items: Sequence[Item],
        verdict: Verdict | None,
        words: str,
        delay: dt.timedelta | None = None,
    ) -> None:
        """Keep that nothing came of a request: it is not the things' fault, and does not count."""
        self.keep(
            [
                (
                    item,
                    {
                        "outcome": "failed",
                        "attempts": item.stored.attempts,
                        "next_try_at": None if delay is None else _now() + delay,
                        "answer_status": None if verdict is None else verdict.status,
                        "answer": words,
                    },
                )
                for item in items
            ]
        )

    def taken(self, items: Sequence[Item], verdict: Verdict, **more: object) -> None:
        """Keep that the receiver holds some things now."""
        self.sick_in_a_row = 0
        self._report.counts["delivered"] += len(items)
        self.keep([(item, {**self.taken_columns(item, verdict), **more}) for item in items])

    def taken_columns(self, item: Item, verdict: Verdict) -> Change:
        return {
            "outcome": "delivered",
            "tried_hash": item.hash,
            "sent_hash": item.hash,
            "sent_body": dict(item.body),
            "delivered_at": _now(),
            "attempts": 0,
            "next_try_at": None,
            "answer_status": verdict.status,
            "answer": None,
            **({"home_hash": item.home} if item.home is not None else {}),
        }

    def not_taken(self, item: Item, verdict: Verdict, words: str = "") -> None:
        """Keep why one thing was not taken: to be tried again, or parked until it changes."""
        is_sick = verdict.meaning is Meaning.SICK
        self.sick_in_a_row = self.sick_in_a_row + 1 if is_sick else 0
        attempts = item.stored.attempts + 1 if item.stored.tried_hash == item.hash else 1
        is_parked = not is_sick or attempts >= self._limits.attempts
        grown = self._limits.first_delay * 4 ** (attempts - 1)
        delay = min(grown, self._limits.longest_delay)
        self._report.counts["parked" if is_parked else "failed"] += 1
        change = {
            "outcome": "parked" if is_parked else "failed",
            "tried_hash": item.hash,
            "tried_at": _now(),
            "attempts": attempts,
            "next_try_at": None if is_parked else _now() + delay,
            "answer_status": verdict.status,
            "answer": words or verdict.words,
        }
        self.keep([(item, change)])
        if self.sick_in_a_row >= _SICK_IN_A_ROW:
            raise DeliveryStoppedError(f"the server fails at everything: {verdict.words}")

    def differs(self, item: Item, reason: str, held: Body | None = None) -> None:
        """Keep that the receiver holds something else, which the API cannot change."""
        self._report.counts["differs"] += 1
        change = {
            "outcome": "differs",
            "tried_hash": item.hash,
            "tried_at": _now(),
            "next_try_at": None,
            "answer": reason,
            **({"sent_body": dict(held)} if held is not None else {}),
        }
        self.keep([(item, change)])

    def keep(self, changes: Sequence[tuple[Item, Change]]) -> None:
        """Store what came of things, for the outbox and for what is decided next."""
        self._things.keep([{"id": item.stored.id, **change} for item, change in changes])
        for item, change in changes:
            stored = self.known.get(item.thing.id, item.stored)
            self.known[item.thing.id] = stored._replace(**change)


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _delay_of(answer: Answer, limits: SendingLimits) -> dt.timedelta:
    asked = dt.timedelta(seconds=min(seconds_asked_for(answer), _LONGEST_ASKED))
    return max(asked, limits.first_delay)
