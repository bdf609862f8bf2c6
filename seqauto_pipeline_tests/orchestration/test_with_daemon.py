"""Scans under a real `dagster dev`, launched from its queue and from the command line."""

import itertools
import json
import os
import signal
import socket
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from seqauto_pipeline.orchestration.history import ScanState, ScanStory, scan_stories
from seqauto_pipeline.orchestration.tags import LOCK_TAG, WORKER_TAG
from seqauto_pipeline_tests.orchestration.conftest import SCAN, Lab, eventually

pytestmark = pytest.mark.slow

_CHECKOUT = Path(__file__).parents[2]
_LAUNCH = """mutation($params: ExecutionParams!) { launchRun(executionParams: $params) {
  __typename ... on LaunchRunSuccess { run { runId } } } }"""
_AGAIN = """mutation($params: ReexecutionParams!) {
  launchRunReexecution(reexecutionParams: $params) {
    __typename ... on LaunchRunSuccess { run { runId } } } }"""
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


class Server:
    """A running `dagster dev`, spoken to as the web UI does."""

    def __init__(self, port: int) -> None:
        self._url = f"http://127.0.0.1:{port}"

    def is_up(self) -> bool:
        try:
            urllib.request.urlopen(f"{self._url}/server_info", timeout=5).close()
        except OSError:
            return False
        return True

    def ask(self, query: str, **variables: object) -> dict[str, dict[str, object]]:
        body = json.dumps({"query": query, "variables": variables}).encode()
        request = urllib.request.Request(
            f"{self._url}/graphql", body, {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=60) as response:
            answer: dict[str, dict[str, object]] = json.load(response)["data"]
        return answer

    def launch(self) -> str:
        params = {"selector": _JOB, "runConfigData": {}}
        return self._launched(self.ask(_LAUNCH, params=params)["launchRun"])

    def again(self, scan: str, strategy: str) -> str:
        params = {"parentRunId": scan, "strategy": strategy}
        return self._launched(self.ask(_AGAIN, params=params)["launchRunReexecution"])

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
    running = Server(port)
    eventually(running.is_up, 120)
    yield running
    process.send_signal(signal.SIGINT)
    process.wait(timeout=60)
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
