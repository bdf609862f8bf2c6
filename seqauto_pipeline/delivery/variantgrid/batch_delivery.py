"""Delivers the records of a run that go many at a time: sequencing files and their QC."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import msgspec

from seqauto_pipeline.db.outbox.values import RunToTell
from seqauto_pipeline.delivery.deciding import Decision
from seqauto_pipeline.delivery.rules import SendingLimits
from seqauto_pipeline.delivery.things import QC_KINDS, Body, Kind, Thing
from seqauto_pipeline.delivery.transport import Request
from seqauto_pipeline.delivery.variantgrid.answers import Meaning, Verdict, judge
from seqauto_pipeline.delivery.variantgrid.exchange import Exchange, Item
from seqauto_pipeline.delivery.variantgrid.requests import post, qc_body, sheet_lookup, vcf_request

_PATH_CONFLICT = re.compile(r"SingleSampleVCF\(pk=(\d+)\)")
_NOT_FOUND = "not found"


@dataclass(frozen=True, slots=True)
class BatchDelivery:
    """The records of one run, in requests that are small enough."""

    run: RunToTell
    exchange: Exchange
    limits: SendingLimits

    def send(self, kind: Kind, due: Sequence[tuple[Thing, Decision]]) -> None:
        """Send what is due of one kind; of a batch that fails, each record by itself."""
        items = [
            self._item(thing, decision)
            for thing, decision in due
            if not self.exchange.settled(thing, decision)
        ]
        items.sort(key=lambda item: (item.home or "", item.stored.attempts > 0))
        for batch in _batches(items, self.limits):
            verdict, _ = self.exchange.perform_for(self._request(kind, batch), batch)
            if verdict.meaning is Meaning.TAKEN:
                self.exchange.taken(batch, verdict)
            elif len(batch) == 1:
                self._not_taken(kind, batch[0], verdict)
            else:
                self._one_by_one(kind, batch)

    def _one_by_one(self, kind: Kind, batch: Sequence[Item]) -> None:
        """Send the records of a batch that failed: the answer does not say which one it was."""
        for item in batch:
            verdict, _ = self.exchange.perform_for(self._request(kind, [item]), [item])
            if verdict.meaning is Meaning.TAKEN:
                self.exchange.taken([item], verdict)
            else:
                self._not_taken(kind, item, verdict)

    def _item(self, thing: Thing, decision: Decision) -> Item:
        stored = self.exchange.known[thing.id]
        if thing.kind in QC_KINDS:
            files = self.exchange.known[thing.needs[0]]
            return Item(thing, stored, decision.body or {}, files.home_hash)
        home = stored.home_hash if stored.sent_hash is not None else self.run.sheet_md5
        return Item(thing, stored, decision.body or {}, home)

    def _request(self, kind: Kind, items: Sequence[Item]) -> Request:
        if kind is Kind.SEQUENCING_FILES:
            lookup = sheet_lookup(self.run.name, items[0].home or "")
            return post(kind, [item.body for item in items], lookup)
        return post(kind, [self._qc(item, item.home or "") for item in items])

    def _qc(self, item: Item, home: str) -> Body:
        files = self.exchange.known[item.thing.needs[0]].sent_body or {}
        return qc_body(item.body, self.run.name, home, files)

    def _not_taken(self, kind: Kind, item: Item, verdict: Verdict) -> None:
        if kind is Kind.SEQUENCING_FILES:
            self.exchange.not_taken(item, verdict, self._explained(verdict))
            return
        if not self._taken_elsewhere(item, verdict):
            self.exchange.not_taken(item, verdict)

    def _taken_elsewhere(self, item: Item, verdict: Verdict) -> bool:
        """Try the current sheet, once: somebody may have moved the files to it over there."""
        is_lost = verdict.meaning is Meaning.SICK or _NOT_FOUND in verdict.words.lower()
        current = self.run.sheet_md5
        if not is_lost or current is None or item.home == current:
            return False
        request = post(item.thing.kind, [self._qc(item, current)])
        second, _ = self.exchange.perform_for(request, [item])
        if second.meaning is not Meaning.TAKEN:
            return False
        self.exchange.taken([item], second)
        need = item.thing.needs[0]
        files = self.exchange.known[need]
        owner = Item(Thing(Kind.SEQUENCING_FILES, need[1], None), files, {})
        self.exchange.keep([(owner, {"home_hash": current})])
        return True

    def _explained(self, verdict: Verdict) -> str:
        """Add to a path conflict where the other file hangs: its message has but a number."""
        found = _PATH_CONFLICT.search(verdict.words)
        if found is None:
            return verdict.words
        answer = self.exchange.look(vcf_request(found[1]))
        if judge(answer, ("path",)).meaning is not Meaning.TAKEN:
            return verdict.words
        return f"{verdict.words}. Over there it is: {answer.text[:500]}"


def _batches(items: Sequence[Item], limits: SendingLimits) -> Iterator[list[Item]]:
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
