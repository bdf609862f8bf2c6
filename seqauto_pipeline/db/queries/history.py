"""What the commands that tell the history read: scans, and the ledger of files and runs."""

import datetime as dt
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    String,
    Subquery,
    case,
    func,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.orm import Session, aliased

from seqauto_pipeline.db.models import ExpectedFile, FileEvent, RunEvent, Scan, SequencingRun
from seqauto_pipeline.db.models.scans import scope_of
from seqauto_pipeline.db.queries.selection import Selection, file_conditions, run_conditions

MOVED_FROM = "moved from "  # begins the detail of a run that moved; `db.store.rows` writes it


@dataclass(frozen=True, slots=True)
class FileChange:
    """One entry of the ledger, with the file that it is about."""

    event_id: int
    scan_id: int
    old_state: str | None  # None for a new record
    new_state: str
    size: int | None
    modified_ns: int | None
    event_path: str | None  # only where it differs from the record's
    file_id: int
    sequencing_run_id: int
    file_type: str
    sample_name: str | None
    path: str


@dataclass(frozen=True, slots=True)
class NetChange:
    """What several scans together made of one file."""

    sequencing_run_id: int
    file_type: str
    old_state: str | None  # None for a new record
    new_state: str
    size: int | None
    modified_ns: int | None
    path: str


@dataclass(frozen=True, slots=True)
class RunChange:
    event_id: int
    scan_id: int
    sequencing_run_id: int
    old_state: str | None
    new_state: str
    detail: str | None

    @property
    def moved_from(self) -> str | None:
        """Where the run folder was before; None where this is no move."""
        was = (self.detail or "").removeprefix(MOVED_FROM)
        return None if was == (self.detail or "") else was


_EVENT_COLUMNS = tuple(
    getattr(FileEvent, name)
    for name in ("id", "scan_id", "old_state", "new_state", "size", "modified_ns", "path")
)
_FILE_COLUMNS = tuple(
    getattr(ExpectedFile, name)
    for name in ("id", "sequencing_run_id", "file_type", "sample_name", "path")
)


def any_scan(session: Session) -> bool:
    return session.scalar(select(Scan.id).limit(1)) is not None


def newest_applied_scan(session: Session) -> Scan | None:
    query = select(Scan).where(Scan.applied_at.is_not(None)).order_by(Scan.id.desc()).limit(1)
    return session.scalars(query).first()


def newest_scan(session: Session) -> Scan | None:
    """Find the last scan that began, whatever came of it."""
    return session.scalars(select(Scan).order_by(Scan.id.desc()).limit(1)).first()


def first_applied_scan(session: Session) -> Scan | None:
    query = select(Scan).where(Scan.applied_at.is_not(None)).order_by(Scan.id).limit(1)
    return session.scalars(query).first()


def last_scan_before(session: Session, moment: dt.datetime) -> Scan | None:
    """Find the last applied scan that began before a moment, or at it."""
    query = select(Scan).where(Scan.applied_at.is_not(None), Scan.started_at <= moment)
    return session.scalars(query.order_by(Scan.id.desc()).limit(1)).first()


def find_scans(session: Session, text: str) -> tuple[Scan, ...]:
    """Find scans by number, by Dagster run id or its start, or the last applied one as `latest`."""
    if text == "latest":
        newest = newest_applied_scan(session)
        return () if newest is None else (newest,)
    if text.isascii() and text.isdigit() and len(text) < 10:
        by_number = session.get(Scan, int(text))
        if by_number is not None:
            return (by_number,)
    starts = Scan.dagster_run_id.startswith(text.lower(), autoescape=True)
    return tuple(session.scalars(select(Scan).where(starts).order_by(Scan.id).limit(20)))


def scans_by_id(session: Session, ids: Collection[int]) -> dict[int, Scan]:
    found = session.scalars(select(Scan).where(Scan.id.in_(ids)))
    return {scan.id: scan for scan in found}


def last_scan_of(session: Session, run: SequencingRun) -> Scan | None:
    """Find the last applied scan that covered a sequencing run."""
    query = select(Scan).where(Scan.applied_at.is_not(None)).order_by(Scan.id.desc())
    return next((scan for scan in session.scalars(query.limit(1000)) if _covers(scan, run)), None)


def _covers(scan: Scan, run: SequencingRun) -> bool:
    return scan.is_everything or scope_of(scan.scope).covers(run.root, run.path)


def files_at(session: Session, run_id: int, path: str) -> tuple[int, ...]:
    """Ids of the expected files that are, were last seen, or once were at a path of a run."""
    here = or_(ExpectedFile.path == path, ExpectedFile.seen_path == path)
    query = select(ExpectedFile.id).where(ExpectedFile.sequencing_run_id == run_id, here)
    once = (
        select(ExpectedFile.id)
        .join(FileEvent, FileEvent.expected_file_id == ExpectedFile.id)
        .where(ExpectedFile.sequencing_run_id == run_id, FileEvent.path == path)
    )
    return tuple(sorted({*session.scalars(query), *session.scalars(once)}))


def files_of_samples(session: Session, names: Collection[str]) -> tuple[int, ...]:
    query = select(ExpectedFile.id).where(ExpectedFile.sample_name.in_(names))
    order = (ExpectedFile.sequencing_run_id, ExpectedFile.file_type, ExpectedFile.slot)
    return tuple(session.scalars(query.order_by(*order)))


def files_by_id(session: Session, ids: Collection[int]) -> tuple[ExpectedFile, ...]:
    query = select(ExpectedFile).where(ExpectedFile.id.in_(ids))
    order = (ExpectedFile.sequencing_run_id, ExpectedFile.file_type, ExpectedFile.slot)
    return tuple(session.scalars(query.order_by(*order)))


def changes_of_files(session: Session, ids: Collection[int]) -> tuple[FileChange, ...]:
    return _file_changes(session, FileEvent.expected_file_id.in_(ids))


def changes_of_run(session: Session, run_id: int) -> tuple[FileChange, ...]:
    return _file_changes(session, ExpectedFile.sequencing_run_id == run_id)


def net_changes(
    session: Session, after: int, up_to: int, chosen: Selection | None = None
) -> Iterator[NetChange]:
    """Stream what differs in the end, over all scans after one, up to and with another.

    By run, type and file. What went and came back is left out; what only changed its size or time
    is there, with one state twice.
    """
    span = _span(after, up_to)
    chosen = chosen or Selection()
    runs = select(SequencingRun.id).where(*run_conditions(chosen.of_runs))
    first, last = aliased(FileEvent), aliased(FileEvent)
    changed = first.old_state.is_distinct_from(last.new_state)
    query = (
        select(
            ExpectedFile.sequencing_run_id,
            ExpectedFile.file_type,
            first.old_state,
            last.new_state,
            last.size,
            last.modified_ns,
            type_coerce(func.coalesce(_next_old_path(last), ExpectedFile.path), String),
        )
        .join(span, span.c.file_id == ExpectedFile.id)
        .join(first, first.id == span.c.first_id)
        .join(last, last.id == span.c.last_id)
        .where(changed | (span.c.moves == 0), ExpectedFile.sequencing_run_id.in_(runs))
        .where(*file_conditions(chosen, state=last.new_state))
        .order_by(ExpectedFile.sequencing_run_id, ExpectedFile.file_type, ExpectedFile.slot)
    )
    for row in session.execute(query.execution_options(yield_per=5000)):
        yield NetChange(*row)


def _next_old_path(event: type[FileEvent]) -> ScalarSelect[str | None]:
    """Where the file of an entry was after it: a later entry has the path that it left."""
    later = aliased(FileEvent)
    return (
        select(later.path)
        .where(
            later.expected_file_id == event.expected_file_id,
            later.id > event.id,
            later.path.is_not(None),
        )
        .order_by(later.id)
        .limit(1)
        .scalar_subquery()
    )


def _span(after: int, up_to: int) -> Subquery:
    """First and last entry of each file in some scans, and how many of them changed its state."""
    moved = FileEvent.old_state.is_distinct_from(FileEvent.new_state)
    return (
        select(
            FileEvent.expected_file_id.label("file_id"),
            func.min(FileEvent.id).label("first_id"),
            func.max(FileEvent.id).label("last_id"),
            func.sum(case((moved, 1), else_=0)).label("moves"),
        )
        .where(FileEvent.scan_id > after, FileEvent.scan_id <= up_to)
        .group_by(FileEvent.expected_file_id)
        .subquery()
    )


def _file_changes(session: Session, which: ColumnElement[bool]) -> tuple[FileChange, ...]:
    query = (
        select(*_EVENT_COLUMNS, *_FILE_COLUMNS)
        .join(ExpectedFile, ExpectedFile.id == FileEvent.expected_file_id)
        .where(which)
        .order_by(FileEvent.scan_id, FileEvent.id)
    )
    return tuple(FileChange(*row) for row in session.execute(query))


def run_changes_of(session: Session, ids: Collection[int]) -> tuple[RunChange, ...]:
    return _run_changes(session, RunEvent.sequencing_run_id.in_(ids))


def run_changes_between(session: Session, after: int, up_to: int) -> tuple[RunChange, ...]:
    return _run_changes(session, (RunEvent.scan_id > after) & (RunEvent.scan_id <= up_to))


def _run_changes(session: Session, which: ColumnElement[bool]) -> tuple[RunChange, ...]:
    columns = tuple(
        getattr(RunEvent, name)
        for name in ("id", "scan_id", "sequencing_run_id", "old_state", "new_state", "detail")
    )
    query = select(*columns).where(which).order_by(RunEvent.scan_id, RunEvent.id)
    return tuple(RunChange(*row) for row in session.execute(query))


def previous_scan_id(session: Session, scan_id: int) -> int:
    """Number of the scan before one; 0 when it was the first."""
    return session.scalar(select(func.max(Scan.id)).where(Scan.id < scan_id)) or 0
