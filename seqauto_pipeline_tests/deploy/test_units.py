"""The files for a server: systemd takes the units, and what they start works together."""

import functools
import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import dagster as dg
import pytest

from seqauto_pipeline_tests.orchestration.conftest import Lab, eventually
from seqauto_pipeline_tests.orchestration.conftest import home_begun as home_begun  # noqa: PLC0414
from seqauto_pipeline_tests.orchestration.conftest import lab as lab  # noqa: PLC0414  (fixtures)

DEPLOY = Path(__file__).parents[2] / "deploy"
SERVICES = ("seqauto-code", "seqauto-daemon", "seqauto-web", "seqauto-admin")
REQUIRE_SYSTEMD = "REQUIRE_SYSTEMD"
_PATIENCE = 180.0  # four servers start at once
_BIN = Path(sys.executable).parent
_LAUNCH = """mutation($params: ExecutionParams!) { launchRun(executionParams: $params) {
  __typename } }"""
_JOB = {
    "repositoryLocationName": "seqauto_pipeline.definitions",
    "repositoryName": "__repository__",
    "jobName": "seqauto_scan",
}


def _unit(name: str) -> str:
    return (DEPLOY / "systemd" / f"{name}.service").read_text().replace("\\\n", " ")


def _value(unit: str, key: str) -> str:
    (value,) = re.findall(rf"^{key}=(.*)$", unit, re.MULTILINE)
    return str(value)


@pytest.fixture
def units(tmp_path: Path) -> Path:
    """The units as they would be installed, with the programs of this environment."""
    folder = tmp_path / "units"
    folder.mkdir()
    for path in (DEPLOY / "systemd").iterdir():
        (folder / path.name).write_text(
            path.read_text().replace("/opt/seqauto/.venv/bin", str(_BIN))
        )
    return folder


def test_systemd_takes_the_units_without_a_word(units: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None and os.environ.get(REQUIRE_SYSTEMD) != "1":
        pytest.skip("systemd-analyze is not installed")
    assert analyze is not None, f"{REQUIRE_SYSTEMD}=1, but there is no systemd-analyze"

    verified = subprocess.run(
        (analyze, "verify", *sorted(map(str, units.iterdir()))),
        capture_output=True,
        text=True,
        check=False,
    )

    assert (verified.returncode, verified.stdout + verified.stderr) == (0, "")


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_may_write_to_its_own_directories_only(name: str) -> None:
    unit = _unit(name)

    assert _value(unit, "User") == "seqauto"
    assert _value(unit, "ProtectSystem") == "strict"
    assert _value(unit, "ReadOnlyPaths") == "-/data"
    assert _value(unit, "NoNewPrivileges") == "yes"
    assert _value(unit, "CapabilityBoundingSet") == ""
    assert "ReadWritePaths" not in unit


def test_no_file_holds_a_secret_or_listens_to_the_network() -> None:
    for path in DEPLOY.rglob("*"):
        if path.is_file() and path.suffix != ".md":
            text = path.read_text()
            assert not re.search(r"(?i)(password|secret|token)\s*=", text), path
            # The broker is a container beside, in a network of their own.
            outside = re.sub(r"http://127\.0\.0\.1|redis://broker:", "", text)
            assert "://" not in outside, path
    assert "--read-only" in _unit("seqauto-web")
    assert "--host 127.0.0.1" in _unit("seqauto-web")
    assert "--host 127.0.0.1" in _unit("seqauto-admin")


@pytest.mark.slow
def test_what_the_units_start_works_together(lab: Lab, tmp_path: Path) -> None:
    """Everybody may look and may not launch; administrators launch; the daemon runs the queue."""
    etc, reader, admin = tmp_path / "etc", _free_port(), _free_port()
    etc.mkdir()
    places = {
        "/opt/seqauto/.venv/bin": str(_BIN),
        "/run/seqauto": str(tmp_path),
        "/etc/seqauto": str(etc),
        "--port 3000": f"--port {reader}",
        "--port 3001": f"--port {admin}",
    }
    (etc / "workspace.yaml").write_text(_placed((DEPLOY / "workspace.yaml").read_text(), places))
    for name in SERVICES:
        log = tmp_path / f"{name}.log"
        command = shlex.split(_placed(_value(_unit(name), "ExecStart"), places))
        with log.open("w") as output:
            lab.start(*command, output=output)
    for url in (f"http://127.0.0.1:{reader}", f"http://127.0.0.1:{admin}/admin"):
        eventually(functools.partial(_answers, url), _PATIENCE)

    as_reader = _launch(f"http://127.0.0.1:{reader}")
    as_admin = _launch(f"http://127.0.0.1:{admin}/admin")

    assert (as_reader, as_admin) == ("UnauthorizedError", "LaunchRunSuccess")
    with dg.DagsterInstance.get() as instance:
        wanted = dg.RunsFilter(job_name="seqauto_scan", statuses=[dg.DagsterRunStatus.SUCCESS])
        eventually(lambda: instance.get_runs_count(wanted) == 1, _PATIENCE)


def _placed(text: str, places: dict[str, str]) -> str:
    for old, new in places.items():
        text = text.replace(old, new)
    return text


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _answers(url: str) -> bool:
    try:
        urllib.request.urlopen(f"{url}/server_info", timeout=5).close()
    except OSError:
        return False
    return True


def _launch(url: str) -> str:
    """Launch as the web UI does; wait for the code location as a person would."""
    body = {"query": _LAUNCH, "variables": {"params": {"selector": _JOB, "runConfigData": {}}}}
    request = urllib.request.Request(
        f"{url}/graphql", json.dumps(body).encode(), {"Content-Type": "application/json"}
    )
    answers: list[str] = []

    def is_decided() -> bool:
        with urllib.request.urlopen(request, timeout=60) as response:
            answers.append(json.load(response)["data"]["launchRun"]["__typename"])
        return answers[-1] != "PipelineNotFoundError"

    eventually(is_decided, _PATIENCE)
    return answers[-1]
