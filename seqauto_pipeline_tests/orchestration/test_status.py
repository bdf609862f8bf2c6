"""`seqauto status`, and the same facts in the web UI."""

import datetime as dt
import json
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg
import pytest
from click.testing import CliRunner, Result
from sqlalchemy import create_engine, make_url, text

from seqauto_pipeline.cli.main import main
from seqauto_pipeline.db.migrate import upgrade
from seqauto_pipeline.db.session import open_database
from seqauto_pipeline.orchestration.status_asset import (
    server_state,
    server_status,
)
from seqauto_pipeline_tests.orchestration.examinations import (
    BIN,
    WELL_SERVER,
    beat,
    by_check,
    contents,
    doctor,
    web_server,
)


def status(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["status", *arguments], catch_exceptions=False)


def test_the_exit_code_is_0_when_all_is_well(lab, scan, instance, monkeypatch):
    story = scan()
    beat(instance)
    with web_server(WELL_SERVER) as url:
        monkeypatch.setenv("SEQAUTO_WEB_SERVER_URL", url)

        result = status()

    assert result.exit_code == 0
    assert f"scan {story.short_id} finished" in result.output
    assert "next ticks: " in result.output
    database = make_url(lab.database_url).database
    assert re.search(rf"^ok +database +\S*{database}\S*: schema 0", result.output, re.MULTILINE)
    assert f"{lab.root}: readable" in result.output


def test_the_exit_code_is_1_when_something_is_wrong(lab):
    result = status("--format", "json")

    found = json.loads(result.output)
    assert result.exit_code == 1
    assert found["standing"] == "wrong"
    assert {each["check"] for each in found["readings"]} >= {"daemon_down", "web_server_down"}


def test_the_exit_code_is_2_when_it_could_not_be_told(lab, scan, instance, monkeypatch):
    scan()
    beat(instance)
    with web_server({**WELL_SERVER, "/graphql": "?"}) as url:
        monkeypatch.setenv("SEQAUTO_WEB_SERVER_URL", url)

        assert status().exit_code == 2


def monitored(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """Ask as monitoring does, which also waits for the process to end."""
    command = (BIN / "seqauto", "status", *arguments)
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


@contextmanager
def deaf_server() -> Iterator[int]:
    """A port whose connections are taken and never answered, as by a server that hangs."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield listening.getsockname()[1]


@pytest.mark.sqlite
def test_a_server_that_never_answers_is_named_in_one_line_in_time_for_monitoring(lab):
    with deaf_server() as port:
        url = f"postgresql://seqauto:secret@127.0.0.1:{port}/seqauto"
        lab.configure(f'database_url = "{url}"')

        begin = time.monotonic()
        done = monitored()
        seconds = time.monotonic() - begin

    lines = [line for line in done.stdout.splitlines() if f"127.0.0.1:{port}" in line]
    assert done.returncode == 1
    assert [line.split()[:2] for line in lines] == [["wrong", "scans"], ["wrong", "database"]]
    assert lines[0].endswith(f"@127.0.0.1:{port}/seqauto: no answer within 8 s")
    assert "secret" not in done.stdout
    assert seconds < 30  # 11 s where nothing else goes on


@pytest.mark.sqlite
def test_what_keeps_dagsters_storage_shut_is_said_without_its_sql(lab, scan):
    scan()
    (lab.home / "history" / "runs.db").write_bytes(b"no database" * 1000)

    result = status()

    assert "DatabaseError: file is not a database" in result.output
    assert "[SQL" not in result.output


@pytest.mark.postgres
def test_a_lock_on_dagsters_tables_does_not_keep_status_waiting(lab, postgres_url):
    lab.configure(f'database_url = "{postgres_url}"')
    with dg.DagsterInstance.get():  # makes the tables
        pass
    engine = create_engine(postgres_url)
    with engine.begin() as holder:
        holder.execute(text("LOCK TABLE dagster.runs IN ACCESS EXCLUSIVE MODE"))

        done = monitored("--format", "json")

    engine.dispose()
    told = {each["check"]: each["text"] for each in json.loads(done.stdout)["readings"]}
    assert done.returncode == 1
    assert told["dagster_unreachable"].endswith(": no answer within 8 s")


@pytest.mark.postgres
def test_a_lock_on_the_models_does_not_keep_the_doctor_from_the_rest(lab, postgres_url):
    lab.configure(f'database_url = "{postgres_url}"')
    engine = open_database(postgres_url)
    upgrade(engine)
    with engine.begin() as holder:
        holder.execute(text("LOCK TABLE message IN ACCESS EXCLUSIVE MODE"))

        done = doctor("--format", "json")

    engine.dispose()
    named = by_check(done.stdout)
    assert done.exit_code == 1
    assert "lock timeout" in named["database_locked"]["text"]
    assert "pg_stat_activity" in named["database_locked"]["fix"]
    assert {"daemon_down", "web_server_down"} < named.keys()


def test_nothing_is_made_by_looking(lab):
    (lab.home / "dagster.yaml").unlink()
    before = contents(lab.home.parent)

    status()

    assert contents(lab.home.parent) == before
    shutil.rmtree(lab.home)
    status()
    assert not lab.home.exists()


def test_the_web_ui_has_the_same_facts(lab, scan, instance):
    story = scan()

    result = dg.materialize([server_status], instance=instance)

    [made] = result.asset_materializations_for_node("server_status")
    [check] = result.get_asset_check_evaluations()
    assert made.metadata["standing"].value == "wrong"
    assert story.short_id in made.metadata["all that was looked at"].value
    assert ", database: " in made.metadata["all that was looked at"].value
    assert not check.passed
    assert check.severity is dg.AssetCheckSeverity.ERROR
    assert "web server" in check.metadata


def test_the_server_is_told_without_a_run_after_each_scan_and_when_it_changes(lab, scan, instance):
    scan()

    first = server_state(dg.build_sensor_context(instance=instance))
    same = server_state(dg.build_sensor_context(instance=instance, cursor=first.cursor))
    scan()
    again = server_state(dg.build_sensor_context(instance=instance, cursor=first.cursor))
    (lab.home / "seqauto.toml").write_text("scan_rots = 3")
    broken = server_state(dg.build_sensor_context(instance=instance, cursor=again.cursor))

    assert not any(each.run_requests for each in (first, same, again, broken))
    told = [len(each.asset_events) for each in (first, same, again, broken)]
    assert told == [2, 0, 2, 2]
    assert not broken.asset_events[1].passed


def test_an_hour_without_change_is_told_too(lab, scan, instance):
    scan()
    first = server_state(dg.build_sensor_context(instance=instance))
    cursor = json.loads(first.cursor)
    cursor["at"] = (dt.datetime.now(dt.UTC) - dt.timedelta(minutes=61)).isoformat()

    later = server_state(dg.build_sensor_context(instance=instance, cursor=json.dumps(cursor)))

    assert later.asset_events
