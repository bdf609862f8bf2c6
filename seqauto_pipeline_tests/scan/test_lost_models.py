"""A models database that is gone: refused, put back, or begun anew when somebody says so."""

import datetime as dt
import os
import sqlite3
import uuid
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from seqauto_pipeline.db.backups.kept import kept_backups
from seqauto_pipeline.db.backups.make import make_backup
from seqauto_pipeline.db.backups.restore import restore
from seqauto_pipeline.errors import ModelsGoneError, ScanRecordError
from seqauto_pipeline.scan.kept_records import record_for_scan
from seqauto_pipeline.scan.request import ScanRequest
from seqauto_pipeline.scan.steps import (
    create_models,
    parse_sample_sheets,
    plan,
    scan_files,
)
from seqauto_pipeline.settings import database_url_for
from seqauto_pipeline_tests.scan.lab import Lab

NOW = dt.datetime.now(dt.UTC)
WAYS = "Put the newest backup in its place with `seqauto restore`, or begin a new database with"


def delete(lab: Lab) -> None:
    for path in lab.home.glob("seqauto.db*"):
        path.unlink()


def cut_to_nothing(lab: Lab) -> None:
    for path in lab.home.glob("seqauto.db-*"):
        path.unlink()
    os.truncate(lab.home / "seqauto.db", 0)


def empty_of_scans(lab: Lab) -> None:
    """Leave what `migrate` makes where there was nothing."""
    with closing(sqlite3.connect(lab.home / "seqauto.db")) as database, database:
        database.execute("PRAGMA foreign_keys = OFF")
        database.execute("DELETE FROM scan")


@pytest.fixture
def scanned(lab: Lab) -> Lab:
    lab.run().complete()
    lab.scan()
    return lab


@pytest.mark.sqlite
@pytest.mark.parametrize("lose", [delete, cut_to_nothing, empty_of_scans])
def test_every_step_refuses_what_is_gone_and_says_the_two_ways_on(
    scanned: Lab, lose: Callable[[Lab], None]
):
    lab = scanned
    (record,) = (path.name.partition(".")[0] for path in (lab.home / "scans").iterdir())
    lose(lab)
    there = sorted(lab.home.glob("seqauto.db*"))
    steps: list[Callable[[], object]] = [
        lambda: scan_files(lab.settings, lab.home, str(uuid.uuid4()), ScanRequest()),
        lambda: parse_sample_sheets(lab.settings, lab.home, record, record),
        lambda: create_models(lab.settings, lab.home, record, record, ScanRequest()),
        lambda: lab.replay(record),
        lambda: plan(lab.settings, lab.home, ScanRequest()),
        lambda: record_for_scan(lab.settings, lab.home, record),
    ]

    for step in steps:
        with pytest.raises(ModelsGoneError) as caught:
            step()
        assert WAYS in str(caught.value)
        assert "the last scan known here was at" in str(caught.value)
        assert "and there is no backup" in str(caught.value)

    assert sorted(lab.home.glob("seqauto.db*")) == there


@pytest.mark.sqlite
def test_a_backup_alone_tells_that_there_were_models(scanned: Lab):
    url = database_url_for(scanned.settings, scanned.home)
    made = make_backup(url, scanned.home / "backups", NOW)
    delete(scanned)
    for path in (scanned.home / "scans").iterdir():
        path.unlink()

    with pytest.raises(ModelsGoneError, match=f"but the newest backup is {made.name} of "):
        scanned.scan()


def test_a_new_home_scans(lab: Lab):
    lab.run().complete()

    assert lab.scan().error is None


@pytest.mark.sqlite
def test_who_says_so_starts_over_and_later_scans_need_not(scanned: Lab):
    before = scanned.dump()
    delete(scanned)
    scan_id = str(uuid.uuid4())
    request = ScanRequest(start_over=True)

    plan(scanned.settings, scanned.home, request)
    assert not (scanned.home / "seqauto.db").exists()
    files = scan_files(scanned.settings, scanned.home, scan_id, request)
    scanned.apply(scan_id, scan_id, files, request)

    assert scanned.scan().error is None
    assert scanned.dump().keys() == before.keys()
    assert scanned.counts(scanned.run().path) != {}


def test_starting_over_where_nothing_is_gone_changes_nothing(scanned: Lab):
    before, scan_id = scanned.dump(), str(uuid.uuid4())
    request = ScanRequest(start_over=True)

    files = scan_files(scanned.settings, scanned.home, scan_id, request)
    scanned.apply(scan_id, scan_id, files, request)

    assert scanned.dump() == before
    assert scanned.applied_scans() == 2


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Lab:
    """Scan into each kind of database in turn."""
    if request.param == "sqlite":
        return Lab(tmp_path)
    return Lab(tmp_path, database_url=request.getfixturevalue("postgres_url"))


def put_back(lab: Lab) -> None:
    folder = lab.home / "backups"
    restore(database_url_for(lab.settings, lab.home), kept_backups(folder)[0], folder)


def test_the_scan_after_a_restore_ends_as_if_nothing_had_been_lost(either: Lab):
    lab, run = either, either.run()
    run.complete()
    lab.scan()
    make_backup(database_url_for(lab.settings, lab.home), lab.home / "backups", NOW)
    second = lab.run(2)
    second.complete()
    lab.scan()
    states = lab.run_states()
    ledgers = {path: lab.run_ledger(path) for path in states}

    put_back(lab)
    assert lab.run_states().keys() == {run.path}
    outcome = lab.scan()

    assert outcome.error is None
    assert lab.run_states() == states
    assert {path: lab.run_ledger(path) for path in states} == ledgers


def test_a_file_list_newer_than_what_was_put_back_can_be_applied_until_a_newer_one_is(scanned: Lab):
    lab = scanned
    make_backup(database_url_for(lab.settings, lab.home), lab.home / "backups", NOW)
    second = lab.run(2)
    second.complete()
    lost = lab.scan()
    states = lab.run_states()
    put_back(lab)

    assert record_for_scan(lab.settings, lab.home, lost.id) == lost.id
    assert lab.replay(lost.id).error is None
    assert lab.run_states() == states
    put_back(lab)
    assert lab.scan().error is None
    with pytest.raises(ScanRecordError, match="put back to before this scan, and were scanned"):
        record_for_scan(lab.settings, lab.home, lost.id)


@pytest.mark.postgres
def test_an_empty_server_is_refused_where_the_home_remembers_another_database(
    scanned: Lab, postgres_url: str
):
    scanned.environ["SEQAUTO_DATABASE_URL"] = postgres_url.replace("seqauto@", "seqauto:gehe%40im@")

    with pytest.raises(ModelsGoneError) as caught:
        scanned.scan()

    assert "If the models are elsewhere, correct database_url" in str(caught.value)
    assert "gehe" not in str(caught.value)
