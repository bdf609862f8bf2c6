"""Dagster's runs in their SQLite file, as Dagster keeps them, opened in less time."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from seqauto_pipeline.db.locked_files import patient_engine
from seqauto_pipeline.orchestration.runtime.dagster_private import SqliteRunStorage

if TYPE_CHECKING:
    from seqauto_pipeline.db.session import Connection


class SqliteRuns(SqliteRunStorage):
    """One engine for all statements, of which each is compiled once.

    Dagster makes one for each. Connections are closed after each use, as they are in Dagster.
    """

    def __init__(self, url: str) -> None:
        self._engine = patient_engine(url)
        super().__init__(url)

    @contextmanager
    def connect(self) -> Iterator["Connection"]:
        with self._engine.begin() as connection:
            yield connection
