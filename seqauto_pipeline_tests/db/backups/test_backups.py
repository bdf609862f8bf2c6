"""Backups of either kind of database: made while it is in use, checked, put back, or refused."""

import datetime as dt
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import Engine, select, text

from seqauto_pipeline.core.file_list import Scope
from seqauto_pipeline.db import migrate
from seqauto_pipeline.db.backups import make
from seqauto_pipeline.db.backups import restore as restoring
from seqauto_pipeline.db.backups.kept import (
    Backup,
    backup_at,
    copies_before_migrations,
    is_due,
    kept_backups,
    next_backup,
    prune_backups,
)
from seqauto_pipeline.db.backups.make import make_backup
from seqauto_pipeline.db.backups.restore import require_usable, restore
from seqauto_pipeline.db.backups.sqlite_copy import damage_within
from seqauto_pipeline.db.migrate import alembic_config, current_revision, head_revision, upgrade
from seqauto_pipeline.db.models import Scan
from seqauto_pipeline.db.session import open_database
from seqauto_pipeline.db.store.scans import StoredScans
from seqauto_pipeline.errors import BackupError

NOW = dt.datetime(2026, 1, 10, 12, 0, tzinfo=dt.UTC)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "backups"


def begin_scan(engine: Engine, name: str) -> None:
    StoredScans(engine).begin(name, NOW, Scope(), full=True)


def scans_in(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return list(connection.scalars(select(Scan.dagster_run_id).order_by(Scan.id)))


def put_back(url: str, backup: Backup, folder: Path) -> Path | None:
    require_usable(url, backup)
    return restore(url, backup, folder)


def test_what_is_put_back_is_what_was_there_and_what_was_there_since_is_kept(
    engine: Engine, url: str, folder: Path
):
    begin_scan(engine, "first")
    made = make_backup(url, folder, NOW)
    begin_scan(engine, "second")

    kept = put_back(url, kept_backups(folder)[0], folder)

    engine.dispose()
    assert made == kept_backups(folder)[0].path
    assert scans_in(engine) == ["first"]
    begin_scan(engine, "third")  # the numbers that follow are free
    engine.dispose()
    assert kept is not None
    put_back(url, backup_at(kept), folder)
    assert scans_in(engine) == ["first", "second"]


def test_a_backup_of_an_older_schema_takes_the_place_of_a_newer_one(
    empty: Engine, url: str, folder: Path
):
    command.upgrade(alembic_config(empty), "0001")
    made = make_backup(url, folder, NOW)
    upgrade(empty)
    begin_scan(empty, "since")

    put_back(url, backup_at(made), folder)

    empty.dispose()
    assert current_revision(empty) == "0001"
    upgrade(empty)
    command.check(alembic_config(empty))
    assert scans_in(empty) == []


def test_a_backup_is_put_where_nothing_is(engine: Engine, url: str, folder: Path):
    begin_scan(engine, "first")
    made = make_backup(url, folder, NOW)
    command.downgrade(alembic_config(engine), "base")
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE alembic_version"))
    engine.dispose()
    if engine.dialect.name == "sqlite":
        Path(engine.url.database or "").unlink()

    kept = put_back(url, backup_at(made), folder)

    assert kept is None
    assert scans_in(engine) == ["first"]


def test_a_copy_is_whole_while_others_write(engine: Engine, url: str, folder: Path):
    begin_scan(engine, "stored")
    with engine.begin() as writing:
        writing.execute(Scan.__table__.delete())

        made = make_backup(url, folder, NOW)

    put_back(url, backup_at(made), folder)
    engine.dispose()
    assert scans_in(engine) == ["stored"]


@pytest.mark.parametrize("cut", [0.5, 0.95])
def test_a_backup_that_was_cut_off_is_refused(engine: Engine, url: str, folder: Path, cut: float):
    begin_scan(engine, "first")
    made = make_backup(url, folder, NOW)
    os.truncate(made, int(made.stat().st_size * cut))

    with pytest.raises(BackupError, match="it is not usable"):
        put_back(url, backup_at(made), folder)

    assert scans_in(engine) == ["first"]


def test_a_backup_newer_than_the_program_is_refused(engine: Engine, url: str, folder: Path):
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    made = make_backup(url, folder, NOW)

    with pytest.raises(BackupError, match="it has schema 9999, which this program does not know"):
        require_usable(url, backup_at(made))


@pytest.mark.postgres
def test_a_backup_of_the_other_kind_is_refused(
    engine: Engine, url: str, sqlite_url: str, postgres_url: str, folder: Path
):
    made = make_backup(url, folder, NOW)
    other = postgres_url if url == sqlite_url else sqlite_url

    with pytest.raises(BackupError, match="and database_url names the other kind"):
        require_usable(other, backup_at(made))


def test_a_full_disk_leaves_no_half_of_a_backup_and_the_ones_before(
    engine: Engine, url: str, folder: Path, monkeypatch: pytest.MonkeyPatch
):
    made = make_backup(url, folder, NOW)

    def _half(_: object, part: Path) -> str:
        part.write_bytes(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(make, "_copy_file", _half)
    monkeypatch.setattr(make, "_dump_server", _half)

    with pytest.raises(BackupError, match="No space left on device"):
        make_backup(url, folder, NOW)

    assert list(folder.iterdir()) == [made]


def test_a_disk_with_too_little_room_is_not_begun_to_be_filled(
    sqlite_url: str, folder: Path, monkeypatch: pytest.MonkeyPatch
):
    url = migrate_and_close(sqlite_url)
    monkeypatch.setattr(make.shutil, "disk_usage", lambda _: type("Usage", (), {"free": 4095}))

    with pytest.raises(BackupError, match="has not as much room as the database takes"):
        make_backup(url, folder, NOW)

    assert list(folder.iterdir()) == []


def test_what_a_killed_backup_left_is_cleared_away(sqlite_url: str, folder: Path):
    url = migrate_and_close(sqlite_url)
    folder.mkdir()
    for name in (".seqauto-1-20260110T120000Z.db.part", ".seqauto-1-20260110T120000Z.db.part-wal"):
        (folder / name).write_bytes(b"half")

    made = make_backup(url, folder, NOW)

    assert list(folder.iterdir()) == [made]


def test_a_damaged_database_is_not_backed_up_over_good_backups(
    sqlite_url: str, tmp_path: Path, folder: Path
):
    engine = migrate_and_close(sqlite_url)
    damage_a_table(tmp_path / "seqauto.db", "scan")

    with pytest.raises(BackupError, match="the copy is damaged, as its database may be"):
        make_backup(engine, folder, NOW)

    assert kept_backups(folder) == ()


def migrate_and_close(url: str) -> str:
    engine = open_database(url)
    upgrade(engine)
    engine.dispose()
    return url


def damage_a_table(file: Path, table: str) -> None:
    with closing(sqlite3.connect(file)) as database:
        query = "SELECT rootpage FROM sqlite_master WHERE name = ?"
        (number,) = database.execute(query, (table,)).fetchone()
        (size,) = database.execute("PRAGMA page_size").fetchone()
    with file.open("r+b") as opened:
        opened.seek((number - 1) * size)
        opened.write(b"\xff" * size)


def test_damage_is_found_in_a_file_and_the_search_has_an_end(sqlite_url: str, tmp_path: Path):
    file = tmp_path / "seqauto.db"
    migrate_and_close(sqlite_url)
    assert damage_within(file, 10) == ""
    with closing(sqlite3.connect(file)) as database, database:
        database.execute("CREATE TABLE large AS SELECT randomblob(900) AS filling")
        for _ in range(14):
            database.execute("INSERT INTO large SELECT randomblob(900) FROM large")
    assert damage_within(file, 0) is None

    damage_a_table(file, "scan")

    assert damage_within(file, 10)


def test_a_crash_between_the_names_leaves_no_log_that_fits_another_file(
    sqlite_url: str, tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
):
    migrate_and_close(sqlite_url)
    made = make_backup(sqlite_url, folder, NOW)
    file = tmp_path / "seqauto.db"
    held = sqlite3.connect(file)
    held.execute("CREATE TABLE since (x)")  # in the log only, as long as it is open
    held.commit()
    seen = []

    def _crash(path: Path) -> None:
        if path == tmp_path:
            return
        seen.append(sorted(each.name for each in tmp_path.glob("seqauto.db*")))

    monkeypatch.setattr(restoring, "sync", _crash)
    kept = put_back(sqlite_url, backup_at(made), folder)
    held.close()

    assert seen == [["seqauto.db", "seqauto.db-shm", "seqauto.db-wal"]]
    assert kept == tmp_path / "seqauto.db.replaced-1"
    assert not (tmp_path / "seqauto.db-wal").exists()
    with closing(sqlite3.connect(kept)) as database:
        assert database.execute("SELECT count(*) FROM since").fetchone() == (0,)


def test_the_newest_is_told_by_its_number_and_only_the_number_ages(folder: Path):
    folder.mkdir()
    names = [
        "seqauto-9-20990101T000000Z.db",  # made while the clock was wrong
        "seqauto-10-20260110T060000Z.db",
        "seqauto-8-20260109T060000Z.dump",
    ]
    for name in (*names, "notes.db", "seqauto-x-20260109T060000Z.db"):
        (folder / name).touch()

    found = kept_backups(folder)

    assert [each.number for each in found] == [10, 9, 8]
    assert not is_due(found, 24, NOW)
    assert is_due(found, 5, NOW)
    assert is_due(found[1:], 24, NOW)  # of the year 2099
    assert is_due((), 24, NOW)
    prune_backups(folder, 1)
    assert [each.number for each in kept_backups(folder)] == [10]
    assert (folder / "notes.db").exists()


def test_the_name_tells_the_moment_within_its_second(folder: Path):
    folder.mkdir()
    moment = NOW.replace(microsecond=731_000)
    next_backup(folder, ".db", moment).touch()

    (found,) = kept_backups(folder)

    assert found.made_at == moment


def test_the_copy_before_a_migration_is_listed(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    migrate_and_close(sqlite_url)
    monkeypatch.setattr(migrate, "head_revision", lambda: "0042")
    upgrade(open_database(sqlite_url))

    (copy,) = copies_before_migrations(tmp_path / "seqauto.db")
    assert copy.path.name == f"seqauto.db.before-{head_revision()}"


@pytest.mark.postgres
def test_a_dump_leaves_other_tables_alone_and_takes_the_views_that_rest_on_ours(
    postgres_url: str, folder: Path
):
    engine = open_database(postgres_url)
    upgrade(engine)
    with engine.begin() as connection:
        connection.execute(text('CREATE TABLE "someone.else" AS SELECT 1 AS x'))
        connection.execute(text('CREATE VIEW "of a lab" AS SELECT id FROM scan'))
    made = make_backup(postgres_url, folder, NOW)
    with engine.begin() as connection:
        connection.execute(text('INSERT INTO "someone.else" VALUES (2)'))
        connection.execute(text('DROP VIEW "of a lab"'))

    put_back(postgres_url, backup_at(made), folder)

    engine.dispose()
    with engine.connect() as connection:
        assert connection.scalar(text('SELECT count(*) FROM "someone.else"')) == 2
        assert connection.scalar(text('SELECT count(*) FROM "of a lab"')) == 0
    engine.dispose()


@pytest.mark.postgres
def test_a_dump_that_fails_to_be_put_back_changes_nothing(postgres_url: str, folder: Path):
    engine = open_database(postgres_url)
    upgrade(engine)
    made = make_backup(postgres_url, folder, NOW)
    begin_scan(engine, "since")
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE alembic_version RENAME TO versions_of_mine"))
        connection.execute(text("CREATE VIEW alembic_version AS SELECT 1"))  # in the way

    with pytest.raises(BackupError, match="alembic_version"):
        restore(postgres_url, backup_at(made), folder)

    assert scans_in(engine) == ["since"]
    engine.dispose()
