"""Dagster's own storage in the SQLite files of a home, for whoever may read them and not write."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from seqauto_pipeline.db.look.session import reading_file
from seqauto_pipeline.orchestration.runtime.dagster_private import (
    CompositeStorage,
    DagsterStorage,
    SqliteEventLogStorage,
    SqliteRunStorage,
    SqliteScheduleStorage,
)

if TYPE_CHECKING:
    from seqauto_pipeline.db.session import Connection

_INDEX = "index"


class _InOneFile:
    """What Dagster's storages of runs and of schedules share."""

    def __init__(self, file: Path) -> None:
        self._file = file
        super().__init__(f"sqlite:///{file}")  # type: ignore[call-arg]  # the storage's own

    @contextmanager
    def connect(self) -> Iterator["Connection"]:
        with reading_file(self._file) as connection:
            yield connection


class _ReadOnlyRuns(_InOneFile, SqliteRunStorage):
    """The runs, whose state is the history of scans."""


class _ReadOnlySchedules(_InOneFile, SqliteScheduleStorage):
    """Whether the schedules are on, and when they last began something."""


class _ReadOnlyEvents(SqliteEventLogStorage):
    """Events of the scans, each of which has a file of its own."""

    @contextmanager
    def _connect(self, shard: str) -> Iterator["Connection"]:
        file = Path(self.path_for_shard(shard))
        if not file.exists():  # of a scan that waits: there is no event of it either
            file = Path(self.path_for_shard(_INDEX))
        with reading_file(file) as connection:
            yield connection


def read_only_storage(home: Path) -> DagsterStorage:
    """Open runs, events and schedules, all of which have to be there. Nothing is made."""
    return CompositeStorage(
        _ReadOnlyRuns(home / "history" / "runs.db"),
        _ReadOnlyEvents(str(home / "history" / "runs")),
        _ReadOnlySchedules(home / "schedules" / "schedules.db"),
    )
