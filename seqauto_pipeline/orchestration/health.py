"""Gather the facts about the running system: of Dagster here, of the rest from where they are.

Nothing is created or changed: what is not there yet is said to be missing.
"""

import datetime as dt
import os
import pwd
import queue
import threading
import time
import zoneinfo
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from pathlib import Path

import dagster as dg

from seqauto_pipeline.core.display import shown
from seqauto_pipeline.db.session import driver_words
from seqauto_pipeline.disk.record.paths import kept_record
from seqauto_pipeline.errors import (
    DatabaseDamagedError,
    DatabaseUnavailableError,
    LayoutError,
    SettingsError,
)
from seqauto_pipeline.layouts import load_layout
from seqauto_pipeline.monitoring.checks import MESSAGE_CODES
from seqauto_pipeline.monitoring.database import FoundByScans, database_facts, found_by_scans
from seqauto_pipeline.monitoring.disks import (
    RootQuestion,
    probe_roots,
    storage_facts,
    temporary_homes,
)
from seqauto_pipeline.monitoring.readings import (
    MIB,
    DaemonFacts,
    DagsterFacts,
    DatabaseFacts,
    Limits,
    RootFacts,
    ScanFacts,
    ScheduleFacts,
    ServerFacts,
    SettingsFacts,
    StorageFacts,
)
from seqauto_pipeline.monitoring.web import web_facts
from seqauto_pipeline.orchestration.history import SHORT_ID, scan_story
from seqauto_pipeline.orchestration.launch_config import chosen_options
from seqauto_pipeline.orchestration.run_statuses import ENDED, UNDER_WAY
from seqauto_pipeline.orchestration.runtime.dagster_private import (
    InstigatorState,
    InstigatorStatus,
    InstigatorType,
    TickStatus,
    schedule_execution_time_iterator,
)
from seqauto_pipeline.orchestration.runtime.storage import storage_is_used
from seqauto_pipeline.orchestration.runtime.worker import Life, look_for, worker_from_tag
from seqauto_pipeline.orchestration.schedules import scan_schedule, switched_off
from seqauto_pipeline.orchestration.site import Site
from seqauto_pipeline.orchestration.tags import SCAN_JOB, WORKER_TAG
from seqauto_pipeline.orchestration.times import from_timestamp, in_utc
from seqauto_pipeline.settings import (
    HOME_VARIABLE,
    Settings,
    load_settings,
    masked_url,
    sqlite_file,
)

_LOOKED_BACK = 100  # finished scans among which the last of everything is looked for
_NEXT_TICKS = 2
_SHOWN_ERROR = 400
_DAGSTER_SECONDS = 8.0  # a busy machine needs one


def gather_facts(home: Path, environ: Mapping[str, str], *, deep: bool) -> ServerFacts:
    """Look at everything. ``deep``: also below the roots, and at what the last scan found."""
    try:
        settings = load_settings({**environ, HOME_VARIABLE: str(home)})
    except SettingsError as error:
        complaints = tuple(str(error).splitlines())
        return ServerFacts(
            home=str(home),
            user=_user(),
            settings=SettingsFacts(complaints),
            storage=(storage_facts(home),),
        )
    return _facts(Site(settings, home), deep=deep)


def _facts(site: Site, *, deep: bool) -> ServerFacts:
    settings, home = site.settings, site.home
    of_dagster = _ask_dagster(site)
    broken = dict(_broken_layouts(settings))
    database = database_facts(site.database_url, settings.slow_query_seconds)
    found = FoundByScans()
    if deep and database.is_there and database.trouble in ("", "database_locked"):
        try:
            found = _found_by_scans(site)
        except DatabaseUnavailableError as error:
            database = _unread(database, error)
    return ServerFacts(
        home=str(home),
        user=_user(),
        settings=SettingsFacts(
            switched_off=switched_off_names(settings),
            broken_layouts=tuple(broken.items()),
            roots=len(settings.scan_roots),
        ),
        storage=tuple(_storages(site)),
        database=database,
        roots=_roots(site, broken, found.newest_record, deep=deep),
        web=web_facts(settings.web_server_url),
        dagster=of_dagster(),
        limits=Limits(settings.min_free_mib * MIB, dt.timedelta(hours=settings.max_scan_age_hours)),
        newest_record_missing=found.missing_record,
        temporary_homes=temporary_homes({Path.cwd(), home.parent}) if deep else (),
        messages=found.messages,
        without_run_info=found.without_run_info,
    )


def _unread(database: DatabaseFacts, error: DatabaseUnavailableError) -> DatabaseFacts:
    """Say why the models could not be read, unless it is known better already."""
    if database.trouble:
        return replace(database, unread=True)
    if isinstance(error, DatabaseDamagedError):
        trouble = "database_damaged"
    else:
        trouble = "database_locked" if "lock" in error.reason else "database_unreachable"
    return replace(database, trouble=trouble, reason=error.reason, unread=True)


def _found_by_scans(site: Site) -> FoundByScans:
    now = dt.datetime.now(dt.UTC)
    return found_by_scans(site.database_url, MESSAGE_CODES, now, site.home)


def switched_off_names(settings: Settings) -> tuple[str, ...]:
    """Name the variables that keep scans from starting by themselves."""
    return tuple(each.removesuffix(" is false") for each in switched_off(settings))


def _broken_layouts(settings: Settings) -> Iterator[tuple[str, str]]:
    for name in {root.layout or settings.layout for root in settings.scan_roots}:
        try:
            load_layout(name)
        except LayoutError as error:
            yield name, error.reason


def _storages(site: Site) -> Iterator[StorageFacts]:
    yield storage_facts(site.home)
    url = site.database_url
    if url.startswith("sqlite") and sqlite_file(url).parent != site.home:
        yield storage_facts(sqlite_file(url).parent)


def _roots(
    site: Site, broken: Mapping[str, str], record: str, *, deep: bool
) -> tuple[RootFacts, ...]:
    settings = site.settings
    path = kept_record(site.home, record)
    questions = [
        RootQuestion(
            str(root.path),
            depth=_depth(root.layout or settings.layout, broken) if deep else 0,
            record=str(path or ""),
        )
        for root in settings.scan_roots
    ]
    return probe_roots(questions, settings.probe_timeout_seconds)


def _depth(layout: str, broken: Mapping[str, str]) -> int:
    return 1 if layout in broken else load_layout(layout).run_depth


def _user() -> str:
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return str(os.geteuid())


def _ask_dagster(site: Site) -> Callable[[], DagsterFacts]:
    """Begin to look at Dagster's storage; what is given answers, within the time limit.

    Monitoring needs an answer, and there is no other limit: on its own Dagster waits for ever for
    a table or file that somebody has locked. The thread is left behind where it hangs.
    """
    found: queue.SimpleQueue[DagsterFacts] = queue.SimpleQueue()
    deadline = time.monotonic() + _DAGSTER_SECONDS
    threading.Thread(target=lambda: found.put(_dagster_facts(site.home)), daemon=True).start()

    def _answer() -> DagsterFacts:
        try:
            return found.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            url = site.database_url
            server = masked_url(url).partition("?")[0]
            where = str(site.home) if url.startswith("sqlite") else server
            reason = f"no answer within {_DAGSTER_SECONDS:g} s"
            return DagsterFacts(trouble=f"Dagster's storage, {where}: {reason}")

    return _answer


def _dagster_facts(home: Path) -> DagsterFacts:
    try:
        if not storage_is_used(home):  # opening it would make it
            return DagsterFacts(is_there=False)
        with dg.DagsterInstance.get() as instance:
            return dagster_facts(instance)
    except Exception as error:  # whatever keeps Dagster from opening its storage is the finding
        reason = " ".join(driver_words(error).split())[:_SHOWN_ERROR]
        return DagsterFacts(trouble=masked_url(f"{type(error).__name__}: {reason}"))


def dagster_facts(instance: dg.DagsterInstance) -> DagsterFacts:
    """Read daemons, schedule, queue and scans. No dead scan is marked here."""
    going_on = tuple(_going_on(instance))
    ended = instance.get_run_records(dg.RunsFilter(job_name=SCAN_JOB, statuses=ENDED), limit=1)
    queued = instance.get_run_records(
        dg.RunsFilter(job_name=SCAN_JOB, statuses=[dg.DagsterRunStatus.QUEUED]), ascending=True
    )
    return DagsterFacts(
        daemons=tuple(_daemons(instance)),
        schedule=_schedule(instance),
        queued=tuple(_waiting(record) for record in queued),
        running=tuple(scan for scan, is_dead in going_on if not is_dead),
        dead=tuple(scan for scan, is_dead in going_on if is_dead),
        last=_ended_scan(instance, ended[0]) if ended else None,
        last_finished=_last_finished(instance),
    )


def _daemons(instance: dg.DagsterInstance) -> Iterator[DaemonFacts]:
    beats = instance.get_daemon_heartbeats()
    for name in instance.get_required_daemon_types():
        beat = beats.get(name)
        if beat is None:
            yield DaemonFacts(name, None)
        else:
            errors = tuple(each.message.strip() for each in beat.errors or ())
            yield DaemonFacts(name, from_timestamp(beat.timestamp), errors)


def _schedule(instance: dg.DagsterInstance) -> ScheduleFacts:
    schedule = scan_schedule()
    states = [
        each
        for each in instance.all_instigator_state(instigator_type=InstigatorType.SCHEDULE)
        if each.name == schedule.name
    ]
    ticks = islice(
        schedule_execution_time_iterator(
            dt.datetime.now(dt.UTC).timestamp(), schedule.cron_schedule, schedule.execution_timezone
        ),
        _NEXT_TICKS,
    )
    zone = zoneinfo.ZoneInfo(schedule.execution_timezone or "UTC")
    last, failed = _last_tick(instance, states[0], zone) if states else ("", "")
    return ScheduleFacts(
        name=schedule.name,
        is_stopped=any(each.status is InstigatorStatus.STOPPED for each in states),
        next_ticks=tuple(ticks),
        last_tick=last,
        failed=failed,
    )


def _last_tick(
    instance: dg.DagsterInstance, state: InstigatorState, zone: dt.tzinfo
) -> tuple[str, str]:
    """Say what came of the last tick, and its error where it failed."""
    ticks = instance.get_ticks(state.instigator_origin_id, state.selector_id, limit=1)
    if not ticks:
        return "", ""
    tick = ticks[0]
    when = from_timestamp(tick.timestamp).astimezone(zone)
    said = f": {tick.skip_reason}" if tick.skip_reason else ""
    failed = tick.error.message.strip() if tick.error and tick.status is TickStatus.FAILURE else ""
    return f"{when:%Y-%m-%d %H:%M} {tick.status.value.lower()}{said}", failed


def _going_on(instance: dg.DagsterInstance) -> Iterator[tuple[ScanFacts, bool]]:
    """Give the scans that are said to be running, and whether their process is gone."""
    wanted = dg.RunsFilter(job_name=SCAN_JOB, statuses=UNDER_WAY)
    for record in instance.get_run_records(wanted):
        scan = record.dagster_run
        worker = worker_from_tag(scan.tags.get(WORKER_TAG), scan.run_id)
        life, reason = look_for(worker) if worker else (Life.UNKNOWN, "")
        is_dead = life is Life.DEAD
        state = str(scan_story(instance, scan.run_id).state)
        text = reason if is_dead else _progress(instance, scan.run_id)
        since = (
            from_timestamp(record.start_time)
            if record.start_time
            else in_utc(record.create_timestamp)
        )
        yield ScanFacts(scan.run_id[:SHORT_ID], state, since, text), is_dead


def _progress(instance: dg.DagsterInstance, scan: str) -> str:
    """The last line that an op itself wrote to the scan's log."""
    said = [each.user_message for each in instance.all_logs(scan) if each.dagster_event is None]
    return said[-1] if said else ""


def _waiting(record: dg.RunRecord) -> ScanFacts:
    scan = record.dagster_run.run_id[:SHORT_ID]
    return ScanFacts(scan, "Created", in_utc(record.create_timestamp))


def _ended_scan(instance: dg.DagsterInstance, record: dg.RunRecord) -> ScanFacts:
    story = scan_story(instance, record.dagster_run.run_id)
    error = " ".join(story.failure.message.split()) if story.failure else ""
    return ScanFacts(
        story.short_id, str(story.state), story.ended or story.created, shown(error, _SHOWN_ERROR)
    )


def _last_finished(instance: dg.DagsterInstance) -> ScanFacts | None:
    """The last scan of everything that finished: one of a part says nothing of the rest."""
    wanted = dg.RunsFilter(job_name=SCAN_JOB, statuses=[dg.DagsterRunStatus.SUCCESS])
    for record in instance.get_run_records(wanted, limit=_LOOKED_BACK):
        if _is_of_everything(record.dagster_run.run_config):
            ended = record.end_time or record.update_timestamp.timestamp()
            return ScanFacts(
                record.dagster_run.run_id[:SHORT_ID], "Finished", from_timestamp(ended)
            )
    return None


def _is_of_everything(config: object) -> bool:
    return chosen_options(config).keys().isdisjoint({"roots", "runs"})
