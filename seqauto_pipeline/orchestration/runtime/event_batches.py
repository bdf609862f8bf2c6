"""Many events of assets stored in one transaction: one by one they cost ten times as much."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import dagster as dg

from seqauto_pipeline.orchestration.runtime.dagster_private import (
    RUNLESS_JOB_NAME,
    RUNLESS_RUN_ID,
    SqlEventLogStorageTable,
    SqliteEventLogStorage,
    StepMaterializationData,
)


@dataclass(frozen=True, slots=True)
class Source:
    """The step of a Dagster run that tells something."""

    run: dg.DagsterRun
    step: str


def tell(
    instance: dg.DagsterInstance,
    told: Sequence[dg.AssetMaterialization],
    source: Source | None,
    times: Sequence[float],
) -> None:
    """Store materializations of a step, or of none; ``times`` in seconds since the epoch."""
    entries = [_entry(each, source, time) for each, time in zip(told, times, strict=True)]
    entries.sort(key=_asset)
    for _, of_asset in groupby(entries, key=_asset):
        _store(instance, tuple(of_asset))


def _entry(told: dg.AssetMaterialization, source: Source | None, time: float) -> dg.EventLogEntry:
    job = source.run.job_name if source is not None else RUNLESS_JOB_NAME
    step = source.step if source is not None else None
    return dg.EventLogEntry(  # type: ignore[no-untyped-call]  # Dagster gives it no types
        error_info=None,
        level="debug",
        user_message="",
        run_id=source.run.run_id if source is not None else RUNLESS_RUN_ID,
        timestamp=time,
        step_key=step,
        job_name=job,
        dagster_event=dg.DagsterEvent(
            event_type_value=dg.DagsterEventType.ASSET_MATERIALIZATION.value,
            job_name=job,
            step_key=step,
            event_specific_data=StepMaterializationData(told),
            message=told.description,
        ),
    )


def _in_short(entry: dg.EventLogEntry) -> dg.EventLogEntry:
    """Leave out all but which partition of which asset was told of, and its description."""
    event = entry.get_dagster_event()
    told = event.step_materialization_data.materialization
    short = dg.AssetMaterialization(told.asset_key, told.description, partition=told.partition)
    data = StepMaterializationData(short)
    return entry._replace(dagster_event=event._replace(event_specific_data=data))


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
    events, run = SqlEventLogStorageTable, entries[0].run_id
    insert = events.insert()
    if run != RUNLESS_RUN_ID:
        with storage.run_connection(run) as connection:
            connection.execute(insert, [storage._event_to_row(_in_short(each)) for each in entries])
    rows = [storage._event_to_row(each) for each in entries]
    with storage.index_transaction() as connection:
        connection.execute(insert, rows)
        newest = events.select().with_only_columns(events.c.id).order_by(events.c.id.desc())
        ids = tuple(connection.scalars(newest.limit(len(rows))))[::-1]
        storage._store_asset_event_tags(connection, entries, ids)
        storage._store_asset_event(connection, entries[-1], ids[-1])
