"""How far a scan is: to whoever listens in this process, else to its log in the web UI."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

import dagster as dg

from seqauto_pipeline.orchestration.running_scan import require_lock
from seqauto_pipeline.scan.progress import Progress

_LOG_EVERY_SECONDS = 10.0
_listener: ContextVar[Progress | None] = ContextVar("listener", default=None)


@contextmanager
def listening(listener: Progress) -> Iterator[None]:
    """Send the progress of scans in this process to a listener."""
    token = _listener.set(listener)
    try:
        yield
    finally:
        _listener.reset(token)


def report_progress(stage: str, done: int, total: int | None) -> None:
    listener = _listener.get()
    if listener is not None:
        listener(stage, done, total)


@dataclass
class ProgressLog:
    """Tells the listener of every step, and the scan's log of one every few seconds.

    It stops a scan that has lost its lock.
    """

    log: dg.DagsterLogManager
    _last: float = field(default_factory=time.monotonic)

    def __call__(self, stage: str, done: int, total: int | None) -> None:
        require_lock()
        report_progress(stage, done, total)
        now = time.monotonic()
        if now - self._last >= _LOG_EVERY_SECONDS:
            self._last = now
            self.log.info(f"{stage}: {done}{'' if total is None else f' of {total}'}")
