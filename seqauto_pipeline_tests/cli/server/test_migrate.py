"""`seqauto migrate`: the schema, brought up to date or only looked at."""

from pathlib import Path

import pytest
from sqlalchemy import text

from seqauto_pipeline.db.lock import scan_lock
from seqauto_pipeline.db.migrate import head_revision, require_current
from seqauto_pipeline.db.session import open_database
from seqauto_pipeline_tests.cli.conftest import Run
from seqauto_pipeline_tests.models_database import url_for


def _url(tmp_path: Path) -> str:
    return url_for(tmp_path / "home") or f"sqlite:///{tmp_path}/home/seqauto.db"


@pytest.mark.sqlite
def test_a_new_database_gets_its_tables(seqauto: Run, tmp_path: Path):
    result = seqauto("migrate")

    url = f"sqlite:///{tmp_path}/home/seqauto.db"
    assert result.exit_code == 0
    assert result.stdout == (f"{url} had no file models yet, and now has {head_revision()}.\n")
    require_current(open_database(url))


def test_a_database_that_is_up_to_date_is_left_alone(seqauto: Run):
    seqauto("migrate")

    for arguments in (("migrate",), ("migrate", "--check")):
        result = seqauto(*arguments)
        assert result.exit_code == 0
        assert result.stdout.endswith(
            f"has schema {head_revision()}, the newest: there is nothing to do.\n"
        )


def test_with_check_it_only_says_what_there_is_to_do(seqauto: Run):
    result = seqauto("migrate", "--check")

    assert result.exit_code == 1
    assert result.stdout.endswith(
        f"has no file models yet; the newest is {head_revision()}. Bring it there: "
        "`seqauto migrate`.\n"
    )
    assert "has no file models yet" in seqauto("runs").stderr


@pytest.mark.sqlite
def test_a_copy_is_made_of_a_database_that_holds_something(
    seqauto: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    seqauto("migrate")
    monkeypatch.setattr("seqauto_pipeline.db.migrate.head_revision", lambda: "0042")

    result = seqauto("migrate")

    copy = next((tmp_path / "home").glob("seqauto.db.before-*"))
    assert f"A copy of the database as it was: {copy}\n" in result.stdout
    assert "had schema" in result.stdout


def test_a_schema_newer_than_this_program_is_refused(seqauto: Run, tmp_path: Path):
    seqauto("migrate")
    engine = open_database(_url(tmp_path))
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()

    result = seqauto("migrate")

    assert result.exit_code == 1
    assert "has schema 9999, which this program does not know" in result.stderr


def test_it_does_not_change_the_schema_under_a_scan(seqauto: Run, tmp_path: Path):
    (tmp_path / "home").mkdir()
    lock = scan_lock(_url(tmp_path), "the scan 1234")
    assert lock.take() is None

    result = seqauto("migrate")
    lock.close()

    assert result.exit_code == 1
    assert "Another scan is running: the scan 1234." in result.stderr
    assert seqauto("migrate").exit_code == 0


@pytest.mark.postgres
def test_it_works_on_postgresql(seqauto: Run, postgres_url: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SEQAUTO_DATABASE_URL", postgres_url)

    assert seqauto("migrate", "--check").exit_code == 1
    assert f"and now has {head_revision()}." in seqauto("migrate").stdout
    assert seqauto("migrate", "--check").exit_code == 0
