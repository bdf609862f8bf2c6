"""Dagster's own storage, where the settings say: one switch for the models and for Dagster.

Where database_url names a PostgreSQL database, it is there, in a schema of its own. Else it is in
SQLite files below the home in force, whichever directory a process was started in: Dagster
resolves a relative directory in dagster.yaml against the working directory even where a
DAGSTER_HOME is exported, so no path in that file could serve both. It names these classes instead.
"""

import fcntl
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from pydantic import SecretStr, ValidationError

from seqauto_pipeline.accounts import may_write
from seqauto_pipeline.db.dagster_schema import alone_in_schema, may_write_schema, schema_is_used
from seqauto_pipeline.db.locked_files import wait_for_locked_files
from seqauto_pipeline.errors import SettingsError
from seqauto_pipeline.orchestration.dagster_home import home_directory
from seqauto_pipeline.orchestration.runtime.dagster_private import (
    CompositeStorage,
    ConfigurableClassData,
    DagsterSqliteStorage,
    DagsterStorage,
    LocalArtifactStorage,
    SqliteScheduleStorage,
)
from seqauto_pipeline.orchestration.runtime.made_files import is_made
from seqauto_pipeline.orchestration.runtime.read_only_storage import read_only_storage
from seqauto_pipeline.orchestration.runtime.sqlite_events import SqliteEvents
from seqauto_pipeline.orchestration.runtime.sqlite_runs import SqliteRuns
from seqauto_pipeline.settings import HOME_VARIABLE, Settings, config_file, load_settings

_START_LOCK = ".first-start.lock"
_URL_VARIABLE = "SEQAUTO_DATABASE_URL"
_URL_LINE = re.compile(r"""^\s*database_url\s*=\s*(["'])(?P<url>.+?)\1""", re.MULTILINE)


class HomeStorage(CompositeStorage):
    """Runs, events and schedules: in SQLite files of the home, or in PostgreSQL.

    A plain ``storage:`` block in dagster.yaml cannot do this:

    - ``storage: {sqlite: …}`` or ``storage: {postgres: …}`` names the kind, and ``env:`` chooses
      values only. database_url, the one switch for the models and for Dagster, would not reach it:
      the two could disagree, and the file would have to be written anew at each change.
    - ``base_dir`` would have to be absolute (see the module), which a file that belongs to a
      checkout, and to every new home, cannot know.
    - Nothing would keep processes apart that create the tables at once, nor make the schema.
    """

    @classmethod
    def config_type(cls) -> dict[str, type]:
        return {}

    @classmethod
    def from_config_value(
        cls,
        inst_data: ConfigurableClassData | None,
        config_value: Mapping[str, object],  # noqa: ARG003  (Dagster's signature; there is none)
    ) -> "HomeStorage":
        chosen = _chosen_storage(home_directory())
        return cls(chosen.run_storage, chosen.event_log_storage, chosen.schedule_storage, inst_data)


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
    ) -> "HomeArtifactStorage":
        return cls(str(home_directory()), inst_data)


def postgres_url(home: Path) -> str | None:
    """Where Dagster's tables are when they are in PostgreSQL. None: SQLite files in the home."""
    url = _database_url({**os.environ, HOME_VARIABLE: str(home)})
    text = url.get_secret_value() if url else ""
    return text if text.startswith("postgres") else None


def storage_is_used(home: Path) -> bool:
    """Whether Dagster has stored anything yet, here or there. Nothing is made to find out."""
    url = postgres_url(home)
    return _runs_file(home).exists() if url is None else schema_is_used(url)


def may_record(home: Path) -> bool:
    """Whether this process may change what Dagster has stored, not only read it."""
    url = postgres_url(home)
    return may_write(home) if url is None else may_write_schema(url)


def storage_files(home: Path) -> tuple[Path, ...]:
    """The SQLite files that every scan writes to, as far as they are there; none in PostgreSQL."""
    if postgres_url(home) is not None:
        return ()
    events, schedules = home / "history/runs/index.db", home / "schedules/schedules.db"
    return tuple(file for file in (_runs_file(home), events, schedules) if file.exists())


def _runs_file(home: Path) -> Path:
    return home / "history" / "runs.db"


def _chosen_storage(home: Path) -> DagsterStorage:
    url = postgres_url(home)
    if url is None:
        wait_for_locked_files()
        if _runs_file(home).exists() and not may_write(home):
            return read_only_storage(home)
        with _alone(home):
            return _sqlite_storage(home)
    from dagster_postgres import DagsterPostgresStorage  # noqa: PLC0415  (a third of a second)

    with alone_in_schema(url) as in_schema:
        return DagsterPostgresStorage(in_schema)


def _sqlite_storage(home: Path) -> DagsterStorage:
    """Dagster's own storage but for its runs and events; what is not there yet, Dagster makes."""
    runs, schedules = _runs_file(home), home / "schedules" / "schedules.db"
    events = home / "history" / "runs"
    made = is_made(runs, "instance_info") and is_made(schedules) and is_made(events / "index.db")
    if not made:
        DagsterSqliteStorage.from_local(str(home))
    return CompositeStorage(
        SqliteRuns(_url(runs)), SqliteEvents(str(events)), SqliteScheduleStorage(_url(schedules))
    )


def _url(file: Path) -> str:
    return f"sqlite:///{file.absolute()}"


def _database_url(environ: Mapping[str, str]) -> SecretStr | None:
    """Read the one setting; a mistake in another must not move Dagster's history elsewhere."""
    try:
        return load_settings(environ).database_url
    except SettingsError as error:
        written = environ.get(_URL_VARIABLE) or _url_in_file(config_file(environ))
        if not written:
            return None
        try:
            return Settings(database_url=SecretStr(written)).database_url
        except ValidationError:
            raise error from None


def _url_in_file(path: Path | None) -> str:
    """Find the setting in a file that may not be TOML any more."""
    try:
        found = _URL_LINE.search(path.read_text(errors="replace")) if path else None
    except OSError:
        return ""
    return found["url"] if found else ""


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """Let one process at a time open a home: two that create Dagster's tables at once fail."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / _START_LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
