"""Who is told when a scan fails, when one does not happen, and of what is overdue.

Off until a receiver is configured. The sensor notices a scheduled scan that did not start. Where
the daemon is gone no sensor runs: `seqauto alerts check`, run by cron, notices that.
"""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import dagster as dg

from seqauto_pipeline.monitoring.alerts import (
    RECEIVER_SETTINGS,
    Condition,
    Findings,
    Kind,
    failure_key,
)
from seqauto_pipeline.monitoring.switched_off import switched_off
from seqauto_pipeline.monitoring.words import age_words
from seqauto_pipeline.orchestration.history import ScanState, scan_story
from seqauto_pipeline.orchestration.instance import opened_instance
from seqauto_pipeline.orchestration.jobs import seqauto_scan
from seqauto_pipeline.orchestration.run_statuses import ENDED_BY_ITSELF
from seqauto_pipeline.orchestration.runtime.dagster_private import schedule_execution_time_iterator
from seqauto_pipeline.orchestration.runtime.foreseen import foreseen
from seqauto_pipeline.orchestration.runtime.storage import storage_is_used
from seqauto_pipeline.orchestration.schedules import going_on, scan_schedule
from seqauto_pipeline.orchestration.site import Site, read_site
from seqauto_pipeline.orchestration.tags import (
    CODE_LOCATION,
    PARENT_RUN_TAG,
    SCAN_JOB,
    WILL_RETRY_TAG,
)
from seqauto_pipeline.orchestration.times import in_utc

if TYPE_CHECKING:
    from seqauto_pipeline.monitoring.sending import Sent

_EARLY = dt.timedelta(minutes=1)  # a scan may be created a moment before its tick's time
_SECONDS_BETWEEN_ROUNDS = 60
_SECONDS_FOR_A_RETRY = 120  # the daemon starts it within seconds
_REFUSED_IN_A_ROW = 100  # launches that asked for what cannot be


@dataclass(frozen=True, slots=True)
class AlertSource:
    """What alerts are made of."""

    site: Site
    instance: dg.DagsterInstance | None  # None where Dagster has stored nothing yet

    def findings(self, now: dt.datetime) -> Findings:
        """List what somebody should know of, acknowledged or not."""
        if self.instance is None:
            return Findings()
        return current_findings(self.instance, self.site, now)


@contextmanager
def alert_source() -> Iterator[AlertSource]:
    """Open the exported home without making anything there."""
    site = read_site()
    if not storage_is_used(site.home):
        yield AlertSource(site, None)
        return
    with opened_instance() as instance:
        yield AlertSource(site, instance)


def current_findings(instance: dg.DagsterInstance, site: Site, now: dt.datetime) -> Findings:
    """List what somebody should know of, acknowledged or not."""
    from seqauto_pipeline.monitoring.overdue import with_overdue  # noqa: PLC0415  (not for scans)

    at_once = (*_failed(instance, site), *_missed(instance, site, now))
    return with_overdue(at_once, site.settings, site.database_url, now)


def send_alerts(instance: dg.DagsterInstance, site: Site, now: dt.datetime) -> "Sent":
    """Tell each receiver what it has not been told. What is not delivered is tried again."""
    from seqauto_pipeline.monitoring.receivers import receivers  # noqa: PLC0415  (not for scans)
    from seqauto_pipeline.monitoring.sending import Sent, send  # noqa: PLC0415  (the same)

    configured = receivers(site.settings)
    if not configured:
        return Sent((), ())
    found = current_findings(instance, site, now)
    return send(found, configured, site.settings, site.home, now)


def _failed(instance: dg.DagsterInstance, site: Site) -> Iterator[Condition]:
    """The last scan ended in an error; a person's cancelling is none."""
    scan = _last_that_tells(instance)
    if scan is None:
        return
    story = scan_story(instance, scan.run_id)
    if story.state is ScanState.ERROR and story.failure is not None:
        message = story.failure.message
        more = f"More with: seqauto scans show {story.short_id}"
        page = _link(site, f"runs/{scan.run_id}")
        title = f"Scan {story.short_id} failed"
        text = "\n".join((message, "", more, *page))
        yield Condition(failure_key(message), Kind.SCAN_FAILED, title, text)


def _last_that_tells(instance: dg.DagsterInstance) -> dg.DagsterRun | None:
    """Find the last ended scan, but for launches that asked for what cannot be: nobody is told.

    None while a retry is pending: it decides.
    """
    wanted = dg.RunsFilter(job_name=SCAN_JOB, statuses=ENDED_BY_ITSELF)
    for scan in instance.get_runs(wanted, limit=_REFUSED_IN_A_ROW):
        told = foreseen(scan)
        if told is None or not told.is_refused:
            return None if _is_retried(instance, scan) else scan
    return None


def _is_retried(instance: dg.DagsterInstance, scan: dg.DagsterRun) -> bool:
    """Whether Dagster does a scan once more: its retry waits or runs."""
    if scan.status is not dg.DagsterRunStatus.FAILURE or scan.tags.get(WILL_RETRY_TAG) != "true":
        return False
    retries = instance.get_runs(dg.RunsFilter(tags={PARENT_RUN_TAG: scan.run_id}), limit=1)
    if retries:
        return not retries[0].is_finished
    record = instance.get_run_record_by_id(scan.run_id)
    ended = record.end_time if record is not None else None
    return ended is not None and dt.datetime.now(dt.UTC).timestamp() - ended < _SECONDS_FOR_A_RETRY


def _link(site: Site, path: str) -> tuple[str, ...]:
    """Link to a page of the web UI, where it has an address."""
    url = site.settings.web_server_url
    return (f"{url.rstrip('/')}/{path}",) if url else ()


def _missed(instance: dg.DagsterInstance, site: Site, now: dt.datetime) -> Iterator[Condition]:
    """A scheduled scan did not happen: none began at its time, and none is going on."""
    if switched_off(site.settings):
        return
    tick = _tick_before(now - dt.timedelta(minutes=site.settings.missed_scan_minutes))
    # Times in UTC: SQLite compares their digits, and not their zones.
    earlier = dg.RunsFilter(job_name=SCAN_JOB, created_before=in_utc(tick))
    # A scan of a clock that was ahead is none of today.
    begun, end = in_utc(tick - _EARLY), in_utc(now + _EARLY)
    since = dg.RunsFilter(job_name=SCAN_JOB, created_after=begun, created_before=end)
    # Where there is no earlier scan, SeqAuto was only just installed.
    if not instance.get_runs_count(earlier) or instance.get_runs_count(since):
        return
    if not any(going_on(instance)):
        ago = age_words((now - tick).total_seconds())
        page = _link(site, f"locations/{CODE_LOCATION}/schedules/{scan_schedule().name}")
        said = f"No scan began at {tick:%Y-%m-%d %H:%M %Z}, {ago} ago, or since."
        text = "\n".join((said, "Find out why with: seqauto doctor", *page))
        yield Condition(
            str(Kind.SCAN_MISSED), Kind.SCAN_MISSED, "A scheduled scan is missing", text
        )


def _tick_before(moment: dt.datetime) -> dt.datetime:
    schedule = scan_schedule()
    ticks = schedule_execution_time_iterator(
        moment.timestamp(), schedule.cron_schedule, schedule.execution_timezone, ascending=False
    )
    return next(iter(ticks))


def alert_sensors() -> list[dg.SensorDefinition]:
    """Build the sensors that tell people. They skip while no receiver is configured."""
    return [scan_failure_alert, alerts]


@dg.run_failure_sensor(
    name="scan_failure_alert",
    description="Tells people at once when a scan has failed, where a receiver is set by "
    f"{RECEIVER_SETTINGS}.",
    monitored_jobs=[seqauto_scan],
    minimum_interval_seconds=10,
    default_status=dg.DefaultSensorStatus.RUNNING,
)
def scan_failure_alert(context: dg.RunFailureSensorContext) -> dg.SkipReason:
    return _tell(context.instance)


@dg.sensor(
    name="alerts",
    description="Tells of scheduled scans that did not start within missed_scan_minutes, of what "
    "is over, and at alert_time each day of what is overdue, where a receiver is set by "
    f"{RECEIVER_SETTINGS}.",
    minimum_interval_seconds=_SECONDS_BETWEEN_ROUNDS,
    default_status=dg.DefaultSensorStatus.RUNNING,
)
def alerts(context: dg.SensorEvaluationContext) -> dg.SkipReason:
    return _tell(context.instance)


def _tell(instance: dg.DagsterInstance) -> dg.SkipReason:
    from seqauto_pipeline.monitoring.receivers import receivers  # noqa: PLC0415  (not for scans)

    site = read_site()
    if not receivers(site.settings):
        return dg.SkipReason(f"No receiver of alerts is configured: {RECEIVER_SETTINGS} are empty.")
    sent = send_alerts(instance, site, dt.datetime.now(dt.UTC))
    if sent.failures:
        raise dg.Failure("; ".join(sent.failures))
    told = [f"{receiver}: {notice.title}" for receiver, notice in sent.notices]
    said = f"Told {'; '.join(told)}." if told else "There is nothing to tell."
    if sent.digest_waits:
        said += f" The digest waits until the models can be read: {sent.digest_waits}."
    return dg.SkipReason(said)
