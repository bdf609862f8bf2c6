"""Dagster's own storage, where the settings say: one switch for the models and for Dagster.

Where database_url names a PostgreSQL database, it is there, in a schema of its own. Else it is in
SQLite files below the home in force, whichever directory a process was started in: Dagster
resolves a relative directory in dagster.yaml against the working directory even where a
DAGSTER_HOME is exported, so one file could not serve both. These classes can be named in it.
"""

import fcntl
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from dagster._core.storage.base_storage import DagsterStorage
from dagster._core.storage.root import LocalArtifactStorage
from dagster._core.storage.sqlite_storage import DagsterSqliteStorage
from dagster._serdes import ConfigurableClassData
from pydantic import SecretStr, ValidationError

from seqauto_pipeline.db.dagster_schema import alone_in_schema, schema_is_used
from seqauto_pipeline.errors import SettingsError
from seqauto_pipeline.orchestration.dagster_home import home_directory
from seqauto_pipeline.settings import HOME_VARIABLE, Settings, config_file, load_settings

_START_LOCK = ".first-start.lock"
_URL_VARIABLE = "SEQAUTO_DATABASE_URL"
_URL_LINE = re.compile(r"""^\s*database_url\s*=\s*(["'])(?P<url>.+?)\1""", re.MULTILINE)


class HomeStorage(DagsterSqliteStorage):
    """Runs, events and schedules: in SQLite files of the home, or in PostgreSQL."""

    @classmethod
    def config_type(cls) -> dict[str, type]:
        return {}

    @classmethod
    def from_config_value(  # type: ignore[override]  # the class only chooses the storage
        cls,
        inst_data: ConfigurableClassData,
        config_value: Mapping[str, object],  # noqa: ARG003  (Dagster's signature; there is none)
    ) -> DagsterStorage:
        home = home_directory()
        url = postgres_url(home)
        if url is None:
            with _alone(home):
                return cls.from_local(str(home), inst_data)
        from dagster_postgres import DagsterPostgresStorage  # noqa: PLC0415  (a third of a second)

        with alone_in_schema(url) as in_schema:
            return DagsterPostgresStorage(in_schema, inst_data=inst_data)


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
    return (home / "history" / "runs.db").exists() if url is None else schema_is_used(url)


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
