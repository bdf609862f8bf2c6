"""Sample sheets of sequencing runs, and their samples."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from seqauto_pipeline.db.models import (
    ExpectedFile,
    SampleSheet,
    Scan,
    SequencingSample,
)


def names_of_sample(session: Session, name_or_id: str) -> tuple[str, ...]:
    """Find the sample names that a text means: it is one, or it is the id of some."""
    by_id = select(SequencingSample.sample_name).where(SequencingSample.sample_id == name_or_id)
    by_name = select(ExpectedFile.sample_name).where(ExpectedFile.sample_name == name_or_id)
    in_sheet = select(SequencingSample.sample_name).where(
        SequencingSample.sample_name == name_or_id
    )
    names = {*session.scalars(by_id.distinct()), *session.scalars(in_sheet.limit(1))}
    return tuple(sorted(names | {name for name in session.scalars(by_name.limit(1)) if name}))


def sample_names(session: Session) -> tuple[str, ...]:
    """Names and ids of all samples that sheets have or had."""
    columns = (SequencingSample.sample_name, SequencingSample.sample_id)
    return tuple(
        {name for column in columns for name in session.scalars(select(column).distinct())}
    )


def known_projects(session: Session) -> tuple[str, ...]:
    query = select(SequencingSample.sample_project).distinct()
    return tuple(sorted(each for each in session.scalars(query) if each is not None))


def runs_with_samples(session: Session, names: Collection[str]) -> frozenset[int]:
    """Ids of the sequencing runs that have or had samples of these names."""
    of_files = select(ExpectedFile.sequencing_run_id).where(ExpectedFile.sample_name.in_(names))
    of_sheets = (
        select(SampleSheet.sequencing_run_id)
        .join(SequencingSample, SequencingSample.sample_sheet_id == SampleSheet.id)
        .where(SequencingSample.sample_name.in_(names))
    )
    return frozenset(session.scalars(of_files.distinct())) | frozenset(
        session.scalars(of_sheets.distinct())
    )


@dataclass(frozen=True, slots=True)
class SampleFacts:
    """What the current sheet of a run says of one sample, for lists of its files."""

    sample_id: str
    sample_project: str | None
    enrichment_kit: str | None


def sample_facts(session: Session, ids: Collection[int]) -> dict[int, dict[str, SampleFacts]]:
    """Give what current sheets say of the samples of some runs, by run and sample name.

    Of a sample with several rows the first one counts.
    """
    query = (
        select(
            SampleSheet.sequencing_run_id,
            SequencingSample.sample_name,
            SequencingSample.sample_id,
            SequencingSample.sample_project,
            SequencingSample.enrichment_kit,
        )
        .join(SampleSheet, SampleSheet.id == SequencingSample.sample_sheet_id)
        .where(SampleSheet.sequencing_run_id.in_(ids), SampleSheet.is_current.is_(True))
        .order_by(SampleSheet.sequencing_run_id, SequencingSample.row)
    )
    found: dict[int, dict[str, SampleFacts]] = {run_id: {} for run_id in ids}
    for run_id, name, sample_id, project, kit in session.execute(query):
        found[run_id].setdefault(name, SampleFacts(sample_id, project, kit))
    return found


def current_sheets(session: Session, ids: Collection[int]) -> tuple[SampleSheet, ...]:
    query = select(SampleSheet).where(
        SampleSheet.sequencing_run_id.in_(ids), SampleSheet.is_current.is_(True)
    )
    return tuple(session.scalars(query))


def sheet_at_scan(session: Session, run_id: int, as_of: int) -> SampleSheet | None:
    """Find the last version of a run's sheet that a scan or an earlier one had seen."""
    query = select(SampleSheet).where(
        SampleSheet.sequencing_run_id == run_id, SampleSheet.first_scan_id <= as_of
    )
    return session.scalars(query.order_by(SampleSheet.version.desc()).limit(1)).first()


def sheet_versions(session: Session, run_id: int) -> tuple[tuple[SampleSheet, Scan], ...]:
    """List the versions of a run's sheet with the scan that first saw each, oldest first."""
    query = (
        select(SampleSheet, Scan)
        .join(Scan, Scan.id == SampleSheet.first_scan_id)
        .where(SampleSheet.sequencing_run_id == run_id)
        .order_by(SampleSheet.version)
    )
    return tuple((sheet, scan) for sheet, scan in session.execute(query))


def samples_of(session: Session, sheet_ids: Collection[int]) -> tuple[SequencingSample, ...]:
    """Read the rows of some sheets, in the order of the sheets' lines."""
    query = select(SequencingSample).where(SequencingSample.sample_sheet_id.in_(sheet_ids))
    order = (SequencingSample.sample_sheet_id, SequencingSample.row)
    return tuple(session.scalars(query.order_by(*order)))


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One version of a sheet without its bytes, for pages of many runs."""

    id: int
    sequencing_run_id: int
    version: int
    is_current: bool
    path: str  # relative to the run folder
    md5: str
    format: str
    first_scan_id: int


@dataclass(frozen=True, slots=True)
class SampleRow:
    """The columns of a sheet's row that pages show: a mapped object costs ten times as much."""

    sample_sheet_id: int
    row: int
    lane: int | None
    sample_id: str
    sample_name: str
    sample_project: str | None
    sample_number: int
    index: str | None
    index2: str | None
    is_control: bool
    failed: bool
    automatically_process: bool
    enrichment_kit: str | None
    extra: Mapping[str, object]


def sheet_rows(session: Session, ids: Collection[int]) -> tuple[SheetRow, ...]:
    """Read the sheet versions of some sequencing runs, by run; the oldest first."""
    columns = (getattr(SampleSheet, name) for name in SheetRow.__slots__)
    query = select(*columns).where(SampleSheet.sequencing_run_id.in_(ids))
    order = (SampleSheet.sequencing_run_id, SampleSheet.version)
    return tuple(SheetRow(*row) for row in session.execute(query.order_by(*order)))


def sample_rows(session: Session, ids: Collection[int]) -> tuple[SampleRow, ...]:
    """Read the rows of the current sheets of some sequencing runs, by sheet and line."""
    columns = (getattr(SequencingSample, name) for name in SampleRow.__slots__)
    query = (
        select(*columns)
        .join(SampleSheet, SampleSheet.id == SequencingSample.sample_sheet_id)
        .where(SampleSheet.sequencing_run_id.in_(ids), SampleSheet.is_current.is_(True))
        .order_by(SequencingSample.sample_sheet_id, SequencingSample.row)
    )
    return tuple([SampleRow(*row) for row in session.connection().execute(query).all()])
