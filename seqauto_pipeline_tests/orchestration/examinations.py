"""What the tests of `seqauto doctor` and `seqauto status` share."""

import json
import os
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
from click.testing import CliRunner, Result
from dagster._daemon.types import DaemonHeartbeat
from dagster_shared.error import SerializableErrorInfo

from seqauto_pipeline.cli.main import main

BIN = Path(sys.executable).parent
DOCTOR = (str(BIN / "seqauto"), "doctor", "--format", "json")
WELL_SERVER = {
    "/server_info": {"dagster_webserver_version": "1", "dagster_version": "1"},
    "/graphql": {"data": {"workspaceOrError": {"locationEntries": [{"loadStatus": "LOADED"}]}}},
}

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
