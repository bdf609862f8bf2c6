"""The schema: made, held against the models, taken back, and refused when it is not ours."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.util import CommandError
from sqlalchemy import Engine, inspect, text

from seqauto_pipeline.db import migrate
from seqauto_pipeline.db.base import Base
from seqauto_pipeline.db.migrate import (
    alembic_config,
    current_revision,
    prepare_for_scan,
    require_current,
    upgrade,
)
from seqauto_pipeline.db.schema_check import (
    newest_revision,
    prepare_schema_for_scan,
    require_current_schema,
)
from seqauto_pipeline.db.session import open_database
from seqauto_pipeline.errors import SchemaError


def tables(engine: Engine) -> set[str]:
    return set(inspect(engine).get_table_names())


def pretend(engine: Engine, revision: str) -> None:
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :r"), {"r": revision})


def test_an_empty_database_gets_every_table_and_no_copy(empty: Engine):
    assert current_revision(empty) is None

    copy = upgrade(empty)

    assert copy is None
    assert current_revision(empty) == newest_revision()
    views = {"unaligned_reads"}
    assert tables(empty) == Base.metadata.tables.keys() - views | {"alembic_version"}


def test_an_upgrade_of_what_is_current_does_nothing(engine: Engine):
    assert upgrade(engine) is None
    require_current(engine)
    require_current_schema(engine)


def test_the_migrations_make_what_the_models_say(engine: Engine):
    command.check(alembic_config(engine))


def test_a_model_without_its_migration_is_found(engine: Engine):
    with engine.begin() as connection:
        connection.execute(text("DROP INDEX ix_message_code"))

    with pytest.raises(CommandError, match="New upgrade operations detected"):
        command.check(alembic_config(engine))


def test_the_schema_can_be_taken_back_and_made_again(engine: Engine):
    command.downgrade(alembic_config(engine), "base")
    assert tables(engine) == {"alembic_version"}

    upgrade(engine)
    require_current(engine)


def test_foreign_keys_hold_after_an_upgrade(engine: Engine):
    with engine.connect() as connection:
        if engine.dialect.name == "sqlite":
            assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
        assert connection.dialect.name in ("sqlite", "postgresql")


@pytest.mark.parametrize(
    "refuses", [upgrade, require_current, require_current_schema, prepare_schema_for_scan]
)
def test_a_schema_newer_than_this_program_is_refused(engine: Engine, refuses):
    pretend(engine, "9999")

    with pytest.raises(SchemaError) as caught:
        refuses(engine)

    assert str(caught.value).endswith(
        " has schema 9999, which this program does not know. Upgrade this program, or restore the "
        "copy of the database that the upgrade made."
    )


@pytest.mark.parametrize("requires", [require_current, require_current_schema])
def test_a_database_without_models_says_to_scan(empty: Engine, requires):
    with pytest.raises(SchemaError, match=r"has no file models yet. Scan the disks first"):
        requires(empty)


def test_a_schema_that_is_behind_says_to_migrate(engine: Engine, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(migrate, "head_revision", lambda: "0042")

    with pytest.raises(SchemaError) as caught:
        require_current(engine)

    assert str(caught.value).endswith(
        f" has schema {newest_revision()}, and this program needs 0042. Run `seqauto migrate`."
    )


@pytest.mark.postgres
def test_a_password_is_not_shown(postgres_url: str):
    engine = open_database(postgres_url.replace("seqauto@", "seqauto:s3cret@"))

    with pytest.raises(SchemaError) as caught:
        require_current(engine)

    assert "s3cret" not in str(caught.value)
    engine.dispose()


@pytest.mark.parametrize("prepare", [prepare_for_scan, prepare_schema_for_scan])
def test_a_scan_prepares_a_new_database_of_either_kind(empty: Engine, prepare):
    prepare(empty)
    prepare(empty)

    require_current(empty)


@pytest.mark.postgres
def test_a_scan_leaves_a_server_that_is_behind_to_its_administrator(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
):
    engine = open_database(postgres_url)
    upgrade(engine)
    monkeypatch.setattr(migrate, "head_revision", lambda: "0042")

    with pytest.raises(SchemaError, match="Run `seqauto migrate`"):
        prepare_for_scan(engine)
    engine.dispose()


def test_a_copy_is_made_before_the_schema_of_an_sqlite_file_changes(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    engine = open_database(sqlite_url)
    upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE notes AS SELECT 'kept' AS note"))
    revision = current_revision(engine)
    monkeypatch.setattr(migrate, "head_revision", lambda: "0042")
    reading = engine.connect()  # a reader keeps SQLite from emptying its write-ahead log
    reading.execute(text("SELECT * FROM notes")).all()

    copy = upgrade(engine)

    reading.close()
    engine.dispose()
    assert copy == tmp_path / f"seqauto.db.before-{revision}"
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT note FROM notes").fetchall() == [("kept",)]
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_a_database_in_memory_has_no_copy(monkeypatch: pytest.MonkeyPatch):
    engine = open_database("sqlite://")
    upgrade(engine)
    monkeypatch.setattr(migrate, "head_revision", lambda: "0042")

    assert upgrade(engine) is None


def test_an_upgrade_that_fails_midway_leaves_nothing_behind(empty: Engine):
    with empty.begin() as connection:
        connection.execute(text("CREATE TABLE message (id INTEGER)"))  # in the migration's way

    with pytest.raises(Exception, match="already exists"):
        upgrade(empty)

    assert tables(empty) == {"message"}
