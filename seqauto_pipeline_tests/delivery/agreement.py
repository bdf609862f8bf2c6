"""Holds the server's tables against our own record, object by object."""

from collections.abc import Iterator
from typing import Any

from seqauto_pipeline.delivery.deciding import PATCHED, file_set_change
from seqauto_pipeline.delivery.things import QC_KINDS, Kind, Thing
from seqauto_pipeline_tests.delivery.api import Api
from seqauto_pipeline_tests.delivery.sending_lab import SendingLab

_TABLES = {
    Kind.EXPERIMENT: ("experiments", "name"),
    Kind.SEQUENCER_MODEL: ("models", "model"),
    Kind.SEQUENCER: ("sequencers", "name"),
}
_SETTLED = {"delivered", "differs", "blocked", "superseded", "waiting"}


def disagreements(lab: SendingLab, api: Api) -> list[str]:
    """List what the server holds otherwise than our record says; nothing where all agrees."""
    tables = api.tables
    states = lab.states_by_thing()
    found = list(tables["wrong"])
    found += [f"{state}: {key}" for key, state in states.items() if state not in _SETTLED]
    for thing in lab.things():
        if thing.body is None:
            continue
        state = states.get(thing.id)
        if state == "delivered":
            found += _different(tables, thing)
        elif state not in ("waiting", "differs"):
            found.append(f"{thing.id} is {state}")
    found += _unknown(tables, states)
    return found


def _different(tables: dict[str, Any], thing: Thing) -> Iterator[str]:
    body = dict(thing.body or {})
    there = _there(tables, thing)
    if there is None:
        yield f"{thing.id} is not there"
    elif thing.kind is Kind.SEQUENCING_RUN:
        yield from (f"{thing.id}: {name}" for name in PATCHED if there[name] != body[name])
    elif thing.kind is Kind.SEQUENCING_FILES:
        # FASTQs that were archived since are still there, and the tools as they were sent.
        change = file_set_change(there, thing.body or {})
        if change.act != "accept":
            yield f"{thing.id}: {change}"
    elif thing.kind is Kind.SAMPLE_SHEET:
        wanted = {each["sample_id"]: each for each in body["sequencingsample_set"]}
        if {name: there["samples"].get(name) for name in wanted} != wanted:
            yield f"{thing.id} has other samples"
    elif there != body:
        yield f"{thing.id}: there {there}, here {body}"


def _there(tables: dict[str, Any], thing: Thing) -> dict[str, Any] | None:
    """Find what the server has of a thing."""
    body: dict[str, Any] = dict(thing.body or {})
    if thing.kind in _TABLES:
        table, key = _TABLES[thing.kind]
        found: dict[str, Any] | None = tables[table].get(body[key])
        return found
    if thing.kind is Kind.ENRICHMENT_KIT:
        return tables["kits"].get(f"{body['name']}/{body['version']}")
    if thing.kind is Kind.SEQUENCING_RUN:
        return tables["runs"].get(body["name"])
    if thing.kind is Kind.SAMPLE_SHEET:
        run = body["sequencing_run"]
        is_current = tables["current"].get(run) == body["hash"]
        return tables["sheets"][run][body["hash"]] if is_current else None
    if thing.kind is Kind.JOINT_VCF:
        joint = tables["joint"].get(body["path"])
        return None if joint is None else {key: joint[key] for key in body}
    return _of_sample(tables, thing)


def _of_sample(tables: dict[str, Any], thing: Thing) -> dict[str, Any] | None:
    run, _, sample = thing.key.rpartition("/")
    rows = [each for each in tables["bams"] if (each["run"], each["sample"]) == (run, sample)]
    if len(rows) != 1:
        return None
    (row,) = rows
    if thing.kind in QC_KINDS:
        found: dict[str, Any] | None = row["qc"].get(thing.kind.value)
        return found
    files: dict[str, Any] = {
        "sample_name": sample,
        "bam_file": {"path": row["path"], "aligner": row["aligner"]},
        "vcf_file": row["vcfs"][0],
    }
    return files | ({"unaligned_reads": row["reads"]} if row["reads"] else {})


def _unknown(tables: dict[str, Any], states: dict[tuple[str, str], str]) -> Iterator[str]:
    """List what the server has and the outbox does not know of."""
    for row in tables["bams"]:
        if (Kind.SEQUENCING_FILES.value, f"{row['run']}/{row['sample']}") not in states:
            yield f"the outbox does not know of the files of {row['sample']} in {row['run']}"
    for run in tables["runs"]:
        if (Kind.SEQUENCING_RUN.value, run) not in states:
            yield f"the outbox does not know of the run {run}"
