"""Backups of the models after scans, and what Dagster knows of models that are gone."""

import contextlib
import datetime as dt
import logging
from pathlib import Path

import dagster as dg

from seqauto_pipeline.db.backups.kept import is_due, kept_backups, prune_backups
from seqauto_pipeline.db.dagster_schema import dagster_storage
from seqauto_pipeline.errors import DagsterStorageError, SeqAutoError
from seqauto_pipeline.orchestration.run_statuses import ENDED
from seqauto_pipeline.orchestration.scan_log import ScanLog
from seqauto_pipeline.orchestration.site import Site
from seqauto_pipeline.orchestration.tags import BACKUP_TROUBLE_TAG, SCAN_JOB
from seqauto_pipeline.orchestration.times import from_timestamp
from seqauto_pipeline.scan.store import refuse_if_gone
from seqauto_pipeline.settings import backup_directory_for

_TAG_CHARACTERS = 200


def require_known_models(instance: dg.DagsterInstance, site: Site) -> None:
    """Raise ModelsGoneError where there are no models and Dagster knows of a finished scan."""
    finished = dg.RunsFilter(job_name=SCAN_JOB, statuses=[dg.DagsterRunStatus.SUCCESS])
    records = instance.get_run_records(finished, limit=1)
    if records:
        ended = records[0].end_time or records[0].update_timestamp.timestamp()
        refuse_if_gone(site.settings, site.home, from_timestamp(ended))


def back_up_after_scan(
    instance: dg.DagsterInstance, scan: dg.DagsterRun, site: Site, log: ScanLog
) -> None:
    """Make a backup where the newest is too old. Trouble is said once, and fails no scan."""
    directory, now = backup_directory_for(site.settings, site.home), dt.datetime.now(dt.UTC)
    hours = site.settings.backup_hours
    if not hours or not is_due(kept_backups(directory), hours, now):
        return
    try:
        _make(site, directory, now)
    except (OSError, SeqAutoError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        trouble = f"Backup of the models failed: {reason}"
        with contextlib.suppress(DagsterStorageError), dagster_storage(str(site.home)):
            _tell_once(instance, scan, log, trouble)


def _make(site: Site, directory: Path, now: dt.datetime) -> None:
    from seqauto_pipeline.db.backups.make import make_backup  # noqa: PLC0415  (once a day)

    make_backup(site.database_url, directory, now)
    prune_backups(directory, site.settings.keep_backups)


def _tell_once(
    instance: dg.DagsterInstance, scan: dg.DagsterRun, log: ScanLog, trouble: str
) -> None:
    """Say it unless the scan before had the same trouble: it may last for weeks."""
    mark = trouble[:_TAG_CHARACTERS]
    instance.add_run_tags(scan.run_id, {BACKUP_TROUBLE_TAG: mark})
    before = instance.get_runs(dg.RunsFilter(job_name=SCAN_JOB, statuses=ENDED), limit=1)
    if any(each.tags.get(BACKUP_TROUBLE_TAG) == mark for each in before):
        return
    log.write(logging.WARNING, trouble)
    instance.report_engine_event(trouble, scan)
