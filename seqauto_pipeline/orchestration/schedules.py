"""The scheduled scans: twice a day, in the laboratory's time zone."""

from collections.abc import Iterator

import dagster as dg

from seqauto_pipeline.errors import SettingsError
from seqauto_pipeline.monitoring.switched_off import settings_off
from seqauto_pipeline.orchestration.jobs import scan_job
from seqauto_pipeline.orchestration.site import read_site
from seqauto_pipeline.orchestration.tags import SCAN_JOB
from seqauto_pipeline.settings import Settings, time_zone_for

_GOING_ON = {
    dg.DagsterRunStatus.QUEUED: "is still queued",
    dg.DagsterRunStatus.NOT_STARTED: "is about to start",
    dg.DagsterRunStatus.STARTING: "is about to start",
    dg.DagsterRunStatus.STARTED: "is still running",
    dg.DagsterRunStatus.CANCELING: "is still being cancelled",
}


def scan_schedule() -> dg.ScheduleDefinition:
    """Build the schedule with the times and the zone of the settings as they are now.

    Settings that cannot be read leave it at the defaults: the ticks, which read them, then fail
    and say what is wrong, where a code location that does not load would say it to nobody.
    """
    try:
        settings = read_site().settings
    except SettingsError:
        settings = Settings()

    @dg.schedule(
        job=scan_job(),
        name="scheduled_scan",
        description="Scans everything at scan_times, in time_zone, where enabled, scan_disks and "
        "upload_enabled are true and no scan is going on. Reload the code location after a change "
        "of scan_times or time_zone.",
        cron_schedule=[_cron(time) for time in settings.scan_times],
        execution_timezone=time_zone_for(settings),
        default_status=dg.DefaultScheduleStatus.RUNNING,
    )
    def scheduled_scan(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        reasons = reasons_not_to_scan(context.instance, read_site().settings)
        if reasons:
            return dg.SkipReason(f"No scan: {'; '.join(reasons)}.")
        return dg.RunRequest(run_key=context.scheduled_execution_time.isoformat())

    return scheduled_scan


def reasons_not_to_scan(instance: dg.DagsterInstance, settings: Settings) -> tuple[str, ...]:
    """Say what keeps the schedule and the sensors from scanning now; nothing where they may."""
    off = (f"{name} is false" for name in settings_off(settings))
    return (*off, *going_on(instance))


def going_on(instance: dg.DagsterInstance) -> Iterator[str]:
    """Say which scan another one would have to wait for."""
    runs = instance.get_runs(dg.RunsFilter(job_name=SCAN_JOB, statuses=list(_GOING_ON)), limit=1)
    for run in runs:
        yield f"scan {run.run_id[:8]} {_GOING_ON[run.status]}"


def _cron(time: str) -> str:
    hour, minute = time.split(":")
    return f"{int(minute)} {int(hour)} * * *"
