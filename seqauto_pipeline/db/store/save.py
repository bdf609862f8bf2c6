"""Write a batch of rows: few statements, however many files."""

import datetime as dt
from collections.abc import Collection, Sequence

from sqlalchemy import Connection, Table, bindparam, delete, insert, update

from seqauto_pipeline.core.verdict.reconcile import ScanIds
from seqauto_pipeline.db.base import Base
from seqauto_pipeline.db.models import (
    ExpectedFile,
    FileEvent,
    LoadedContent,
    Message,
    RunEvent,
    SampleSheet,
    SequencingRun,
    SequencingSample,
    UnexpectedFile,
)
from seqauto_pipeline.db.store.batch import Batch, Rows, Values
from seqauto_pipeline.db.store.bulk import insert_rows, insert_values
from seqauto_pipeline.db.store.rows import CONTENT_COLUMNS, EVENT_COLUMNS, NEW_FILE_COLUMNS


def write_batch(connection: Connection, batch: Batch, scan: ScanIds, at: dt.datetime) -> None:
    """Write a batch, parents before children, each table in one statement."""
    _insert(connection, SequencingRun, batch.new_runs)
    _update_runs(connection, batch.runs)
    _insert(connection, RunEvent, batch.run_events)
    _write_sheets(connection, batch)
    _insert_values(connection, ExpectedFile, NEW_FILE_COLUMNS, batch.new_files)
    _update(connection, ExpectedFile, batch.files)
    _insert_values(connection, FileEvent, EVENT_COLUMNS, batch.events)
    _delete_in(connection, LoadedContent, "expected_file_id", batch.replaced_contents)
    _insert_values(connection, LoadedContent, CONTENT_COLUMNS, batch.contents)
    write_messages(connection, batch, scan, at)
    _write_unexpected(connection, batch)


def write_messages(connection: Connection, batch: Batch, scan: ScanIds, at: dt.datetime) -> None:
    _insert(connection, Message, batch.messages)
    _update(connection, Message, batch.reworded)
    if batch.closed:
        query = update(Message).where(Message.id.in_(batch.closed))
        connection.execute(query.values(closed_scan_id=scan.this, closed_at=at))


def _write_sheets(connection: Connection, batch: Batch) -> None:
    if batch.not_current:
        query = update(SampleSheet).where(SampleSheet.id.in_(batch.not_current))
        connection.execute(query.values(is_current=False))
    if batch.current:
        query = update(SampleSheet).where(SampleSheet.id.in_(batch.current))
        connection.execute(query.values(is_current=True))
    _delete_in(connection, SequencingSample, "sample_sheet_id", batch.replaced_samples)
    _insert(connection, SampleSheet, batch.sheets)
    if batch.samples:
        insert_rows(connection, _table(SequencingSample), batch.samples)


def _write_unexpected(connection: Connection, batch: Batch) -> None:
    if batch.no_longer_unexpected:
        query = delete(UnexpectedFile).where(
            UnexpectedFile.sequencing_run_id == bindparam("b_run_id"),
            UnexpectedFile.path == bindparam("b_path"),
        )
        connection.execute(query, batch.no_longer_unexpected)
    _insert(connection, UnexpectedFile, batch.unexpected)


def _insert(connection: Connection, model: type[Base], rows: Rows) -> None:
    if rows:  # the table and not the model: the way over the ORM takes twice the time
        connection.execute(insert(_table(model)), rows)


def _insert_values(
    connection: Connection, model: type[Base], columns: Sequence[str], values: Values
) -> None:
    if values:
        insert_values(connection, _table(model), columns, values)


def _table(model: type[Base]) -> Table:
    return Base.metadata.tables[model.__tablename__]


def _update(connection: Connection, model: type[Base], rows: Rows) -> None:
    if rows:
        names = rows[0].keys() - {"b_id"}
        query = update(model).where(_table(model).c.id == bindparam("b_id"))
        connection.execute(query.values({name: bindparam(name) for name in names}), rows)


def _update_runs(connection: Connection, rows: Rows) -> None:
    """Write runs with and without new facts apart: one statement has one set of columns."""
    _update(connection, SequencingRun, [row for row in rows if "facts" in row])
    _update(connection, SequencingRun, [row for row in rows if "facts" not in row])


def _delete_in(
    connection: Connection, model: type[Base], column: str, ids: Collection[int]
) -> None:
    if ids:
        table = _table(model)
        connection.execute(delete(table).where(table.c[column].in_(ids)))
