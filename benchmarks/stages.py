"""Runs the stages of one scan in this process, and prints seconds and SQL statements of each.

``scan.py`` and ``guards.py`` start it, also under strace. The settings are those of DAGSTER_HOME;
with ``--full`` every directory is listed; with ``--guarded`` the scan has the lock, its number and
the watch, as one of the job has.
"""

import json
import os
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import ParamSpec, TypeVar

from sqlalchemy import Engine, event

from seqauto_pipeline.db.fence import Fence
from seqauto_pipeline.db.lock import scan_lock
from seqauto_pipeline.db.lock_watch import LockWatch
from seqauto_pipeline.scan import store
from seqauto_pipeline.scan.request import ScanRequest
from seqauto_pipeline.scan.steps import (
    create_models,
    parse_sample_sheets,
    scan_files,
)
from seqauto_pipeline.scan.store import fenced
from seqauto_pipeline.settings import Settings, database_url_for, load_settings

_GUARDED = "--guarded"
_P = ParamSpec("_P")
_T = TypeVar("_T")


class _Statements:
    """Counts what is sent to the database: an ``executemany`` of any size is one statement."""

    def __init__(self) -> None:
        self.count = 0
        event.listen(Engine, "before_cursor_execute", self._add)

    def _add(self, *_: object) -> None:
        self.count += 1


class _Guards:
    """Adds up the processor time of what guards a scan, in whichever thread it runs."""

    def __init__(self) -> None:
        self.seconds = 0.0
        for owner, name in ((Fence, "check"), (LockWatch, "look"), (store, "take_fence")):
            setattr(owner, name, self._timed(getattr(owner, name)))

    def _timed(self, function: Callable[_P, _T]) -> Callable[_P, _T]:
        def timed(*args: _P.args, **kwargs: _P.kwargs) -> _T:
            began = time.thread_time()
            try:
                return function(*args, **kwargs)
            finally:
                self.seconds += time.thread_time() - began

        return timed


def main() -> None:
    guards = _Guards()
    statements = _Statements()
    stages: dict[str, dict[str, float]] = {}

    def measured(name: str, stage: Callable[[], object]) -> None:
        began, before = time.perf_counter(), statements.count
        stage()
        stages[name] = {
            "seconds": time.perf_counter() - began,
            "statements": statements.count - before,
        }

    settings, home = load_settings(), Path(os.environ["DAGSTER_HOME"])
    scan, request = str(uuid.uuid4()), ScanRequest(full="--full" in sys.argv)
    with _fence(settings, home, scan) as fence:
        measured("scan_files", lambda: scan_files(settings, home, scan, request, fence=fence))
        measured(
            "parse_sample_sheets",
            lambda: parse_sample_sheets(settings, home, scan, scan, fence=fence),
        )
        measured(
            "create_models",
            lambda: create_models(settings, home, scan, scan, request, fence=fence),
        )

    if _GUARDED in sys.argv:
        of_stages = sum(each["statements"] for each in stages.values())
        stages["guards"] = {
            "seconds": guards.seconds,  # of processor time, while the stages went on
            "statements": statements.count - of_stages,
        }
    json.dump(stages, sys.stdout)


@contextmanager
def _fence(settings: Settings, home: Path, scan: str) -> Iterator[Fence | None]:
    if _GUARDED not in sys.argv:
        yield None
        return
    with closing(scan_lock(database_url_for(settings, home), scan)) as lock:
        assert lock.take() is None
        with fenced(settings, home, lock, scan) as watch:
            yield watch.fence


if __name__ == "__main__":
    main()
