"""Connections to Dagster's storage that stay open while a scan works.

Dagster opens a SQLite file anew for each event, and SQLite writes its log into the file each time
the last connection is closed: that takes twice the time of the event itself, and waits for the
disk. A server of PostgreSQL it calls anew as often, which starts a process there each time.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Protocol, runtime_checkable

import dagster as dg

from seqauto_pipeline.db.dagster_schema import waiting_engine

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

    @contextmanager
    def kept_open(self) -> Iterator[None]:
        """Keep connections while the block lasts."""
        self.keeps_open = True
        try:
            yield
        finally:
            self.keeps_open = False
            for engine in self._all_engines():
                engine.pool.dispose()

    @abstractmethod
    def _all_engines(self) -> tuple["Engine", ...]: ...


@runtime_checkable
class _OnServer(Protocol):
    """Runs or events in PostgreSQL, as `dagster_postgres` has them; only who uses it imports it."""

    postgres_url: str
    _engine: "Engine"


@contextmanager
def kept_open(instance: dg.DagsterInstance) -> Iterator[None]:
    """Keep the connections of an instance to its runs and events while the block lasts."""
    with ExitStack() as kept:
        for each in (instance.run_storage, instance.event_log_storage):
            if isinstance(each, KeepsOpen):
                kept.enter_context(each.kept_open())
            elif isinstance(each, _OnServer):
                kept.enter_context(_kept_on_server(each))
        yield


@contextmanager
def _kept_on_server(storage: _OnServer) -> Iterator[None]:
    waiting, closing = waiting_engine(storage.postgres_url), storage._engine
    storage._engine = waiting
    try:
        yield
    finally:
        storage._engine = closing
        waiting.dispose()
