"""The facts that Dagster knows: of its daemons, the schedule, the queue and the scans.

Nothing is created or changed: what is not there yet is said to be missing.
"""

import datetime as dt
import os
import zoneinfo
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path

import dagster as dg

from seqauto_pipeline.core.display import shown
from seqauto_pipeline.db.look.sqlite_file import LOCK_SECONDS, can_lock, lock_holders
from seqauto_pipeline.db.session import driver_words
from seqauto_pipeline.monitoring import gather
from seqauto_pipeline.monitoring.facts import (
    DaemonFacts,
    DagsterFacts,
    ScanFacts,
    ScheduleFacts,
    ServerFacts,
)
from seqauto_pipeline.orchestration.finished_scans import last_finished_record
from seqauto_pipeline.orchestration.future_ticks import is_future
from seqauto_pipeline.orchestration.history import SHORT_ID, scan_story
from seqauto_pipeline.orchestration.instance import opened_instance
from seqauto_pipeline.orchestration.run_statuses import ENDED, UNDER_WAY
from seqauto_pipeline.orchestration.runtime.dagster_private import (
    InstigatorState,
    InstigatorStatus,
    InstigatorType,
    TickStatus,
    schedule_execution_time_iterator,
)
from seqauto_pipeline.orchestration.runtime.storage import storage_files, storage_is_used
from seqauto_pipeline.orchestration.runtime.worker import Life, look_for, worker_from_tag
from seqauto_pipeline.orchestration.schedules import scan_schedule
from seqauto_pipeline.orchestration.tags import SCAN_JOB, WORKER_TAG
from seqauto_pipeline.orchestration.times import from_timestamp, in_utc
from seqauto_pipeline.settings import masked_url

_NEXT_TICKS = 2
_SHOWN_ERROR = 400


def gather_facts(home: Path, environ: Mapping[str, str], *, deep: bool) -> ServerFacts:
    """Look at Dagster and all else; ``deep`` as for `monitoring.gather`."""
    return gather.gather_facts(home, environ, _look_at_dagster, deep=deep)


def _look_at_dagster(home: Path) -> DagsterFacts:
    try:
        if not storage_is_used(home):  # opening it would make it
            return DagsterFacts(is_there=False)
        if (locked := _locked_file(home)) is not None:
            reason = f"it stayed locked for {LOCK_SECONDS:g} s{lock_holders(locked)}"
            return DagsterFacts(trouble=f"{locked}: {reason}", check="dagster_locked")
        with opened_instance() as instance:
            return dagster_facts(instance)
    except Exception as error:  # whatever keeps Dagster from opening its storage is the finding
        reason = " ".join(driver_words(error).split())[:_SHOWN_ERROR]
        return DagsterFacts(trouble=masked_url(f"{type(error).__name__}: {reason}"))


def _locked_file(home: Path) -> Path | None:
    files = (file for file in storage_files(home) if os.access(file, os.W_OK))
    return next((file for file in files if not can_lock(file)), None)


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
        ahead=_seconds_ahead(instance, states[0]) if states else 0.0,
    )


def _seconds_ahead(instance: dg.DagsterInstance, state: InstigatorState) -> float:
    """By how much the last tick is in the future; 0 where it is not."""
    ticks = instance.get_ticks(state.instigator_origin_id, state.selector_id, limit=1)
    now = dt.datetime.now(dt.UTC)
    is_ahead = bool(ticks) and is_future(ticks[0].timestamp, now)
    return ticks[0].timestamp - now.timestamp() if is_ahead else 0.0


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
    record = last_finished_record(instance)
    if record is None:
        return None
    ended = record.end_time or record.update_timestamp.timestamp()
    return ScanFacts(record.dagster_run.run_id[:SHORT_ID], "Finished", from_timestamp(ended))
