"""One scan at a time on every path: the process of a scan holds the scan lock while it works.

The queue's limit binds queued scans only; `dagster job execute` and others never pass the queue.
"""

import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import dagster as dg

from seqauto_pipeline.db.lock import ScanLock, scan_lock
from seqauto_pipeline.errors import ScanBusyError, SeqAutoError
from seqauto_pipeline.orchestration.backups import back_up_after_scan
from seqauto_pipeline.orchestration.metrics import write_after_scan
from seqauto_pipeline.orchestration.progress import report_progress
from seqauto_pipeline.orchestration.retention import apply_retention
from seqauto_pipeline.orchestration.runtime.dagster_private import (
    ExecutionPlan,
    PlanOrchestrationContext,
    RetryMode,
)
from seqauto_pipeline.orchestration.runtime.launcher import lock_tag, reap_dead_scans
from seqauto_pipeline.orchestration.runtime.worker import this_worker
from seqauto_pipeline.orchestration.scan_log import scan_log
from seqauto_pipeline.orchestration.site import open_site
from seqauto_pipeline.orchestration.tags import (
    LOCK_TAG,
    MAX_RETRIES_TAG,
    NO_WAIT_TAG,
    RELEASED,
    WORKER_TAG,
)

_SECONDS_BETWEEN_TRIES = 0.3


class LockedExecutor(dg.Executor):
    """Runs the steps in this process, and only while it holds the scan lock."""

    def __init__(self, steps: dg.Executor) -> None:
        self._steps = steps

    @property
    def retries(self) -> RetryMode:
        return self._steps.retries

    def execute(
        self, plan_context: PlanOrchestrationContext, execution_plan: ExecutionPlan
    ) -> Iterator[dg.DagsterEvent]:
        """Wait for the lock, run the steps, give the lock back however they end."""
        instance, scan = plan_context.instance, plan_context.dagster_run
        instance.add_run_tags(scan.run_id, {WORKER_TAG: this_worker(scan.run_id).to_tag()})
        with _never_retried(instance, scan):
            site = open_site()
            lock = scan_lock(site.database_url, scan.run_id)
        with closing(lock):
            with _never_retried(instance, scan):
                _take(lock, instance, scan)
            with _holding(lock, instance, scan):
                reap_dead_scans(instance, lock.name, scan.run_id)
                with scan_log(site, instance, scan) as log:
                    failed = False
                    for event in self._steps.execute(plan_context, execution_plan):
                        if event.event_type is dg.DagsterEventType.STEP_START:
                            lock.check()
                        log.step(event)
                        failed = failed or event.is_step_failure
                        yield event
                    write_after_scan(instance, scan, site, log, failed=failed)
                    if not failed:
                        back_up_after_scan(instance, scan, site, log)
                apply_retention(instance, scan, site)


def _create(context: dg.InitExecutorContext) -> LockedExecutor:
    create = dg.in_process_executor.executor_creation_fn
    if create is None:  # which its type allows
        raise TypeError(dg.in_process_executor)
    return LockedExecutor(create(context))


# Steps in process: a killed scan leaves no step behind that works on without the lock.
one_scan_at_a_time = dg.ExecutorDefinition(
    name="one_scan_at_a_time",
    description="Runs the steps in one process, when no other scan is running.",
    config_schema=dg.in_process_executor.config_schema.as_field(),
    executor_creation_fn=_create,
)


def _take(lock: ScanLock, instance: dg.DagsterInstance, scan: dg.DagsterRun) -> None:
    holder = lock.take()
    if holder is None:
        return
    # A person asked for this at one launch; a re-execution has a mere copy of the tag.
    if NO_WAIT_TAG in scan.tags and scan.parent_run_id is None:
        raise ScanBusyError(holder)
    message = f"Waiting for scan {holder} to end: there is one scan at a time."
    instance.report_engine_event(message, scan)
    report_progress(message, 0, None)
    while holder is not None:
        with dg.raise_execution_interrupts():
            time.sleep(_SECONDS_BETWEEN_TRIES)
        holder = lock.take()


@contextmanager
def _holding(lock: ScanLock, instance: dg.DagsterInstance, scan: dg.DagsterRun) -> Iterator[None]:
    """Tag the scan while it holds the lock. The tag goes before the lock does.

    The scan's success is recorded only later: until then the next scan must not take it for dead.
    """
    instance.add_run_tags(scan.run_id, {LOCK_TAG: lock_tag(scan.run_id, lock.name)})
    try:
        yield
    finally:
        instance.add_run_tags(scan.run_id, {LOCK_TAG: RELEASED})


@contextmanager
def _never_retried(instance: dg.DagsterInstance, scan: dg.DagsterRun) -> Iterator[None]:
    """Keep Dagster from taking an error of ours for a crash, which it would try again."""
    try:
        yield
    except SeqAutoError:
        instance.add_run_tags(scan.run_id, {MAX_RETRIES_TAG: "0"})
        raise
