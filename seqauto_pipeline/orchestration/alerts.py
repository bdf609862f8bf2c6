"""Who is told when a scan fails, when one does not happen, and of what is overdue.

Off until a receiver is configured. The sensor notices a scheduled scan that did not start. Where
the daemon is gone no sensor runs: `seqauto alerts check`, run by cron, notices that.
"""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import dagster as dg

from seqauto_pipeline.monitoring.alerts import Condition, Findings, Kind, failure_key
from seqauto_pipeline.monitoring.configured import switched_off
from seqauto_pipeline.monitoring.overdue import with_overdue
from seqauto_pipeline.monitoring.receivers import receivers
from seqauto_pipeline.monitoring.sending import Sent, send
from seqauto_pipeline.monitoring.words import age_words
from seqauto_pipeline.orchestration.history import ScanState, scan_story
from seqauto_pipeline.orchestration.instance import opened_instance
from seqauto_pipeline.orchestration.jobs import seqauto_scan
from seqauto_pipeline.orchestration.run_statuses import ENDED_BY_ITSELF
from seqauto_pipeline.orchestration.runtime.dagster_private import schedule_execution_time_iterator
from seqauto_pipeline.orchestration.runtime.storage import storage_is_used
from seqauto_pipeline.orchestration.schedules import going_on, scan_schedule
from seqauto_pipeline.orchestration.site import Site, read_site
from seqauto_pipeline.orchestration.tags import SCAN_JOB
from seqauto_pipeline.orchestration.times import in_utc

_EARLY = dt.timedelta(minutes=1)  # a scan may be created a moment before its tick's time
_SECONDS_BETWEEN_ROUNDS = 60


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
    at_once = (*_failed(instance), *_missed(instance, site, now))
    return with_overdue(at_once, site.settings, site.database_url, now)


def send_alerts(instance: dg.DagsterInstance, site: Site, now: dt.datetime) -> Sent:
    """Tell each receiver what it has not been told. What is not delivered is tried again."""
    configured = receivers(site.settings)
    if not configured:
        return Sent((), ())
    found = current_findings(instance, site, now)
    return send(found, configured, site.settings, site.home, now)


def _failed(instance: dg.DagsterInstance) -> Iterator[Condition]:
    """The last scan ended in an error; a person's cancelling is none."""
    wanted = dg.RunsFilter(job_name=SCAN_JOB, statuses=ENDED_BY_ITSELF)
    for scan in instance.get_run_ids(wanted, limit=1):
        story = scan_story(instance, scan)
        if story.state is ScanState.ERROR and story.failure is not None:
            message = story.failure.message
            text = f"{message}\n\nMore with: seqauto scans show {story.short_id}"
            title = f"Scan {story.short_id} failed"
            yield Condition(failure_key(message), Kind.SCAN_FAILED, title, text)


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
        text = (
            f"No scan began at {tick:%Y-%m-%d %H:%M %Z}, {ago} ago, or since.\n"
            "Find out why with: seqauto doctor"
        )
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
    description="Tells the configured receivers at once when a scan has failed.",
    monitored_jobs=[seqauto_scan],
    minimum_interval_seconds=10,
    default_status=dg.DefaultSensorStatus.RUNNING,
)
def scan_failure_alert(context: dg.RunFailureSensorContext) -> dg.SkipReason:
    return _tell(context.instance)


@dg.sensor(
    name="alerts",
    description="Tells of scheduled scans that did not happen, of what is over, and once a day of "
    "what is overdue.",
    minimum_interval_seconds=_SECONDS_BETWEEN_ROUNDS,
    default_status=dg.DefaultSensorStatus.RUNNING,
)
def alerts(context: dg.SensorEvaluationContext) -> dg.SkipReason:
    return _tell(context.instance)


def _tell(instance: dg.DagsterInstance) -> dg.SkipReason:
    site = read_site()
    if not receivers(site.settings):
        return dg.SkipReason("No receiver of alerts is configured.")
    sent = send_alerts(instance, site, dt.datetime.now(dt.UTC))
    if sent.failures:
        raise dg.Failure("; ".join(sent.failures))
    told = [f"{receiver}: {notice.title}" for receiver, notice in sent.notices]
    said = f"Told {'; '.join(told)}." if told else "There is nothing to tell."
    if sent.digest_waits:
        said += f" The digest waits until the models can be read: {sent.digest_waits}."
    return dg.SkipReason(said)
