"""Hands things to receivers that take whatever they are given, in order of dependence."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from seqauto_pipeline.core.file_list import unescape_name
from seqauto_pipeline.db.outbox.sending import SentThings
from seqauto_pipeline.db.outbox.values import RunToTell, StoredThing
from seqauto_pipeline.delivery.deciding import is_delivered
from seqauto_pipeline.delivery.report import DeliveryReport, DeliveryStoppedError
from seqauto_pipeline.delivery.rules import DeliveryRules, SendingLimits
from seqauto_pipeline.delivery.telling import things_of
from seqauto_pipeline.delivery.things import UPLOADS, Body, Json, Thing, ThingKey, hash_of


@dataclass(frozen=True, slots=True)
class Parcel:
    """One thing as a receiver is handed it."""

    kind: str  # docs/delivery.md lists the kinds, and what each body has
    key: str
    sequencing_run: str
    run_folder: str
    sample_sheet: str  # MD5 of the current sheet
    hash: str  # of the body: the same hash is the same thing again
    body: Body

    def as_json(self) -> dict[str, Json]:
        return {
            "kind": self.kind,
            "key": self.key,
            "sequencing_run": self.sequencing_run,
            "run_folder": self.run_folder,
            "sample_sheet": self.sample_sheet,
            "hash": self.hash,
            "body": dict(self.body),
        }


class RefusedError(Exception):
    """A receiver will not take what it was handed, however often: it waits for a person."""


class Taker(Protocol):
    """Takes parcels: all that it is handed in one call, or none.

    The same parcels come again when that could not be recorded: take each hash of a key once.
    """

    @property
    def takes_all_runs(self) -> bool:
        """Whether it takes all runs in one call; else there is one call for each run."""

    def take(self, parcels: Iterator[Parcel], scan: int) -> None:
        """Take parcels, in order of dependence. ``scan``: the number of the newest scan.

        Raises RefusedError for what it will never take, any other error to be asked again.
        """


@dataclass(slots=True)
class _Handed:
    """What was handed in one call."""

    given: list[tuple[StoredThing, str]] = field(default_factory=list)  # and the hash


def hand_over(
    taker: Taker,
    things: SentThings,
    rules: DeliveryRules,
    limits: SendingLimits,
    report: DeliveryReport,
) -> None:
    """Hand over what is due. Raises DeliveryStoppedError where a receiver is not there."""
    runs = things.runs_with_work(dt.datetime.now(dt.UTC))
    calls = [runs] if taker.takes_all_runs else [(run_id,) for run_id in runs]
    scan = things.newest_scan() or 0
    for run_ids in calls:
        handed = _Handed()
        parcels = _parcels(run_ids, things, rules, handed)
        report.runs += len(run_ids)
        try:
            taker.take(parcels, scan)
        except RefusedError as error:
            _keep_refusal(things, handed, str(error), report)
            continue
        except Exception as error:  # whatever a receiver of a laboratory raises
            words = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
            _keep_failure(things, handed, words, limits, report)
            raise DeliveryStoppedError(words) from error
        report.requests += bool(handed.given)
        _keep_success(things, handed, report)


def _parcels(
    run_ids: Sequence[int], things: SentThings, rules: DeliveryRules, handed: _Handed
) -> Iterator[Parcel]:
    shared: dict[ThingKey, StoredThing] = {}  # delivered by this call
    for run_id in run_ids:
        run, known = things.load(run_id)
        if run is None:
            continue
        known |= {key: shared[key] for key in known.keys() & shared.keys()}
        for thing in things_of(run, rules):
            stored = known.get(thing.id)
            if thing.body is None or stored is None or not _is_due(thing, stored, known):
                continue
            number = hash_of(thing.body)
            known[thing.id] = stored._replace(sent_hash=number, wanted_hash=number)
            if stored.sequencing_run_id is None:
                shared[thing.id] = known[thing.id]
            handed.given.append((stored, number))
            yield _parcel(run, thing, thing.body, number)


def _is_due(thing: Thing, stored: StoredThing, known: Mapping[ThingKey, StoredThing]) -> bool:
    number = hash_of(thing.body or {})
    is_shared = stored.sequencing_run_id is None and stored.sent_hash is not None
    is_parked = stored.outcome == "parked" and stored.tried_hash == number
    waits = stored.next_try_at is not None and stored.next_try_at > dt.datetime.now(dt.UTC)
    if thing.kind in UPLOADS or stored.sent_hash == number or is_shared or is_parked or waits:
        return False
    return all(is_delivered(known.get(need)) for need in thing.needs)


def _parcel(run: RunToTell, thing: Thing, body: Body, number: str) -> Parcel:
    folder = unescape_name(f"{run.root}/{run.path}")
    return Parcel(thing.kind.value, thing.key, run.name, folder, run.sheet_md5 or "", number, body)


def _keep_success(things: SentThings, handed: _Handed, report: DeliveryReport) -> None:
    report.counts["delivered"] += len(handed.given)
    things.keep(
        [
            {
                "id": stored.id,
                "outcome": "delivered",
                "tried_hash": number,
                "sent_hash": number,
                "delivered_at": dt.datetime.now(dt.UTC),
                "attempts": 0,
                "next_try_at": None,
                "answer": None,
            }
            for stored, number in handed.given
        ]
    )


def _keep_refusal(things: SentThings, handed: _Handed, words: str, report: DeliveryReport) -> None:
    report.counts["parked"] += len(handed.given)
    things.keep(
        [
            {
                "id": stored.id,
                "outcome": "parked",
                "tried_hash": number,
                "tried_at": dt.datetime.now(dt.UTC),
                "attempts": stored.attempts + 1,
                "answer": words,
            }
            for stored, number in handed.given
        ]
    )


def _keep_failure(
    things: SentThings,
    handed: _Handed,
    words: str,
    limits: SendingLimits,
    report: DeliveryReport,
) -> None:
    report.counts["failed"] += len(handed.given)
    now = dt.datetime.now(dt.UTC)
    things.keep(
        [
            {
                "id": stored.id,
                "outcome": "failed",
                "tried_hash": number,
                "tried_at": now,
                "attempts": stored.attempts + 1,
                "next_try_at": now
                + min(limits.first_delay * 2 ** min(stored.attempts, 20), limits.longest_delay),
                "answer": words,
            }
            for stored, number in handed.given
        ]
    )
