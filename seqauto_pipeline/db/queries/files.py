"""Expected and unexpected files of sequencing runs, and what was loaded from them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from seqauto_pipeline.core.archived import ARCHIVED
from seqauto_pipeline.db.models import (
    ExpectedFile,
    LoadedContent,
    UnexpectedFile,
)
from seqauto_pipeline.db.queries.selection import Selection, file_conditions


@dataclass(frozen=True, slots=True)
class FileCount:
    """Files of one run, type and state that a current sheet row asks for."""

    sequencing_run_id: int
    file_type: str
    data_state: str
    files: int


class FileRow(NamedTuple):
    """The columns of an expected file that lists show: a mapped object costs ten times as much.

    A report reads millions: to make one costs a third of what one of our frozen values costs.
    """

    id: int
    sequencing_run_id: int
    file_type: str
    slot: str
    sample_name: str | None
    lane: int | None
    read: int | None
    path: str  # relative to the run folder
    data_state: str
    reason: str | None
    size: int | None
    modified_ns: int | None
    seen_path: str | None
    first_seen_scan_id: int | None
    last_seen_scan_id: int | None
    retired: bool
    is_archived: bool = False  # it is deleted, and a rule of the laboratory covers it

    @property
    def shown_state(self) -> str:
        """The state under which people see it."""
        return ARCHIVED if self.is_archived else self.data_state


FILE_ROW_COLUMNS = {
    name: getattr(ExpectedFile, name) for name in FileRow._fields if name != "is_archived"
}


@dataclass(frozen=True, slots=True)
class SampleContent:
    """What was loaded from the exec summary of a sample."""

    sequencing_run_id: int
    sample_name: str | None
    data: Mapping[str, object] | None


def count_files(session: Session, ids: Collection[int]) -> tuple[FileCount, ...]:
    """Count the files of some sequencing runs, in one statement."""
    columns = (ExpectedFile.sequencing_run_id, ExpectedFile.file_type, ExpectedFile.data_state)
    query = (
        select(*columns, func.count())
        .where(ExpectedFile.sequencing_run_id.in_(ids), ExpectedFile.retired.is_(False))
        .group_by(*columns)
        .order_by(*columns)
    )
    return tuple(FileCount(*row) for row in session.execute(query))


def count_unexpected(session: Session, ids: Collection[int]) -> dict[int, int]:
    """Count the unexpected files of some sequencing runs that have any."""
    column = UnexpectedFile.sequencing_run_id
    query = select(column, func.count()).where(column.in_(ids)).group_by(column)
    return {run_id: number for run_id, number in session.execute(query)}  # noqa: C416  (rows)


def files_of(
    session: Session,
    ids: Collection[int],
    chosen: Selection | None = None,
    *,
    retired: bool | None = False,
) -> tuple[FileRow, ...]:
    """Read the chosen files of some sequencing runs, by run, type and what each is of.

    ``retired``: only records that no current sheet row asks for; None: these too.
    """
    query = select(*FILE_ROW_COLUMNS.values()).where(ExpectedFile.sequencing_run_id.in_(ids))
    query = query.where(*file_conditions(chosen or Selection()))
    if retired is not None:
        query = query.where(ExpectedFile.retired.is_(retired))
    order = (ExpectedFile.sequencing_run_id, ExpectedFile.file_type, ExpectedFile.slot)
    # Columns alone need nothing of a session, which takes a third of the time.
    found = session.connection().execute(query.order_by(*order)).all()  # one by one: twice as long
    return tuple([FileRow(*row) for row in found])


def states_of(session: Session, ids: Collection[int]) -> Sequence[tuple[int, str | None, str, str]]:
    """Read run, sample, type and state of the files of samples, by run, type and slot."""
    columns = (
        ExpectedFile.sequencing_run_id,
        ExpectedFile.sample_name,
        ExpectedFile.file_type,
        ExpectedFile.data_state,
    )
    query = select(*columns).where(
        ExpectedFile.sequencing_run_id.in_(ids),
        ExpectedFile.sample_name.is_not(None),
        ExpectedFile.retired.is_(False),
    )
    order = (ExpectedFile.sequencing_run_id, ExpectedFile.file_type, ExpectedFile.slot)
    return session.connection().execute(query.order_by(*order)).all()


def unexpected_files_of(session: Session, ids: Collection[int]) -> tuple[UnexpectedFile, ...]:
    query = select(UnexpectedFile).where(UnexpectedFile.sequencing_run_id.in_(ids))
    order = (UnexpectedFile.sequencing_run_id, UnexpectedFile.path)
    return tuple(session.scalars(query.order_by(*order)))


def file_types(session: Session) -> tuple[str, ...]:
    return tuple(sorted(session.scalars(select(ExpectedFile.file_type).distinct())))


def loaded_contents(
    session: Session,
    ids: Collection[int],
    types: Collection[str],
    chosen: Selection | None = None,
) -> tuple[SampleContent, ...]:
    """Read what was loaded from chosen files of some types, by run and sample."""
    columns = (ExpectedFile.sequencing_run_id, ExpectedFile.sample_name, LoadedContent.data)
    query = (
        select(*columns)
        .join(LoadedContent, LoadedContent.expected_file_id == ExpectedFile.id)
        .where(ExpectedFile.sequencing_run_id.in_(ids), ExpectedFile.file_type.in_(types))
        .where(ExpectedFile.retired.is_(False), *file_conditions(chosen or Selection()))
        .order_by(ExpectedFile.sequencing_run_id, ExpectedFile.slot)
    )
    return tuple([SampleContent(*row) for row in session.connection().execute(query).all()])
