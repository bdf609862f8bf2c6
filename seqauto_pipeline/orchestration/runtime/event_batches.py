"""Many events stored in one transaction, in few bytes: one by one they cost ten times as much."""

import time
from collections.abc import Iterable, Sequence
from itertools import groupby

import dagster as dg

from seqauto_pipeline.orchestration.runtime.dagster_private import (
    RUNLESS_RUN_ID,
    SqlEventLogStorage,
    SqlEventLogStorageTable,
    SqliteEventLogStorage,
)
from seqauto_pipeline.orchestration.runtime.event_entries import (
    Source,
    compact,
    evaluated,
    in_short,
    materialized,
    superseded,
)

_INSERT = SqlEventLogStorageTable.insert().returning(
    SqlEventLogStorageTable.c.id, sort_by_parameter_order=True
)
Row = dict[str, object]


def tell(
    instance: dg.DagsterInstance,
    told: Sequence[dg.AssetMaterialization],
    source: Source | None,
    times: Sequence[float],
) -> None:
    """Store materializations of a step, or of none; ``times`` in seconds since the epoch."""
    entries = [materialized(each, source, at) for each, at in zip(told, times, strict=True)]
    entries.sort(key=_asset)
    for _, of_asset in groupby(entries, key=_asset):
        _store(instance, tuple(of_asset))


def answer(
    instance: dg.DagsterInstance, answers: Sequence[dg.AssetCheckEvaluation], source: Source
) -> None:
    """Store what checks found: in short as events of the step, whole where their pages look."""
    storage, now = instance.event_log_storage, time.time()
    entries = [evaluated(each, source, now) for each in answers]
    if not isinstance(storage, SqlEventLogStorage):  # which all of ours are
        for each in entries:
            storage.store_event(each)
        return
    rows = _rows(storage, map(in_short, entries))
    if isinstance(storage, SqliteEventLogStorage):
        _insert_for_page_of_run(storage, source.run.run_id, rows)
    with storage.index_connection() as connection:
        ids = tuple(connection.scalars(_INSERT, rows))
    for entry, event_id in zip(entries, ids, strict=True):
        storage.store_asset_check_event(entry, event_id)


def shorten(instance: dg.DagsterInstance, pages: Sequence[dg.EventLogRecord]) -> None:
    """Keep of stored events that there are newer ones of no more than description and numbers.

    What they said at length is said by the newer ones, as far as it still holds.
    """
    storage, events = instance.event_log_storage, SqlEventLogStorageTable
    if not pages or not isinstance(storage, SqlEventLogStorage):
        return
    rows = _rows(storage, (superseded(each.event_log_entry) for each in pages))
    with storage.index_connection() as connection:
        for page, row in zip(pages, rows, strict=True):
            own = events.c.id == page.storage_id
            connection.execute(events.update().where(own).values(event=row["event"]))


def _asset(entry: dg.EventLogEntry) -> str:
    key = entry.get_dagster_event().asset_key
    return key.to_user_string() if key is not None else ""


def _store(instance: dg.DagsterInstance, entries: Sequence[dg.EventLogEntry]) -> None:
    """Store events of one asset. Dagster itself stores many at once in PostgreSQL only."""
    storage = instance.event_log_storage
    if isinstance(storage, SqliteEventLogStorage):
        _store_in_files(storage, entries)
    else:
        storage.store_event_batch(entries)


def _store_in_files(storage: SqliteEventLogStorage, entries: Sequence[dg.EventLogEntry]) -> None:
    """Do as `SqliteEventLogStorage.store_event`: once in the run's file, once in the index.

    All pages of assets are made from the index. The run's file is for the page of the run alone,
    where the description says enough; and where there is no run, it would be read by nobody.
    """
    if entries[0].run_id != RUNLESS_RUN_ID:
        shorter = _rows(storage, map(in_short, entries))
        _insert_for_page_of_run(storage, entries[0].run_id, shorter)
    with storage.index_transaction() as connection:
        ids = tuple(connection.scalars(_INSERT, _rows(storage, entries)))
        storage._store_asset_event_tags(connection, entries, ids)
        storage._store_asset_event(connection, entries[-1], ids[-1])


def _insert_for_page_of_run(
    storage: SqliteEventLogStorage, run_id: str, rows: Sequence[Row]
) -> None:
    with storage.run_connection(run_id) as connection:
        connection.execute(SqlEventLogStorageTable.insert(), rows)


def _rows(storage: SqlEventLogStorage, entries: Iterable[dg.EventLogEntry]) -> list[Row]:
    rows = map(storage._event_to_row, entries)
    return [{**row, "event": compact(row["event"])} for row in rows]
