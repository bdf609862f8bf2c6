import os
import socket
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from seqauto_pipeline.orchestration.runtime.worker import (
    Life,
    Worker,
    look_for,
    this_worker,
    worker_from_tag,
)


def test_this_process_lives() -> None:
    assert look_for(this_worker("scan")) == (Life.ALIVE, "")


def test_an_identity_survives_being_written_on_a_scan() -> None:
    worker = this_worker("scan")

    assert worker_from_tag(worker.to_tag(), "scan") == worker


@pytest.mark.parametrize("tag", [None, "", "nonsense", "[]", '{"pid": 1}'])
def test_a_tag_that_is_none_identifies_nobody(tag: str | None) -> None:
    assert worker_from_tag(tag, "scan") is None


def test_a_tag_copied_from_another_scan_identifies_nobody() -> None:
    assert worker_from_tag(this_worker("parent").to_tag(), "re-execution") is None


def test_a_process_that_ended_is_dead() -> None:
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    worker = replace(this_worker("scan"), pid=process.pid, started=_started(process.pid))
    assert look_for(worker)[0] is Life.ALIVE

    process.kill()
    process.communicate()

    reason = (
        f"its process {process.pid} on {socket.gethostname()} ended without finishing it: "
        "killed, out of memory, or crashed"
    )
    assert look_for(worker) == (
        Life.DEAD,
        reason,
    )


def test_another_process_with_the_same_id_is_not_taken_for_it() -> None:
    worker = replace(this_worker("scan"), started="1")

    assert look_for(worker)[0] is Life.DEAD


def test_a_process_that_nobody_has_buried_yet_is_dead() -> None:
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    worker = replace(this_worker("scan"), pid=process.pid, started=_started(process.pid))

    process.kill()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    life = look_for(worker)[0]
    process.communicate()

    assert life is Life.DEAD


def test_a_restart_of_the_machine_is_told() -> None:
    worker = replace(this_worker("scan"), boot_id="an earlier one")

    assert look_for(worker) == (
        Life.DEAD,
        f"{socket.gethostname()} was restarted while the scan was running",
    )


@pytest.mark.parametrize(
    ("worker", "reason"),
    [
        (replace(this_worker("scan"), host="elsewhere.org"), "it runs on elsewhere.org"),
        (replace(this_worker("scan"), pid_namespace="pid:[1]"), "it runs in another container"),
    ],
)
def test_what_runs_elsewhere_is_not_judged(worker: Worker, reason: str) -> None:
    life, told = look_for(worker)

    assert life is Life.UNKNOWN
    assert told.startswith(reason)


def test_without_proc_a_process_is_known_by_its_id_alone(tmp_path: Path) -> None:
    worker = this_worker("scan", tmp_path)

    assert worker == Worker("scan", socket.gethostname(), "", "", os.getpid(), "")
    assert look_for(worker, tmp_path)[0] is Life.ALIVE
    assert look_for(replace(worker, pid=2**22 + 1), tmp_path)[0] is Life.DEAD


def _started(pid: int) -> str:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19]
