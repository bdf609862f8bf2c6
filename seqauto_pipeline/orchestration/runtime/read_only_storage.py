"""Dagster's own storage in the SQLite files of a home, for whoever may read them and not write."""

from pathlib import Path

from seqauto_pipeline.db.look.sqlite_file import read_only_uri
from seqauto_pipeline.orchestration.runtime.dagster_private import (
    CompositeStorage,
    DagsterStorage,
    SqliteEventLogStorage,
    SqliteRunStorage,
    SqliteScheduleStorage,
)

_INDEX = "index"


class _ReadOnlyEvents(SqliteEventLogStorage):
    """Events of the scans, each of which has a file of its own."""

    def conn_string_for_shard(self, shard_name: str) -> str:
        """Give the URL of a scan's file; a scan that waits has none, and no event either."""
        file = Path(self.path_for_shard(shard_name))
        return _read_only_url(file if file.exists() else Path(self.path_for_shard(_INDEX)))


def read_only_storage(home: Path) -> DagsterStorage:
    """Open runs, events and schedules, all of which have to be there. Nothing is made."""
    return CompositeStorage(
        SqliteRunStorage(_read_only_url(home / "history" / "runs.db")),
        _ReadOnlyEvents(str(home / "history" / "runs")),
        SqliteScheduleStorage(_read_only_url(home / "schedules" / "schedules.db")),
    )


def _read_only_url(file: Path) -> str:
    return f"sqlite:///{read_only_uri(file)}&uri=true"
