"""Who is told when a scan fails, when one does not happen, and of what is overdue.

Off until a receiver is configured. The dead man's handle: the sensor notices a scheduled scan that
did not start, and `seqauto alerts check`, run by cron, notices that the daemon itself is gone.
"""

import datetime as dt
import zoneinfo
from collections.abc import Iterator
from dataclasses import dataclass

import dagster as dg

from seqauto_pipeline.db.look.session import looking
from seqauto_pipeline.db.queries.overdue import OverdueLimits, OverdueRun, overdue_runs
from seqauto_pipeline.errors import DatabaseUnavailableError
from seqauto_pipeline.monitoring.alerts import (
    Condition,
    Findings,
    Kind,
    Notice,
    Told,
    failure_key,
    next_notices,
    without_acknowledged,
)
from seqauto_pipeline.monitoring.database import database_facts
from seqauto_pipeline.monitoring.memory import keep, remembering
from seqauto_pipeline.monitoring.readings import age_words
from seqauto_pipeline.monitoring.receivers import NotDeliveredError, Receiver, receivers
from seqauto_pipeline.orchestration.history import ScanState, scan_story
from seqauto_pipeline.orchestration.jobs import seqauto_scan
from seqauto_pipeline.orchestration.run_statuses import ENDED_BY_ITSELF
from seqauto_pipeline.orchestration.runtime.dagster_private import schedule_execution_time_iterator
from seqauto_pipeline.orchestration.schedules import going_on, scan_schedule, switched_off
from seqauto_pipeline.orchestration.site import Site, read_site
from seqauto_pipeline.orchestration.tags import SCAN_JOB
from seqauto_pipeline.orchestration.times import in_utc
from seqauto_pipeline.settings import time_zone_for

_EARLY = dt.timedelta(minutes=1)  # a scan may be created a moment before its tick's time
_EVERY_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of one round of telling."""

    notices: tuple[tuple[str, Notice], ...]  # receiver, what it was told
    failures: tuple[str, ...]
    digest_waits: str = ""  # for what


def current_findings(instance: dg.DagsterInstance, site: Site, now: dt.datetime) -> Findings:
    """List what somebody should know of, acknowledged or not."""
    at_once = (*_failed(instance), *_missed(instance, site, now))
    trouble = _models_trouble(site)
    if trouble:
        return Findings(at_once, trouble)
    try:
        return Findings((*at_once, *_overdue(site, now)))
    except DatabaseUnavailableError as error:
        return Findings(at_once, error.reason)


def send_alerts(instance: dg.DagsterInstance, site: Site, now: dt.datetime) -> Sent:
    """Tell each receiver what it has not been told. What is not delivered is tried again."""
    configured = receivers(site.settings)
    if not configured:
        return Sent((), ())
    found = current_findings(instance, site, now)
    with remembering(site.home) as memory:
        loud = without_acknowledged(found, memory.acknowledged, now)
        sent, failures = [], []
        for receiver in configured:
            told = memory.told.get(receiver.name, Told())
            quiet = tuple(memory.acknowledged)
            try:
                for notice, now_told in _deliver(receiver, loud, quiet, told, site, now):
                    memory.told[receiver.name] = now_told
                    keep(site.home, memory)
                    if notice is not None:
                        sent.append((receiver.name, notice))
            except NotDeliveredError as error:
                failures.append(str(error))
    return Sent(tuple(sent), tuple(failures), found.overdue_unknown)


def _deliver(
    receiver: Receiver,
    found: Findings,
    acknowledged: tuple[str, ...],
    told: Told,
    site: Site,
    now: dt.datetime,
) -> Iterator[tuple[Notice | None, Told]]:
    zone = zoneinfo.ZoneInfo(time_zone_for(site.settings))
    digest_time = dt.time.fromisoformat(site.settings.alert_time)
    for each in next_notices(found, acknowledged, told, now.astimezone(zone), digest_time):
        if each.notice is not None:
            receiver.deliver(each.notice)
        yield each.notice, each.told


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
    since = dg.RunsFilter(job_name=SCAN_JOB, created_after=in_utc(tick - _EARLY))
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


def _models_trouble(site: Site) -> str:
    """Say why the models cannot be read, if they cannot; before the first scan there are none."""
    database = database_facts(site.database_url, site.settings.slow_query_seconds)
    if not database.is_there:
        return "no scan has made the models database yet"
    return (database.reason or database.trouble) if database.trouble else ""


def _overdue(site: Site, now: dt.datetime) -> Iterator[Condition]:
    settings = site.settings
    limits = OverdueLimits(
        settings.overdue_hours, settings.overdue_hours_for_kit, settings.overdue_file_types
    )
    with looking(site.database_url) as session:
        runs = overdue_runs(session, limits, now)
    for run in runs:
        yield _overdue_condition(run, now)


def _overdue_condition(run: OverdueRun, now: dt.datetime) -> Condition:
    age = age_words((now - run.complete_since).total_seconds())
    missing = ", ".join(f"{count} {kind}" for kind, count in run.missing)
    return Condition(
        f"{Kind.OVERDUE}:{run.folder}",
        Kind.OVERDUE,
        run.name,
        f"complete for {age}, missing {missing}",
        run.enrichment_kit or "",
    )


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
    minimum_interval_seconds=_EVERY_SECONDS,
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
