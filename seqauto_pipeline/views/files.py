"""Expected files as a list, by state, type, run or sample; and files that no sheet explains."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from seqauto_pipeline.db.models import SequencingRun
from seqauto_pipeline.db.queries.files import FileRow, files_of, unexpected_files_of
from seqauto_pipeline.db.queries.ledger import files_at_scan
from seqauto_pipeline.db.queries.runs import in_batches, path_in_run, run_ids, runs_by_id
from seqauto_pipeline.db.queries.scan_times import ScanTimes, scan_times
from seqauto_pipeline.db.queries.selection import Selection
from seqauto_pipeline.db.queries.sheets import SampleFacts, sample_facts
from seqauto_pipeline.views.archive import with_archived
from seqauto_pipeline.views.open_models import OpenModels
from seqauto_pipeline.views.since_when import Ledger, SinceWhen, ledger_of
from seqauto_pipeline.views.values import Json, Value, iso_date, iso_ns

_UNEXPECTED = "unexpected"
FILE_COLUMNS = (
    "data_state",
    "file_type",
    "path",
    "sequencing_run",
    "sample_name",
    "lane",
    "read",
    "reason",
    "size",
    "modified",
    "sample_id",
    "sample_project",
    "enrichment_kit",
    "run_date",
    "since",
    "since_scan",
    "first_seen",
    "last_seen",
    "archived",
)


@dataclass(frozen=True, slots=True)
class FileLine:
    """One file as it is listed."""

    run: SequencingRun
    data_state: str  # or `unexpected`
    below: str  # its path, relative to the run folder
    size: int | None
    modified_ns: int | None
    file: FileRow | None = None  # None for one that nothing expects
    sample: SampleFacts | None = None  # what the current sheet says of its sample
    when: SinceWhen = field(default_factory=SinceWhen)

    @property
    def path(self) -> str:
        return path_in_run(self.run, self.below)

    @property
    def shown_state(self) -> str:
        """The state under which people see it."""
        return self.data_state if self.file is None else self.file.shown_state

    @property
    def enrichment_kit(self) -> str | None:
        """The kit of the sample; of a file of the whole run the run's."""
        return self.run.enrichment_kit if self.sample is None else self.sample.enrichment_kit

    def values(self) -> tuple[Value, ...]:
        """Give the values of FILE_COLUMNS."""
        file, sample, when = self.file, self.sample, self.when
        return (
            self.data_state,
            None if file is None else file.file_type,
            self.path,
            self.run.name,
            None if file is None else file.sample_name,
            None if file is None else file.lane,
            None if file is None else file.read,
            None if file is None else file.reason,
            self.size,
            iso_ns(self.modified_ns),
            None if sample is None else sample.sample_id,
            None if sample is None else sample.sample_project,
            self.enrichment_kit,
            iso_date(self.run.date),
            when.since,
            when.since_scan,
            when.first_seen,
            when.last_seen,
            file is not None and file.is_archived,
        )

    def as_json(self) -> Json:
        return dict(zip(FILE_COLUMNS, self.values(), strict=True))


@dataclass(frozen=True, slots=True)
class WantedFiles:
    """Which files a list has."""

    chosen: Selection
    retired: bool = False  # records that no current sheet row asks for, in place of the others
    unexpected: bool = False  # files that no sheet explains, in place of expected ones
    as_of: int | None = None  # a scan: files as it left them


def file_lines(models: OpenModels, wanted: WantedFiles) -> Iterator[FileLine]:
    """Stream the files, run by run, newest run first."""
    times = scan_times(models.session)
    for batch in in_batches(run_ids(models.session, wanted.chosen.of_runs)):
        found = {run.id: run for run in runs_by_id(models.session, batch)}
        by_run: dict[int, list[FileLine]] = {run_id: [] for run_id in found}
        for line in (
            _unexpected(models, found)
            if wanted.unexpected
            else _expected(models, wanted, found, times)
        ):
            by_run[line.run.id].append(line)
        for lines in by_run.values():
            yield from lines


def _unexpected(models: OpenModels, runs: Mapping[int, SequencingRun]) -> Iterator[FileLine]:
    for odd in unexpected_files_of(models.session, tuple(runs)):
        run = runs[odd.sequencing_run_id]
        yield FileLine(run, _UNEXPECTED, odd.path, odd.size, odd.modified_ns)


def _expected(
    models: OpenModels, wanted: WantedFiles, runs: Mapping[int, SequencingRun], times: ScanTimes
) -> Iterator[FileLine]:
    ledger = ledger_of(models, runs.keys(), times, wanted.as_of)
    samples = sample_facts(models.session, runs.keys())
    for file in with_archived(models.archive, _files(models, wanted, runs.keys()), runs):
        run = runs[file.sequencing_run_id]
        yield _line(file, run, samples[run.id].get(file.sample_name or ""), ledger)


def _files(models: OpenModels, wanted: WantedFiles, ids: Collection[int]) -> tuple[FileRow, ...]:
    session = models.session
    if wanted.as_of is None:
        return files_of(session, ids, wanted.chosen, retired=wanted.retired)
    return files_at_scan(session, ids, wanted.as_of, wanted.chosen, retired=wanted.retired)


def _line(
    file: FileRow, run: SequencingRun, sample: SampleFacts | None, ledger: Ledger
) -> FileLine:
    when = ledger.of_file(file, run)
    return FileLine(
        run, file.data_state, file.path, file.size, file.modified_ns, file, sample, when
    )
