"""Old events that belong to no Dagster run, and old answers of checks: Dagster keeps them for ever.

Events of a Dagster run go with it, what checks answered in it does not.
"""

import datetime as dt

import dagster as dg

from seqauto_pipeline.orchestration.runtime.dagster_private import (
    RUNLESS_RUN_ID,
    AssetCheckExecutionsTable,
    SqlEventLogStorage,
    SqlEventLogStorageTable,
)


def forget_run(instance: dg.DagsterInstance, run_id: str) -> None:
    """Delete a Dagster run, and what checks answered in it."""
    instance.delete_run(run_id)
    storage, answers = instance.event_log_storage, AssetCheckExecutionsTable
    if isinstance(storage, SqlEventLogStorage):  # which all of ours are
        with storage.index_connection() as connection:
            connection.execute(answers.delete().where(answers.c.run_id == run_id))


def forget_old_events(instance: dg.DagsterInstance, asset: str, before: dt.datetime) -> None:
    """Delete what was told of an asset beside any Dagster run, and what checks answered."""
    storage = instance.event_log_storage
    if not isinstance(storage, SqlEventLogStorage):  # which all of ours are
        return
    moment = before.astimezone(dt.UTC).replace(tzinfo=None)  # as Dagster stores it
    events, answers = SqlEventLogStorageTable, AssetCheckExecutionsTable
    check = dg.DagsterEventType.ASSET_CHECK_EVALUATION.value
    is_of_it = events.c.asset_key == dg.AssetKey(asset).to_string()
    old_events = events.delete().where(
        events.c.run_id == RUNLESS_RUN_ID,
        events.c.timestamp < moment,
        is_of_it | (events.c.dagster_event_type == check),
    )
    with storage.run_connection(RUNLESS_RUN_ID) as connection:  # its own file in SQLite
        connection.execute(old_events)
    with storage.index_connection() as connection:
        connection.execute(old_events)
        connection.execute(answers.delete().where(answers.c.evaluation_event_timestamp < moment))
