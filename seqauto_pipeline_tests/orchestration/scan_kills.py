"""A scan that is killed in one of its stages: how soon its status is right, and what is lost."""

import json
import os
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import dagster as dg

from seqauto_pipeline.core.verdict.sheet_messages import STICKY_CODES
from seqauto_pipeline.orchestration.history import ScanState, scan_story
from seqauto_pipeline.orchestration.tags import LOCK_TAG, RELEASED, SCAN_JOB
from seqauto_pipeline_tests.orchestration.scan_site import (
    BIN,
    Site,
    Way,
    eventually,
    kill,
    status,
    tags,
    worker_pid,
)

_ENDED = (dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE)
_TRIES = 12


class Place(StrEnum):
    """What is killed, and what goes on afterwards."""

    RUN_WORKER = "run worker of the queue"
    IN_PROCESS = "process of dagster job execute"
    COMMAND_LINE = "process of seqauto scan"
    DEV_TREE = "dagster dev and all its children; the next scan follows without a daemon"
    REBOOT = "everything; then dagster dev again"


_WAY = {
    Place.RUN_WORKER: Way.WEB_UI,
    Place.IN_PROCESS: Way.JOB_EXECUTE,
    Place.COMMAND_LINE: Way.COMMAND_LINE,
    Place.DEV_TREE: Way.WEB_UI,
    Place.REBOOT: Way.WEB_UI,
}


@dataclass(frozen=True, slots=True)
class Death:
    place: Place
    step: str
    seconds: float | None  # until the status was right; None: by the next scan, before it worked
    state: ScanState
    cause: str
    next_finished: bool


def kill_in_step(site: Site, instance: dg.DagsterInstance, place: Place, step: str) -> Death:
    """Kill a scan in a step, wait for its status to be right and for the next scan to finish."""
    for _ in range(_TRIES):
        _change_every_sheet(site)
        scan = site.begin(instance, _WAY[place])
        if _reaches(instance, scan, step):
            death = _death(site, instance, place, scan)
            if death is not None:
                return death
        _await_end(instance, scan)
    raise AssertionError(f"no scan could be caught in {step}")


def _await_end(instance: dg.DagsterInstance, scan: str) -> None:
    eventually(lambda: status(instance, scan) in _ENDED)


def _reaches(instance: dg.DagsterInstance, scan: str, step: str) -> bool:
    """Wait for a step to begin; False when the scan got past it unseen."""
    worker_pid(instance, scan)
    reached: list[bool] = []

    def is_decided() -> bool:
        begun = [each.name for each in scan_story(instance, scan).steps]
        if tags(instance, scan).get(LOCK_TAG) == RELEASED or step in begun:
            reached.append(begun[-1:] == [step])
        return bool(reached)

    eventually(is_decided)
    return reached[0]


def _death(site: Site, instance: dg.DagsterInstance, place: Place, scan: str) -> Death | None:
    """Kill a scan; None when it was quicker."""
    step = scan_story(instance, scan).steps[-1].name
    if place in (Place.DEV_TREE, Place.REBOOT):
        site.kill_everything()
    else:
        kill(worker_pid(instance, scan))
    begin = time.monotonic()
    if status(instance, scan) is dg.DagsterRunStatus.SUCCESS:
        if place in (Place.DEV_TREE, Place.REBOOT):
            site.start_dev()
        return None
    if place is Place.DEV_TREE:
        next_scan, seconds = _scan_without_daemon(site, instance, scan), None
        site.start_dev()
    else:
        if place is Place.REBOOT:
            site.start_dev()
        eventually(lambda: status(instance, scan) in _ENDED)
        seconds = time.monotonic() - begin
        next_scan = site.begin(instance, Way.WEB_UI)
        eventually(lambda: status(instance, next_scan) in _ENDED)
    _settle(instance)
    story = scan_story(instance, scan)
    is_good = status(instance, next_scan) is dg.DagsterRunStatus.SUCCESS
    cause = story.failure.message if story.failure else ""
    return Death(place, step, seconds, story.state, cause, is_good)


def _scan_without_daemon(site: Site, instance: dg.DagsterInstance, dead: str) -> str:
    """Scan by hand; the dead one must be marked before the next one's first step begins."""
    scan = site.begin(instance, Way.COMMAND_LINE)
    eventually(lambda: bool(scan_story(instance, scan).steps) or status(instance, scan) in _ENDED)
    assert status(instance, dead) is dg.DagsterRunStatus.FAILURE
    eventually(lambda: status(instance, scan) in _ENDED)
    return scan


def _settle(instance: dg.DagsterInstance) -> None:
    """Wait for retries, which the daemon makes, to be over."""

    def is_quiet() -> bool:
        runs = instance.get_runs(dg.RunsFilter(job_name=SCAN_JOB))
        return all(run.status in _ENDED for run in runs)

    eventually(is_quiet)
    time.sleep(3)  # a retry is asked for a moment after its cause
    eventually(is_quiet)


def _change_every_sheet(site: Site) -> None:
    """Give each step something to do: a comment that means nothing, at the end of each sheet."""
    for sheet in site.disk.glob("*/*/SampleSheet.csv"):
        if b"[Data]" in (text := sheet.read_bytes()):
            sheet.write_bytes(text.split(b"\n#")[0].rstrip() + f"\n# {time.time_ns()}\n".encode())


def records(site: Site) -> Iterator[tuple[str, ...]]:
    """What the models say, without the ids and times of scans."""
    output = subprocess.run(
        (str(BIN / "seqauto"), "export", "--format", "json"),
        env={**os.environ, "DAGSTER_HOME": str(site.home)},
        capture_output=True,
        check=True,
    ).stdout
    for run in json.loads(output)["sequencing_runs"]:
        yield ("run", run["path"], run["data_state"])
        for each in run["files"]:
            yield ("file", each["path"], each["data_state"], str(each["size"]))
        for each in run["qc"]:
            yield ("qc", run["path"], str(each["sample_name"]), json.dumps(each["exec_summary"]))
        for each in run["messages"]:
            if each["code"] not in STICKY_CODES:  # they tell of edits, which another home never saw
                yield ("message", each["code"], str(each["path"]), str(each["open"]))
