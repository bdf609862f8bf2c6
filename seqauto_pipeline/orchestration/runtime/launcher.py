"""Scans whose process died: seen by the daemon, and by the next scan where no daemon runs."""

import datetime as dt
import time
from contextlib import closing

import dagster as dg

from seqauto_pipeline.db.lock import scan_lock
from seqauto_pipeline.errors import SeqAutoError
from seqauto_pipeline.orchestration.run_statuses import UNDER_WAY
from seqauto_pipeline.orchestration.runtime.dagster_private import (
    CheckRunHealthResult,
    WorkerStatus,
)
from seqauto_pipeline.orchestration.runtime.worker import Life, Worker, look_for, worker_from_tag
from seqauto_pipeline.orchestration.site import read_site
from seqauto_pipeline.orchestration.tags import LOCK_TAG, MAX_RETRIES_TAG, SCAN_JOB, WORKER_TAG
from seqauto_pipeline.orchestration.times import in_utc

_TIME_WITHOUT_LOCK = dt.timedelta(seconds=40)
_LOOKS, _SECONDS_BETWEEN_LOOKS = 3, 0.5  # a scan that waits tries twice as often
_START_TIMEOUT = dt.timedelta(seconds=60)  # as run_monitoring has it in dagster.yaml


class SeqAutoRunLauncher(dg.DefaultRunLauncher):
    """Dagster's own launcher, which can also say whether a scan's process lives."""

    @property
    def supports_check_run_worker_health(self) -> bool:
        return True

    def check_run_worker_health(self, run: dg.DagsterRun) -> CheckRunHealthResult:
        """Answer run_monitoring, which asks every few seconds for each run that is going on."""
        record = self._instance.get_run_record_by_id(run.run_id)
        if record is None or run.job_name != SCAN_JOB:
            return CheckRunHealthResult(WorkerStatus.RUNNING)  # what Dagster assumes by itself
        reason = _death_of(record, dt.datetime.now(dt.UTC))
        if reason is None:
            return CheckRunHealthResult(WorkerStatus.RUNNING)
        return CheckRunHealthResult(WorkerStatus.FAILED, reason)


def reap_dead_scans(
    instance: dg.DagsterInstance,
    lock_held: str | None = None,
    by_scan: str | None = None,
    now: dt.datetime | None = None,
) -> tuple[str, ...]:
    """Mark scans whose process died as failed, or cancelled where that was asked. Give their ids.

    ``lock_held`` is the lock that ``by_scan`` holds: a scan that had it before is dead, wherever
    it ran.
    A new scan does all that a dead one had left to do, so such scans are not retried.
    """
    records = instance.get_run_records(dg.RunsFilter(job_name=SCAN_JOB, statuses=UNDER_WAY))
    dead = []
    for record in records:
        scan = record.dagster_run
        reason = _death_of(record, now or dt.datetime.now(dt.UTC), lock_held)
        if reason is None or scan.run_id == by_scan or _moved_on(instance, scan):
            continue
        _bury(instance, scan, reason, is_retried=by_scan is None)
        dead.append(scan.run_id)
    return tuple(dead)


def lock_tag(scan: str, lock: str) -> str:
    """Write down that a scan got a lock; the id tells it from a copy on a re-execution."""
    return f"{scan} {lock}"


def _death_of(record: dg.RunRecord, now: dt.datetime, lock_held: str | None = None) -> str | None:
    """Why a scan that is said to be going on is not; None while it may be."""
    scan = record.dagster_run
    worker = worker_from_tag(scan.tags.get(WORKER_TAG), scan.run_id)
    if worker is None:
        return _never_started(record.update_timestamp, now)
    life, reason = look_for(worker)
    if life is Life.DEAD:
        return f"The scan died: {reason}."
    if life is not Life.UNKNOWN:
        return None
    if lock_held is None:
        is_new = now - in_utc(record.update_timestamp) < _TIME_WITHOUT_LOCK
        return None if is_new or not _lock_stays_free(scan) else _without_lock(worker)
    if _has_said_it_holds(scan, lock_held):
        return "The scan died: the lock it held was free again, although it had not ended."
    return None


def _without_lock(worker: Worker) -> str:
    what = f"The scan died: its process on {worker.host}"
    return f"{what} has not got the scan lock, though that is free."


def _lock_stays_free(scan: dg.DagsterRun) -> bool:
    """Judge by the lock a process that cannot be seen: alive it has it, or takes a free one soon.

    A process takes some time to begin and to end, in which it has no lock.
    """
    try:
        with closing(scan_lock(read_site().database_url, "that others wait for")) as lock:
            tag = scan.tags.get(LOCK_TAG, "")
            if tag.startswith(scan.run_id) and not _has_said_it_holds(scan, lock.name):
                return False  # it works on other models than ours
            for _ in range(_LOOKS):
                if not lock.is_free():
                    return False
                time.sleep(_SECONDS_BETWEEN_LOOKS)
    except SeqAutoError:  # who cannot look cannot tell
        return False
    return True


def _has_said_it_holds(scan: dg.DagsterRun, lock: str) -> bool:
    """Tell whether it is this lock that a scan got.

    In PostgreSQL Dagster's storage is in the models database: whoever reads of a scan there means
    its lock, by whatever address either reaches it.
    """
    tag, on_server = scan.tags.get(LOCK_TAG, ""), "PostgreSQL "
    if lock.startswith(on_server) and tag.startswith(lock_tag(scan.run_id, on_server)):
        return True
    return tag == lock_tag(scan.run_id, lock)


def _never_started(since: dt.datetime, now: dt.datetime) -> str | None:
    if now - in_utc(since) < _START_TIMEOUT:
        return None
    return "The scan died: its process never reported that it had started."


def _moved_on(instance: dg.DagsterInstance, scan: dg.DagsterRun) -> bool:
    """Whether it ended, or was deleted, between the reading of its state and of its process."""
    current = instance.get_run_by_id(scan.run_id)
    return current is None or current.status is not scan.status


def _bury(
    instance: dg.DagsterInstance, scan: dg.DagsterRun, reason: str, *, is_retried: bool
) -> None:
    if not is_retried:
        instance.add_run_tags(scan.run_id, {MAX_RETRIES_TAG: "0"})
    if scan.status is dg.DagsterRunStatus.CANCELING:
        instance.report_run_canceled(scan, reason)
    else:
        instance.report_run_failed(scan, reason)
