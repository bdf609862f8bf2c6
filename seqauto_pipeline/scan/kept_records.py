"""The records that earlier scans left: which one a scan used, and which are past retention."""

import datetime as dt
import math
from collections.abc import Collection
from pathlib import Path

from seqauto_pipeline.disk.record.paths import kept_record, record_path
from seqauto_pipeline.disk.record.reader import ScanRecord
from seqauto_pipeline.disk.record.retention import has_past_records, prune_records
from seqauto_pipeline.errors import ScanRecordError
from seqauto_pipeline.scan.store import store_for_reading
from seqauto_pipeline.settings import Settings


def record_for_scan(
    settings: Settings, home: Path, dagster_run_id: str, *, start_over: bool = False
) -> str:
    """Id of the record that a scan made or used. Raises ScanRecordError when it is not kept.

    A scan that the models do not know of was made after the backup that was put back: its record
    may be used as long as no later one has been.
    """
    with store_for_reading(settings, home, start_over=start_over) as store:
        scan, newest = store.scans.find(dagster_run_id), store.scans.newest_as_of()
    if scan is None and kept_record(home, dagster_run_id) is not None:
        return _unknown_record(home, dagster_run_id, newest)
    if scan is None or scan.record_id is None:
        raise ScanRecordError(dagster_run_id, "this scan did not get as far as its file list")
    if not record_path(home, scan.record_id).exists():
        reason = "its file list is past retention (keep_scans, keep_days) or in another home"
        raise ScanRecordError(scan.record_id, reason)
    return scan.record_id


def _unknown_record(home: Path, record_id: str, newest: dt.datetime | None) -> str:
    header = ScanRecord(record_path(home, record_id)).header
    if newest is not None and dt.datetime.fromisoformat(header.started_at) <= newest:
        reason = "the models were put back to before this scan, and were scanned since"
        raise ScanRecordError(record_id, reason)
    return record_id


def prune(
    settings: Settings,
    home: Path,
    now: dt.datetime | None,
    keep: Collection[str] = (),
    *,
    least: int = 1,
) -> int:
    """Delete records past retention, never the newest or those to ``keep``. Returns how many.

    A record that holds lines of one that stays is kept as long as that one.

    The newest ``least``, by the numbers of their scans, are not deleted for their age, which counts
    back from ``now``. None: ages are not to be trusted, and nothing is deleted for its age.
    """
    oldest = -math.inf if now is None else now.timestamp() - settings.keep_days * 86_400
    if not has_past_records(home, most=settings.keep_scans, oldest=oldest):
        return 0
    with store_for_reading(settings, home) as store:
        numbers = store.scans.numbers_of_records()
    most = settings.keep_scans
    return prune_records(home, most=most, oldest=oldest, keep=keep, least=least, numbers=numbers)
