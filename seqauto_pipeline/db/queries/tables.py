"""The file models as plain tables, narrowed in the database: for the Python interface."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from posixpath import normpath
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Dialect,
    Select,
    String,
    TypeDecorator,
    case,
    column,
    false,
    func,
    select,
    table,
    true,
    type_coerce,
)
from sqlalchemy.orm import Session, aliased

from seqauto_pipeline.db.base import Base
from seqauto_pipeline.db.models import (
    ExpectedFile,
    FileEvent,
    Message,
    SampleSheet,
    Scan,
    SequencingRun,
    SequencingSample,
    UnalignedReads,
)
from seqauto_pipeline.db.queries.messages import is_open_at
from seqauto_pipeline.db.queries.selection import Selection, file_conditions, run_conditions


@dataclass(frozen=True, slots=True)
class Table:
    columns: tuple[str, ...]
    rows: Sequence[Sequence[object]]


@dataclass(frozen=True, slots=True)
class MessageKinds:
    severities: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    with_closed: bool = False  # and acknowledged ones


class _FullPath(TypeDecorator[str]):
    """The path of a run folder and one relative to it, which may lead beside the folder."""

    impl = String
    cache_ok = True

    def process_result_value(
        self,
        value: str | None,
        dialect: Dialect,  # noqa: ARG002  (SQLAlchemy gives it)
    ) -> str | None:
        return value if value is None or "/../" not in value else normpath(value)


_folder = func.rtrim(SequencingRun.root, "/") + "/" + SequencingRun.path
_RUN = (
    SequencingRun.id.label("sequencing_run_id"),
    SequencingRun.name.label("sequencing_run"),
    _folder.label("run_path"),
    SequencingRun.enrichment_kit,
    SequencingRun.date.label("run_date"),
)
_FIRST, _LAST, _CHANGED = aliased(Scan), aliased(Scan), aliased(Scan)
_SAMPLE_COLUMNS = (
    "sample_id",
    "sample_name",
    "sample_project",
    "sample_number",
    "lane",
    "index",
    "index2",
    "is_control",
    "failed",
    "automatically_process",
    "extra",
)
_FIGURES = table(
    "qc_exec_summary",
    *map(column, ("file_id", "sequencing_run_id", "sequencing_run", "run_path", "enrichment_kit")),
    column("run_date", Date),
    *map(column, ("file_type", "sample_name", "path", "name", "value_number", "value_text")),
)


def run_table(session: Session, chosen: Selection) -> Table:
    """Read the chosen sequencing runs, newest first."""
    query = (
        select(
            *_RUN,
            *_columns(SequencingRun, "root", "layout", "sequencer", "sequencer_model"),
            *_columns(SequencingRun, "experiment", "flowcell_id", "flowcell", "run_number"),
            *_columns(SequencingRun, "data_state", "state_reason", "has_basecalls", "has_interop"),
            *_columns(SequencingRun, "legacy", "bad", "hidden", "gold_standard"),
            _FIRST.started_at.label("first_seen_at"),
            _LAST.started_at.label("last_seen_at"),
        )
        .join(_FIRST, _FIRST.id == SequencingRun.first_scan_id)
        .outerjoin(_LAST, _LAST.id == SequencingRun.last_seen_scan_id)
        .where(*run_conditions(chosen))
    )
    return _read(session, query.order_by(*_newest_first()))


def sample_table(session: Session, chosen: Selection) -> Table:
    """Read the rows of current sheets: the chosen samples of the chosen runs."""
    query = (
        select(*_RUN, *_columns(SequencingSample, *_SAMPLE_COLUMNS))
        .select_from(SequencingRun)
        .join(SampleSheet, SampleSheet.sequencing_run_id == SequencingRun.id)
        .join(SequencingSample, SequencingSample.sample_sheet_id == SampleSheet.id)
        .where(SampleSheet.is_current.is_(True), *run_conditions(chosen))
    )
    if chosen.samples:
        query = query.where(SequencingSample.sample_name.in_(chosen.samples))
    if chosen.projects:
        query = query.where(SequencingSample.sample_project.in_(chosen.projects))
    if chosen.kits:
        kit = func.lower(SequencingSample.enrichment_kit)
        query = query.where(kit.in_([each.lower() for each in chosen.kits]))
    return _read(session, query.order_by(*_newest_first(), SequencingSample.row))


def file_table(session: Session, chosen: Selection, *, with_retired: bool) -> Table:
    """Read the chosen expected files, by run, type and what each is of."""
    query = (
        select(
            ExpectedFile.id.label("file_id"),
            *_RUN,
            *_columns(ExpectedFile, "file_type", "sample_name", "lane", "read"),
            _path_of(ExpectedFile).label("path"),
            *_columns(ExpectedFile, "data_state", "reason", "size"),
            ExpectedFile.modified_ns.label("modified_at"),
            _FIRST.started_at.label("first_seen_at"),
            _LAST.started_at.label("last_seen_at"),
            _CHANGED.started_at.label("state_since"),
            ExpectedFile.retired,
        )
        .select_from(ExpectedFile)
        .join(SequencingRun, SequencingRun.id == ExpectedFile.sequencing_run_id)
        .outerjoin(_FIRST, _FIRST.id == ExpectedFile.first_seen_scan_id)
        .outerjoin(_LAST, _LAST.id == ExpectedFile.last_seen_scan_id)
        .outerjoin(_CHANGED, _CHANGED.id == _scan_of_state())
        .where(*run_conditions(_runs_only(chosen)), *file_conditions(chosen))
    )
    if not with_retired:
        query = query.where(ExpectedFile.retired.is_(False))
    order = (ExpectedFile.sequencing_run_id, ExpectedFile.file_type, ExpectedFile.slot)
    return _read(session, query.order_by(*order))


def _path_of(file: type[ExpectedFile]) -> ColumnElement[Any]:
    return type_coerce(_folder + "/" + file.path, _FullPath)


def _scan_of_state() -> ColumnElement[Any]:
    """Number of the scan since which a file is in the state that it has."""
    return (
        select(func.max(FileEvent.scan_id))
        .where(
            FileEvent.expected_file_id == ExpectedFile.id,
            FileEvent.new_state == ExpectedFile.data_state,
            FileEvent.old_state.is_distinct_from(FileEvent.new_state),
        )
        .correlate(ExpectedFile)
        .scalar_subquery()
    )


def unaligned_reads_table(session: Session, chosen: Selection) -> Table:
    """Read the records of unaligned reads: the two files of each chosen sample and lane."""
    second = aliased(ExpectedFile)
    query = (
        select(
            *_RUN,
            *_columns(ExpectedFile, "sample_name", "lane"),
            _path_of(ExpectedFile).label("r1_path"),
            _path_of(second).label("r2_path"),
            UnalignedReads,
        )
        .select_from(UnalignedReads)
        .join(ExpectedFile, ExpectedFile.id == UnalignedReads.r1_file_id)
        .join(SequencingRun, SequencingRun.id == UnalignedReads.sequencing_run_id)
        .outerjoin(second, second.id == UnalignedReads.r2_file_id)
        .where(*run_conditions(_runs_only(chosen)), *file_conditions(chosen))
        .order_by(ExpectedFile.sequencing_run_id, ExpectedFile.slot)
    )
    found = session.execute(query)
    columns = (*tuple(found.keys())[:-1], "r1_data_state", "r2_data_state", "data_state")
    rows = [
        (*facts, pair.r1_data_state, pair.r2_data_state, str(pair.data_state))
        for *facts, pair in found
    ]
    return Table(columns, rows)


def figure_table(session: Session, chosen: Selection) -> Table:
    """Read the figures of the chosen exec summaries."""
    query = (
        select(*_FIGURES.c)
        .select_from(_FIGURES)
        .join(ExpectedFile, ExpectedFile.id == _FIGURES.c.file_id)
        .join(SequencingRun, SequencingRun.id == ExpectedFile.sequencing_run_id)
        .where(*run_conditions(_runs_only(chosen)), *file_conditions(chosen))
        .order_by(ExpectedFile.sequencing_run_id, ExpectedFile.slot, _FIGURES.c.name)
    )
    return _read(session, query)


def message_table(
    session: Session, chosen: Selection, wanted: MessageKinds, now: dt.datetime
) -> Table:
    """Read messages, the newest first: all, or those of the chosen runs."""
    query = (
        select(
            Message.id.label("message_id"),
            *_columns(Message, "severity", "code", "text", "fix"),
            *_RUN,
            _message_path().label("path"),
            Message.line,
            Message.column.label("column_name"),
            *_columns(Message, "opened_scan_id", "opened_at", "closed_scan_id", "closed_at"),
            *_columns(Message, "acknowledged_by", "acknowledged_why"),
            *_columns(Message, "acknowledged_at", "acknowledged_until"),
            case((is_open_at(now), true()), else_=false()).label("is_open"),
        )
        .select_from(Message)
        .outerjoin(SequencingRun, SequencingRun.id == Message.sequencing_run_id)
        .where(*run_conditions(replace(chosen, since=None)))
    )
    if chosen.since is not None:
        opened, closed = Message.opened_scan_id, Message.closed_scan_id
        query = query.where((opened > chosen.since) | (closed > chosen.since))
    if wanted.severities:
        query = query.where(Message.severity.in_(wanted.severities))
    if wanted.codes:
        query = query.where(Message.code.in_(wanted.codes))
    if not wanted.with_closed:
        query = query.where(is_open_at(now))
    return _read(session, query.order_by(Message.opened_at.desc(), Message.id.desc()))


def _message_path() -> ColumnElement[Any]:
    is_whole = Message.path.is_(None) | SequencingRun.id.is_(None) | Message.path.startswith("/")
    path = case(
        (is_whole, Message.path),
        (Message.path == "", _folder),
        else_=_folder + "/" + Message.path,
    )
    return type_coerce(path, _FullPath)


def scan_table(session: Session, after: int) -> Table:
    """Read the scans after one that reached the models, the newest first."""
    query = select(
        Scan.id.label("scan_id"),
        *_columns(Scan, "dagster_run_id", "started_at", "as_of", "applied_at"),
        *_columns(Scan, "is_everything", "is_full"),
    ).where(Scan.id > after)
    return _read(session, query.order_by(Scan.id.desc()))


def _runs_only(chosen: Selection) -> Selection:
    """What narrows the runs, where the files say of themselves what else is chosen."""
    return Selection(runs=chosen.runs, run_states=chosen.run_states, flags=chosen.flags)


def _columns(model: type[Base], *names: str) -> tuple[Any, ...]:
    return tuple(getattr(model, name) for name in names)


def _newest_first() -> tuple[ColumnElement[Any], ...]:
    return (
        SequencingRun.date.is_(None),
        SequencingRun.date.desc(),
        SequencingRun.name.asc(),
        SequencingRun.id.asc(),
    )


def _read(session: Session, query: Select[Any]) -> Table:
    found = session.execute(query)
    return Table(tuple(found.keys()), found.all())
