"""The metrics: what Dagster knows of scans beside what the models count, and the file after scans.

The executor writes the file, so that every scan does, however it was started.
"""

import datetime as dt
from pathlib import Path

import dagster as dg

from seqauto_pipeline.core.archived import Archive
from seqauto_pipeline.delivery.configured import receiver_names
from seqauto_pipeline.monitoring.figures import (
    Figures,
    FinishedScan,
    counts_of,
    deliveries_of,
)
from seqauto_pipeline.orchestration.beside_the_record import beside_the_record
from seqauto_pipeline.orchestration.finished_scans import is_of_everything, last_finished_record
from seqauto_pipeline.orchestration.run_statuses import ENDED_BY_ITSELF
from seqauto_pipeline.orchestration.scan_log import ScanLog
from seqauto_pipeline.orchestration.site import Site
from seqauto_pipeline.orchestration.tags import SCAN_JOB
from seqauto_pipeline.orchestration.times import from_timestamp
from seqauto_pipeline.settings import archive_rules, zone_for


def current_metrics(instance: dg.DagsterInstance | None, site: Site, now: dt.datetime) -> str:
    """Write what is known now. No instance: Dagster has stored nothing yet."""
    if instance is None:
        return _text(site, now, None, last_failed=None)
    return _text(site, now, _last_finished(instance), last_failed=_last_failed(instance))


def write_after_scan(
    instance: dg.DagsterInstance, scan: dg.DagsterRun, site: Site, log: ScanLog, *, failed: bool
) -> None:
    """Write the configured file for a scan that ends now. Trouble is said, and fails no scan."""
    path = site.settings.metrics_file
    if path is None:
        return
    with beside_the_record(f"Metrics: {path} could not be written", instance, scan, log.warn):
        _write(instance, scan, site, path, failed=failed)


def _write(
    instance: dg.DagsterInstance, scan: dg.DagsterRun, site: Site, path: Path, *, failed: bool
) -> None:
    from seqauto_pipeline.monitoring.metrics import write_metrics  # noqa: PLC0415  (slow)

    now = dt.datetime.now(dt.UTC)
    last = _last_finished(instance)
    if not failed and is_of_everything(scan.run_config):  # which Dagster records only later
        last = FinishedScan(now, (now - _began(instance, scan, now)).total_seconds())
    write_metrics(path, _text(site, now, last, last_failed=failed))


def _text(
    site: Site, now: dt.datetime, last: FinishedScan | None, *, last_failed: bool | None
) -> str:
    from seqauto_pipeline.monitoring.metrics import metrics_text  # noqa: PLC0415  (slow)

    max_age = dt.timedelta(hours=site.settings.max_scan_age_hours)
    day = now.astimezone(zone_for(site.settings)).date()
    counts = counts_of(site.database_url, now, Archive(archive_rules(site.settings), day))
    deliveries = deliveries_of(site.database_url) if receiver_names(site.settings) else ()
    return metrics_text(Figures(counts, last, last_failed, max_age, deliveries), now)


def _last_finished(instance: dg.DagsterInstance) -> FinishedScan | None:
    record = last_finished_record(instance)
    if record is None:
        return None
    ended = record.end_time or record.update_timestamp.timestamp()
    return FinishedScan(from_timestamp(ended), ended - (record.start_time or ended))


def _last_failed(instance: dg.DagsterInstance) -> bool | None:
    wanted = dg.RunsFilter(job_name=SCAN_JOB, statuses=ENDED_BY_ITSELF)
    records = instance.get_run_records(wanted, limit=1)
    failed = dg.DagsterRunStatus.FAILURE
    return records[0].dagster_run.status is failed if records else None


def _began(instance: dg.DagsterInstance, scan: dg.DagsterRun, now: dt.datetime) -> dt.datetime:
    record = instance.get_run_record_by_id(scan.run_id)
    started = record.start_time if record is not None else None
    return from_timestamp(started) if started else now
