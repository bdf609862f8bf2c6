"""Broken set-ups, made for real: `seqauto doctor` names each, and changes nothing."""

import os
import shutil
import signal
import time
from pathlib import Path

import dagster as dg
import pytest
from dagster._daemon.types import DaemonHeartbeat
from sqlalchemy import text

from seqauto_pipeline.db.lock import scan_lock
from seqauto_pipeline.monitoring.checks import CHECKS, troubleshooting_page
from seqauto_pipeline.orchestration.runtime.dagster_private import InstigatorStatus, InstigatorType
from seqauto_pipeline.orchestration.tags import WORKER_TAG
from seqauto_pipeline_tests.orchestration.conftest import RUN, SCAN, eventually
from seqauto_pipeline_tests.orchestration.examinations import (
    BIN,
    WELL_SERVER,
    beat,
    doctor,
    web_server,
)


def test_a_system_in_order_has_no_finding(lab, scan, instance, monkeypatch):
    for folder in [lab.root, *(each for each in lab.root.rglob("*") if each.is_dir())]:
        os.utime(folder, (1_600_000_000, 1_600_000_000))  # old enough to be trusted when listed
    scan()
    beat(instance)
    with web_server(WELL_SERVER) as url:
        monkeypatch.setenv("SEQAUTO_WEB_SERVER_URL", url)
        result = doctor("--all")

    assert result.output.count("wrong   ") == 1  # this run has no RunInfo.xml; see below
    assert f"ok      root          {lab.root}: the times of" in result.output
    assert "ok      code location it loads" in result.output


def test_settings_with_a_spelling_mistake_are_named(lab, examine):
    lab.configure("keep_dayz = 3")

    found = examine()["settings_broken"]

    assert "seqauto.toml:3" in found["text"]
    assert "keep_days" in found["text"]


def test_settings_without_roots_are_named(lab, examine):
    (lab.home / "seqauto.toml").write_text("")

    assert "no_roots" in examine()


def test_a_layout_that_does_not_exist_is_named(lab, examine):
    lab.configure('layout = "tauu"')

    assert "tauu" in examine()["layout_broken"]["text"]


@pytest.mark.sqlite  # a new home has no models, and so no backup that is due
def test_scheduled_scans_that_are_switched_off_are_noted(lab, examine):
    lab.configure("scan_disks = false\nweb_server_url = ''")

    named = examine()

    assert "SEQAUTO_SCAN_DISKS" in named["switched_off"]["fix"]
    assert {each["standing"] for each in named.values()} == {"note"}


def test_a_web_server_that_is_stopped_or_elsewhere_is_named(lab, examine):
    lab.configure("web_server_url = 'http://127.0.0.1:9'")

    assert "refused" in examine()["web_server_down"]["text"]


@pytest.mark.parametrize("answers", [{}, {"/server_info": "hello"}, {"/server_info": {}}])
def test_another_server_at_that_address_is_named(lab, examine, monkeypatch, answers):
    with web_server(answers) as url:
        monkeypatch.setenv("SEQAUTO_WEB_SERVER_URL", url)

        assert url in examine()["web_server_not_ours"]["fix"]


def test_a_code_location_that_does_not_load_is_named(lab, examine, monkeypatch):
    broken = {"loadStatus": "LOADED", "locationOrLoadError": {"message": "No module named x"}}
    workspace = {"data": {"workspaceOrError": {"locationEntries": [broken]}}}
    with web_server({**WELL_SERVER, "/graphql": workspace}) as url:
        monkeypatch.setenv("SEQAUTO_WEB_SERVER_URL", url)

        assert examine()["code_location_broken"]["text"] == "No module named x"


def test_an_instance_configuration_that_is_broken_is_named(lab, scan, examine):
    scan()
    (lab.home / "dagster.yaml").write_text("storage:\n  nonsense: [\n")

    assert "dagster_unreachable" in examine()


def test_a_daemon_that_never_ran_is_named(lab, scan, examine):
    scan()

    assert "it never ran" in examine()["daemon_down"]["text"]


def test_a_daemon_that_was_stopped_is_named(lab, scan, instance, examine):
    scan()
    for name in instance.get_required_daemon_types():
        instance.add_daemon_heartbeat(DaemonHeartbeat(time.time() - 3600, name, None, []))

    assert "60 min old" in examine()["daemon_down"]["text"]


def test_a_daemon_that_fails_at_its_work_is_named(lab, scan, instance, examine):
    scan()
    beat(instance, "no such table")

    assert "no such table" in examine()["daemon_error"]["text"]


@pytest.mark.slow
def test_a_schedule_that_somebody_stopped_is_named(lab, scan, instance, examine):
    scan()
    for what in ("start", "stop"):
        command = (str(BIN / "dagster"), "schedule", what, "scheduled_scan")
        module = ("-m", "seqauto_pipeline.definitions")
        done = lab.start(*command, *module)
        output, _ = done.communicate(timeout=120)
        assert done.returncode == 0, output
    states = instance.all_instigator_state(instigator_type=InstigatorType.SCHEDULE)
    assert [each.status for each in states] == [InstigatorStatus.STOPPED]

    assert "schedule_stopped" in examine()


def test_that_no_scan_has_finished_is_named(lab, examine):
    assert "no scan has finished yet" in examine()["no_recent_scan"]["text"]


def test_a_scan_of_a_part_does_not_hide_that_the_rest_was_not_scanned(lab, scan, examine):
    scan(runs=[RUN])

    assert "no_recent_scan" in examine()


def test_a_scan_that_ended_in_an_error_is_named(lab, scan, examine):
    scan()
    shutil.rmtree(lab.root)
    lab.root.mkdir()
    scan()

    named = examine()

    assert "Nothing was changed below" in named["last_scan_failed"]["text"]
    assert str(lab.root) in named["root_empty"]["fix"]
    assert str(lab.root) in named["brake_holding"]["text"]


def test_a_scan_that_was_killed_is_named_and_not_yet_marked(lab, scan, instance, examine):
    scan()
    lock = scan_lock(lab.database_url, "the test")
    assert lock.take() is None
    killed = lab.start(*SCAN)
    wanted = dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED])
    eventually(lambda: any(WORKER_TAG in each.tags for each in instance.get_runs(wanted)), 60)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    lock.close()

    found = examine()["scan_died"]

    assert f"its process {killed.pid}" in found["text"]
    assert instance.get_runs_count(wanted) == 1


@pytest.mark.slow
def test_a_scan_that_waits_in_the_queue_for_a_daemon_is_named(lab, scan, instance, examine):
    scan()
    module = ("-m", "seqauto_pipeline.definitions", "-j", "seqauto_scan")
    launched = lab.start(str(BIN / "dagster"), "job", "launch", *module)
    output, _ = launched.communicate(timeout=120)
    assert launched.returncode == 0, output
    with instance.run_storage.connect() as runs:
        long_ago = {"long_ago": "2026-01-01 06:00:00.000000"}
        runs.execute(
            text("UPDATE runs SET create_timestamp = :long_ago WHERE status = 'QUEUED'"), long_ago
        )

    assert "1 scan queued" in examine()["queue_stuck"]["text"]


def test_the_page_has_every_check_and_no_other(monkeypatch):
    page = doctor("--format", "markdown").output

    assert page == troubleshooting_page()
    assert page == (Path(__file__).parents[2] / "docs" / "troubleshooting.md").read_text()
    for code, check in CHECKS.items():
        assert f"## {check.title}\n\n`{code}`: " in page
    assert "{" not in page
