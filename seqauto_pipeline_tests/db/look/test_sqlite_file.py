"""What the file of an SQLite database tells, while it is written to and while nobody has it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from seqauto_pipeline.db.look import sqlite_file
from seqauto_pipeline.db.look.sqlite_file import can_lock, lock_holders, sqlite_revision
from seqauto_pipeline.db.migrate import head_revision, upgrade
from seqauto_pipeline.db.session import open_database


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "seqauto.db"
    engine = open_database(f"sqlite:///{path}")
    upgrade(engine)
    engine.dispose()
    return path


def test_the_revision_of_the_schema_is_read(file: Path):
    assert sqlite_revision(file) == head_revision()


@pytest.mark.parametrize("statement", ["DROP TABLE alembic_version", "DELETE FROM alembic_version"])
def test_a_file_without_file_models_has_no_revision(file: Path, statement: str):
    with closing(sqlite3.connect(file)) as database, database:
        database.execute(statement)

    assert sqlite_revision(file) is None


def test_a_file_is_found_locked_only_while_somebody_writes(file: Path, monkeypatch):
    monkeypatch.setattr(sqlite_file, "LOCK_SECONDS", 0.01)
    with closing(sqlite3.connect(file, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        while_writing = can_lock(file)
        writer.execute("ROLLBACK")

        assert (while_writing, can_lock(file)) == (False, True)


def test_nobody_holds_a_file_that_is_not_open(file: Path):
    assert lock_holders(file) == ""
