"""Which sequencing runs and files a list has: one value for all lists, made into SQL here."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from sqlalchemy import ColumnElement, Select, false, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from seqauto_pipeline.core.archived import ARCHIVED, Archive
from seqauto_pipeline.core.data_state import DataState
from seqauto_pipeline.db.models import (
    ExpectedFile,
    FileEvent,
    RunEvent,
    SampleSheet,
    SequencingRun,
    SequencingSample,
)


@dataclass(frozen=True, slots=True)
class Selection:
    """What belongs to a list. An empty tuple or None does not narrow it."""

    runs: tuple[int, ...] | None = None  # ids
    kits: tuple[str, ...] = ()  # of the run or one of its samples, in any case
    projects: tuple[str, ...] = ()  # of samples in current sheets
    samples: tuple[str, ...] = ()  # names
    types: tuple[str, ...] = ()  # of files
    states: tuple[str, ...] = ()  # of files
    run_states: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()  # a run has one of them
    since: int | None = None  # a scan: only what later ones changed
    archive: Archive = field(default_factory=Archive, compare=False)  # which files are archived

    @property
    def of_runs(self) -> "Selection":
        """What narrows runs that have chosen files: these decide themselves on all else."""
        return replace(self, types=(), states=(), since=None)

    @property
    def of_files(self) -> "Selection":
        """What narrows the files of a run that is chosen already."""
        return replace(self, runs=None, run_states=(), flags=())

    @property
    def narrows_files(self) -> bool:
        return self.of_files != Selection()


def run_conditions(chosen: Selection) -> Iterator[ColumnElement[bool]]:
    """What must hold of a sequencing run. Narrowed by files, it must have one that is chosen."""
    if chosen.runs is not None:
        yield SequencingRun.id.in_(chosen.runs)
    if chosen.run_states:
        yield SequencingRun.data_state.in_(chosen.run_states)
    if chosen.flags:
        yield or_(*(getattr(SequencingRun, flag) for flag in chosen.flags))
    if chosen.kits:
        yield _is_of_kit(SequencingRun.enrichment_kit, chosen) | SequencingRun.id.in_(
            _runs_of_samples(_is_of_kit(SequencingSample.enrichment_kit, chosen))
        )
    if chosen.projects:
        yield SequencingRun.id.in_(
            _runs_of_samples(SequencingSample.sample_project.in_(chosen.projects))
        )
    if chosen.types or chosen.states:
        files = replace(chosen.of_files, kits=(), projects=(), since=None)
        having = select(ExpectedFile.sequencing_run_id).where(*file_conditions(files))
        yield SequencingRun.id.in_(having.where(ExpectedFile.retired.is_(False)))
    elif chosen.samples:
        yield _has_or_had_sample(chosen)
    if chosen.since is not None:
        yield _changed_since(chosen.since)


def file_conditions(
    chosen: Selection, state: InstrumentedAttribute[str] = ExpectedFile.data_state
) -> Iterator[ColumnElement[bool]]:
    """What must hold of an expected file whose run is chosen already.

    ``state``: the column with the state that is meant, where that is not today's.
    """
    if chosen.states:
        yield or_(*_shown_states(chosen, state))
    if chosen.types:
        yield ExpectedFile.file_type.in_(chosen.types)
    if chosen.samples:
        yield ExpectedFile.sample_name.in_(chosen.samples)
    if chosen.projects:
        yield _sample_of_file(SequencingSample.sample_project.in_(chosen.projects))
    if chosen.kits:
        yield _sample_of_file(_is_of_kit(SequencingSample.enrichment_kit, chosen)) | (
            ExpectedFile.sample_name.is_(None)
            & _run_of_file(_is_of_kit(SequencingRun.enrichment_kit, chosen))
        )
    if chosen.since is not None:
        changed = select(FileEvent.expected_file_id).where(FileEvent.scan_id > chosen.since)
        yield ExpectedFile.id.in_(changed)


def _shown_states(
    chosen: Selection, state: InstrumentedAttribute[str]
) -> Iterator[ColumnElement[bool]]:
    """The condition for each kind of state: what is archived is not among what is deleted."""
    deleted = DataState.DELETED.value
    yield state.in_([each for each in chosen.states if each not in (ARCHIVED, deleted)])
    if deleted in chosen.states:
        yield (state == deleted) & ~_may_be_archived(chosen.archive)
    if ARCHIVED in chosen.states:
        yield (state == deleted) & _may_be_archived(chosen.archive)


def _may_be_archived(archive: Archive) -> ColumnElement[bool]:
    """The condition that `Archive.covers` states, of an expected file."""
    return or_(
        false(),
        *(
            (ExpectedFile.file_type == rule.file_type)
            & _run_of_file(
                SequencingRun.date <= rule.newest_date(archive.today),
                *(
                    (func.lower(SequencingRun.enrichment_kit) == rule.kit.lower(),)
                    if rule.kit is not None
                    else ()
                ),
            )
            for rule in archive.rules
        ),
    )


def _is_of_kit(column: InstrumentedAttribute[str | None], chosen: Selection) -> ColumnElement[bool]:
    return func.lower(column).in_([kit.lower() for kit in chosen.kits])


def _runs_of_samples(condition: ColumnElement[bool]) -> Select[int]:
    """Runs whose current sheet has a sample that meets a condition."""
    return (
        select(SampleSheet.sequencing_run_id)
        .join(SequencingSample, SequencingSample.sample_sheet_id == SampleSheet.id)
        .where(SampleSheet.is_current.is_(True), condition)
    )


def _sample_of_file(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """The condition that the sample of a file meets one, in the current sheet of its run."""
    return (
        select(SequencingSample.id)
        .join(SampleSheet, SampleSheet.id == SequencingSample.sample_sheet_id)
        .where(
            SampleSheet.sequencing_run_id == ExpectedFile.sequencing_run_id,
            SampleSheet.is_current.is_(True),
            SequencingSample.sample_name == ExpectedFile.sample_name,
            condition,
        )
        .correlate(ExpectedFile)
        .exists()
    )


def _run_of_file(*conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    return ExpectedFile.sequencing_run_id.in_(select(SequencingRun.id).where(*conditions))


def _has_or_had_sample(chosen: Selection) -> ColumnElement[bool]:
    of_files = select(ExpectedFile.sequencing_run_id).where(
        ExpectedFile.sample_name.in_(chosen.samples)
    )
    of_sheets = (
        select(SampleSheet.sequencing_run_id)
        .join(SequencingSample, SequencingSample.sample_sheet_id == SampleSheet.id)
        .where(SequencingSample.sample_name.in_(chosen.samples))
    )
    return SequencingRun.id.in_(of_files) | SequencingRun.id.in_(of_sheets)


def _changed_since(scan_id: int) -> ColumnElement[bool]:
    """The condition that later scans changed a run's own state or one of its files."""
    of_runs = select(RunEvent.sequencing_run_id).where(RunEvent.scan_id > scan_id)
    of_files = (
        select(ExpectedFile.sequencing_run_id)
        .join(FileEvent, FileEvent.expected_file_id == ExpectedFile.id)
        .where(FileEvent.scan_id > scan_id)
    )
    return SequencingRun.id.in_(of_runs) | SequencingRun.id.in_(of_files)
