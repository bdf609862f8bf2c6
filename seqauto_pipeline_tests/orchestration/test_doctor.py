"""Broken set-ups, made for real: `seqauto doctor` names each, and changes nothing."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import dagster as dg
import psycopg2
import pytest
from click.testing import CliRunner, Result
from dagster._core.definitions.run_request import InstigatorType
from dagster._core.scheduler.instigation import InstigatorStatus
from dagster._daemon.types import DaemonHeartbeat
from dagster_shared.error import SerializableErrorInfo

from seqauto_pipeline.cli.main import main
from seqauto_pipeline.db.lock import scan_lock
from seqauto_pipeline.monitoring.checks import CHECKS, troubleshooting_page
from seqauto_pipeline.orchestration.tags import WORKER_TAG
from seqauto_pipeline_tests.orchestration.conftest import RUN, SCAN, Lab, eventually

BIN = Path(sys.executable).parent
DOCTOR = (str(BIN / "seqauto"), "doctor", "--format", "json")
WELL_SERVER = {
    "/server_info": {"dagster_webserver_version": "1", "dagster_version": "1"},
    "/graphql": {"data": {"workspaceOrError": {"locationEntries": [{"loadStatus": "LOADED"}]}}},
}
HOLD = """
import sqlite3, sys
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.read()
"""
HANG = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <string.h>
#include <unistd.h>
#include <dirent.h>
DIR *opendir(const char *path) {
  DIR *(*real)(const char *) = dlsym(RTLD_NEXT, "opendir");
  if (strstr(path, "/disk")) sleep(60);
  return real(path);
}
"""

Named = Mapping[str, Mapping[str, str]]  # what was found, by check
Examine = Callable[[], Named]


def doctor(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["doctor", *arguments], catch_exceptions=False)


def by_check(output: str) -> Named:
    return {each["check"]: each for each in json.loads(output)["readings"] if each["check"]}


def contents(*places: Path) -> dict[str, object]:
    """All that lies below some directories: bytes and modes; of a database, what it says."""
    found: dict[str, object] = {}
    for place in places:
        for path in sorted(place.rglob("*")):
            if path.name.endswith(("-wal", "-shm")):
                continue
            inside = _inside(path) if path.is_file() else None
            found[str(path)] = (path.stat().st_mode, inside)
    return found


def _inside(path: Path) -> object:
    data = path.read_bytes()
    if not data.startswith(b"SQLite format 3\0"):
        return data
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=0)) as database:
            return tuple(database.iterdump())
    except sqlite3.DatabaseError:  # locked or damaged, as the test wants it
        return data


@pytest.fixture
def examine(lab: Lab) -> Examine:
    """Let the doctor look, and hold what lies in home and root before against after."""

    def _examine() -> Named:
        before = contents(lab.home.parent)
        result = doctor("--format", "json")
        assert contents(lab.home.parent) == before
        named = by_check(result.output)
        wrong = any(each["standing"] == "wrong" for each in named.values())
        assert result.exit_code == (1 if wrong else 0)
        return named

    return _examine


@contextmanager
def web_server(answers: Mapping[str, object]) -> Iterator[str]:
    """A real server on loopback: JSON for the paths that are given, 404 for others."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200 if self.path in answers else 404)
            self.end_headers()
            self.wfile.write(json.dumps(answers.get(self.path)).encode())

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.do_GET()

        def log_message(self, *_: object) -> None:
            """Keep the test's output clean."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


def beat(instance: dg.DagsterInstance, *errors: str) -> None:
    told = [SerializableErrorInfo(error, [], None) for error in errors]
    for name in instance.get_required_daemon_types():
        instance.add_daemon_heartbeat(DaemonHeartbeat(time.time(), name, None, told))


def without_powers(*command: str) -> tuple[str, ...]:
    """Run a command to which file modes apply, even where the tests run as root."""
    if os.geteuid() != 0:
        return command
    powers = "-dac_override,-dac_read_search"
    return ("setpriv", f"--bounding-set={powers}", f"--inh-caps={powers}", *command)


def run_doctor(*prefix: str, cwd: Path) -> Named:
    done = subprocess.run(
        [*prefix, *DOCTOR], capture_output=True, text=True, check=False, cwd=cwd, timeout=120
    )
    assert done.returncode in (0, 1), done.stderr
    return by_check(done.stdout)


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
    with closing(sqlite3.connect(lab.home / "history" / "runs.db")) as runs, runs:
        long_ago = "2026-01-01 06:00:00.000000"
        runs.execute("UPDATE runs SET create_timestamp=? WHERE status='QUEUED'", (long_ago,))

    assert "1 scan queued" in examine()["queue_stuck"]["text"]


def test_a_home_that_does_not_exist_is_noted_and_not_made(lab, examine):
    shutil.rmtree(lab.home)

    assert "home_missing" in examine()


@pytest.mark.slow
def test_a_home_and_a_database_of_another_user_are_named(lab, scan):
    scan()
    (lab.home / "seqauto.db").chmod(0o444)
    lab.home.chmod(0o555)
    before = contents(lab.home, lab.root)

    named = run_doctor(*without_powers(), cwd=lab.root)

    assert {"home_not_writable", "database_not_writable"} <= named.keys()
    assert contents(lab.home, lab.root) == before
    lab.home.chmod(0o755)


def test_a_disk_of_ours_that_is_too_full_is_named(lab, examine):
    lab.configure(f"min_free_mib = {10**9}")

    assert str(lab.home) in examine()["disk_full"]["fix"]


@pytest.mark.slow
def test_a_full_file_system_is_named_and_still_examined(lab):
    namespace = ("unshare", "--mount") if os.geteuid() == 0 else ("unshare", "-r", "--mount")
    script = (
        'mount -t tmpfs -o size=1m tmpfs "$0" && cp "$1" "$0/seqauto.toml" &&'
        ' { head -c 2m /dev/zero > "$0/filler" 2>/dev/null; shift; exec "$@"; }'
    )
    settings = lab.home.parent / "settings.toml"
    shutil.move(lab.home / "seqauto.toml", settings)

    named = run_doctor(*namespace, "sh", "-c", script, str(lab.home), str(settings), cwd=lab.root)

    assert "0 B of 1.0 MiB free" in named["disk_full"]["text"]


@pytest.mark.slow
def test_a_root_that_was_unmounted_is_named(lab):
    namespace = ("unshare", "--mount") if os.geteuid() == 0 else ("unshare", "-r", "--mount")
    script = (
        'mount -t tmpfs tmpfs "$0" && mkdir -p "$0/kit" && "$1" scan >/dev/null;'
        ' umount "$0"; shift; exec "$@"'
    )
    shutil.rmtree(lab.root)
    lab.root.mkdir()

    named = run_doctor(*namespace, "sh", "-c", script, str(lab.root), SCAN[0], cwd=lab.home)

    assert named["root_empty"]["fix"].startswith(f"Mount it: `mount {lab.root}`")


def test_temporary_homes_that_were_left_behind_are_noted(lab, examine, monkeypatch):
    left = lab.root.parent / ".tmp_dagster_home_abc"
    left.mkdir()
    monkeypatch.chdir(left.parent)

    assert examine()["temporary_home"]["fix"].endswith(f"rm -r {left}")


def test_a_temporary_home_in_use_is_no_finding(lab, examine, monkeypatch):
    used = lab.root.parent / ".tmp_dagster_home_abc"
    used.mkdir()
    monkeypatch.chdir(used.parent)
    monkeypatch.setenv("DAGSTER_HOME", str(used))
    user = lab.start("sleep", "60")
    monkeypatch.setenv("DAGSTER_HOME", str(lab.home))
    eventually(lambda: str(used).encode() in Path(f"/proc/{user.pid}/environ").read_bytes())

    assert "temporary_home" not in examine()


def test_a_wrong_database_url_is_named_without_its_password(lab, examine, monkeypatch):
    monkeypatch.setenv("SEQAUTO_DATABASE_URL", "postgresql://lab:geheim@127.0.0.1:9/seqauto")

    found = examine()["database_unreachable"]

    assert "refused" in found["text"]
    assert "geheim" not in json.dumps(found)


def test_a_damaged_database_is_named(lab, examine):
    (lab.home / "seqauto.db").write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)

    assert "database_damaged" in examine()


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

    assert "malformed" in found["database_damaged"]["text"]
    assert "database_locked" not in found


def test_a_locked_database_is_named_with_who_holds_it(lab, scan, examine):
    scan()
    command = [sys.executable, "-c", HOLD, str(lab.home / "seqauto.db")]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, text=True, **pipes) as holder:
        assert holder.stdout
        assert holder.stdout.readline() == "held\n"

        found = examine()["database_locked"]

        holder.kill()
    assert f"process {holder.pid} (python" in found["text"]


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


def test_a_root_that_does_not_exist_is_named(lab, examine):
    shutil.rmtree(lab.root)

    assert str(lab.root) in examine()["root_missing"]["text"]


def test_a_root_that_is_a_file_is_named(lab, examine):
    shutil.rmtree(lab.root)
    lab.root.write_text("")

    assert "root_not_a_directory" in examine()


def test_a_root_that_hangs_is_named_in_time(lab, tmp_path_factory, examine, monkeypatch):
    shim = tmp_path_factory.mktemp("shim")
    (shim / "hang.c").write_text(HANG)
    subprocess.run(
        ["gcc", "-shared", "-fPIC", "-o", "hang.so", "hang.c", "-ldl"], cwd=shim, check=True
    )
    lab.configure("probe_timeout_seconds = 2")
    monkeypatch.setenv("LD_PRELOAD", str(shim / "hang.so"))
    begin = time.monotonic()

    found = examine()["root_hung"]

    assert "did not end within 2 s" in found["text"]
    assert time.monotonic() - begin < 20


@pytest.mark.slow
def test_a_directory_that_may_not_be_read_is_named_with_the_line_that_helps(lab):
    kit = (lab.root / RUN).parent
    kit.chmod(0)
    before = contents(lab.home, lab.root)

    found = run_doctor(*without_powers(), cwd=lab.home)["unreadable_directory"]

    assert "chmod u+rx " in found["fix"]  # it belongs to who asks
    assert str(kit) in found["fix"]
    assert contents(lab.home, lab.root) == before
    kit.chmod(0o755)


@pytest.mark.parametrize(
    ("sheet", "check"),
    [(None, "sheet_missing"), ("no sheet at all", "sheet_does_not_parse")],
)
def test_what_is_wrong_with_sheets_is_named(lab, scan, examine, sheet, check):
    path = lab.root / RUN / "SampleSheet.csv"
    path.unlink() if sheet is None else path.write_text(sheet)
    scan()

    assert str(path) in examine()[check]["text"]


def test_missing_metadata_is_named(lab, scan, examine):
    scan()

    assert RUN in examine()["metadata_missing"]["text"]


def test_damaged_metadata_is_named(lab, scan, examine):
    (lab.root / RUN / "4_QC/sequencing_stats/RunInfo.xml").write_text("<RunInfo")
    scan()

    assert RUN in examine()["metadata_damaged"]["text"]


def test_an_acknowledged_message_is_no_finding(lab, scan, examine):
    (lab.root / RUN / "SampleSheet.csv").unlink()
    scan()
    with closing(sqlite3.connect(lab.home / "seqauto.db")) as database, database:
        database.execute("UPDATE message SET acknowledged_at = '2026-01-01 00:00:00'")

    assert "sheet_missing" not in examine()


def test_records_below_a_root_taken_out_of_the_settings_are_noted(lab, scan, examine):
    scan()
    other = lab.root.parent / "other"
    (other / "kit").mkdir(parents=True)
    (lab.home / "seqauto.toml").write_text(f'scan_roots = ["{other}"]')
    scan()

    assert str(lab.root) in examine()["root_not_configured"]["fix"]


def test_a_record_directory_that_is_gone_is_named(lab, scan, examine):
    scan()
    shutil.rmtree(lab.home / "scans")

    assert "record_missing" in examine()


def test_a_clock_that_runs_ahead_is_named(lab, examine):
    ahead = time.time() + 7200
    os.utime(lab.root, (ahead, ahead))

    assert "in the future" in examine()["clock_wrong"]["text"]


def test_a_file_system_whose_directory_times_stand_still_is_named(lab, scan, examine):
    folder = lab.root / RUN / "1_BAM"
    os.utime(folder, (1_700_000_000, 1_700_000_000))
    scan()
    (folder / "new.bam").write_text("BAM")
    os.utime(folder, (1_700_000_000, 1_700_000_000))

    found = examine()["directory_times"]

    assert str(folder) in found["text"]
    assert "trust_directory_times = false" in found["fix"]


def test_the_page_has_every_check_and_no_other(monkeypatch):
    page = doctor("--format", "markdown").output

    assert page == troubleshooting_page()
    assert page == (Path(__file__).parents[2] / "docs" / "troubleshooting.md").read_text()
    for code, check in CHECKS.items():
        assert f"## {check.title}\n\n`{code}`: " in page
    assert "{" not in page
