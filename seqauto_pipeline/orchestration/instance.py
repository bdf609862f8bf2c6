"""Open the Dagster instance of the home in force, for commands."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg

from seqauto_pipeline.core.display import shown
from seqauto_pipeline.db.dagster_schema import dagster_in_reach, dagster_storage
from seqauto_pipeline.db.session import DatabaseError, driver_words
from seqauto_pipeline.errors import DagsterConfigError, DagsterStorageError, SeqAutoError
from seqauto_pipeline.errors_file import logged_lines_kept
from seqauto_pipeline.orchestration.dagster_home import (
    CONFIG_NAME,
    home_directory,
    shipped_config,
)

_MOST_SAID = 300  # characters: Dagster lists every field that it knows
_LOST_POSTGRES = "DagsterPostgresException"  # its module takes a third of a second to import


@contextmanager
def opened_instance() -> Iterator[dg.DagsterInstance]:
    """Open it as the home's dagster.yaml says; as the shipped one does where that is out of reach.

    Who reads PostgreSQL from elsewhere has no home to speak of.
    """
    home = home_directory()
    with (
        logged_lines_kept(home),
        dagster_storage(str(home)),
        _reaching_postgres(home),
        _open(home) as instance,
    ):
        yield instance


@contextmanager
def storage_in_reach() -> Iterator[None]:
    """Turn a connection that Dagster loses while a scan works into one line of what to do."""
    home = home_directory()
    with dagster_in_reach(str(home)), _reaching_postgres(home):
        yield


def _open(home: Path) -> dg.DagsterInstance:
    file = home / CONFIG_NAME
    try:
        if os.access(file, os.R_OK):
            return dg.DagsterInstance.get()
        shipped = shipped_config()
        return dg.DagsterInstance.from_config(str(shipped.parent), shipped.name)
    except Exception as error:  # YAML, fields, class names: whatever a person can write there
        if isinstance(error, SeqAutoError | DatabaseError | OSError) or _is_lost(error):
            raise
        raise DagsterConfigError(str(file), _reason(error)) from error


def _reason(error: Exception) -> str:
    found = getattr(error, "errors", None) or [error]
    said = "; ".join(" ".join(str(getattr(each, "message", each)).split()) for each in found)
    return shown(said, _MOST_SAID)


@contextmanager
def _reaching_postgres(home: Path) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        if not _is_lost(error):
            raise
        raise DagsterStorageError(str(home), driver_words(error.__cause__ or error)) from error


def _is_lost(error: Exception) -> bool:
    return type(error).__name__ == _LOST_POSTGRES
