"""A laboratory for scans: a home of its own, and a small disk with one run folder."""

import datetime as dt
import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import dagster as dg
import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import Connection

from seqauto_pipeline.db.session import open_database
from seqauto_pipeline.monitoring.sending import Sent
from seqauto_pipeline.orchestration.alerts import send_alerts
from seqauto_pipeline.orchestration.dagster_home import write_default_instance_config
from seqauto_pipeline.orchestration.history import ScanStory
from seqauto_pipeline.orchestration.launch import execute_scan
from seqauto_pipeline.orchestration.site import read_site
from seqauto_pipeline.scan.request import request_of
from seqauto_pipeline_tests.models_database import Beginning, url_for
from seqauto_pipeline_tests.orchestration.examinations import (
    Examine,
    Named,
    by_check,
    contents,
    doctor,
)
from seqauto_pipeline_tests.orchestration.telling import RECORD, TIME_ZONE, Mailbox, Tell

RUN = "idt_haem/210101_M00123_0007_000000000-ABCDE"
NAME = RUN.rpartition("/")[2]
SHEET = "[Header]\n[Data]\nSample_ID,Sample_Name,index\nS1,S1,ACGTACGT\n"

_WAIT_SECONDS = 60
BIN = Path(sys.executable).parent
SCAN = (str(BIN / "seqauto"), "scan")
JOB_EXECUTE = (
    *(str(BIN / "dagster"), "job", "execute"),
    *("-m", "seqauto_pipeline.definitions", "-j", "seqauto_scan"),
)


@dataclass
class Lab:
    """Where scans of a test work, and the processes it started."""

    home: Path
    root: Path
    database_url: str
    processes: list["subprocess.Popen[str]"] = field(default_factory=list)

    def configure(self, text: str) -> None:
        """Write the settings file: the scan root, and further lines."""
        lines = f'scan_roots = ["{self.root}"]\ntime_zone = "Australia/Adelaide"\n{text}\n'
        (self.home / "seqauto.toml").write_text(lines)

    def start(self, *command: str, output: IO[str] | None = None) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE if output is None else output,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.processes.append(process)
        return process

    @contextmanager
    def connected(self) -> Iterator[Connection]:
        """Connect to the models database; what was locked there is free when the block ends."""
        engine = open_database(self.database_url)
        with engine.connect() as connection:
            yield connection
        engine.dispose()

    @contextmanager
    def blocked(self) -> Iterator[None]:
        """Hold the models database for writing: a scan stays where it is until the block ends."""
        with self.connected() as connection:
            keep_from_writing(connection)
            yield


@pytest.fixture(scope="session")
def home_begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a home in which Dagster has made its files, which takes it a second or more."""
    home = tmp_path_factory.mktemp("home")
    write_default_instance_config(home)
    with pytest.MonkeyPatch.context() as patched:
        _without_settings(patched)
        patched.setenv("DAGSTER_HOME", str(home))
        with dg.DagsterInstance.get():
            return home


def _without_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith(("SEQAUTO_", "UPLOAD_"))]:
        monkeypatch.delenv(name)


@pytest.fixture
def lab(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    request: pytest.FixtureRequest,
    home_begun: Path,
    on_each_database: str,
) -> Iterator[Lab]:
    _without_settings(monkeypatch)
    home, root = tmp_path / "home", tmp_path / "disk"
    is_new = request.node.get_closest_marker("new_home") is not None
    url = url_for(home, Beginning.NOTHING if is_new else Beginning.WITH_DAGSTER)
    if url or is_new:
        home.mkdir()
        write_default_instance_config(home)
    else:
        shutil.copytree(home_begun, home)
    monkeypatch.setenv("DAGSTER_HOME", str(home))
    write_run_folder(root / RUN)
    if url:
        monkeypatch.setenv("SEQAUTO_DATABASE_URL", url)
    laboratory = Lab(home, root, url or f"sqlite:///{home}/seqauto.db")
    laboratory.configure("")
    yield laboratory
    for process in laboratory.processes:
        if process.returncode is None:
            process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def keep_from_writing(connection: Connection) -> None:
    """Let no scan store anything until the transaction ends."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.exec_driver_sql("LOCK TABLE scan IN EXCLUSIVE MODE")


def write_run_folder(folder: Path) -> None:
    files = {
        "4_QC/sequencing_stats/RTAComplete.txt": "",
        "SampleSheet.csv": SHEET,
        "1_BAM/S1.hg38.bam": "BAM",
    }
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


@pytest.fixture
def instance(lab: Lab) -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.get() as opened:
        yield opened


Scan = Callable[..., ScanStory]


@pytest.fixture
def scan(lab: Lab) -> Scan:
    """Scan in this process, with the launch options given."""

    def _scan(*, waits: bool = True, **options: object) -> ScanStory:
        return execute_scan(request_of(options), lambda *_: None, waits=waits)

    return _scan


def eventually(condition: Callable[[], bool], seconds: float = _WAIT_SECONDS) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.05)


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


@pytest.fixture
def mailbox(lab, monkeypatch) -> Iterator[Mailbox]:
    box = Mailbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = Controller(box, hostname="127.0.0.1", port=port)
    server.start()
    monkeypatch.setenv("SEQAUTO_ALERT_MAIL_TO", "lab@example.org")
    monkeypatch.setenv("SEQAUTO_SMTP_SERVER", f"127.0.0.1:{port}")
    yield box
    server.stop()


@pytest.fixture
def log(lab, tmp_path, monkeypatch) -> Path:
    """Have a real program write down what it is told, one JSON object a line."""
    path = tmp_path / "told"
    command = [sys.executable, "-c", RECORD, str(path)]
    (lab.home / "seqauto.toml").write_text(
        f'scan_roots = ["{lab.root}"]\ntime_zone = "{TIME_ZONE}"\n'
        f"alert_command = {json.dumps(command)}\noverdue_file_types = ['fastq']\n"
    )
    return path


@pytest.fixture
def tell(instance) -> Tell:
    """Do what the sensor does, as if it were another time."""

    def _tell(now: dt.datetime | None = None) -> Sent:
        return send_alerts(instance, read_site(), now or dt.datetime.now(dt.UTC))

    return _tell
