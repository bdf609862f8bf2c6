"""Dagster's events in SQLite files, as Dagster keeps them, opened in a fifth of the time."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import dagster as dg

from seqauto_pipeline.db.locked_files import patient_engine
from seqauto_pipeline.orchestration.runtime.dagster_private import SqliteEventLogStorage
from seqauto_pipeline.orchestration.runtime.kept_open import KeepsOpen
from seqauto_pipeline.orchestration.runtime.made_files import is_made, is_whole

if TYPE_CHECKING:
    from seqauto_pipeline.db.session import Connection, Engine

# A run's file before its first event, as this release of Dagster makes it. It is none of a run: the
# names of those end in .db.
_EMPTY = f"empty_run_{dg.__version__}"
_KEPT_ENGINES = 4  # that of the index, and of the Dagster runs of which something was told last


class SqliteEvents(KeepsOpen, SqliteEventLogStorage):
    """A file for each Dagster run, and one for what is asked across them.

    Dagster makes an engine for each statement, which compiles that statement anew, and makes the
    tables of each file one by one: both together took a quarter of the time of a short run.
    """

    def __init__(self, base_dir: str) -> None:
        self._engines: dict[str, Engine] = {}
        super().__init__(base_dir)

    @contextmanager
    def _connect(self, shard: str) -> Iterator["Connection"]:
        with self._db_lock:
            engine = self._engine(shard)
            if shard not in self._initialized_dbs:
                self._initdb(engine)
                self._initialized_dbs.add(shard)
            with self._transaction(engine) as connection:
                yield connection
            if self.keeps_open:
                _let_watchers_look(Path(str(engine.url.database)))

    def _all_engines(self) -> tuple["Engine", ...]:
        return tuple(self._engines.values())

    def _engine(self, shard: str) -> "Engine":
        """Give the engine of a file; the last used ones are kept."""
        engine = self._engines.pop(shard, None) or patient_engine(self.conn_string_for_shard(shard))
        self._engines[shard] = engine
        if len(self._engines) > _KEPT_ENGINES:
            self._engines.pop(next(iter(self._engines))).dispose()
        return engine

    def _initdb(self, engine: "Engine", for_index_shard: bool = False) -> None:  # noqa: FBT001, FBT002  (Dagster's)
        """Have the tables in a file. All files of runs begin as the first one did."""
        file = Path(str(engine.url.database))
        if is_made(file):
            return
        empty = file.with_name(_EMPTY)
        is_new = not file.exists()
        if is_new and not for_index_shard and is_whole(empty) and _put(empty.read_bytes(), file):
            return
        super()._initdb(engine, for_index_shard)
        if is_new and not for_index_shard:
            _keep(file, empty)


def _let_watchers_look(file: Path) -> None:
    """Change the time of a file: the web UI shows a new event when the file of a run changes.

    SQLite writes to its log beside it, as long as a connection is open.
    """
    with suppress(OSError):  # it may have been deleted with its run
        os.utime(file)


def _keep(made: Path, empty: Path) -> None:
    """Keep a file as Dagster has just made it, for the runs to come. Only time is lost without."""
    draft = empty.with_name(f"{empty.name}.{os.getpid()}.new")
    try:
        with closing(sqlite3.connect(made)) as opened:
            draft.write_bytes(opened.serialize())
        draft.replace(empty)
    except (OSError, sqlite3.Error):
        draft.unlink(missing_ok=True)


def _put(content: bytes, file: Path) -> bool:
    """Make a file that has its content from the start; False where another process was first.

    False, too, where the file system has no hard links.
    """
    draft = file.with_name(f"{file.name}.{os.getpid()}.new")
    try:
        draft.write_bytes(content)
        file.hardlink_to(draft)
    except OSError:
        return False
    finally:
        draft.unlink(missing_ok=True)
    return True
