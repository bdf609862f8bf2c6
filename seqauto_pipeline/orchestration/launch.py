"""What the command line asks of Dagster: a scan in this process, and the scans there were."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import dagster as dg
from dagster._utils.interrupts import capture_interrupts

from seqauto_pipeline.db.dagster_schema import dagster_storage
from seqauto_pipeline.orchestration.dagster_home import home_directory
from seqauto_pipeline.orchestration.history import ScanStory, find_scan, scan_stories, scan_story
from seqauto_pipeline.orchestration.jobs import seqauto_scan
from seqauto_pipeline.orchestration.launcher import reap_dead_scans
from seqauto_pipeline.orchestration.progress import Listener, listening
from seqauto_pipeline.orchestration.tags import MAX_RETRIES_TAG, NO_WAIT_TAG

# The events are kept all the same; this is what would be printed of them.
_QUIET = {"console": {"config": {"log_level": "CRITICAL"}}}


def execute_scan(
    options: Mapping[str, object], listener: Listener, *, waits: bool = True
) -> ScanStory:
    """Run a scan to its end against the instance of DAGSTER_HOME, and tell how it went."""
    tags = {MAX_RETRIES_TAG: "0"}  # whoever started it by hand sees how it ends
    if not waits:
        tags[NO_WAIT_TAG] = "true"
    config = {"resources": {"options": {"config": dict(options)}}, "loggers": _QUIET}
    with (
        _instance() as instance,
        capture_interrupts(),
        listening(listener),
        dg.execute_job(dg.reconstructable(seqauto_scan), instance, config, tags) as result,
    ):
        return scan_story(instance, result.run_id)


def page_of_scans(limit: int, offset: int) -> tuple[ScanStory, ...]:
    """List scans, most recent first; those that died are marked so before anybody reads of them."""
    with _instance() as instance:
        reap_dead_scans(instance)
        return scan_stories(instance, limit, offset)


def one_scan(scan: str) -> ScanStory:
    with _instance() as instance:
        reap_dead_scans(instance)
        return scan_story(instance, scan)


def full_id(scan: str) -> str:
    with _instance() as instance:
        return find_scan(instance, scan)


@contextmanager
def _instance() -> Iterator[dg.DagsterInstance]:
    with (
        dagster_storage(str(home_directory())),
        dg.DagsterInstance.get() as instance,
    ):
        yield instance
