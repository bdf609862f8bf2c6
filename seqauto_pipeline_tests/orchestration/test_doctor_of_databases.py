"""Databases that are broken for real: `seqauto doctor` names each."""

import json
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg2
import pytest

from seqauto_pipeline_tests.orchestration.examinations import (
    doctor,
)

HOLD = """
import sqlite3, sys
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.read()
"""


def test_a_wrong_database_url_is_named_without_its_password(lab, examine, monkeypatch):
    monkeypatch.setenv("SEQAUTO_DATABASE_URL", "postgresql://lab:geheim@127.0.0.1:9/seqauto")

    found = examine()["database_unreachable"]

    assert "refused" in found["text"]
    assert "geheim" not in json.dumps(found)


@pytest.mark.sqlite
def test_a_damaged_database_is_named(lab, examine):
    (lab.home / "seqauto.db").write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)

    assert "database_damaged" in examine()


@pytest.mark.sqlite
def test_a_database_with_a_damaged_table_is_named_though_its_schema_can_be_read(lab, scan, examine):
    scan()
    path = lab.home / "seqauto.db"
    with closing(sqlite3.connect(path)) as database:
        page = "SELECT rootpage FROM sqlite_master WHERE name = 'sequencing_run'"
        (number,) = database.execute(page).fetchone()
        (size,) = database.execute("PRAGMA page_size").fetchone()
    with path.open("r+b") as file:
        file.seek((number - 1) * size)
        file.write(b"\xff" * size)

    found = examine()

    assert (
        f"looked through, it says: *** in database main *** Page {number}:"
        in (found["database_damaged"]["text"])
    )
    assert "`seqauto restore`" in found["database_damaged"]["fix"]
    assert "database_locked" not in found


@contextmanager
def held(database: Path) -> Iterator[subprocess.Popen[str]]:
    """Have another process hold a database's lock for writing."""
    command = [sys.executable, "-c", HOLD, str(database)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, text=True, **pipes) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"
        yield holder
        holder.kill()


@pytest.mark.sqlite
def test_a_locked_database_is_named_with_who_holds_it(lab, scan, examine):
    scan()
    with held(lab.home / "seqauto.db") as holder:
        found = examine()["database_locked"]

    assert f"process {holder.pid} (python" in found["text"]


@pytest.mark.sqlite
def test_a_locked_file_of_dagsters_is_named_with_who_holds_it(lab, scan, examine):
    scan()
    runs = lab.home / "history" / "runs.db"
    with held(runs) as holder:
        found = examine()

    assert "dagster_unreachable" not in found
    assert found["dagster_locked"]["text"].startswith(f"{runs}: it stayed locked for 2 s, by")
    assert f"process {holder.pid} (python" in found["dagster_locked"]["text"]


@pytest.mark.sqlite
@pytest.mark.parametrize(
    ("statement", "check"),
    [
        ("DROP TABLE alembic_version", "database_behind"),
        ("UPDATE alembic_version SET version_num = 'f9'", "database_newer"),
    ],
)
def test_a_database_of_another_version_is_named(lab, scan, examine, statement, check):
    scan()
    with closing(sqlite3.connect(lab.home / "seqauto.db")) as database, database:
        database.execute(statement)

    assert check in examine()


@pytest.mark.postgres
def test_queries_that_run_long_are_named(lab, postgres_url, examine, monkeypatch):
    monkeypatch.setenv("SEQAUTO_DATABASE_URL", postgres_url)
    monkeypatch.setenv("SEQAUTO_SLOW_QUERY_SECONDS", "1")
    with closing(psycopg2.connect(postgres_url.replace("+psycopg2", ""))) as slow:
        slow.cursor().execute("SELECT 1 AS forgotten")
        pid = slow.info.backend_pid
        time.sleep(1.2)

        found = examine()["slow_queries"]

    assert f"pg_cancel_backend({pid})" in found["fix"]
    assert "forgotten" in found["text"]


@pytest.mark.postgres
def test_a_server_in_order_tells_its_schema_and_size(lab, scan, postgres_url, monkeypatch):
    monkeypatch.setenv("SEQAUTO_DATABASE_URL", postgres_url)
    scan()

    output = doctor("--all").output

    assert "ok      database" in output
    assert "schema 00" in output
