"""Dagster's own storage below the home in force, whichever directory a process was started in.

Dagster resolves a relative directory in dagster.yaml against the working directory even where a
DAGSTER_HOME is exported, so one file could not serve both. These classes can be named in it.
"""

import fcntl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from dagster._core.storage.root import LocalArtifactStorage
from dagster._core.storage.sqlite_storage import DagsterSqliteStorage
from dagster._serdes import ConfigurableClassData

from seqauto_pipeline.orchestration.dagster_home import home_directory

_START_LOCK = ".first-start.lock"


class HomeStorage(DagsterSqliteStorage):
    """Runs, events and schedules in SQLite files of the home."""

    @classmethod
    def config_type(cls) -> dict[str, type]:
        return {}

    @classmethod
    def from_config_value(
        cls,
        inst_data: ConfigurableClassData,
        config_value: Mapping[str, object],  # noqa: ARG003  (Dagster's signature; there is none)
    ) -> Self:
        home = home_directory()
        with _alone(home):
            return cls.from_local(str(home), inst_data)


class HomeArtifactStorage(LocalArtifactStorage):
    """Outputs of ops, in the home."""

    @classmethod
    def config_type(cls) -> dict[str, type]:
        return {}

    @classmethod
    def from_config_value(
        cls,
        inst_data: ConfigurableClassData | None,
        config_value: Mapping[str, object],  # noqa: ARG003  (Dagster's signature; there is none)
    ) -> Self:
        return cls(str(home_directory()), inst_data)


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Let one process at a time open a home: two that create Dagster's tables at once fail."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / _START_LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
