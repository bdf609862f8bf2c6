"""Delivers to VariantGrid: run by run, in order of dependence, one request at a time."""

import datetime as dt
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, Protocol

import msgspec

from seqauto_pipeline.db.outbox.sending import Change
from seqauto_pipeline.db.outbox.values import RunToTell, StoredThing
from seqauto_pipeline.delivery.deciding import FLAGS, PATCHED, Act, Decision, decide, run_change
from seqauto_pipeline.delivery.report import DeliveryReport
from seqauto_pipeline.delivery.rules import DeliveryRules, SendingLimits
from seqauto_pipeline.delivery.telling import things_of
from seqauto_pipeline.delivery.things import QC_KINDS, UPLOADS, Body, Kind, Thing, ThingKey
from seqauto_pipeline.delivery.transport import Answer, Request
from seqauto_pipeline.delivery.variantgrid.answers import Meaning, Verdict, judge
from seqauto_pipeline.delivery.variantgrid.exchange import Exchange, Item
from seqauto_pipeline.delivery.variantgrid.requests import (
    BATCHED,
    EXPECTED,
    joint_body,
    post,
    qc_body,
    run_patch,
    sheet_lookup,
    vcf_request,
)
from seqauto_pipeline.delivery.variantgrid.uploads import Uploader, UploadFile

_PATH_CONFLICT = re.compile(r"SingleSampleVCF\(pk=(\d+)\)")
_NOT_FOUND = "not found"


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

    def deliver(self, upload: UploadFile) -> None:
        """Send what is due of the run, each kind after those that it depends on."""
        uploader = Uploader(self._exchange, self._things.others_with_id, upload, self._run)
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
                self._send_many(kind, due)
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

    def _settled(self, thing: Thing, decision: Decision) -> bool:
        """Keep a decision that needs no request; tell whether it was one."""
        item = Item(thing, self._stored(thing), decision.held or decision.body or {})
        if decision.act is Act.DIFFER:
            self._exchange.differs(item, decision.reason, decision.held)
        elif decision.act is Act.ACCEPT:
            change = {"outcome": "delivered", "tried_hash": item.hash, "sent_hash": item.hash}
            self._exchange.keep([(item, {**change, "next_try_at": None})])
        else:
            return decision.act is Act.WAIT
        return True

    def _send_one(self, thing: Thing, decision: Decision) -> None:
        if self._settled(thing, decision):
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
        verdict, answer = self._ask(post(thing.kind, [sent]), [item])
        if verdict.meaning is not Meaning.TAKEN:
            self._exchange.not_taken(item, verdict)
            return
        before = self._sheet_over_there() if thing.kind is Kind.SAMPLE_SHEET else None
        self._exchange.taken([item], verdict)
        self._after(item, answer, before)

    def _ask(self, request: Request, items: Sequence[Item]) -> tuple[Verdict, Answer]:
        kind = items[0].thing.kind
        expected = EXPECTED[kind] if request.method == "POST" else ("name",)
        return self._exchange.perform(items, expected, lambda: self._exchange.ask(request))

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
        verdict, _ = self._ask(request, [item])
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

    def _send_many(self, kind: Kind, due: Sequence[tuple[Thing, Decision]]) -> None:
        items = [
            self._item(thing, decision)
            for thing, decision in due
            if not self._settled(thing, decision)
        ]
        items.sort(key=lambda item: (item.home or "", item.stored.attempts > 0))
        for batch in batches(items, self._limits):
            verdict, _ = self._ask(self._request(kind, batch), batch)
            if verdict.meaning is Meaning.TAKEN:
                self._exchange.taken(batch, verdict)
            elif len(batch) == 1:
                self._not_taken(kind, batch[0], verdict)
            else:
                self._one_by_one(kind, batch)

    def _one_by_one(self, kind: Kind, batch: Sequence[Item]) -> None:
        """Send the records of a batch that failed: the answer does not say which one it was."""
        for item in batch:
            verdict, _ = self._ask(self._request(kind, [item]), [item])
            if verdict.meaning is Meaning.TAKEN:
                self._exchange.taken([item], verdict)
            else:
                self._not_taken(kind, item, verdict)

    def _item(self, thing: Thing, decision: Decision) -> Item:
        stored = self._stored(thing)
        if thing.kind in QC_KINDS:
            files = self._exchange.known[thing.needs[0]]
            return Item(thing, stored, decision.body or {}, files.home_hash)
        home = stored.home_hash if stored.sent_hash is not None else self._run.sheet_md5
        return Item(thing, stored, decision.body or {}, home)

    def _request(self, kind: Kind, items: Sequence[Item]) -> Request:
        if kind is Kind.SEQUENCING_FILES:
            lookup = sheet_lookup(self._run.name, items[0].home or "")
            return post(kind, [item.body for item in items], lookup)
        return post(kind, [self._qc(item, item.home or "") for item in items])

    def _qc(self, item: Item, home: str) -> Body:
        files = self._exchange.known[item.thing.needs[0]].sent_body or {}
        return qc_body(item.body, self._run.name, home, files)

    def _not_taken(self, kind: Kind, item: Item, verdict: Verdict) -> None:
        if kind is Kind.SEQUENCING_FILES:
            self._exchange.not_taken(item, verdict, self._explained(verdict))
            return
        if not self._taken_elsewhere(item, verdict):
            self._exchange.not_taken(item, verdict)

    def _taken_elsewhere(self, item: Item, verdict: Verdict) -> bool:
        """Try the current sheet, once: somebody may have moved the files to it over there."""
        is_lost = verdict.meaning is Meaning.SICK or _NOT_FOUND in verdict.words.lower()
        current = self._run.sheet_md5
        if not is_lost or current is None or item.home == current:
            return False
        request = post(item.thing.kind, [self._qc(item, current)])
        second, _ = self._ask(request, [item])
        if second.meaning is not Meaning.TAKEN:
            return False
        self._exchange.taken([item], second)
        need = item.thing.needs[0]
        files = self._exchange.known[need]
        owner = Item(Thing(Kind.SEQUENCING_FILES, need[1], None), files, {})
        self._exchange.keep([(owner, {"home_hash": current})])
        return True

    def _explained(self, verdict: Verdict) -> str:
        """Add to a path conflict where the other file hangs: its message has but a number."""
        found = _PATH_CONFLICT.search(verdict.words)
        if found is None:
            return verdict.words
        answer = self._exchange.look(vcf_request(found[1]))
        if judge(answer, ("path",)).meaning is not Meaning.TAKEN:
            return verdict.words
        return f"{verdict.words}. Over there it is: {answer.text[:500]}"


def batches(items: Sequence[Item], limits: SendingLimits) -> Iterator[list[Item]]:
    """Cut things into requests: of one sheet, few and small enough; alone what failed before."""
    batch: list[Item] = []
    size = 0
    for item in items:
        weight = len(msgspec.json.encode(item.body)) + 500  # and what a request adds to it
        is_full = len(batch) >= limits.batch_records or size + weight > limits.batch_bytes
        is_alone = item.stored.attempts > 0
        if batch and (is_full or is_alone or batch[0].home != item.home):
            yield batch
            batch, size = [], 0
        batch.append(item)
        size += weight
    if batch:
        yield batch


def _barcodes(sheet: Mapping[str, Any]) -> frozenset[tuple[str, str]]:
    rows = sheet["sequencingsample_set"]
    return frozenset((row["sample_name"], row["barcode"]) for row in rows)


def deliver_runs(
    run_ids: Sequence[int],
    ask: Callable[[Request], Answer],
    upload: UploadFile,
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
        RunDelivery(run, exchange, things, rules, limits).deliver(upload)
        sick = exchange.sick_in_a_row
        report.runs += 1
