"""Run folders listed in one process or in two: the same runs, packed for the record."""

from pathlib import Path

import pytest

from seqauto_pipeline.core.file_list import RunListing
from seqauto_pipeline.disk.lists.listed_disk import ListedDisk
from seqauto_pipeline.disk.record.parts import PackedRun, RecordedRun
from seqauto_pipeline.disk.walk import packed_runs as listing
from seqauto_pipeline.disk.walk.options import WalkOptions
from seqauto_pipeline.disk.walk.packed_runs import packed_runs
from seqauto_pipeline.disk.walk.root import RootWalk
from seqauto_pipeline.layouts import load_layout
from seqauto_pipeline_tests.disk.walk.walks import list_of
from seqauto_pipeline_tests.scan.run_folder import RunFolder, run_name, samples

TAU = load_layout("tau")


@pytest.fixture
def paths(disk: Path) -> list[str]:
    runs = [RunFolder(disk, "kit", run_name(number), samples("S1")) for number in range(1, 61)]
    for run in runs:
        run.complete()
    return [run.path for run in runs]


def packed(
    disk: Path,
    wanted: list[str],
    known: dict[str, RecordedRun] | None = None,
    listed: ListedDisk | None = None,
):
    walk = RootWalk(str(disk), TAU, WalkOptions(), known, listed)
    walk.find()
    return list(packed_runs(walk, frozenset(wanted), ("RTAComplete.txt",), [].append))


def without_times(runs: list[PackedRun | RecordedRun]) -> list[tuple[str, str, object]]:
    assert all(isinstance(run, PackedRun) for run in runs)
    return [(run.entry.path, run.entry.digest, run.watched.files) for run in runs]


def test_two_processes_list_what_one_lists_in_the_same_order(disk, paths, monkeypatch):
    alone = packed(disk, paths)
    monkeypatch.setattr(listing, "_RUNS_WORTH_A_PROCESS", 1)

    together = packed(disk, paths)
    with list_of(disk) as listed:
        by_list = packed(disk, paths, listed=listed)

    assert without_times(by_list) == without_times(alone)
    assert sorted(run.entry.path for run in alone) == sorted(paths)
    assert without_times(together) == without_times(alone)


def test_known_runs_come_first_and_as_they_are_known(disk, paths):
    [first] = packed(disk, paths[:1])
    walk = RootWalk(str(disk), TAU, WalkOptions())
    walk.find()
    [listed] = walk.list_runs(frozenset(paths[:1]))
    assert isinstance(listed, RunListing)

    known = RecordedRun(first.entry, first.watched)

    runs = packed(disk, paths[:3], {paths[0]: known})

    assert runs[0] == known
    assert {run.entry.path for run in runs[1:]} == set(paths[1:3])


def test_what_is_not_wanted_is_not_listed(disk, paths):
    assert [run.entry.path for run in packed(disk, paths[5:6])] == paths[5:6]
