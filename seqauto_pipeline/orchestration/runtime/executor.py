"""One scan at a time on every path: the process of a scan holds the scan lock while it works.

The queue's limit binds queued scans only; `dagster job execute` and others never pass the queue.
"""

import datetime as dt
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace

import dagster as dg

from seqauto_pipeline.db.lock import ScanLock, scan_lock
from seqauto_pipeline.errors import ScanBusyError, SeqAutoError, SettingsError
from seqauto_pipeline.orchestration.backups import back_up_after_scan, require_known_models
from seqauto_pipeline.orchestration.cancelling import end_interrupted
from seqauto_pipeline.orchestration.catalog.scan_page import write_result
from seqauto_pipeline.orchestration.future_ticks import take_ticks_back
from seqauto_pipeline.orchestration.instance import storage_in_reach
from seqauto_pipeline.orchestration.metrics import write_after_scan
from seqauto_pipeline.orchestration.progress import report_progress
from seqauto_pipeline.orchestration.report import write_report_after_scan
from seqauto_pipeline.orchestration.retention import apply_retention
from seqauto_pipeline.orchestration.run_config import chosen_options
from seqauto_pipeline.orchestration.running_scan import RunningScan, fence_tag, running
from seqauto_pipeline.orchestration.runtime.dagster_private import (
    ExecutionPlan,
    PlanOrchestrationContext,
    RetryMode,
)
from seqauto_pipeline.orchestration.runtime.foreseen import as_shown, hide_tracebacks
from seqauto_pipeline.orchestration.runtime.interrupts import INTERRUPTIONS, interrupts
from seqauto_pipeline.orchestration.runtime.kept_open import kept_open
from seqauto_pipeline.orchestration.runtime.launcher import lock_tag, reap_dead_scans
from seqauto_pipeline.orchestration.runtime.shard_executors import executor_of_shards
from seqauto_pipeline.orchestration.runtime.worker import this_worker
from seqauto_pipeline.orchestration.scan_log import scan_log
from seqauto_pipeline.orchestration.site import Site, open_site, read_site
from seqauto_pipeline.orchestration.tags import (
    LOCK_TAG,
    MAX_RETRIES_TAG,
    NO_WAIT_TAG,
    RELEASED,
    WORKER_TAG,
)
from seqauto_pipeline.orchestration.telling_tags import telling_tags
from seqauto_pipeline.scan.shards.files import ShardFiles
from seqauto_pipeline.scan.store import fenced

_SECONDS_BETWEEN_TRIES = 0.3


class LockedExecutor(dg.Executor):
    """Has the steps run, here or elsewhere, and only while this process holds the scan lock."""

    def __init__(self, steps: dg.Executor) -> None:
        self._steps = steps

    @property
    def retries(self) -> RetryMode:
        return self._steps.retries

    def execute(
        self, plan_context: PlanOrchestrationContext, execution_plan: ExecutionPlan
    ) -> Iterator[dg.DagsterEvent]:
        """Wait for the lock, run the steps, give the lock back however they end."""
        instance, run = plan_context.instance, plan_context.dagster_run
        worker = {WORKER_TAG: this_worker(run.run_id).to_tag()}
        with (
            interrupts() as signals,
            _never_retried(instance, run),
            storage_in_reach(),
            kept_open(instance),
        ):
            instance.add_run_tags(run.run_id, {**worker, **telling_tags(run)})
            site = open_site()
            scan = RunningScan(instance, run.run_id, signals)
            try:
                with closing(scan_lock(site.database_url, run.run_id)) as lock:
                    _take(lock, instance, run)
                    with _holding(lock, scan, run, site) as scan:
                        steps = self._steps.execute(plan_context, execution_plan)
                        yield from _watched(steps, scan, run, site)
            except INTERRUPTIONS:
                raise end_interrupted(scan, site) from None


def _watched(
    steps: Iterator[dg.DagsterEvent], scan: RunningScan, run: dg.DagsterRun, site: Site
) -> Iterator[dg.DagsterEvent]:
    """Go through the steps while the lock is ours; clear up after the last."""
    with scan_log(site, scan.instance, run) as log:
        failed = False
        for event in steps:
            if event.event_type is dg.DagsterEventType.STEP_START:
                scan.require_lock()
            log.step(event)
            failed = failed or event.is_step_failure
            yield as_shown(event)
        scan.require_lock()
        ShardFiles(site.home, run.run_id).remove()
        if scan.interrupts.ended_a_step:
            end_interrupted(scan, site)
            return
        write_after_scan(scan.instance, run, site, log, failed=failed)
        if failed:
            hide_tracebacks(scan.instance, run)
        else:
            back_up_after_scan(scan.instance, run, site, log)
        write_report_after_scan(scan.instance, run, site, log)
    apply_retention(scan.instance, run, site)
    write_result(scan.instance, run, site, failed=failed)


def _create(context: dg.InitExecutorContext) -> LockedExecutor:
    create = dg.in_process_executor.executor_creation_fn
    if create is None:  # which its type allows
        raise TypeError(dg.in_process_executor)
    return LockedExecutor(create(context))


class LockedCeleryExecutor(LockedExecutor):
    """The same with steps that Celery's workers take, whose app is made from the executor."""

    def __init__(self, steps: dg.Executor, app_args: Mapping[str, object]) -> None:
        super().__init__(steps)
        self._app_args = app_args

    def app_args(self) -> Mapping[str, object]:
        return self._app_args


def _create_for_shards(context: dg.InitExecutorContext) -> LockedExecutor:
    """Make it by the settings; those that cannot be read fail the first step, which says so."""
    try:
        steps = executor_of_shards(context, read_site().settings)
    except SettingsError:
        return _create(context)
    app_args = getattr(steps, "app_args", None)
    return LockedExecutor(steps) if app_args is None else LockedCeleryExecutor(steps, app_args())


# Steps in process: a killed scan leaves no step behind that works on without the lock.
one_scan_at_a_time = dg.ExecutorDefinition(
    name="one_scan_at_a_time",
    description="Runs the steps in one process, when no other scan is running.",
    config_schema=dg.in_process_executor.config_schema.as_field(),
    executor_creation_fn=_create,
)

# A process that outlives its scan stores nothing: each transaction shows the scan's fence.
shards_of_one_scan = dg.ExecutorDefinition(
    name="shards_of_one_scan",
    description="Has the shards of a scan worked on as shard_executor says, when no other scan is "
    "running.",
    config_schema=dg.in_process_executor.config_schema.as_field(),
    executor_creation_fn=_create_for_shards,
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
def _holding(
    lock: ScanLock, waiting: RunningScan, run: dg.DagsterRun, site: Site
) -> Iterator[RunningScan]:
    """Tag the scan while it holds the lock. The tag goes before the lock does.

    The scan's success is recorded only later: until then the next scan must not take it for dead.
    """
    instance = waiting.instance
    instance.add_run_tags(run.run_id, {LOCK_TAG: lock_tag(run.run_id, lock.name)})
    try:
        reap_dead_scans(instance, lock.name, run.run_id)
        for name in take_ticks_back(instance, dt.datetime.now(dt.UTC)):
            note = f"The clock was ahead at the last tick of {name}, which was taken back."
            instance.report_engine_event(note, run)
        start_over = bool(chosen_options(run.run_config).get("start_over"))
        if not start_over:
            require_known_models(instance, site)  # before the models are made anew
        settings, home = site.settings, site.home
        with fenced(settings, home, lock, run.run_id, start_over=start_over) as watch:
            scan = replace(waiting, watch=watch)
            instance.add_run_tags(run.run_id, fence_tag(watch.fence))
            with running(scan):
                yield scan
    finally:
        instance.add_run_tags(run.run_id, {LOCK_TAG: RELEASED})


@contextmanager
def _never_retried(instance: dg.DagsterInstance, scan: dg.DagsterRun) -> Iterator[None]:
    """Keep Dagster from taking an error of ours for a crash, which it would try again."""
    try:
        yield
    except SeqAutoError:
        instance.add_run_tags(scan.run_id, {MAX_RETRIES_TAG: "0"})
        raise
