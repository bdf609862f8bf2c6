"""What a delivery would send: each request in order, with its body. Nothing is sent."""

import datetime as dt
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from seqauto_pipeline.db.outbox.sending import Change, SentThings
from seqauto_pipeline.db.outbox.values import RunToTell, StoredThing
from seqauto_pipeline.db.session import Engine
from seqauto_pipeline.delivery.configured import (
    limits_for,
    receiver_names,
    rules_for,
    takes_uploads,
)
from seqauto_pipeline.delivery.report import DeliveryReport
from seqauto_pipeline.delivery.things import Json, ThingKey
from seqauto_pipeline.delivery.transport import Answer, Request
from seqauto_pipeline.delivery.variantgrid.sender import deliver_runs
from seqauto_pipeline.settings import Settings

_RUNS_AT_ONCE = 50  # some five thousand things, and the files that they are about


@dataclass(frozen=True, slots=True)
class PlannedRequest:
    """One request that a delivery would make."""

    method: str
    url: str
    query: Mapping[str, str]
    body: Json  # None for an upload: it sends the file at `path` of the query


@dataclass(slots=True)
class _WouldBe:
    """The outbox as the requests so far would have left it. Nothing is stored."""

    stored: SentThings
    run_ids: Sequence[int]  # in the order in which they are asked for
    shared: dict[int, Change] = field(default_factory=dict)  # of what runs share, by id
    loaded: dict[int, tuple[RunToTell | None, dict[ThingKey, StoredThing]]] = field(
        default_factory=dict
    )

    def begin(self, hashes: Mapping[int, str], now: dt.datetime) -> None:
        """Mark nothing."""

    def keep(self, changes: Sequence[Change]) -> None:
        for change in changes:
            before = self.shared.get(change["id"])
            if before is not None:  # what is of one run is not asked for again
                self.shared[change["id"]] = {**before, **change}

    def load(self, run_id: int) -> tuple[RunToTell | None, dict[ThingKey, StoredThing]]:
        if run_id not in self.loaded:
            start = self.run_ids.index(run_id)
            self.loaded = self.stored.load_many(self.run_ids[start : start + _RUNS_AT_ONCE])
        run, known = self.loaded[run_id]
        for each in known.values():
            if each.sequencing_run_id is None:
                self.shared.setdefault(each.id, {})
        return run, {key: self._would_be(each) for key, each in known.items()}

    def _would_be(self, thing: StoredThing) -> StoredThing:
        change = self.shared.get(thing.id)
        return thing._replace(**change) if change else thing

    def forget_sheets_but(self, run_id: int, sheet: int) -> None:
        """Forget nothing: no other run has these sheets."""

    def move_homes(self, run_id: int, old: str, new: str) -> None:
        """Move nothing: the requests that follow name the old home."""

    def others_with_id(self, server_id: str, but: int) -> bool:
        return self.stored.others_with_id(server_id, but)


def dry_run(engine: Engine, settings: Settings, tell: Callable[[PlannedRequest], None]) -> int:
    """Tell of each request that a delivery to VariantGrid would make; give their number.

    Of what the outbox holds: who asks has it filled first.
    """
    number = 0
    for name in filter(takes_uploads, receiver_names(settings)):
        url = settings.variantgrid_url or ""
        report = DeliveryReport(name)

        asked = _Asked(url, tell)
        things = SentThings(engine, name)
        run_ids = things.runs_with_work(dt.datetime.now(dt.UTC))
        deliver_runs(
            run_ids,
            asked.ask,
            asked,
            _WouldBe(things, run_ids),
            rules_for(settings),
            limits_for(settings),
            report,
        )
        number += report.requests
    return number


@dataclass(frozen=True, slots=True)
class _Asked:
    """A server that is asked nothing: who looks is told of each request."""

    url: str
    tell: Callable[[PlannedRequest], None]

    def ask(self, request: Request) -> Answer:
        return self._told(request, request.body)

    def send(self, request: Request, _body: Mapping[str, Any], _root: str) -> Answer:
        return self._told(request, None)

    def sha256(self, _body: Mapping[str, Any], _root: str) -> None:
        """Read no file."""

    def _told(self, request: Request, body: Json) -> Answer:
        address = f"{self.url}/{request.path}"
        self.tell(PlannedRequest(request.method, address, request.query, body))
        return _success(request)


def _success(request: Request) -> Answer:
    """Answer as a server does that takes everything and changes nothing.

    It repeats what senders compare, and no lists: those are long, and nobody reads them.
    """
    if request.body is None:
        said: dict[str, Json] = {"sha256_hash": "", "file_upload_id": 0}
        return Answer(200, json.dumps({**said, "pipeline_status": "Created"}))
    body = request.body if isinstance(request.body, dict) else {}
    short = {name: value for name, value in body.items() if not isinstance(value, list)}
    return Answer(201, json.dumps({"message": "", "name": "", "hash": "", **short}))
