"""Sequencing runs with all that a page of each shows: read many at a time."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from seqauto_pipeline.core.layout import Layout
from seqauto_pipeline.db.models import Annotation, Message, SequencingRun
from seqauto_pipeline.db.queries.annotations import annotations_of_runs
from seqauto_pipeline.db.queries.changes import ChangedFiles, changed_files
from seqauto_pipeline.db.queries.files import (
    FileCount,
    FileRow,
    SampleContent,
    count_unexpected,
    files_of,
    loaded_contents,
)
from seqauto_pipeline.db.queries.history import RunChange, run_changes_of
from seqauto_pipeline.db.queries.messages import messages_of
from seqauto_pipeline.db.queries.runs import in_batches, run_folder, runs_by_id
from seqauto_pipeline.db.queries.scan_times import ScanTimes, scan_times
from seqauto_pipeline.db.queries.sheets import SampleRow, SheetRow, sample_rows, sheet_rows
from seqauto_pipeline.views.archive import with_archived
from seqauto_pipeline.views.grouping import grouped
from seqauto_pipeline.views.jobs import JobLine, jobs_by_run
from seqauto_pipeline.views.known_layouts import known_layouts
from seqauto_pipeline.views.open_models import OpenModels
from seqauto_pipeline.views.runs import RunLine
from seqauto_pipeline.views.since_when import SinceWhen, ledger_of
from seqauto_pipeline.views.tallies import Tally, tallies

_QC_CONTENT = frozenset({"exec_summary", "illumina_qc"})  # as layouts call what they read


@dataclass(frozen=True, slots=True)
class WholeRun:
    """One sequencing run with all that belongs to it."""

    run: SequencingRun
    when: SinceWhen
    sheets: tuple[SheetRow, ...]  # the oldest first
    samples: tuple[SampleRow, ...]  # the rows of the current sheet
    files: tuple[FileRow, ...]
    tallies: tuple[Tally, ...]
    contents: tuple[SampleContent, ...]  # of exec summaries and Illumina's report
    messages: tuple[Message, ...]  # open and closed, in the order they were opened
    annotations: tuple[Annotation, ...]
    run_changes: tuple[RunChange, ...]
    file_changes: tuple[ChangedFiles, ...]
    unexpected: int  # files
    times: ScanTimes
    jobs: tuple[JobLine, ...]  # the last launched first

    @property
    def line(self) -> RunLine:
        """It as a line of the list of runs."""
        run = self.run
        return RunLine(run, run.data_state, run.state_reason, self.tallies, {}, (), self.when)

    @property
    def folder(self) -> str:
        return run_folder(self.run)


def whole_runs(models: OpenModels, ids: Collection[int]) -> Iterator[WholeRun]:
    """Read sequencing runs with all that belongs to them: a dozen statements for each batch."""
    layouts = known_layouts(models.settings)
    times = scan_times(models.session)
    for batch in in_batches(tuple(ids)):
        yield from _batch(models, batch, layouts, times)
        models.session.expunge_all()  # what was shown needs no more memory


def _batch(
    models: OpenModels, ids: tuple[int, ...], layouts: Collection[Layout], times: ScanTimes
) -> Iterator[WholeRun]:
    session = models.session
    runs = {run.id: run for run in runs_by_id(session, ids)}
    found = with_archived(models.archive, files_of(session, ids), runs)
    files = grouped(found, lambda row: row.sequencing_run_id)
    sheets = grouped(sheet_rows(session, ids), lambda row: row.sequencing_run_id)
    samples = grouped(sample_rows(session, ids), lambda row: row.sample_sheet_id)
    contents = loaded_contents(session, ids, qc_types(layouts))
    ledger = ledger_of(models, ids, times, of_files=False)
    counts = tallies(_counts(found), layouts)
    of_contents = grouped(contents, lambda row: row.sequencing_run_id)
    messages = grouped(messages_of(session, ids), lambda row: row.sequencing_run_id or 0)
    said = annotations_of_runs(session, ids)
    of_runs = grouped(run_changes_of(session, ids), lambda row: row.sequencing_run_id)
    of_files = grouped(changed_files(session, ids), lambda row: row.sequencing_run_id)
    unexpected = count_unexpected(session, ids)
    jobs = jobs_by_run(models, ids)
    for run_id, run in runs.items():
        versions = sheets.get(run_id, ())
        yield WholeRun(
            run=run,
            when=ledger.of_run(run, run.data_state),
            sheets=versions,
            samples=tuple(
                row for each in versions if each.is_current for row in samples.get(each.id, ())
            ),
            files=files.get(run_id, ()),
            tallies=counts.get(run_id, ()),
            contents=of_contents.get(run_id, ()),
            messages=messages.get(run_id, ()),
            annotations=said.get(run_id, ()),
            run_changes=of_runs.get(run_id, ()),
            file_changes=of_files.get(run_id, ()),
            unexpected=unexpected.get(run_id, 0),
            times=times,
            jobs=jobs.get(run_id, ()),
        )


def qc_types(layouts: Iterable[Layout]) -> tuple[str, ...]:
    """List the file types of layouts whose content is QC figures of samples or runs."""
    types = {
        each.name for layout in layouts for each in layout.file_types if each.content in _QC_CONTENT
    }
    return tuple(sorted(types))


def _counts(files: Iterable[FileRow]) -> Iterator[FileCount]:
    counts = Counter((file.sequencing_run_id, file.file_type, file.shown_state) for file in files)
    for (run_id, file_type, state), number in counts.items():
        yield FileCount(run_id, file_type, state, number)
