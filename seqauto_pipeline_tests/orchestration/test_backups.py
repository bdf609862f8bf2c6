"""Backups that scans make, and models that are gone, on a real home with Dagster."""

import json
import logging.handlers
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from seqauto_pipeline.cli.main import main
from seqauto_pipeline.db.backups import make
from seqauto_pipeline.db.backups.kept import kept_backups
from seqauto_pipeline.db.lock import scan_lock
from seqauto_pipeline.orchestration.backups import back_up_after_scan
from seqauto_pipeline.orchestration.history import scan_story
from seqauto_pipeline.orchestration.jobs import seqauto_scan
from seqauto_pipeline.orchestration.scan_log import ScanLog
from seqauto_pipeline.orchestration.site import read_site


def seqauto(*arguments: str, **given: str) -> Result:
    return CliRunner().invoke(main, arguments, catch_exceptions=False, **given)


def backups(home: Path) -> list[str]:
    return [each.path.name for each in kept_backups(home / "backups")]


@pytest.mark.sqlite
def test_a_scan_makes_a_backup_when_the_newest_is_too_old_and_one_is_wanted(lab, scan):
    scan()
    (first,) = backups(lab.home)
    old = first.replace(first.split("-")[2], "20010101T000000Z.db")
    (lab.home / "backups" / first).rename(lab.home / "backups" / old)

    lab.configure("backup_hours = 0")
    assert scan().failure is None
    assert backups(lab.home) == [old]
    lab.configure("keep_backups = 1")
    scan()

    (second,) = backups(lab.home)
    assert second.startswith("seqauto-2-")
    with closing(sqlite3.connect(lab.home / "backups" / second)) as copy:
        assert copy.execute("SELECT count(*) FROM scan").fetchone() == (3,)


@pytest.mark.sqlite
def test_a_full_disk_fails_no_scan_and_is_said_once(lab, instance, monkeypatch):
    def _full(*_: object) -> str:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(make, "_copy_file", _full)
    handler = logging.handlers.BufferingHandler(100)
    notes = []

    for _ in range(3):
        run = instance.create_run_for_job(seqauto_scan)
        back_up_after_scan(instance, run, read_site(), ScanLog(handler, run.run_id))
        instance.report_run_canceled(run)
        notes += scan_story(instance, run.run_id).notes

    (said,) = notes
    assert said.startswith("Backup of the models failed: Backup, ")
    assert "database or disk is full" in said
    assert [record.getMessage() for record in handler.buffer] == [said]
    assert list((lab.home / "backups").iterdir()) == []


@pytest.mark.sqlite
def test_dagsters_history_alone_tells_that_there_were_models(lab, scan):
    scan()
    for name in ("backups", "scans"):
        shutil.rmtree(lab.home / name)
    for path in lab.home.glob("seqauto.db*"):
        path.unlink()

    story = scan()

    assert story.failure is not None
    assert "is gone: it holds nothing, but the last scan known here was" in story.failure.message
    assert not (lab.home / "seqauto.db").exists()
    assert scan(start_over=True).failure is None


@pytest.mark.sqlite
def test_one_command_puts_the_newest_backup_back_and_the_next_scan_works(lab, scan, examine):
    scan()
    after = scan()
    for path in lab.home.glob("seqauto.db*"):
        path.unlink()
    found = examine()["database_gone"]
    assert f"scan {after.short_id} finished" in found["text"]
    assert f"the newest backup is {backups(lab.home)[0]}" in found["text"]
    for question in (("runs",), ("migrate",)):
        refused = seqauto(*question)
        assert refused.exit_code == 1
        assert "`seqauto restore`" in refused.output

    result = seqauto("restore", "--yes")

    assert result.exit_code == 0, result.output
    assert f"loses 1 scan made after it: {after.short_id}." in result.output
    assert "is kept" not in result.output
    assert seqauto("runs").exit_code == 0
    assert seqauto("scans", "show", after.short_id).exit_code == 0
    assert scan(reuse_prev_scan_id=after.short_id).failure is None
    assert scan().failure is None
    (name,) = backups(lab.home)
    old = name.replace(name.split("-")[2], "20010101T000000Z.db")
    (lab.home / "backups" / name).rename(lab.home / "backups" / old)
    found = examine()
    assert "database_gone" not in found
    assert old in found["backup_old"]["text"]


@pytest.mark.sqlite
def test_a_damaged_database_is_kept_and_its_message_names_the_command(lab, scan):
    scan()
    for path in lab.home.glob("seqauto.db-*"):
        path.unlink()
    (lab.home / "seqauto.db").write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)
    assert "`seqauto restore` puts the newest backup in its place" in seqauto("runs").output

    result = seqauto("restore", "1", "--yes")

    kept = lab.home / "seqauto.db.replaced-1"
    assert f"What was there is kept: {kept}" in result.output
    assert kept.read_bytes().endswith(b"\xff" * 5000)
    assert scan().failure is None


@pytest.mark.sqlite
def test_restoring_waits_for_no_scan_and_asks(lab, scan):
    scan()
    lock = scan_lock(lab.database_url, "0d6f0b5c-8f6e-4a0e-9d57-2d1c0f0a7b11")
    assert lock.take() is None
    for command in (("restore", "--yes"), ("backup",)):
        refused = seqauto(*command)
        assert "Another scan is running: 0d6f0b5c" in refused.output
        assert refused.exit_code == 1
    lock.close()
    before = (lab.home / "seqauto.db").stat().st_ino

    declined = seqauto("restore", input="n\n")

    assert declined.exit_code == 1
    assert (lab.home / "seqauto.db").stat().st_ino == before


@pytest.mark.sqlite
def test_backups_are_listed_and_named(lab, scan):
    scan()
    assert seqauto("backup").exit_code == 0
    listed = seqauto("restore", "--list").output

    assert [line.split()[0] for line in listed.splitlines()] == ["2", "1"]
    assert all(name in listed for name in backups(lab.home))
    for_programs = json.loads(seqauto("restore", "--list", "--format", "json").output)
    assert [each["number"] for each in for_programs] == [2, 1]
    assert {Path(each["path"]).name for each in for_programs} == {*backups(lab.home)}
    unknown = seqauto("restore", "3", "--yes")
    assert unknown.exit_code == 2
    assert "No backup is called '3', and there is no such file" in unknown.output
    assert seqauto("restore", "0", "--yes").exit_code == 2  # a copy of an upgrade has no number
    file = lab.home.parent / "copy.db"
    shutil.copy(lab.home / "backups" / backups(lab.home)[0], file)
    assert seqauto("restore", str(file), "--yes").exit_code == 0
    os.truncate(file, 6000)
    damaged = seqauto("restore", str(file), "--yes")
    assert damaged.exit_code == 1
    assert "it is not usable" in damaged.output


def test_where_there_is_no_backup_restore_says_so(lab):
    assert "There is no backup in" in seqauto("restore", "--list").output
    refused = seqauto("restore", "--yes")
    assert refused.exit_code == 2
    assert "seqauto scan --start-over" in refused.output


@pytest.mark.postgres
def test_all_of_that_on_a_server(lab, postgres_url, monkeypatch, examine, scan):
    url = postgres_url.replace("seqauto@", "seqauto:p%40ss%25word@")
    monkeypatch.setenv("SEQAUTO_DATABASE_URL", url)
    assert scan().failure is None
    assert [name.endswith(".dump") for name in backups(lab.home)] == [True]
    assert scan().failure is None
    found = examine()
    assert not {"backup_old", "database_gone", "database_damaged"} & found.keys()

    result = seqauto("restore", "--yes")

    assert result.exit_code == 0, result.output
    assert "loses 1 scan made after it" in result.output
    assert f"What was there is kept: {lab.home}/backups/replaced-1.dump" in result.output
    assert "p@ss" not in result.output
    assert "p%40ss" not in result.output
    assert scan().failure is None
