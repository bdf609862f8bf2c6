"""One sequencing run in full: facts, sheet, matrix of states, messages with what to do."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

from seqauto_pipeline.core.display import shown
from seqauto_pipeline.db.models import Annotation, Message, SampleSheet, Scan, SequencingRun
from seqauto_pipeline.db.queries.annotations import annotations_of_runs
from seqauto_pipeline.db.queries.files import FileRow, count_unexpected, files_of
from seqauto_pipeline.db.queries.ledger import RunStateThen, files_at_scan, run_states_at
from seqauto_pipeline.db.queries.messages import MessageFilter, messages
from seqauto_pipeline.db.queries.runs import path_in_run, run_folder
from seqauto_pipeline.db.queries.scan_times import scan_times
from seqauto_pipeline.db.queries.selection import Selection
from seqauto_pipeline.db.queries.sheets import current_sheets, samples_of, sheet_at_scan
from seqauto_pipeline.views.annotations import annotation_as_json
from seqauto_pipeline.views.archive import with_archived
from seqauto_pipeline.views.finding import NotFoundError
from seqauto_pipeline.views.jobs import JobLine, jobs_by_run
from seqauto_pipeline.views.known_layouts import known_layouts, ordered_types
from seqauto_pipeline.views.matrix import MatrixRow, matrix
from seqauto_pipeline.views.messages import message_as_json
from seqauto_pipeline.views.open_models import OpenModels
from seqauto_pipeline.views.run_facts import run_facts
from seqauto_pipeline.views.since_when import Ledger, SinceWhen, ledger_of
from seqauto_pipeline.views.values import Json, iso_ns


@dataclass(frozen=True, slots=True)
class RunPage:
    """All that is shown of one sequencing run."""

    run: SequencingRun
    data_state: str
    state_reason: str | None
    when: SinceWhen
    sheet: SampleSheet | None
    rows: tuple[MatrixRow, ...]
    file_types: tuple[str, ...]  # of samples
    run_files: tuple[FileRow, ...]  # of no single sample
    messages: tuple[Message, ...]
    unexpected: int  # files
    last_scan: Scan | None  # that covered the run and was applied
    file_ledger: Ledger
    annotations: tuple[Annotation, ...]  # what people said of the run, oldest first
    jobs: tuple[JobLine, ...]  # the last launched first; of an earlier moment none is told


def run_page(models: OpenModels, run: SequencingRun, as_of: int | None = None) -> RunPage:
    """Read what is shown of one sequencing run: as it is known now, or as a scan left it."""
    session = models.session
    sheet = _sheet(models, run, as_of)
    samples = samples_of(session, (sheet.id,)) if sheet else ()
    if as_of is None:
        files = files_of(session, (run.id,))
    else:
        files = files_at_scan(session, (run.id,), as_of)
    files = with_archived(models.archive, files, {run.id: run})
    rows = matrix(samples, files)
    named = {row.sample_name for row in rows}
    wanted = MessageFilter(Selection(runs=(run.id,)), as_of=as_of)
    state = _state(models, run, as_of)
    times = scan_times(session)
    ledger = ledger_of(models, (run.id,), times, as_of)
    last_scan = times.last_look(run, as_of)
    return RunPage(
        run=run,
        data_state=state.data_state,
        state_reason=state.reason,
        when=ledger.of_run(run, state.data_state),
        sheet=sheet,
        rows=rows,
        file_types=ordered_types(
            {kind for row in rows for kind in row.files}, known_layouts(models.settings)
        ),
        run_files=tuple(file for file in files if file.sample_name not in named),
        messages=tuple(message for message, _ in messages(session, wanted, models.now)),
        unexpected=count_unexpected(session, (run.id,)).get(run.id, 0),
        last_scan=None if last_scan is None else session.get(Scan, last_scan),
        file_ledger=ledger,
        annotations=annotations_of_runs(session, (run.id,)).get(run.id, ()),
        jobs=jobs_by_run(models, (run.id,)).get(run.id, ()) if as_of is None else (),
    )


def _sheet(models: OpenModels, run: SequencingRun, as_of: int | None) -> SampleSheet | None:
    if as_of is not None:
        return sheet_at_scan(models.session, run.id, as_of)
    return next(iter(current_sheets(models.session, (run.id,))), None)


def _state(models: OpenModels, run: SequencingRun, as_of: int | None) -> RunStateThen:
    if as_of is None:
        return RunStateThen(run.data_state, run.state_reason)
    then = run_states_at(models.session, as_of).get(run.id)
    if then is None:
        raise NotFoundError(f"Scan {as_of} did not know {shown(run_folder(run))} yet.")
    return then


def run_page_as_json(models: OpenModels, page: RunPage) -> dict[str, Json]:
    run = page.run
    return {
        **run_facts(run),
        "data_state": page.data_state,
        "state_reason": page.state_reason,
        **asdict(page.when),
        "flags": list(run.flags),
        "facts": run.facts,
        "sample_sheet": None if page.sheet is None else _sheet_as_json(page.sheet),
        "samples": [_row_as_json(page, row) for row in page.rows],
        "files_of_the_run": [_file_as_json(page, file) for file in page.run_files],
        "unexpected_files": page.unexpected,
        "messages": [message_as_json(each, run, models.now) for each in page.messages],
        "annotations": [annotation_as_json(each) for each in page.annotations],
        "jobs": [line.as_json() for line in page.jobs],
    }


def _sheet_as_json(sheet: SampleSheet) -> Json:
    return {
        "path": sheet.path,
        "version": sheet.version,
        "hash": sheet.md5,
        "format": sheet.format,
    }


def _row_as_json(page: RunPage, row: MatrixRow) -> Json:
    files: Mapping[str, Json] = {
        kind: [_file_as_json(page, file) for file in row.files[kind]]
        for kind in page.file_types
        if kind in row.files
    }
    return {
        "sample_number": row.sample_number,
        "sample_name": row.sample_name,
        "sample_id": row.sample_id,
        "is_control": row.is_control,
        "failed": row.failed,
        "automatically_process": row.automatically_process,
        "enrichment_kit": row.enrichment_kit,
        "states": {kind: row.states[kind] for kind in files},
        "files": files,
    }


def _file_as_json(page: RunPage, file: FileRow) -> Json:
    return {
        "file_type": file.file_type,
        "path": path_in_run(page.run, file.path),
        "data_state": file.data_state,
        "archived": file.is_archived,
        "reason": file.reason,
        "lane": file.lane,
        "read": file.read,
        "size": file.size,
        "modified": iso_ns(file.modified_ns),
        **asdict(page.file_ledger.of_file(file, page.run)),
    }
