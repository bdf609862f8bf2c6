"""Files of events: as Dagster makes them, in less time."""

import os
import queue
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import dagster as dg
import pytest

from seqauto_pipeline.db.session import Engine
from seqauto_pipeline.orchestration.dagster_home import write_default_instance_config
from seqauto_pipeline.orchestration.runtime import sqlite_events
from seqauto_pipeline.orchestration.runtime.dagster_private import (
    DagsterSqliteStorage,
    SqliteEventLogStorage,
)
from seqauto_pipeline.orchestration.runtime.kept_open import kept_open
from seqauto_pipeline.orchestration.runtime.sqlite_events import SqliteEvents
from seqauto_pipeline.orchestration.runtime.sqlite_runs import SqliteRuns

NAMES = tuple(f"run_{number}" for number in range(5))


@pytest.fixture
def events(tmp_path: Path) -> SqliteEvents:
    return SqliteEvents(str(tmp_path / "ours"))


def _entry(run: str, message: str = "hello") -> dg.EventLogEntry:
    return dg.EventLogEntry(None, "info", message, run, 12.5)


def _schema(file: Path) -> list[object]:
    with closing(sqlite3.connect(file)) as opened:
        [journal] = opened.execute("PRAGMA journal_mode").fetchone()
        tables = opened.execute("SELECT type, name, sql FROM sqlite_master ORDER BY name")
        return [journal, *tables, *opened.execute("SELECT * FROM alembic_version")]


def _messages(storage: SqliteEventLogStorage, run: str) -> list[str]:
    return [each.user_message for each in storage.get_logs_for_run(run)]


def test_each_file_has_what_dagster_puts_there(tmp_path, events):
    dagsters = SqliteEventLogStorage(str(tmp_path / "dagsters"))

    for run in NAMES:
        events.store_event(_entry(run, f"of {run}"))
    dagsters.store_event(_entry(NAMES[0]))

    expected = _schema(tmp_path / "dagsters" / f"{NAMES[0]}.db")
    for run in (*NAMES, "index"):
        assert _schema(tmp_path / "ours" / f"{run}.db") == expected
    assert [_messages(events, run) for run in NAMES] == [[f"of {run}"] for run in NAMES]
    names = {each.name for each in (tmp_path / "ours").iterdir()}
    assert not [each for each in names if each.endswith(".new")]
    assert set(events.get_all_run_ids()) == set(NAMES)


@pytest.fixture
def made_by_dagster(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the files for which Dagster is asked."""
    names: list[str] = []
    make = SqliteEventLogStorage._initdb

    def _note(self: SqliteEventLogStorage, engine: Engine, for_index_shard: bool = False) -> None:  # noqa: FBT001, FBT002
        names.append(Path(str(engine.url.database)).name)
        make(self, engine, for_index_shard)

    monkeypatch.setattr(SqliteEventLogStorage, "_initdb", _note)
    return names


def test_dagster_makes_one_file_of_a_run_for_all_processes_to_come(tmp_path, made_by_dagster):
    for run in NAMES[:2]:
        SqliteEvents(str(tmp_path)).store_event(_entry(run))  # a process each
    SqliteEvents(str(tmp_path)).store_event(_entry(NAMES[0], "again"))

    assert made_by_dagster == ["index.db", f"{NAMES[0]}.db"]
    assert _schema(tmp_path / f"{NAMES[1]}.db") == _schema(tmp_path / f"{NAMES[0]}.db")
    assert set(SqliteEvents(str(tmp_path)).get_all_run_ids()) == set(NAMES[:2])


@pytest.mark.parametrize("kept", [0, 4096])
def test_an_empty_file_that_was_cut_short_is_made_anew(tmp_path, made_by_dagster, kept):
    SqliteEvents(str(tmp_path)).store_event(_entry(NAMES[0]))
    empty = tmp_path / sqlite_events._EMPTY
    empty.write_bytes(empty.read_bytes()[:kept])

    for run in NAMES[1:3]:
        SqliteEvents(str(tmp_path)).store_event(_entry(run))

    assert made_by_dagster == ["index.db", f"{NAMES[0]}.db", f"{NAMES[1]}.db"]
    assert _messages(SqliteEvents(str(tmp_path)), NAMES[2]) == ["hello"]


def test_no_connection_is_left_open_where_threads_read_the_runs_at_once(tmp_path):
    DagsterSqliteStorage.from_local(str(tmp_path))
    file = tmp_path / "history" / "runs.db"
    runs = SqliteRuns(f"sqlite:///{file}")
    meet = threading.Barrier(3)

    def _read() -> None:
        with runs.connect() as connection:
            connection.exec_driver_sql("SELECT * FROM runs").all()
            meet.wait(30)

    threads = [threading.Thread(target=_read) for _ in range(3)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    held = [os.path.realpath(each) for each in Path("/proc/self/fd").iterdir()]
    assert [each for each in held if each.startswith(str(file))] == []


@pytest.fixture
def no_links(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Path]]:
    refused: list[Path] = []

    def _refuse(self: Path, _: Path) -> None:
        refused.append(self)
        raise PermissionError

    monkeypatch.setattr(Path, "hardlink_to", _refuse)
    yield refused
    assert refused


def test_where_files_cannot_be_linked_dagster_makes_each(events, no_links):
    for run in NAMES[:2]:
        events.store_event(_entry(run))

    assert [_messages(events, run) for run in NAMES[:2]] == [["hello"]] * 2


def test_a_file_that_another_process_made_meanwhile_keeps_what_it_holds(
    tmp_path, events, monkeypatch
):
    events.store_event(_entry("before"))
    other = SqliteEventLogStorage(str(tmp_path / "ours"))
    put = sqlite_events._put

    def _late(content: bytes, file: Path) -> bool:
        other.store_event(_entry(file.stem, "of the other"))
        return put(content, file)

    monkeypatch.setattr(sqlite_events, "_put", _late)
    events.store_event(_entry("both", "of ours"))

    assert _messages(events, "both") == ["of the other", "of ours"]


def test_many_threads_store_at_once(events):
    def _store(run: str) -> None:
        for number in range(10):
            events.store_event(_entry(run, str(number)))

    threads = [threading.Thread(target=_store, args=(run,)) for run in NAMES]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    for run in NAMES:
        assert _messages(events, run) == [str(number) for number in range(10)]
    assert len(events._engines) <= 4


def test_files_stay_open_while_a_scan_works_and_no_longer(tmp_path, monkeypatch):
    logs = {tmp_path / name for name in ("history/runs/index.db-wal", "history/runs.db-wal")}
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    write_default_instance_config(tmp_path)
    run = dg.DagsterRun(job_name="a_scan")

    with dg.DagsterInstance.get() as instance:
        with kept_open(instance):
            instance.add_run(run)
            instance.report_engine_event("hello", run)
            instance.report_runless_asset_event(dg.AssetMaterialization("told"))
            assert logs <= set(tmp_path.rglob("*-wal"))
            [read] = dg.DagsterInstance.get().get_run_ids()  # by another process
        assert not set(tmp_path.rglob("*-wal"))  # which SQLite deletes with the last connection

        assert read == run.run_id
        [event] = instance.all_logs(read)
        assert event.message.startswith("hello")
        assert not set(tmp_path.rglob("*-wal"))


def test_who_watches_a_run_sees_its_events_while_its_file_is_kept_open(tmp_path, monkeypatch):
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    write_default_instance_config(tmp_path)
    run = dg.DagsterRun(job_name="a_scan")
    seen = queue.SimpleQueue()

    with (
        dg.DagsterInstance.get() as web_server,
        dg.DagsterInstance.get() as instance,
        kept_open(instance),
    ):
        instance.add_run(run)
        instance.report_engine_event("hello", run)
        web_server.watch_event_logs(run.run_id, None, lambda event, _: seen.put(event.message))
        for number in range(3):
            instance.report_engine_event(f"event {number}", run)
            while not seen.get(timeout=10).startswith(f"event {number}"):
                pass
