"""The scan that this process runs: its lock, and what asked it to stop."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

import dagster as dg

from seqauto_pipeline.db.fence import Fence
from seqauto_pipeline.db.lock_watch import LockWatch
from seqauto_pipeline.errors import ScanCancelledError, ScanLockError, SeqAutoError
from seqauto_pipeline.orchestration.runtime.interrupts import Interrupts
from seqauto_pipeline.orchestration.tags import FENCE_TAG

_ASKED = (dg.DagsterRunStatus.CANCELING, dg.DagsterRunStatus.CANCELED)


@dataclass(frozen=True, slots=True)
class RunningScan:
    """A scan, as the process knows it that takes its steps."""

    instance: dg.DagsterInstance
    id: str  # of the Dagster run
    interrupts: Interrupts
    watch: LockWatch | None = None  # None while it waits for the lock

    def require_lock(self) -> None:
        """Raise ScanLockLostError when another scan has got the lock; note what happened to it."""
        if self.watch is not None:
            self.watch.look()
            for note in self.watch.new_notes():
                run = self.instance.get_run_by_id(self.id)
                self.instance.report_engine_event(note, run)
            self.watch.require()

    def why_interrupted(self) -> SeqAutoError:
        """Tell a lost lock, whose watch interrupts the scan, from somebody who cancels it."""
        if self.watch is not None and self.watch.loss is not None:
            return self.watch.loss
        run = self.instance.get_run_by_id(self.id)
        if run is not None and run.status in _ASKED:
            return ScanCancelledError("a request to Dagster, from the web UI or a command of its")
        return ScanCancelledError(self.interrupts.words())


_running: ContextVar[RunningScan | None] = ContextVar("running_scan", default=None)


@contextmanager
def running(scan: RunningScan) -> Iterator[None]:
    """Let the steps in this block know their scan."""
    _running.set(scan)
    try:
        yield
    finally:
        _running.set(None)


def this_scan() -> RunningScan | None:
    """Give the scan whose step runs now; None where no executor of ours runs it."""
    return _running.get()


def fence_tag(fence: Fence) -> dict[str, str]:
    """Show a scan's fence to the processes that work for it."""
    return {FENCE_TAG: f"{fence.scan} {fence.number}"}


def fence_for(context: dg.OpExecutionContext) -> Fence | None:
    """Give the fence that the step's transactions have to show.

    Another process than the scan's own finds it in a tag; a copy of it on a re-execution names
    another scan.
    """
    scan = this_scan()
    if scan is not None:
        return scan.watch.fence if scan.watch is not None else None
    run = context.instance.get_run_by_id(context.run_id)
    name, _, number = (run.tags.get(FENCE_TAG, "") if run is not None else "").partition(" ")
    return Fence(int(number), name) if name == context.run_id and number else None


def required_fence(context: dg.OpExecutionContext) -> Fence:
    """Give it to a step that must not work without one."""
    fence = fence_for(context)
    if fence is None:
        raise ScanLockError("this scan", "it works on shards and has not got the scan lock")
    return fence


def require_lock() -> None:
    """Raise ScanLockLostError when another scan has got the lock of this one."""
    scan = this_scan()
    if scan is not None and scan.watch is not None:
        scan.watch.require()
