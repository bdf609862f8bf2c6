"""What to do about one thing now: decided here, without sending anything."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from seqauto_pipeline.db.outbox.values import StoredThing
from seqauto_pipeline.delivery.rules import DeliveryRules
from seqauto_pipeline.delivery.things import SHARED, Body, Json, Kind, Thing, ThingKey, hash_of

# What the server changes of a run that it knows; the kit it does not.
PATCHED = ("path", "date", "experiment", "sequencer", "has_basecalls", "has_interop")
FLAGS = ("gold_standard", "bad", "hidden")


class Act(StrEnum):
    NOTHING = "nothing"
    WAIT = "wait"  # for what it needs
    LATER = "later"  # the next try is not due yet
    SEND = "send"
    PATCH = "patch"
    POLL = "poll"  # it was uploaded, and is being imported
    ACCEPT = "accept"  # what differs is nothing that is sent: it counts as delivered
    DIFFER = "differ"  # what was delivered cannot be changed into what is wanted


@dataclass(frozen=True, slots=True)
class Decision:
    act: Act
    body: Body | None = None  # to send: the whole, or what is to be patched
    reason: str = ""  # of WAIT and DIFFER
    held: Body | None = None  # what the receiver then holds, where that is not the body


def is_delivered(thing: StoredThing | None) -> bool:
    """Tell whether what needs a thing can be sent."""
    if thing is None or thing.sent_hash is None:
        return False
    return thing.kind != Kind.SAMPLE_SHEET.value or thing.sent_hash == thing.wanted_hash


def decide(
    thing: Thing,
    stored: StoredThing,
    known: Mapping[ThingKey, StoredThing],
    rules: DeliveryRules,
    now: dt.datetime,
) -> Decision:
    """Decide about one thing that can be sent; ``known`` are the things of its run."""
    if thing.body is None or _is_done(thing, stored, hash_of(thing.body), known):
        return Decision(Act.NOTHING)
    if stored.next_try_at is not None and stored.next_try_at > now:
        return Decision(Act.LATER)
    if stored.outcome == "importing" and stored.tried_hash == hash_of(thing.body):
        return Decision(Act.POLL)
    missing = next((need for need in thing.needs if not is_delivered(known.get(need))), None)
    if missing is not None:
        return Decision(Act.WAIT, reason=f"{missing[0]} {missing[1]}")
    if stored.sent_hash is None or stored.sent_body is None:
        return Decision(Act.SEND, thing.body)
    return _change(thing.kind, stored.sent_body, thing.body, rules)


def _is_done(
    thing: Thing, stored: StoredThing, wanted: str, known: Mapping[ThingKey, StoredThing]
) -> bool:
    if thing.kind in SHARED and stored.sent_hash is not None:
        return True
    if stored.sent_hash == wanted:
        return True
    if stored.tried_hash != wanted or stored.outcome not in ("parked", "differs"):
        return False
    return stored.outcome == "differs" or not _needs_changed(thing, stored, known)


def _needs_changed(
    thing: Thing, stored: StoredThing, known: Mapping[ThingKey, StoredThing]
) -> bool:
    """Tell whether what a parked thing depends on was delivered since it was tried."""
    tried = stored.tried_at
    needs = (known.get(need) for need in thing.needs)
    return tried is not None and any(
        need is not None and need.delivered_at is not None and need.delivered_at > tried
        for need in needs
    )


def _change(kind: Kind, sent: Mapping[str, Any], new: Body, rules: DeliveryRules) -> Decision:
    """Decide about something that is delivered, and not as it is now."""
    if kind is Kind.SEQUENCING_RUN:
        return run_change(sent, new, rules)
    if kind is Kind.SEQUENCING_FILES:
        return file_set_change(sent, new)
    if kind is Kind.JOINT_VCF:
        return Decision(Act.ACCEPT, held=sent)
    return Decision(Act.SEND, new)


def run_change(sent: Mapping[str, Any], new: Body, rules: DeliveryRules) -> Decision:
    """Compare a run with what the server holds of it."""
    fields = (*PATCHED, *(FLAGS if rules.patches_flags else ()))
    changed: dict[str, Json] = {
        name: new[name] for name in fields if name in sent and sent[name] != new[name]
    }
    held = {**sent, **changed}
    kit, new_kit = sent.get("enrichment_kit"), new["enrichment_kit"]
    reason = ""
    if isinstance(kit, Mapping) and _named(kit) != _named(new_kit):
        reason = (
            f"VariantGrid holds the kit {_named(kit)} of this run, here it is {_named(new_kit)}, "
            "and the API cannot change it; change it over there"
        )
    if changed:
        return Decision(Act.PATCH, changed, reason, held)
    return Decision(Act.DIFFER if reason else Act.ACCEPT, None, reason, held)


def _named(kit: Any) -> str:
    return f"{kit.get('name')} version {kit.get('version')}"


def file_set_change(sent: Mapping[str, Any], new: Body) -> Decision:
    """Compare a sample's files with those that were sent: few of them may ever change.

    The tools stay as they were sent: another setting does not make other files.
    """
    new_bam, new_vcf = _mapping(new["bam_file"]), _mapping(new["vcf_file"])
    bam, vcf = sent["bam_file"], sent["vcf_file"]
    if new_bam["path"] != bam["path"]:
        reason = f"the BAM was delivered as {bam['path']} and is now {new_bam['path']}"
        return Decision(Act.DIFFER, reason=f"{reason}: VariantGrid keeps one BAM of a sample")
    old_reads, reads = sent.get("unaligned_reads"), new.get("unaligned_reads")
    if reads and not old_reads:
        reason = "the files were delivered without FASTQs, and VariantGrid takes none later"
        return Decision(Act.DIFFER, reason=reason)
    body: dict[str, Json] = {
        "sample_name": new["sample_name"],
        "bam_file": bam,
        "vcf_file": {**vcf, "path": new_vcf["path"]},
    }
    if old_reads:  # that FASTQs are gone, archived most often, takes nothing back
        body["unaligned_reads"] = reads or old_reads
    if body == dict(sent):
        return Decision(Act.ACCEPT, held=sent)
    return Decision(Act.SEND, body)


def _mapping(value: Json) -> dict[str, Json]:
    if not isinstance(value, dict):
        raise TypeError(value)
    return value
