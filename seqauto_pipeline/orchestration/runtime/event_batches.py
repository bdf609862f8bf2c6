"""Many events stored in one transaction, in few bytes: one by one they cost ten times as much."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import dagster as dg

from seqauto_pipeline.orchestration.runtime.dagster_private import (
    RUNLESS_RUN_ID,
    AssetCheckExecutionsTable,
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

if TYPE_CHECKING:
    from seqauto_pipeline.db.session import Table

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
    """Store what checks found: in short as events of the step, whole where their pages look.

    The answers before stay whole, too, for what they tell has changed since; of older ones all but
    their tables stays.
    """
    storage, now = instance.event_log_storage, time.time()
    entries = [evaluated(each, source, now) for each in answers]
    if not isinstance(storage, SqlEventLogStorage):  # which all of ours are
        for each in entries:
            storage.store_event(each)
        return
    _store_for_pages_of_runs(storage, entries)
    older = _older_answers(storage, answers, source)
    with storage.index_connection() as connection:
        ids = tuple(connection.scalars(_INSERT, _rows(storage, map(in_short, entries))))
    for entry, event_id in zip(entries, ids, strict=True):
        storage.store_asset_check_event(entry, event_id)
    _replace(storage, AssetCheckExecutionsTable, "evaluation_event", older, in_short)


def _older_answers(
    storage: SqlEventLogStorage, answers: Sequence[dg.AssetCheckEvaluation], source: Source
) -> Mapping[int, dg.EventLogEntry]:
    """Find the last answer but one to each check, by its id; those of this step do not count.

    A step that is run again takes the place of its own answers.
    """
    older: dict[int, dg.EventLogEntry] = {}
    for each in answers:
        history = storage.get_asset_check_execution_history(each.asset_check_key, limit=2)
        of_others = [record for record in history if record.run_id != source.run.run_id]
        older |= {record.id: record.event for record in of_others[1:] if record.event is not None}
    return older


def shorten(instance: dg.DagsterInstance, pages: Sequence[dg.EventLogRecord]) -> None:
    """Keep of stored events that there are newer ones of no more than description and numbers.

    What they said at length is said by the newer ones, as far as it still holds.
    """
    storage = instance.event_log_storage
    if isinstance(storage, SqlEventLogStorage):
        told = {page.storage_id: page.event_log_entry for page in pages}
        _replace(storage, SqlEventLogStorageTable, "event", told, superseded)


def _replace(
    storage: SqlEventLogStorage,
    table: "Table",
    column: str,
    stored: Mapping[int, dg.EventLogEntry],
    reduced: Callable[[dg.EventLogEntry], dg.EventLogEntry],
) -> None:
    """Write events that are stored in a column anew, reduced; they are given by the row's id."""
    if not stored:
        return
    with storage.index_connection() as connection:
        for row_id, entry in stored.items():
            new = table.update().where(table.c.id == row_id)
            connection.execute(new.values({column: written(reduced(entry))}))


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
