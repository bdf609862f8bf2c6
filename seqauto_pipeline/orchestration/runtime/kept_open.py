"""Connections to Dagster's SQLite files that stay open while a scan works.

Dagster opens a file anew for each event, and SQLite writes its log into the file each time the
last connection is closed: that takes twice the time of the event itself, and waits for the disk.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import dagster as dg

if TYPE_CHECKING:
    from seqauto_pipeline.db.session import Connection, Engine


class KeepsOpen(ABC):
    """A storage in SQLite files. Connections are closed after each use, unless told otherwise."""

    keeps_open = False

    @contextmanager
    def _transaction(self, engine: "Engine") -> Iterator["Connection"]:
        try:
            with engine.begin() as connection:
                yield connection
        finally:
            if not self.keeps_open:
                engine.pool.dispose()  # of idle ones: another thread may be using one

    def keep_open(self, *, keeps: bool) -> None:
        """Keep connections from now on; or close those that were kept, and keep none."""
        self.keeps_open = keeps
        if not keeps:
            for engine in self._all_engines():
                engine.pool.dispose()

    @abstractmethod
    def _all_engines(self) -> tuple["Engine", ...]: ...


@contextmanager
def kept_open(instance: dg.DagsterInstance) -> Iterator[None]:
    """Keep the connections of an instance to its SQLite files while the block lasts."""
    storages = [
        each
        for each in (instance.run_storage, instance.event_log_storage)
        if isinstance(each, KeepsOpen)
    ]
    for each in storages:
        each.keep_open(keeps=True)
    try:
        yield
    finally:
        for each in storages:
            each.keep_open(keeps=False)
