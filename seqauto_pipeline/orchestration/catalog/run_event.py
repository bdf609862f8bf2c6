"""What the page of one sequencing run shows in the catalog."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator, Sequence

import dagster as dg

from seqauto_pipeline.core.display import counted, shown
from seqauto_pipeline.core.file_list import unescape_name
from seqauto_pipeline.db.models import SequencingRun
from seqauto_pipeline.db.queries.runs import run_folder
from seqauto_pipeline.orchestration.catalog.markdown import (
    bullets,
    escaped,
    link,
    table,
)
from seqauto_pipeline.orchestration.catalog.specs import RUNS, WAITING
from seqauto_pipeline.orchestration.launch_links import launch_path
from seqauto_pipeline.report.names import run_page_name
from seqauto_pipeline.views.matrix import MatrixRow, cell_symbols
from seqauto_pipeline.views.open_models import OpenModels
from seqauto_pipeline.views.readiness import lacking, waits_for
from seqauto_pipeline.views.remedies import in_the_web_ui
from seqauto_pipeline.views.run_digests import RunDigest
from seqauto_pipeline.views.web_ui import asset_path, partition_of, scan_path
from seqauto_pipeline.views.words import type_words

_LEGEND = "✔ there, ✘ missing, D gone, A archived, E unreadable, ▶ being made, - skipped"
_MESSAGE_LENGTH = 220
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
    )


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
    if digest.rows:
        values["samples"] = dg.MetadataValue.md(samples_table(digest))
    messages = _messages(digest)
    values["messages"] = dg.MetadataValue.md(messages or "None are open.")
    if digest.figures:
        values["QC"] = dg.MetadataValue.md(_figures(digest))
    values["last changes"] = dg.MetadataValue.md(_changes(models, digest) or "None.")
    values["about the run"] = dg.MetadataValue.md(_about(models, digest))
    values["folder"] = dg.MetadataValue.path(shown(run_folder(run)))
    waiting = link("waiting_runs", asset_path(WAITING, run_key(digest)))
    scan_it = f"[scan this run again]({launch_path({'runs': [unescape_name(run.path)]})})"
    listed = (f"listed under {waiting}",) if digest.is_waiting else ()
    links = (_scan(scan), scan_it, *listed, *_in_the_report(models, run))
    values["links"] = dg.MetadataValue.md(bullets(links))
    return values


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
    return table(("figure", "value (of samples: the median)"), cells, " figures")


def _messages(digest: RunDigest) -> str:
    lines = []
    for message in digest.messages:
        remedy = in_the_web_ui(message.fix, message.id)
        place = f" ({message.path})" if message.path else ""
        text = escaped(f"{message.text}{place}", _MESSAGE_LENGTH)
        to_do = f" **What to do:** {escaped(remedy, _MESSAGE_LENGTH)}" if remedy else ""
        lines.append(f"**{message.severity}:** {text}.{to_do}")
    return bullets(lines, " messages")


def _changes(models: OpenModels, digest: RunDigest) -> str:
    room = _CHANGES_LENGTH // max(len(digest.changes), 1)
    lines = [
        f"{models.local(each.when)[:16]}, scan {each.scan_id}: "
        + escaped(" ".join(each.sentences), room)
        for each in digest.changes
    ]
    return bullets(lines, " changes")


def samples_table(digest: RunDigest) -> str:
    """Draw samples by file types. Samples that lack something come first; equal ones are joined."""
    rows = list(_joined(digest))
    # Words with blanks, for a narrow window breaks them.
    columns = ("sample", *(escaped(type_words(kind)) for kind in digest.file_types))
    return f"{table(columns, rows, ' rows')}\n\n{_LEGEND}"


def _joined(digest: RunDigest) -> Iterator[tuple[str, ...]]:
    groups: dict[tuple[str, ...], list[MatrixRow]] = defaultdict(list)
    for row in digest.rows:
        groups[tuple(_cell(row, kind) for kind in digest.file_types)].append(row)
    for cells, rows in sorted(groups.items(), key=_is_whole):
        for row in rows[: _alone(rows)]:
            yield (escaped(row.sample_name, 40), *cells)
        rest = rows[_alone(rows) :]
        if rest:
            yield (f"{counted(len(rest), 'sample')} like this", *cells)


def _alone(rows: Sequence[MatrixRow]) -> int:
    """How many samples of a group are named: all of a small one."""
    return len(rows) if len(rows) <= 8 else 4


def _is_whole(group: tuple[tuple[str, ...], list[MatrixRow]]) -> bool:
    return not any(set(cell) & set("✘DE▶") for cell in group[0])


def _cell(row: MatrixRow, kind: str) -> str:
    return "".join(symbol for symbol, _ in cell_symbols(row.files.get(kind, ()))) or " "
