"""What the command line asks of Dagster: a scan in this process, and the scans there were."""

import datetime as dt
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from seqauto_pipeline.errors import ScanForgottenError, SeqAutoError
from seqauto_pipeline.errors_file import printed_lines_kept
from seqauto_pipeline.orchestration.cancelling import end_interrupted_twice
from seqauto_pipeline.orchestration.catalog.progress import forget_progress
from seqauto_pipeline.orchestration.dagster_home import home_directory
from seqauto_pipeline.orchestration.history import (
    ScanStory,
    find_scan,
    scan_stories,
    scan_story,
    unknown_scan,
)
from seqauto_pipeline.orchestration.instance import opened_instance
from seqauto_pipeline.orchestration.jobs import scan_job
from seqauto_pipeline.orchestration.progress import listening
from seqauto_pipeline.orchestration.run_config import run_config
from seqauto_pipeline.orchestration.runtime.dagster_private import (
    SINGLETON_REPOSITORY_NAME,
    RegisteredCodeLocationOrigin,
    RemoteRepositoryOrigin,
    capture_interrupts,
    execute_run,
)
from seqauto_pipeline.orchestration.runtime.interrupts import INTERRUPTIONS, interrupts
from seqauto_pipeline.orchestration.runtime.launcher import reap_dead_scans
from seqauto_pipeline.orchestration.runtime.storage import may_record, storage_is_used
from seqauto_pipeline.orchestration.runtime.worker import this_worker
from seqauto_pipeline.orchestration.tags import (
    CODE_LOCATION,
    MAX_RETRIES_TAG,
    NO_WAIT_TAG,
    SCAN_JOB,
    WORKER_TAG,
)
from seqauto_pipeline.orchestration.times import in_utc
from seqauto_pipeline.scan.progress import Progress
from seqauto_pipeline.scan.request import ScanRequest

# The events are kept all the same; this is what would be printed of them.
_QUIET = {"console": {"config": {"log_level": "CRITICAL"}}}
# A web server re-executes only what says in which code location its job is.
_ORIGIN = RemoteRepositoryOrigin(
    RegisteredCodeLocationOrigin(CODE_LOCATION), SINGLETON_REPOSITORY_NAME
).get_job_origin(SCAN_JOB)


def execute_scan(request: ScanRequest, listener: Progress, *, waits: bool = True) -> ScanStory:
    """Run a scan to its end against the instance of DAGSTER_HOME, and tell how it went."""
    run_id, graph = str(uuid.uuid4()), scan_job()
    # Not retried: whoever started it by hand sees how it ends. The worker is known from the start,
    # so that a scan that is killed before its first step is not waited for.
    worker = this_worker(run_id).to_tag()
    tags = {**graph.run_tags, MAX_RETRIES_TAG: "0", WORKER_TAG: worker}
    if not waits:
        tags[NO_WAIT_TAG] = "true"
    config = {**run_config(request.launch_config()), "loggers": _QUIET}
    job = dg.reconstructable(graph)
    with (
        printed_lines_kept(home_directory()),
        opened_instance() as instance,
        capture_interrupts(),
        interrupts() as signals,
        listening(listener),
    ):
        scan = instance.create_run_for_job(
            graph,
            run_id=run_id,
            run_config=config,
            tags=tags,
            remote_job_origin=_ORIGIN,
            job_code_origin=job.get_python_origin(),
        )
        with _known_to_the_end(instance, scan.run_id):
            try:
                execute_run(job, scan, instance)
            except INTERRUPTIONS:  # a second signal, while it was written down what the first did
                end_interrupted_twice(instance, scan.run_id, signals)
            return scan_story(instance, scan.run_id)


@contextmanager
def _known_to_the_end(instance: dg.DagsterInstance, scan: str) -> Iterator[None]:
    """Say of an error that nobody foresaw whether it is that the scan's own record is gone."""
    try:
        yield
    except Exception as error:
        if isinstance(error, SeqAutoError) or instance.has_run(scan):
            raise
        raise ScanForgottenError(scan) from error


def page_of_scans(limit: int, offset: int) -> tuple[ScanStory, ...]:
    """List scans, most recent first; those that died are marked so before anybody reads of them."""
    if not storage_is_used(home_directory()):
        return ()
    with opened_instance() as instance:
        _mark_dead_scans(instance)
        return scan_stories(instance, limit, offset)


def scans_since(moment: dt.datetime) -> tuple[str, ...]:
    """List the scans that were created after a moment, most recent first, as far as is known."""
    if not storage_is_used(home_directory()):
        return ()
    wanted = dg.RunsFilter(job_name=SCAN_JOB, created_after=in_utc(moment))
    with opened_instance() as instance:
        return tuple(instance.get_run_ids(wanted))


def tell_catalog_again() -> None:
    """Have the next scan tell the catalog of everything, as other models are there now."""
    if storage_is_used(home_directory()):
        with opened_instance() as instance:
            forget_progress(instance)


def one_scan(scan: str) -> ScanStory:
    with _used_instance(scan) as instance:
        _mark_dead_scans(instance)
        return scan_story(instance, scan)


def full_id(scan: str) -> str:
    with _used_instance(scan) as instance:
        return find_scan(instance, scan)


@contextmanager
def _used_instance(scan: str) -> Iterator[dg.DagsterInstance]:
    """Open the instance to look for a scan. Where there was none, nothing is made."""
    if not storage_is_used(home_directory()):
        raise unknown_scan(scan)
    with opened_instance() as instance:
        yield instance


def _mark_dead_scans(instance: dg.DagsterInstance) -> None:
    """Mark them where we may write; who may only read sees them as they were."""
    if may_record(home_directory()):
        reap_dead_scans(instance)
