"""The models database opened, read and written, and what is said when it refuses."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select, text

from seqauto_pipeline.db import session
from seqauto_pipeline.db.models import Scan
from seqauto_pipeline.db.session import (
    DatabaseError,
    open_database,
    reachable,
    read_session,
    write_session,
)
from seqauto_pipeline.errors import DatabaseDamagedError, DatabaseUnavailableError
from seqauto_pipeline_tests.cli.conftest import scan_time


def a_scan(number: int) -> Scan:
    return Scan(
        dagster_run_id=str(number),
        started_at=scan_time(number),
        is_everything=True,
        scope={"roots": [], "runs": []},
        is_full=True,
    )


def scans(engine: Engine) -> int:
    with read_session(engine) as opened:
        return opened.scalar(select(func.count()).select_from(Scan)) or 0


def test_what_is_written_in_one_session_is_there_in_the_next(engine: Engine):
    with write_session(engine) as opened:
        opened.add(a_scan(1))

    assert scans(engine) == 1


def write_and_fail(engine: Engine) -> None:
    with write_session(engine) as opened:
        opened.add(a_scan(1))
        opened.flush()
        raise RuntimeError


def test_a_session_that_fails_writes_nothing(engine: Engine):
    with pytest.raises(RuntimeError):
        write_and_fail(engine)

    assert scans(engine) == 0


def test_a_session_for_reading_keeps_nothing(engine: Engine):
    with read_session(engine) as opened:
        opened.add(a_scan(1))
        opened.flush()

    assert scans(engine) == 0


def test_moments_come_back_with_their_zone(engine: Engine):
    with write_session(engine) as opened:
        opened.add(a_scan(1))

    with read_session(engine) as opened:
        (found,) = opened.scalars(select(Scan.started_at))

    assert found == scan_time(1)
    assert found.tzinfo is not None


def test_a_moment_without_a_zone_is_refused(engine: Engine):
    naive = a_scan(1)
    naive.started_at = naive.started_at.replace(tzinfo=None)

    with pytest.raises(Exception, match="2026"), write_session(engine) as opened:
        opened.add(naive)


def test_sqlite_lets_people_read_while_a_scan_writes(sqlite_url: str):
    engine = open_database(sqlite_url)

    with engine.connect() as connection:
        values = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("foreign_keys", "journal_mode", "synchronous", "busy_timeout")
        }

    assert values == {
        "foreign_keys": 1,
        "journal_mode": "wal",
        "synchronous": 1,
        "busy_timeout": 60_000,
    }


def test_the_directory_of_an_sqlite_file_is_made(tmp_path: Path):
    engine = open_database(f"sqlite:///{tmp_path}/new/home/seqauto.db")

    with engine.connect():
        assert (tmp_path / "new/home/seqauto.db").exists()


@pytest.mark.parametrize("url", ["nonsense", "mydatabase://host/x", "sqlite+nodriver:///x"])
def test_a_url_that_no_driver_understands_says_which_setting(url: str):
    with pytest.raises(DatabaseUnavailableError) as caught:
        open_database(url)

    assert str(caught.value).startswith(
        "Cannot use the models database SEQAUTO_DATABASE_URL: it is not usable: "
    )


@pytest.mark.parametrize(
    ("reason", "advice"),
    [
        ("database or disk is full", "Free space on its disk"),
        ("database is locked", "End the program that holds it"),
        ("unable to open database file", "Look with `ls -ld`"),
        ("FATAL:  sorry, too many clients already", "Other programs hold all connections"),
        ("canceling statement due to statement timeout", "raise it for this login"),
        ("cannot execute INSERT in a read-only transaction", "it is a standby"),
        ("connection refused", "Check that it runs and can be reached"),
        ('connection to server: database "x" does not exist', "Check that it runs"),
        ('relation "sequencing_run" does not exist', "run `seqauto scan`"),
    ],
)
def test_the_advice_fits_what_the_driver_says(reason: str, advice: str):
    assert advice in str(DatabaseUnavailableError("sqlite:///x", reason))


@pytest.mark.parametrize(
    "reason",
    [
        "database disk image is malformed",
        "malformed database schema (run_view) - near x",
        "invalid page in block 3 of relation base/1/2",
    ],
)
def test_damage_is_told_from_what_a_retry_may_help(reason: str, tmp_path: Path):
    engine = open_database(f"sqlite:///{tmp_path}/x.db")

    with pytest.raises(DatabaseDamagedError) as caught, reachable(engine):
        raise DatabaseError("SELECT", {}, Exception(reason))

    assert "put it aside" in str(caught.value)


def test_a_server_that_does_not_answer_is_named_without_its_password():
    engine = open_database("postgresql+psycopg2://me:s3cret@127.0.0.1:1/models")

    with pytest.raises(DatabaseUnavailableError) as caught:
        scans(engine)

    message = str(caught.value)
    assert "postgresql+psycopg2://me:***@127.0.0.1:1/models" in message
    assert "Connection refused" in message
    assert "s3cret" not in message


def test_a_file_that_is_no_database_says_so(tmp_path: Path):
    (tmp_path / "seqauto.db").write_text("hello, I am no database at all " * 100)
    engine = open_database(f"sqlite:///{tmp_path}/seqauto.db")

    with pytest.raises(DatabaseDamagedError, match=r"file is not a database\. The file is damaged"):
        scans(engine)


def test_a_database_that_somebody_else_holds_says_so(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(session, "BUSY_TIMEOUT_MS", 10)
    engine = open_database(sqlite_url)
    with closing(sqlite3.connect(tmp_path / "seqauto.db")) as other:
        other.execute("BEGIN EXCLUSIVE")

        with pytest.raises(DatabaseUnavailableError, match="locked"):
            scans(engine)


@pytest.mark.parametrize("names", [("a_table", "x"), ("alembic_version", "x")])
def test_tables_and_columns_that_are_not_there_are_the_state_of_the_database(
    engine: Engine, names: tuple[str, str]
):
    table, column = names

    with (
        pytest.raises(DatabaseUnavailableError, match=r"does not exist|no such"),
        read_session(engine) as session,
    ):
        session.execute(text(f"SELECT {column} FROM {table}"))
