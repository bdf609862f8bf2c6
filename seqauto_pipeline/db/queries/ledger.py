"""What the ledger says of one moment: states as of a scan, and since which scan they hold."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, func, null, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from seqauto_pipeline.core.data_state import RETIRED
from seqauto_pipeline.db.models import ExpectedFile, FileEvent, RunEvent
from seqauto_pipeline.db.queries.files import FILE_ROW_COLUMNS, FileCount, FileRow
from seqauto_pipeline.db.queries.selection import Selection, file_conditions


@dataclass(frozen=True, slots=True)
class RunStateThen:
    """The own state of a sequencing run as of a scan."""

    data_state: str
    reason: str | None


def file_states_since(
    session: Session, ids: Collection[int], as_of: int | None = None
) -> dict[int, int]:
    """Give by file the scan that put it into its state; of the files of some runs."""
    query = (
        select(FileEvent.expected_file_id, func.max(FileEvent.scan_id))
        .join(ExpectedFile, ExpectedFile.id == FileEvent.expected_file_id)
        .where(ExpectedFile.sequencing_run_id.in_(ids))
        .where(FileEvent.old_state.is_distinct_from(FileEvent.new_state))
    )
    if as_of is not None:
        query = query.where(FileEvent.scan_id <= as_of)
    return _pairs(session, query.group_by(FileEvent.expected_file_id))


def run_states_since(
    session: Session, ids: Collection[int], as_of: int | None = None
) -> dict[int, int]:
    """Give by sequencing run the scan that put it into its own state."""
    query = (
        select(RunEvent.sequencing_run_id, func.max(RunEvent.scan_id))
        .where(RunEvent.sequencing_run_id.in_(ids))
        .where(RunEvent.old_state.is_distinct_from(RunEvent.new_state))
    )
    if as_of is not None:
        query = query.where(RunEvent.scan_id <= as_of)
    return _pairs(session, query.group_by(RunEvent.sequencing_run_id))


def _pairs(session: Session, query: Select[int, int]) -> dict[int, int]:
    return {row[0]: row[1] for row in session.execute(query)}


def run_states_at(
    session: Session, as_of: int, states: Collection[str] = ()
) -> dict[int, RunStateThen]:
    """Give the own states of all sequencing runs that a scan or an earlier one had seen."""
    last = (
        select(func.max(RunEvent.id))
        .where(RunEvent.scan_id <= as_of)
        .group_by(RunEvent.sequencing_run_id)
    )
    query = select(RunEvent.sequencing_run_id, RunEvent.new_state, RunEvent.detail).where(
        RunEvent.id.in_(last)
    )
    if states:
        query = query.where(RunEvent.new_state.in_(states))
    return {run_id: RunStateThen(state, why) for run_id, state, why in session.execute(query)}


def files_at_scan(
    session: Session,
    ids: Collection[int],
    as_of: int,
    chosen: Selection | None = None,
    *,
    retired: bool = False,
) -> tuple[FileRow, ...]:
    """Read the files of some runs as a scan left them. What it knew of reasons is not kept."""
    last = _last_events(ids, as_of)
    conditions = file_conditions(chosen or Selection(), state=FileEvent.new_state)
    is_retired = FileEvent.new_state == RETIRED
    query = (
        select(*_columns_then())
        .join(FileEvent, FileEvent.expected_file_id == ExpectedFile.id)
        .join(last, last.c.event_id == FileEvent.id)
        .where(*conditions, is_retired if retired else ~is_retired)
        .order_by(ExpectedFile.sequencing_run_id, ExpectedFile.file_type, ExpectedFile.slot)
    )
    return tuple(FileRow(*row) for row in session.execute(query))


def _columns_then() -> tuple[Any, ...]:
    """Give the columns of a FileRow, with what the ledger keeps in place of today's."""
    then: dict[str, ColumnElement[Any] | InstrumentedAttribute[Any]] = {
        "path": func.coalesce(FileEvent.path, ExpectedFile.path),
        "data_state": FileEvent.new_state,
        "reason": null(),
        "size": FileEvent.size,
        "modified_ns": FileEvent.modified_ns,
        "retired": FileEvent.new_state == RETIRED,
    }
    return tuple(then.get(name, column) for name, column in FILE_ROW_COLUMNS.items())


def count_files_at_scan(
    session: Session, ids: Collection[int], as_of: int
) -> tuple[FileCount, ...]:
    """Count the files of some sequencing runs as a scan left them, in one statement."""
    last = _last_events(ids, as_of)
    columns = (ExpectedFile.sequencing_run_id, ExpectedFile.file_type, FileEvent.new_state)
    query = (
        select(*columns, func.count())
        .join(FileEvent, FileEvent.expected_file_id == ExpectedFile.id)
        .join(last, last.c.event_id == FileEvent.id)
        .where(FileEvent.new_state != RETIRED)
        .group_by(*columns)
        .order_by(*columns)
    )
    return tuple(FileCount(*row) for row in session.execute(query))


def _last_events(ids: Collection[int], as_of: int) -> Subquery:
    """The last entry, by a scan, of each file of some runs."""
    return (
        select(func.max(FileEvent.id).label("event_id"))
        .join(ExpectedFile, ExpectedFile.id == FileEvent.expected_file_id)
        .where(FileEvent.scan_id <= as_of, ExpectedFile.sequencing_run_id.in_(ids))
        .group_by(FileEvent.expected_file_id)
        .subquery()
    )
