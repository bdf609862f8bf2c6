"""What old scans left behind goes away: Dagster runs, stored outputs of ops, kept file lists."""

import datetime as dt
import shutil
from pathlib import Path

import dagster as dg

from seqauto_pipeline.orchestration.place import Place
from seqauto_pipeline.orchestration.tags import SCAN_JOB
from seqauto_pipeline.pipeline import prune

_ENDED = [
    dg.DagsterRunStatus.SUCCESS,
    dg.DagsterRunStatus.FAILURE,
    dg.DagsterRunStatus.CANCELED,
]


def apply_retention(instance: dg.DagsterInstance, scan: dg.DagsterRun, place: Place) -> None:
    """Delete what the settings call too old. Trouble with that is noted, and fails no scan."""
    try:
        for old in too_old(instance, place, dt.datetime.now(dt.UTC)):
            instance.delete_run(old)
            shutil.rmtree(Path(instance.storage_directory()) / old, ignore_errors=True)
        prune(place.settings, place.home)
    except OSError as error:
        instance.report_engine_event(f"Retention: old scans could not be deleted: {error}", scan)


def too_old(instance: dg.DagsterInstance, place: Place, now: dt.datetime) -> tuple[str, ...]:
    """List the ended scans beyond the number or the age that is kept."""
    oldest = now - dt.timedelta(days=place.settings.keep_days)
    ended = dg.RunsFilter(job_name=SCAN_JOB, statuses=_ENDED)
    aged = dg.RunsFilter(job_name=SCAN_JOB, statuses=_ENDED, created_before=oldest)
    extra = instance.get_run_ids(ended)[place.settings.keep_scans :]
    return tuple(dict.fromkeys((*extra, *instance.get_run_ids(aged))))
