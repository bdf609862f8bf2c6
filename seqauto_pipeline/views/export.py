"""All that the export says, run by run: for other programs. Described in docs/export.md."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass

from seqauto_pipeline.db.models import (
    Annotation,
    Message,
    SampleSheet,
    SequencingRun,
    SequencingSample,
)
from seqauto_pipeline.db.queries.annotations import annotations_of_runs
from seqauto_pipeline.db.queries.files import FileRow, SampleContent, files_of, loaded_contents
from seqauto_pipeline.db.queries.messages import is_open, messages_of
from seqauto_pipeline.db.queries.runs import in_batches, path_in_run, run_folder, runs_by_id
from seqauto_pipeline.db.queries.scan_times import scan_times
from seqauto_pipeline.db.queries.selection import Selection
from seqauto_pipeline.db.queries.sheets import current_sheets, samples_of
from seqauto_pipeline.views.annotations import annotation_as_json
from seqauto_pipeline.views.archive import with_archived
from seqauto_pipeline.views.grouping import grouped
from seqauto_pipeline.views.known_layouts import exec_summary_types, known_layouts
from seqauto_pipeline.views.messages import message_path
from seqauto_pipeline.views.open_models import OpenModels
from seqauto_pipeline.views.run_facts import sequencing_facts
from seqauto_pipeline.views.since_when import Ledger, SinceWhen, ledger_of
from seqauto_pipeline.views.values import Json, Value, iso, iso_date, iso_ns

EXPORT_COLUMNS = (
    "sequencing_run",
    "run_path",
    "run_data_state",
    "date",
    "sequencer",
    "sequencer_model",
    "experiment",
    "enrichment_kit",
    "flags",
    "file_type",
    "path",
    "data_state",
    "sample_name",
    "read",
    "size",
    "modified",
    "lane",
    "reason",
    "since",
    "since_scan",
    "first_seen",
    "last_seen",
    "sample_id",
    "sample_project",
    "sample_enrichment_kit",
    "run_state_reason",
    "run_since",
    "run_since_scan",
    "run_first_seen",
    "run_last_seen",
    "archived",
)


@dataclass(frozen=True, slots=True)
class ExportedRun:
    """All that the export says of one sequencing run."""

    run: SequencingRun
    sheet: SampleSheet | None
    samples: tuple[SequencingSample, ...]
    files: tuple[FileRow, ...]
    contents: tuple[SampleContent, ...]
    messages: tuple[Message, ...]
    annotations: tuple[Annotation, ...]  # what people said of it, oldest first
    ledger: Ledger

    @property
    def when(self) -> SinceWhen:
        return self.ledger.of_run(self.run, self.run.data_state)


def exported_runs(
    models: OpenModels, ids: tuple[int, ...], chosen: Selection | None = None
) -> Iterator[ExportedRun]:
    """Read sequencing runs with all that belongs to them: nine statements for each batch.

    Of their files, and of what was loaded, only the chosen; sheets and messages are whole.
    """
    session = models.session
    types = exec_summary_types(known_layouts(models.settings))
    times = scan_times(session)
    for batch in in_batches(ids):
        runs = runs_by_id(session, batch)
        ledger = ledger_of(models, batch, times)
        sheets = {sheet.sequencing_run_id: sheet for sheet in current_sheets(session, batch)}
        sheet_ids = tuple(sheet.id for sheet in sheets.values())
        samples = grouped(samples_of(session, sheet_ids), lambda row: row.sample_sheet_id)
        found_files = with_archived(
            models.archive, files_of(session, batch, chosen), {run.id: run for run in runs}
        )
        files = grouped(found_files, lambda row: row.sequencing_run_id)
        found = loaded_contents(session, batch, types, chosen)
        contents = grouped(found, lambda row: row.sequencing_run_id)
        messages = grouped(messages_of(session, batch), lambda row: row.sequencing_run_id or 0)
        said = annotations_of_runs(session, batch)
        for run in runs:
            sheet = sheets.get(run.id)
            yield ExportedRun(
                run=run,
                sheet=sheet,
                samples=samples.get(sheet.id, ()) if sheet is not None else (),
                files=files.get(run.id, ()),
                contents=contents.get(run.id, ()),
                messages=messages.get(run.id, ()),
                ledger=ledger,
                annotations=said.get(run.id, ()),
            )
        session.expunge_all()  # what is written needs no more memory


def exported_run_as_json(exported: ExportedRun, now: dt.datetime) -> dict[str, Json]:
    run = exported.run
    samples = _by_name(exported.samples)
    return {
        "name": run.name,
        "path": run_folder(run),
        "data_state": run.data_state,
        **sequencing_facts(run),
        "fastq_analysis": run.facts.get("fastq_analysis"),
        "flags": list(run.flags),
        "sample_sheet": _sheet(exported),
        "files": [
            {**_file_facts(exported, file, samples), "archived": file.is_archived}
            for file in exported.files
        ],
        "qc": [_qc(content) for content in exported.contents if _values(content) is not None],
        "messages": [_message(message, run, now) for message in exported.messages],
        "state_reason": run.state_reason,
        **asdict(exported.when),
        "annotations": [annotation_as_json(each) for each in exported.annotations],
    }


def _sheet(exported: ExportedRun) -> Json:
    sheet = exported.sheet
    if sheet is None:
        return None
    return {
        "path": path_in_run(exported.run, sheet.path),
        "hash": sheet.md5,
        "format": sheet.format,
        "samples": [_sample(sample) for sample in exported.samples],
    }


def _sample(sample: SequencingSample) -> Json:
    return {
        "sample_id": sample.sample_id,
        "sample_name": sample.sample_name,
        "sample_project": sample.sample_project,
        "sample_number": sample.sample_number,
        "lane": sample.lane,
        "index": sample.index,
        "index2": sample.index2,
        "is_control": sample.is_control,
        "failed": sample.failed,
        "automatically_process": sample.automatically_process,
        "enrichment_kit": sample.enrichment_kit,
        "extra": sample.extra,
    }


def _by_name(samples: Iterable[SequencingSample]) -> dict[str | None, SequencingSample]:
    """Find the samples of a sheet by name; of one with several rows the first counts."""
    found: dict[str | None, SequencingSample] = {}
    for sample in samples:
        found.setdefault(sample.sample_name, sample)
    return found


def _file(file: FileRow, run: SequencingRun) -> dict[str, Value]:
    return {
        "file_type": file.file_type,
        "path": path_in_run(run, file.path),
        "data_state": file.data_state,
        "sample_name": file.sample_name,
        "read": file.read,
        "size": file.size,
        "modified": iso_ns(file.modified_ns),
        "lane": file.lane,
        "reason": file.reason,
    }


def _file_facts(
    exported: ExportedRun, file: FileRow, samples: Mapping[str | None, SequencingSample]
) -> dict[str, Value]:
    sample = samples.get(file.sample_name)
    return {
        **_file(file, exported.run),
        **asdict(exported.ledger.of_file(file, exported.run)),
        "sample_id": None if sample is None else sample.sample_id,
        "sample_project": None if sample is None else sample.sample_project,
        "enrichment_kit": exported.run.enrichment_kit if sample is None else sample.enrichment_kit,
    }


def _values(content: SampleContent) -> Mapping[str, Json] | None:
    values = (content.data or {}).get("values")
    return values if isinstance(values, Mapping) else None


def _qc(content: SampleContent) -> Json:
    return {"sample_name": content.sample_name, "exec_summary": _values(content)}


def _message(message: Message, run: SequencingRun, now: dt.datetime) -> Json:
    return {
        "severity": message.severity,
        "code": message.code,
        "message": message.text,
        "path": message_path(message, run),
        "open": is_open(message, now),
        "acknowledged_by": message.acknowledged_by,
        "acknowledged_why": message.acknowledged_why,
        "acknowledged": iso(message.acknowledged_at),
        "acknowledged_until": iso(message.acknowledged_until),
    }


def exported_rows(exported: ExportedRun) -> Iterator[tuple[Value, ...]]:
    """Give the values of EXPORT_COLUMNS: a row for each expected file of the run."""
    run = exported.run
    facts = (
        run.name,
        run_folder(run),
        run.data_state,
        iso_date(run.date),
        run.sequencer,
        run.sequencer_model,
        run.experiment,
        run.enrichment_kit,
        " ".join(run.flags),
    )
    then = (run.state_reason, *asdict(exported.when).values())
    samples = _by_name(exported.samples)
    for file in exported.files:
        file_facts = _file_facts(exported, file, samples).values()
        yield (*facts, *file_facts, *then, file.is_archived)
