"""Shards that workers of Celery take come to the same models, whichever of them die or freeze."""

import os
import random
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from seqauto_pipeline.demo_disk import DemoOptions, write_demo_disk
from seqauto_pipeline.layouts import load_layout
from seqauto_pipeline.settings import Settings
from seqauto_pipeline_tests.orchestration.celery_site import (
    CelerySite,
    eventually,
    kill,
    redis_broker,
)
from seqauto_pipeline_tests.scan.bad_runs import base_calls_without_fastqs, jpeg_as_sheet
from seqauto_pipeline_tests.scan.lab import Lab
from seqauto_pipeline_tests.scan.run_folder import RunFolder
from seqauto_pipeline_tests.scan.shards.test_shards import counts
from seqauto_pipeline_tests.scan.two_worlds import CHANGES, World, make_cold

pytestmark = [pytest.mark.slow, pytest.mark.postgres]

_KILLS_ASKED_FOR = os.environ.get("SEQAUTO_TEST_KILLS")  # by script/campaign_shards
_KILLS = int(_KILLS_ASKED_FOR or "1")
_LARGE_DISK = os.environ.get("SEQAUTO_TEST_RUNS")  # of runs, by script/campaign_shards


@pytest.fixture
def folder() -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="seqauto-celery-"))  # short: socket paths are limited
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.fixture
def site(folder: Path, postgres_url: str) -> Iterator[CelerySite]:
    if shutil.which("redis-server") is None:
        reason = "no Redis is installed (looked for redis-server)"
        if os.environ.get("REQUIRE_REDIS") == "1":
            pytest.fail(f"REQUIRE_REDIS=1, but {reason}")
        pytest.skip(reason)
    pytest.importorskip("dagster_celery")
    with redis_broker(folder) as broker:
        site = CelerySite(Lab(folder, database_url=postgres_url), broker, folder)
        try:
            yield site
        finally:
            site.stop()


def _disk_of_trouble(lab: Lab) -> list[RunFolder]:
    runs = [lab.run(number, f"kit_{number % 3}").complete() for number in range(1, 12)]
    jpeg_as_sheet(runs[1])
    base_calls_without_fastqs(runs[2])
    lab.run(1, "kit_d", name=runs[0].name).complete()  # a name in two places
    make_cold(lab.root)
    return runs


def _change(runs: list[RunFolder]) -> None:
    for run in runs[4:9]:
        run.remove("bam", "S1")
    runs[9].delete()
    runs[10].move("kit_e")


def _scanned_whole(site: CelerySite) -> Lab:
    """Give a home beside, which scans the same disk in one process."""
    whole = Lab.__new__(Lab)
    whole.home, whole.roots, whole.overrides = site.folder / "whole", site.lab.roots, {}
    whole.environ = {"SEQAUTO_SCAN_ROOTS": site.lab.environ["SEQAUTO_SCAN_ROOTS"]}
    return whole


def test_workers_that_are_killed_change_nothing(
    site: CelerySite, record_property: Callable[[str, object], None]
) -> None:
    _disk_of_trouble(site.lab)
    whole = _scanned_whole(site)
    site.start_workers()
    chance = random.Random(os.environ.get("SEQAUTO_TEST_SEED", "1"))

    first, killed = site.start_scan(), 0
    while killed < _KILLS and first.poll() is None:
        if site.shard_files("journal-*") and (children := site.children()):
            kill(chance.choice(children))
            killed += 1
            time.sleep(chance.uniform(0, 1))
        time.sleep(0.005)
    output, _ = first.communicate(timeout=180)
    record_property("workers killed while they stored shards", killed)
    whole.scan()

    assert killed
    assert first.returncode == 0, output
    assert site.lab.facts() == whole.facts()
    assert counts(site.lab) == counts(whole)


@pytest.mark.skipif(
    _KILLS_ASKED_FOR is None,
    reason="waits for a moment that may be missed: script/campaign_shards has it",
)
def test_a_shard_of_a_scan_that_was_given_up_stores_nothing(site: CelerySite) -> None:
    runs = _disk_of_trouble(site.lab)
    whole = _scanned_whole(site)
    site.start_workers()
    output, _ = site.start_scan().communicate(timeout=180)
    whole.scan()
    assert site.lab.facts() == whole.facts(), output

    _change(runs)
    given_up = site.start_scan()
    frozen, journals = _frozen_before_it_stores(site)
    kill(given_up.pid)
    given_up.communicate()
    log = len(site.log(0)), len(site.log(1))
    site.executor = "in_process"  # for the workers are frozen
    site.scan()
    whole.scan()
    before = site.lab.dump()
    for each in frozen:
        kill(each, signal.SIGCONT)
    # It notes what it is about to store, is refused, and its task ends.
    eventually(lambda: all(each.stat().st_size for each in journals))
    eventually(lambda: any(b"succeeded in" in site.log(n)[log[n] :] for n in (0, 1)))

    assert site.lab.dump() == before
    assert site.lab.facts("file_event", "run_event", "message") == whole.facts(
        "file_event", "run_event", "message"
    )


def _frozen_before_it_stores(site: CelerySite) -> tuple[tuple[int, ...], list[Path]]:
    """Stop the workers while one has begun with a shard, and has stored nothing of it.

    Gives their processes, and the journals of what was begun.
    Not in a transaction: the server would make the next scan wait for its end.
    """
    eventually(lambda: site.shard_files("build-*.json"))
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        children = site.children()
        for each in children:
            kill(each, signal.SIGSTOP)
        journals = [each for each in site.shard_files("journal-*") if not each.stat().st_size]
        if journals and not site.is_in_transaction():
            return children, journals
        for each in children:
            kill(each, signal.SIGCONT)
        time.sleep(0.002)  # step by step: a shard of few runs is stored in a moment
    raise AssertionError("no shard was met that had begun and stored nothing")


@pytest.mark.skipif(
    _LARGE_DISK is None, reason="takes minutes: script/campaign_shards has it, with any size"
)
def test_a_large_disk_comes_to_the_same_models_in_first_scan_changes_and_rescan(
    site: CelerySite, record_property: Callable[[str, object], None]
) -> None:
    number = int(_LARGE_DISK or "0")
    site.runs_per_shard = number // 10
    folders = _demo_disk(site.lab, number)
    runs = _disk_of_trouble(site.lab)
    whole = _scanned_whole(site)
    site.start_workers()
    world = World(site.lab, whole, runs, random.Random(os.environ.get("SEQAUTO_TEST_SEED", "1")))

    for is_changed in (False, True, False):
        if is_changed:
            _change_much(world, folders)
        began = time.monotonic()
        scan = site.start_scan()
        output, _ = scan.communicate()
        seconds = time.monotonic() - began
        outcome = whole.scan()
        took = f"{seconds:.0f} s, {site.tasks_done()} tasks so far"
        record_property(f"{number} runs, changed: {is_changed}, by two workers", took)

        assert (scan.returncode == 0) is (outcome.error is None), (output, outcome.error)
        assert site.lab.facts() == whole.facts()
        assert counts(site.lab) == counts(whole)


def _demo_disk(lab: Lab, runs: int) -> list[Path]:
    """Write a disk with all kinds of trouble; give the folders of its runs."""
    marker = str(Settings.model_fields["skip_marker"].default)
    demo = DemoOptions(runs, samples=4)
    lab.root.rmdir()
    write_demo_disk(lab.root, demo, load_layout("tau"), skip_marker=marker)
    return sorted(path for kit in lab.root.iterdir() for path in kit.iterdir() if path.is_dir())


def _change_much(world: World, folders: list[Path]) -> None:
    """Have each kind of change happen to a run, and a file go from every third one."""
    for change in CHANGES.values():
        there = [run for run in world.runs if run.folder.is_dir()]
        change(world, world.chance.choice(there))
    for folder in folders[::3]:
        files = [path for path in sorted(folder.rglob("*")) if path.is_file()]
        if files:
            world.chance.choice(files).unlink()
    make_cold(world.fast.root, day=1)
