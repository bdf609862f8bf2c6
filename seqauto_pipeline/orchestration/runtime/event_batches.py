"""Many events stored in one transaction, in few bytes: one by one they cost ten times as much."""

import time
from collections.abc import Iterable, Sequence

import dagster as dg

from seqauto_pipeline.orchestration.runtime.dagster_private import (
    RUNLESS_RUN_ID,
    SqlEventLogStorage,
    SqlEventLogStorageTable,
    SqliteEventLogStorage,
)
from seqauto_pipeline.orchestration.runtime.event_entries import (
    Source,
    evaluated,
    in_short,
    superseded,
    written,
)

_INSERT = SqlEventLogStorageTable.insert().returning(
    SqlEventLogStorageTable.c.id, sort_by_parameter_order=True
)
Row = dict[str, object]


def tell(instance: dg.DagsterInstance, entries: Sequence[dg.EventLogEntry]) -> None:
    """Store materializations; of each asset the last one counts as its newest."""
    storage = instance.event_log_storage
    if not isinstance(storage, SqlEventLogStorage):  # which all of ours are
        storage.store_event_batch(entries)
        return
    if not entries:
        return
    _store_for_pages_of_runs(storage, entries)
    newest = {_asset_of(each): at for at, each in enumerate(entries)}
    with storage.index_transaction() as connection:
        ids = tuple(connection.scalars(_INSERT, _rows(storage, entries)))
        storage._store_asset_event_tags(connection, entries, ids)
        for at in newest.values():
            storage._store_asset_event(connection, entries[at], ids[at])


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
    _store_for_pages_of_runs(storage, entries)
    with storage.index_connection() as connection:
        ids = tuple(connection.scalars(_INSERT, _rows(storage, map(in_short, entries))))
    for entry, event_id in zip(entries, ids, strict=True):
        storage.store_asset_check_event(entry, event_id)


def shorten(instance: dg.DagsterInstance, pages: Sequence[dg.EventLogRecord]) -> None:
    """Keep of stored events that there are newer ones of no more than description and numbers.

    What they said at length is said by the newer ones, as far as it still holds.
    """
    storage, events = instance.event_log_storage, SqlEventLogStorageTable
    if not pages or not isinstance(storage, SqlEventLogStorage):
        return
    with storage.index_connection() as connection:
        for page in pages:
            own = events.c.id == page.storage_id
            shorter = written(superseded(page.event_log_entry))
            connection.execute(events.update().where(own).values(event=shorter))


def _asset_of(entry: dg.EventLogEntry) -> dg.AssetKey | None:
    return entry.get_dagster_event().asset_key


def _store_for_pages_of_runs(
    storage: SqlEventLogStorage, entries: Sequence[dg.EventLogEntry]
) -> None:
    """Store events of a Dagster run in its file, as `SqliteEventLogStorage.store_event` does.

    All pages of assets are made from the index. The run's file is for the page of the run alone,
    where the description says enough; and where there is no run, it would be read by nobody.
    """
    if not isinstance(storage, SqliteEventLogStorage):  # PostgreSQL has one table for both
        return
    of_runs = [each for each in entries if each.run_id != RUNLESS_RUN_ID]
    if of_runs:
        with storage.run_connection(of_runs[0].run_id) as connection:
            rows = _rows(storage, map(in_short, of_runs))
            connection.execute(SqlEventLogStorageTable.insert(), rows)


def _rows(storage: SqlEventLogStorage, entries: Iterable[dg.EventLogEntry]) -> list[Row]:
    return [_row(storage, each) for each in entries]


def _row(storage: SqlEventLogStorage, entry: dg.EventLogEntry) -> Row:
    """Do as `SqlEventLogStorage._event_to_row`, which would write the JSON first, and longer."""
    event, asset = entry.get_dagster_event(), _asset_of(entry)
    moment = storage._event_insert_timestamp(entry)  # type: ignore[no-untyped-call]  # Dagster gives it no types
    return {
        "run_id": entry.run_id,
        "event": written(entry),
        "dagster_event_type": event.event_type_value,
        "timestamp": moment,
        "step_key": event.step_key,
        "asset_key": asset.to_string() if asset is not None else None,
        "partition": event.partition,
    }
