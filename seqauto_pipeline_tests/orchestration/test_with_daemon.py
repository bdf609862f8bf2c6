"""Scans under a real `dagster dev`, launched from its queue and from the command line."""

import datetime as dt
import itertools
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from seqauto_pipeline.monitoring.doctor_readings import doctor_readings
from seqauto_pipeline.monitoring.readings import Reading, Standing
from seqauto_pipeline.orchestration.health import gather_facts
from seqauto_pipeline.orchestration.history import ScanState, ScanStory, scan_stories
from seqauto_pipeline.orchestration.tags import LOCK_TAG, WORKER_TAG
from seqauto_pipeline_tests.orchestration.conftest import SCAN, Lab, eventually
from seqauto_pipeline_tests.orchestration.web_server import WebServer

pytestmark = pytest.mark.slow

_CHECKOUT = Path(__file__).parents[2]
_LAUNCH = """mutation($params: ExecutionParams!) { launchRun(executionParams: $params) {
  __typename ... on LaunchRunSuccess { run { runId } } } }"""
_AGAIN = """mutation($params: ReexecutionParams!) {
  launchRunReexecution(reexecutionParams: $params) {
    __typename ... on LaunchRunSuccess { run { runId } } } }"""
_SHOWN_TAGS = "query($scan: ID!) { runOrError(runId: $scan) { ... on Run { tags { key } } } }"
_TERMINATE = "mutation($scan: String!) { terminateRun(runId: $scan) { __typename } }"
_JOB = {
    "repositoryLocationName": "seqauto_pipeline.definitions",
    "repositoryName": "__repository__",
    "jobName": "seqauto_scan",
}
# A shell that starts programs in the background has them ignore signals; Dagster must not.
_DEV = """
import os, signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
signal.signal(signal.SIGTERM, signal.SIG_DFL)
os.execv(sys.argv[1], sys.argv[1:])
"""


class Server(WebServer):
    """A running `dagster dev`."""

    def __init__(self, port: int, process: "subprocess.Popen[str]") -> None:
        super().__init__(port)
        self._process = process

    def stop(self) -> None:
        self._process.send_signal(signal.SIGINT)
        self._process.wait(timeout=60)

    def launch(self) -> str:
        params = {"selector": _JOB, "runConfigData": {}}
        return self._launched(self.ask(_LAUNCH, params=params)["launchRun"])

    def again(self, scan: str, strategy: str) -> str:
        params = {"parentRunId": scan, "strategy": strategy}
        return self._launched(self.ask(_AGAIN, params=params)["launchRunReexecution"])

    def shown_tags(self, scan: str) -> set[str]:
        tags = self.ask(_SHOWN_TAGS, scan=scan)["runOrError"]["tags"]
        assert isinstance(tags, list)
        return {each["key"] for each in tags}

    def _launched(self, answer: dict[str, object]) -> str:
        assert answer["__typename"] == "LaunchRunSuccess", answer
        run = answer["run"]
        assert isinstance(run, dict)
        return str(run["runId"])


@pytest.fixture
def server(lab: Lab) -> Iterator[Server]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    dagster = Path(sys.executable).with_name("dagster")
    workspace = _CHECKOUT / "workspace.yaml"
    command = (str(dagster), "dev", "-w", str(workspace), "-p", str(port))
    log = (lab.home / "dev.log").open("w")
    process = lab.start(sys.executable, "-c", _DEV, *command, output=log)
    running = Server(port, process)
    eventually(running.is_up, 120)
    yield running
    running.stop()
    log.close()


def test_queue_daemon_and_command_line_together_keep_scans_apart_and_outlive_their_deaths(
    lab: Lab, server: Server
) -> None:
    first, second = server.launch(), server.launch()
    third = lab.start(*SCAN)
    output = third.communicate(timeout=180)[0]
    eventually(lambda: {first, second} <= _ids(ScanState.FINISHED), 180)

    assert third.returncode == 0, output
    spans = sorted(_span(story) for story in _stories())
    assert all(end <= begin for (_, end), (begin, _) in itertools.pairwise(spans))
    assert sorted(story.launched_by for story in _stories()) == ["command line", "web UI", "web UI"]

    # Tags for the machinery are not for people to see.
    assert {WORKER_TAG, LOCK_TAG} <= set(_tags(first))
    assert server.shown_tags(first) == {
        "seqauto/scan",
        "seqauto/covers",
        "seqauto/started_by",
        "dagster/code_location",
    }

    # A worker that is killed in a step: the scan goes on from there, once, in a new one.
    with lab.blocked():
        killed = server.launch()
        eventually(lambda: LOCK_TAG in _tags(killed))
        os.kill(json.loads(_tags(killed)[WORKER_TAG])["pid"], signal.SIGKILL)
        eventually(lambda: _story(killed).state is ScanState.ERROR)
        eventually(lambda: _stories()[0].launched_by == "retry")
    retry = _stories()[0].id
    eventually(lambda: _story(retry).state is ScanState.FINISHED, 120)

    # A command line that is killed: the daemon sees it, and the queue behind it moves on.
    with lab.blocked():
        victim = lab.start(*SCAN)
        eventually(lambda: _stories()[0].launched_by == "command line")
        dead = _stories()[0].id
        eventually(lambda: LOCK_TAG in _tags(dead))
        queued = server.launch()
        victim.kill()
        victim.communicate()
        eventually(lambda: _story(dead).state is ScanState.ERROR)
        failure = _story(dead).failure
    assert failure is not None
    assert f"its process {victim.pid} on" in failure.message
    eventually(lambda: _story(queued).state is ScanState.FINISHED, 120)

    # Scans of the command line, done again in the web UI: all of it, and from where it failed.
    for scan, strategy in ((_finished_by("command line"), "ALL_STEPS"), (dead, "FROM_FAILURE")):
        again = server.again(scan, strategy)
        eventually(lambda: again in _ids(ScanState.FINISHED), 120)  # noqa: B023  (called here)
        assert _story(again).launched_by == "web UI"

    # A scan that is terminated in the web UI, where the step is in the middle of something.
    with lab.blocked():
        unwanted = server.launch()
        eventually(lambda: LOCK_TAG in _tags(unwanted))
        server.ask(_TERMINATE, scan=unwanted)
    eventually(lambda: _story(unwanted).state is ScanState.CANCELLED)


def test_status_and_doctor_say_that_the_server_works_and_that_it_is_gone(
    lab: Lab, server: Server
) -> None:
    lab.configure(f'web_server_url = "{server.url}"')
    assert lab.start(*SCAN).wait(timeout=120) == 0
    eventually(lambda: _readings(lab)["daemon"].standing is Standing.OK)

    for command in ("status", "doctor"):
        asked = (SCAN[0], command, "--format", "json")
        done = subprocess.run(asked, capture_output=True, check=False)
        readings = json.loads(done.stdout)["readings"]
        wrong = {each["check"] for each in readings if each["standing"] == "wrong"}
        # The run folder of this test has no RunInfo.xml, which only the doctor looks for.
        assert wrong == ({"metadata_missing"} if command == "doctor" else set())
        told = {each["area"]: each for each in readings}
        assert told["web server"]["text"].startswith(f"{server.url} answers, Dagster 1.")
        assert told["code location"]["text"] == "it loads"
        assert told["daemon"]["text"].startswith("running: ")

    server.stop()
    at_once, later = _readings(lab), _readings(lab, dt.timedelta(minutes=3))
    assert at_once["web server"].text == f"{server.url}: the connection is refused"
    assert server.url in at_once["web server"].fix
    assert later["daemon"].standing is Standing.WRONG
    assert later["daemon"].text.startswith("not running: its last heartbeat is ")


def _readings(lab: Lab, later: dt.timedelta = dt.timedelta()) -> dict[str, Reading]:
    """What doctor would say after some time in which nothing happens, by area."""
    facts = gather_facts(lab.home, os.environ, deep=True)
    readings = doctor_readings(facts, dt.datetime.now(dt.UTC) + later)
    return {each.area: each for each in readings}


def _stories() -> tuple[ScanStory, ...]:
    with dg.DagsterInstance.get() as instance:
        return scan_stories(instance)


def _story(scan: str) -> ScanStory:
    return next(story for story in _stories() if story.id == scan)


def _ids(state: ScanState) -> set[str]:
    return {story.id for story in _stories() if story.state is state}


def _finished_by(launcher: str) -> str:
    found = (story for story in _stories() if story.launched_by == launcher)
    return next(story.id for story in found if story.state is ScanState.FINISHED)


def _tags(scan: str) -> dict[str, str]:
    with dg.DagsterInstance.get() as instance:
        run = instance.get_run_by_id(scan)
    assert run is not None
    return dict(run.tags)


def _span(story: ScanStory) -> tuple[float, float]:
    last = story.steps[-1]
    return story.steps[0].began.timestamp(), last.began.timestamp() + (last.seconds or 0)
