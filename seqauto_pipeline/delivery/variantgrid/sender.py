"""Delivers to VariantGrid: run by run, in order of dependence, one request at a time."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from itertools import groupby
from typing import Any, Protocol

from seqauto_pipeline.db.outbox.sending import Change
from seqauto_pipeline.db.outbox.values import RunToTell, StoredThing
from seqauto_pipeline.delivery.deciding import FLAGS, PATCHED, Act, Decision, decide, run_change
from seqauto_pipeline.delivery.report import DeliveryReport
from seqauto_pipeline.delivery.rules import DeliveryRules, SendingLimits
from seqauto_pipeline.delivery.telling import things_of
from seqauto_pipeline.delivery.things import UPLOADS, Kind, Thing, ThingKey
from seqauto_pipeline.delivery.transport import Answer, Request
from seqauto_pipeline.delivery.variantgrid.answers import Meaning
from seqauto_pipeline.delivery.variantgrid.batch_delivery import BatchDelivery
from seqauto_pipeline.delivery.variantgrid.exchange import Exchange, Item
from seqauto_pipeline.delivery.variantgrid.requests import (
    BATCHED,
    joint_body,
    post,
    run_patch,
)
from seqauto_pipeline.delivery.variantgrid.uploads import FilesToUpload, Uploader


class KeptThings(Protocol):
    """The outbox as a sender uses it; a dry run puts one in its place that keeps nothing."""

    def begin(self, hashes: Mapping[int, str], now: dt.datetime) -> None: ...

    def keep(self, changes: Sequence[Change]) -> None: ...

    def load(self, run_id: int) -> tuple[RunToTell | None, dict[ThingKey, StoredThing]]: ...

    def forget_sheets_but(self, run_id: int, sheet: int) -> None: ...

    def move_homes(self, run_id: int, old: str, new: str) -> None: ...

    def others_with_id(self, server_id: str, but: int) -> bool: ...


class RunDelivery:
    """The delivery of one run."""

    def __init__(
        self,
        run: RunToTell,
        exchange: Exchange,
        things: KeptThings,
        rules: DeliveryRules,
        limits: SendingLimits,
    ) -> None:
        self._run, self._exchange, self._things = run, exchange, things
        self._rules, self._limits = rules, limits

    def deliver(self, files: FilesToUpload) -> None:
        """Send what is due of the run, each kind after those that it depends on."""
        uploader = Uploader(self._exchange, self._things.others_with_id, files, self._run)
        many = BatchDelivery(self._run, self._exchange, self._limits)
        found = things_of(self._run, self._rules)
        for kind, group in groupby(found, key=lambda thing: thing.kind):
            due = [
                (thing, decision)
                for thing in group
                if (decision := self._decided(thing)).act not in (Act.NOTHING, Act.LATER)
            ]
            if kind in UPLOADS:
                uploader.work(due)
            elif kind in BATCHED:
                many.send(kind, due)
            else:
                for thing, decision in due:
                    self._send_one(thing, decision)

    def _decided(self, thing: Thing) -> Decision:
        stored = self._exchange.known.get(thing.id)
        if stored is None:  # the scan that found it has not filled the outbox yet
            return Decision(Act.NOTHING)
        now = dt.datetime.now(dt.UTC)
        return decide(thing, stored, self._exchange.known, self._rules, now)

    def _stored(self, thing: Thing) -> StoredThing:
        return self._exchange.known[thing.id]

    def _send_one(self, thing: Thing, decision: Decision) -> None:
        if self._exchange.settled(thing, decision):
            return
        stored = self._stored(thing)
        body = thing.body or {}
        if decision.act is Act.PATCH:
            self._patch(Item(thing, stored, decision.held or body), decision)
            return
        sent, home = body, None
        if thing.kind is Kind.JOINT_VCF:
            home = self._run.sheet_md5 or ""
            sent = joint_body(body, self._run.name, home)
        item = Item(thing, stored, body, home)
        verdict, answer = self._exchange.perform_for(post(thing.kind, [sent]), [item])
        if verdict.meaning is not Meaning.TAKEN:
            self._exchange.not_taken(item, verdict)
            return
        before = self._sheet_over_there() if thing.kind is Kind.SAMPLE_SHEET else None
        self._exchange.taken([item], verdict)
        self._after(item, answer, before)

    def _after(self, item: Item, answer: Answer, before: StoredThing | None) -> None:
        """Look at what the server holds after a success: it answers 201 whatever it did."""
        said = answer.json if isinstance(answer.json, dict) else {}
        if item.thing.kind is Kind.SEQUENCING_RUN:
            names = (*PATCHED, *FLAGS, "enrichment_kit")
            held = {
                name: said[name]
                for name in names
                if name in said and isinstance(said[name], type(item.body[name]) | None)
            }
            decision = run_change({**item.body, **held}, item.body, self._rules)
            if decision.act is not Act.ACCEPT:
                self._correct(item, decision)
        elif item.thing.kind is Kind.SEQUENCER:
            self._compare_model(item, said)
        elif item.thing.kind is Kind.SAMPLE_SHEET:
            self._sheet_is_current(item, before)

    def _correct(self, item: Item, decision: Decision) -> None:
        if decision.act is Act.PATCH:
            self._patch(Item(item.thing, self._stored(item.thing), decision.held or {}), decision)
        else:
            self._exchange.differs(item, decision.reason, decision.held)

    def _patch(self, item: Item, decision: Decision) -> None:
        """Change a run over there, and say what could not be changed."""
        request = run_patch(self._run.name, decision.body or {})
        verdict, _ = self._exchange.perform_for(request, [item])
        if verdict.meaning is Meaning.TAKEN:
            self._exchange.taken([item], verdict)
            if decision.reason:
                self._exchange.differs(item, decision.reason, decision.held)
        elif verdict.meaning is Meaning.HIDDEN:
            changed = ", ".join(decision.body or ())
            reason = f"the run is hidden in VariantGrid, which then changes nothing ({changed})"
            self._exchange.differs(item, f"{reason}; show it there, then: seqauto deliver --retry")
        else:
            self._exchange.not_taken(item, verdict)

    def _compare_model(self, item: Item, said: Mapping[str, Any]) -> None:
        there, ours = said.get("sequencer_model"), item.body["sequencer_model"]
        if isinstance(there, Mapping) and isinstance(ours, Mapping):
            model = there.get("model")
            if model is not None and model != ours["model"]:
                reason = f"VariantGrid holds the model {model} of this sequencer"
                self._exchange.differs(item, f"{reason}; here it is {ours['model']}")

    def _sheet_over_there(self) -> StoredThing | None:
        """Give the sheet that was current before: the one that was delivered last."""
        sheets = [
            each
            for each in self._exchange.known.values()
            if each.kind == Kind.SAMPLE_SHEET.value and each.sent_hash is not None
        ]
        return max(sheets, key=lambda each: str(each.delivered_at), default=None)

    def _sheet_is_current(self, item: Item, before: StoredThing | None) -> None:
        """Follow what the server does with files when a sheet becomes the current one."""
        self._things.forget_sheets_but(self._run.id, item.stored.id)
        if before is None or before.sent_body is None or before.id == item.stored.id:
            return
        old, new = str(before.sent_body["hash"]), str(item.body["hash"])
        if _barcodes(before.sent_body) == _barcodes(item.body):
            self._things.move_homes(self._run.id, old, new)
            for key, each in self._things.load(self._run.id)[1].items():
                if each.kind == Kind.SEQUENCING_FILES.value:
                    self._exchange.known[key] = each


def _barcodes(sheet: Mapping[str, Any]) -> frozenset[tuple[str, str]]:
    rows = sheet["sequencingsample_set"]
    return frozenset((row["sample_name"], row["barcode"]) for row in rows)


def deliver_runs(
    run_ids: Sequence[int],
    ask: Callable[[Request], Answer],
    files: FilesToUpload,
    things: KeptThings,
    rules: DeliveryRules,
    limits: SendingLimits,
    report: DeliveryReport,
) -> None:
    """Deliver some runs, one after the other. Raises DeliveryStoppedError."""
    sick = 0
    for run_id in run_ids:
        run, known = things.load(run_id)
        if run is None:
            continue
        exchange = Exchange(ask, things, limits, report, known)
        exchange.sick_in_a_row = sick
        RunDelivery(run, exchange, things, rules, limits).deliver(files)
        sick = exchange.sick_in_a_row
        report.runs += 1
