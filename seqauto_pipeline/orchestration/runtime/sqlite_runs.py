"""Dagster's runs in their SQLite file, as Dagster keeps them, opened in less time."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from seqauto_pipeline.db.locked_files import patient_engine
from seqauto_pipeline.orchestration.runtime.dagster_private import SqliteRunStorage
from seqauto_pipeline.orchestration.runtime.kept_open import KeepsOpen

if TYPE_CHECKING:
    from seqauto_pipeline.db.session import Connection, Engine


class SqliteRuns(KeepsOpen, SqliteRunStorage):
    """One engine for all statements, of which each is compiled once. Dagster makes one for each."""

    def __init__(self, url: str) -> None:
        self._engine = patient_engine(url)
        super().__init__(url)

    @contextmanager
    def connect(self) -> Iterator["Connection"]:
        with self._transaction(self._engine) as connection:
            yield connection

    def _all_engines(self) -> tuple["Engine", ...]:
        return (self._engine,)
