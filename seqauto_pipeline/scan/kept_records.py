"""The records that earlier scans left: which one a scan used, and which are past retention."""

import datetime as dt
from collections.abc import Collection
from pathlib import Path

from seqauto_pipeline.disk.record.paths import prune_records, record_path
from seqauto_pipeline.errors import ScanRecordError
from seqauto_pipeline.scan.store import store_for_reading
from seqauto_pipeline.settings import Settings, database_url_for


def record_for_scan(settings: Settings, home: Path, dagster_run_id: str) -> str:
    """Id of the record that a scan made or used. Raises ScanRecordError when it is not kept."""
    with store_for_reading(database_url_for(settings, home)) as store:
        scan = store.scans.find(dagster_run_id)
    if scan is None or scan.record_id is None:
        raise ScanRecordError(dagster_run_id, "this scan did not get as far as its file list")
    if not record_path(home, scan.record_id).exists():
        reason = "its file list is past retention (keep_scans, keep_days) or in another home"
        raise ScanRecordError(scan.record_id, reason)
    return scan.record_id


def prune(
    settings: Settings, home: Path, now: dt.datetime, keep: Collection[str] = (), *, least: int = 1
) -> int:
    """Delete records past retention, never the newest or those to ``keep``. Returns how many.

    The newest ``least`` are not deleted for their age, which counts back from ``now``.
    """
    oldest = now.timestamp() - settings.keep_days * 86_400
    return prune_records(home, most=settings.keep_scans, oldest=oldest, keep=keep, least=least)
