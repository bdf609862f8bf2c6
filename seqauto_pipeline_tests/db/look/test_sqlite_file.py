"""What the file of an SQLite database tells, while it is written to and while nobody has it."""

import os
import pwd
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from seqauto_pipeline.db.look import sqlite_file
from seqauto_pipeline.db.look.sqlite_file import (
    can_lock,
    lock_holders,
    read_only,
    sqlite_revision,
)
from seqauto_pipeline.db.migrate import head_revision, upgrade
from seqauto_pipeline.db.session import open_database
from seqauto_pipeline_tests.conftest import UNPRIVILEGED
from seqauto_pipeline_tests.real_accounts import let_others_in


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


@pytest.mark.skipif(os.geteuid() != 0, reason="becomes another account")
def test_who_may_only_read_reads_a_file_whose_log_goes_just_now(file: Path, monkeypatch):
    let_others_in(file.parent)
    writer = sqlite3.connect(file)
    writer.execute("PRAGMA journal_mode = WAL")
    with writer:
        writer.execute("CREATE TABLE written (last)")
    has_log = sqlite_file._has_log

    def goes_then(path: Path) -> bool:
        found = has_log(path)
        with _as(0):
            writer.close()  # the last that has it open: SQLite deletes the log
        return found

    monkeypatch.setattr(sqlite_file, "_has_log", goes_then)
    with _as(pwd.getpwnam(UNPRIVILEGED).pw_uid), closing(read_only(file)) as opened:
        found = opened.execute("SELECT count(*) FROM written").fetchone()

    assert found == (0,)


@contextmanager
def _as(account: int) -> Iterator[None]:
    before = os.geteuid()
    os.seteuid(0)
    os.seteuid(account)
    try:
        yield
    finally:
        os.seteuid(0)
        os.seteuid(before)
