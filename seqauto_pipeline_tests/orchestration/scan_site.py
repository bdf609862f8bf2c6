"""A home where scans are started in every way there is, by real processes, and killed."""

import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

import dagster as dg
import psycopg2
from sqlalchemy import make_url

from seqauto_pipeline.orchestration.dagster_home import write_default_instance_config
from seqauto_pipeline.orchestration.history import ScanStory, scan_story
from seqauto_pipeline.orchestration.tags import LOCK_TAG, SCAN_JOB, WORKER_TAG
from seqauto_pipeline_tests.orchestration.web_server import WebServer

BIN = Path(sys.executable).parent
CHECKOUT = Path(__file__).parents[2]
PATIENCE = 180.0
STEPS = ("scan_files", "parse_sample_sheets", "create_models", "scripts_and_jobs")
_JOB = {
    "repositoryLocationName": "seqauto_pipeline.definitions",
    "repositoryName": "__repository__",
    "jobName": SCAN_JOB,
}
_LAUNCH = """mutation($params: ExecutionParams!) { launchRun(executionParams: $params) {
  __typename ... on LaunchRunSuccess { run { runId } } } }"""
_AGAIN = """mutation($params: ExecutionParams!) {
  launchRunReexecution(executionParams: $params) { __typename
    ... on LaunchRunSuccess { run { runId } } } }"""
# A shell that starts programs in the background has them ignore signals; Dagster must not.
_WITH_SIGNALS = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.SIG_DFL)
signal.signal(signal.SIGTERM, signal.SIG_DFL)
os.execv(sys.argv[1], sys.argv[1:])
"""


class Way(StrEnum):
    """How a scan is started."""

    WEB_UI = "web UI"
    JOB_EXECUTE = "dagster job execute"
    COMMAND_LINE = "seqauto scan"
    SCHEDULE = "schedule tick"
    RE_EXECUTION = "re-execution"


@dataclass
class Site:
    """One home with its disk; ``database_url`` is that of a PostgreSQL database, or none."""

    folder: Path
    database_url: str | None = None
    port: int = 0
    _started: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.home, self.disk = self.folder / "home", self.folder / "disk"
        self.home.mkdir(parents=True)
        write_default_instance_config(self.home)
        self.configure()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.web = WebServer(self.port)

    def configure(self, *, ticks: bool = False) -> None:
        """Write the settings: a tick each minute for hours, which is skipped unless wanted."""
        now = time.time()
        minutes = (time.localtime(now + 60 * each) for each in range(180))
        times = [f"{each.tm_hour:02}:{each.tm_min:02}" for each in minutes]
        if not (self.home / "times").exists():
            (self.home / "times").write_text(json.dumps(times))
        lines = [
            f'scan_roots = ["{self.disk}"]',
            f"scan_times = {(self.home / 'times').read_text()}",
            f"scan_disks = {str(ticks).lower()}",
        ]
        if self.database_url:
            lines.append(f'database_url = "{self.database_url}"')
        draft = self.home / "seqauto.toml.new"
        draft.write_text("\n".join(lines) + "\n")
        draft.replace(self.home / "seqauto.toml")

    def start(self, *command: str) -> "subprocess.Popen[bytes]":
        with (self.home / "processes.log").open("ab") as log:
            process = subprocess.Popen(
                (sys.executable, "-S", "-c", _WITH_SIGNALS, *command),
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                cwd=CHECKOUT,
                env={**os.environ, "DAGSTER_HOME": str(self.home)},
                start_new_session=True,
            )
        self._started.append(process)
        return process

    def start_dev(self) -> None:
        """Start `dagster dev` and wait until its web server answers and its daemon works."""
        workspace = str(CHECKOUT / "workspace.yaml")
        begin = time.time()
        self.start(str(BIN / "dagster"), "dev", "-w", workspace, "-p", str(self.port))
        eventually(self.web.is_up)
        with dg.DagsterInstance.get() as instance:
            eventually(lambda: _beats_since(instance, begin))

    def kill_everything(self) -> None:
        """What a power cut does to processes."""
        while living := processes_of(self.home):
            for each in living:
                kill(each)
            time.sleep(0.05)
        for process in self._started:
            process.wait()
        self._started.clear()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the models database: a scan stays in its first step until the block ends."""
        if self.database_url is None:
            holder = sqlite3.connect(self.home / "seqauto.db", isolation_level=None, timeout=60)
            holder.execute("BEGIN IMMEDIATE")
        else:
            url = make_url(self.database_url).set(drivername="postgresql")
            holder = psycopg2.connect(url.render_as_string(hide_password=False))
            holder.cursor().execute("LOCK TABLE scan IN ACCESS EXCLUSIVE MODE")
        try:
            yield
        finally:
            holder.close()

    def begin(self, instance: dg.DagsterInstance, way: Way) -> str:
        """Start a scan in one of the ways and give its id, as soon as Dagster knows it."""
        before = set(instance.get_run_ids(dg.RunsFilter(job_name=SCAN_JOB)))
        match way:
            case Way.WEB_UI:
                launch(self.web)
            case Way.RE_EXECUTION:
                parent = finished(instance)[0]
                metadata = {"parentRunId": parent, "rootRunId": parent, "tags": []}
                params: dict[str, object] = {
                    "selector": _JOB,
                    "runConfigData": {},
                    "mode": "default",
                    "stepKeys": STEPS,
                    "executionMetadata": metadata,
                }
                assert self.web.ask(_AGAIN, params=params)["launchRunReexecution"]["run"]
            case Way.JOB_EXECUTE:
                module = ("-m", "seqauto_pipeline.definitions", "-j", SCAN_JOB)
                self.start(str(BIN / "dagster"), "job", "execute", *module)
            case Way.COMMAND_LINE:
                self.start(str(BIN / "seqauto"), "scan")
            case Way.SCHEDULE:
                self.configure(ticks=True)
        new: list[str] = []

        def is_known() -> bool:
            ids = instance.get_run_ids(dg.RunsFilter(job_name=SCAN_JOB))
            new[:] = [each for each in ids if each not in before]
            return bool(new)

        eventually(is_known)
        self.configure(ticks=False)
        return new[0]


def processes_of(home: Path) -> tuple[int, ...]:
    """All that run with a home: ours, and all that those started."""
    wanted = f"DAGSTER_HOME={home}".encode()
    found = []
    for place in Path("/proc").glob("[0-9]*"):
        try:
            if wanted in (place / "environ").read_bytes().split(b"\0"):
                found.append(int(place.name))
        except OSError:
            continue
    return tuple(each for each in found if each != os.getpid())


def launch(web: WebServer) -> None:
    """Launch a scan in the web UI."""
    params: dict[str, object] = {"selector": _JOB, "runConfigData": {}}
    assert web.ask(_LAUNCH, params=params)["launchRun"]["run"]


def finished(instance: dg.DagsterInstance) -> list[str]:
    wanted = dg.RunsFilter(job_name=SCAN_JOB, statuses=[dg.DagsterRunStatus.SUCCESS])
    return list(instance.get_run_ids(wanted))


def status(instance: dg.DagsterInstance, scan: str) -> dg.DagsterRunStatus:
    run = instance.get_run_by_id(scan)
    assert run is not None
    return run.status


def tags(instance: dg.DagsterInstance, scan: str) -> dict[str, str]:
    run = instance.get_run_by_id(scan)
    return dict(run.tags) if run else {}


def has_lock(instance: dg.DagsterInstance, scan: str) -> bool:
    return tags(instance, scan).get(LOCK_TAG, "").startswith(scan)


def waits(instance: dg.DagsterInstance, scan: str) -> bool:
    """Whether a scan is in the queue, or at the lock and says so."""
    if status(instance, scan) is dg.DagsterRunStatus.QUEUED:
        return True
    return any("Waiting for scan" in note for note in scan_story(instance, scan).notes)


def worker_pid(instance: dg.DagsterInstance, scan: str) -> int:
    """The process that works on a scan, once it has said so itself."""

    def said() -> dict[str, object]:
        worker: dict[str, object] = json.loads(tags(instance, scan).get(WORKER_TAG, "{}"))
        return worker if worker.get("scan") == scan else {}

    eventually(lambda: bool(said()))
    return int(str(said()["pid"]))


def span(story: ScanStory) -> tuple[float, float]:
    """From the beginning of the first step to the end of the last."""
    last = story.steps[-1]
    return story.steps[0].began.timestamp(), last.began.timestamp() + (last.seconds or 0)


def eventually(condition: Callable[[], bool], seconds: float = PATIENCE) -> float:
    """Wait until something is true; give the seconds that it took."""
    begin = time.monotonic()
    while not condition():
        assert time.monotonic() - begin < seconds, "it did not come true in time"
        time.sleep(0.01)
    return time.monotonic() - begin


def kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return


def _beats_since(instance: dg.DagsterInstance, moment: float) -> bool:
    beats = instance.get_daemon_heartbeats()
    wanted = instance.get_required_daemon_types()
    return all(name in beats and beats[name].timestamp > moment for name in wanted)
