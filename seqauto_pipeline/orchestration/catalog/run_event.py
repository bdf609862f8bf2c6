"""What the page of one sequencing run shows in the catalog."""

import datetime as dt
import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence

import dagster as dg

from seqauto_pipeline.core.display import counted, shown
from seqauto_pipeline.core.file_list import unescape_name
from seqauto_pipeline.db.models import SequencingRun
from seqauto_pipeline.db.queries.runs import run_folder
from seqauto_pipeline.orchestration.catalog.markdown import (
    INLINE,
    breakable,
    bullets,
    escaped,
    link,
    narrow_tables,
    table,
)
from seqauto_pipeline.orchestration.catalog.specs import RUNS, WAITING
from seqauto_pipeline.orchestration.launch_links import launch_path
from seqauto_pipeline.report.names import run_page_name
from seqauto_pipeline.views.jobs import job_words
from seqauto_pipeline.views.matrix import state_symbols
from seqauto_pipeline.views.open_models import OpenModels
from seqauto_pipeline.views.readiness import lacking, waits_for
from seqauto_pipeline.views.remedies import in_the_web_ui
from seqauto_pipeline.views.run_digests import RunDigest
from seqauto_pipeline.views.sample_states import SampleStates
from seqauto_pipeline.views.web_ui import asset_path, partition_of, scan_path
from seqauto_pipeline.views.words import type_words

_LEGEND = "✔ there, ✘ missing, D gone, A archived, E unreadable, ▶ being made, - skipped"
_FIGURES_TAG = "seqauto/figures"
_MESSAGE_LENGTH = 220
_LONGEST_PATH = 42  # characters: what a window of 1,000 pixels shows
_CHANGES_LENGTH = 720  # of all that are told: shown in place, with the times before them
Metadata = dict[str, dg.MetadataValue]


def run_key(digest: RunDigest) -> str:
    return partition_of(digest.run.root, digest.run.path)


def run_event(models: OpenModels, digest: RunDigest, scan: str) -> dg.AssetMaterialization:
    """Tell how a sequencing run stands. ``scan`` is the id of the scan that says so."""
    return dg.AssetMaterialization(
        RUNS,
        partition=run_key(digest),
        description=digest.verdict,
        metadata=_page(models, digest, scan),
        tags={_FIGURES_TAG: _sum_of_figures(digest)},
    )


def figures_of(page: dg.AssetMaterialization) -> str | None:
    """Give what sums up kit and QC figures of the page of a run; None where it is not known."""
    return (page.tags or {}).get(_FIGURES_TAG)


def _sum_of_figures(digest: RunDigest) -> str:
    text = repr((digest.run.enrichment_kit, sorted(digest.figures.items())))
    return hashlib.md5(text.encode("utf-8", "replace"), usedforsecurity=False).hexdigest()


def waiting_event(models: OpenModels, digest: RunDigest, scan: str) -> dg.AssetMaterialization:
    """Tell what a sequencing run that is not ready waits for."""
    since = models.local_day(digest.line.when.since)
    metadata: Metadata = {
        "waits for": dg.MetadataValue.text(waits_for(digest.line)),
        "since": dg.MetadataValue.text(since or "not known"),
        "what to do": dg.MetadataValue.md(_messages(digest) or "Nothing but to wait."),
        "links": dg.MetadataValue.md(
            bullets((link("the page of this run", asset_path(RUNS, run_key(digest))), _scan(scan)))
        ),
    }
    return dg.AssetMaterialization(
        WAITING, partition=run_key(digest), description=digest.verdict, metadata=metadata
    )


def _page(models: OpenModels, digest: RunDigest, scan: str) -> Metadata:
    line, run = digest.line, digest.run
    files = ", ".join(f"{type_words(each.file_type)} {each.count_words}" for each in line.files)
    values: Metadata = {
        "verdict": dg.MetadataValue.text(digest.verdict),
        "files": dg.MetadataValue.text(files or "none are expected"),
        "lacking": dg.MetadataValue.int(sum(count for *_, count in lacking(line))),
    }
    if digest.samples:
        values["samples"] = dg.MetadataValue.md(samples_table(digest))
    messages = _messages(digest)
    values["messages"] = dg.MetadataValue.md(messages or "None are open.")
    if digest.figures:
        values["QC"] = dg.MetadataValue.md(_figures(digest))
    if digest.jobs:
        values["jobs"] = dg.MetadataValue.md(_jobs(models, digest))
    values["last changes"] = dg.MetadataValue.md(_changes(models, digest) or "None.")
    values["about the run"] = dg.MetadataValue.md(_about(models, digest))
    values |= _folder(shown(run_folder(run)))
    waiting = link("waiting_runs", asset_path(WAITING, run_key(digest)))
    scan_it = f"[scan this run again]({launch_path({'runs': [unescape_name(run.path)]})})"
    listed = (f"listed under {waiting}",) if digest.is_waiting else ()
    links = (_scan(scan), scan_it, *listed, *_in_the_report(models, run))
    values["links"] = dg.MetadataValue.md(bullets(links))
    return values


def _folder(path: str) -> Metadata:
    """Give a folder to copy; a long one in two, for it would make the page wider than a window."""
    if len(path) <= _LONGEST_PATH:
        return {"folder": dg.MetadataValue.path(path)}
    above, _, name = path.rpartition("/")
    return {"folder": dg.MetadataValue.path(above), "in it": dg.MetadataValue.path(name)}


def _in_the_report(models: OpenModels, run: SequencingRun) -> Iterator[str]:
    url = models.settings.report_url
    if url:
        page = run_page_name(run.name, run.root, run.path)
        yield link("its page in the report", f"{url}/{page}")


def _scan(scan: str) -> str:
    return link(f"scan {scan[:8]}, which found this", scan_path(scan))


def _about(models: OpenModels, digest: RunDigest) -> str:
    run, when = digest.run, digest.line.when
    told = (
        ("sequenced", str(run.date or "")),
        ("kit", run.enrichment_kit or ""),
        ("sequencer", " ".join(filter(None, (run.sequencer_model, run.sequencer)))),
        ("experiment", run.experiment or ""),
        ("projects", ", ".join(digest.line.projects)),
        ("flags", ", ".join(run.flags)),
        ("first seen", _moment(models, when.first_seen)),
        ("last seen", _moment(models, when.last_seen)),
        ("in this state since", _moment(models, when.since)),
    )
    return bullets([f"{word}: {escaped(text, 200)}" for word, text in told if text])


def _moment(models: OpenModels, moment: str | None) -> str:
    return "" if moment is None else models.local(dt.datetime.fromisoformat(moment))[:16]


def _figures(digest: RunDigest) -> str:
    cells = [(escaped(name), f"{value:,g}") for name, value in digest.figures.items()]
    return table(("figure", "value (of samples: the median)"), cells, "figure")


def _messages(digest: RunDigest) -> str:
    lines = []
    for message in digest.messages:
        remedy = in_the_web_ui(message.fix, message.id)
        place = f" ({message.path})" if message.path else ""
        text = breakable(escaped(f"{message.text}{place}", _MESSAGE_LENGTH))
        to_do = f" **What to do:** {escaped(remedy, _MESSAGE_LENGTH)}" if remedy else ""
        lines.append(f"**{message.severity}:** {text}.{to_do}")
    return bullets(lines, "message")


def _jobs(models: OpenModels, digest: RunDigest) -> str:
    lines = []
    for each in digest.jobs:
        job = each.row.job
        words = escaped(job_words(models, each), _MESSAGE_LENGTH)
        file = escaped(each.row.path, _MESSAGE_LENGTH)
        lines.append(f"job {job.id}, {escaped(type_words(job.file_type))} {file}: {words}")
    return bullets(lines, "job")


def _changes(models: OpenModels, digest: RunDigest) -> str:
    room = _CHANGES_LENGTH // max(len(digest.changes), 1)
    lines = [
        f"{models.local(each.when)[:16]}, scan {each.scan_id}: "
        + escaped(" ".join(each.sentences), room)
        for each in digest.changes
    ]
    return bullets(lines, "change")


def samples_table(digest: RunDigest) -> str:
    """Draw samples by file types. Samples that lack something come first; equal ones are joined."""
    rows = list(_joined(digest))
    # Words with blanks, for a narrow window breaks them.
    columns = ("sample", *(escaped(type_words(kind)) for kind in digest.file_types))
    return f"{narrow_tables(columns, rows, 'row', INLINE - len(_LEGEND) - 2)}\n\n{_LEGEND}"


def _joined(digest: RunDigest) -> Iterator[tuple[str, ...]]:
    every = {(), *(states for each in digest.samples for states in each.states.values())}
    cells_of = {states: _cell(states) for states in every}
    groups: dict[tuple[str, ...], list[SampleStates]] = defaultdict(list)
    for sample in digest.samples:
        of_types = (sample.states.get(kind, ()) for kind in digest.file_types)
        groups[tuple(cells_of[states] for states in of_types)].append(sample)
    for cells, samples in sorted(groups.items(), key=_is_whole):
        alone = _alone(samples)
        for sample in samples[:alone]:
            yield (escaped(sample.sample_name, 40), *cells)
        rest = len(samples) - alone
        if rest:
            yield (f"{counted(rest, 'sample')} like this", *cells)


def _alone(samples: Sequence[SampleStates]) -> int:
    """How many samples of a group are named: all of a small one."""
    return len(samples) if len(samples) <= 8 else 4


def _is_whole(group: tuple[tuple[str, ...], list[SampleStates]]) -> bool:
    return not any(set(cell) & set("✘DE▶") for cell in group[0])


def _cell(states: Sequence[str]) -> str:
    return "".join(symbol for symbol, _ in state_symbols(states)) or " "
