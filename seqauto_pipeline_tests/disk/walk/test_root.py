"""Which run folders a walk finds below a root, in which order, and which roots and kits refuse."""

import os
import re
import sys
from pathlib import Path

import pytest

from seqauto_pipeline.disk.walk.options import WalkOptions
from seqauto_pipeline.disk.walk.root import RootWalk
from seqauto_pipeline.layouts import load_layout
from seqauto_pipeline.layouts.parse import parse_layout
from seqauto_pipeline_tests.disk.conftest import MakeTree, unprivileged
from seqauto_pipeline_tests.disk.walk.walks import (
    AT,
    MARKER,
    RUN,
    SKIP,
    TAU,
    listed,
    one,
    refusals,
    small,
)


def test_the_levels_above_the_runs_are_told_of_too(make_tree: MakeTree):
    root = make_tree({f"{AT}/{MARKER}": "", "empty_kit/readme.txt": "", "readme.txt": ""})

    found = RootWalk(str(root), TAU, WalkOptions()).find()

    assert found.kits == ("empty_kit", "idt_exome")
    assert found.run_paths == (AT,)
    assert (found.layout, found.unavailable) == ("tau", None)


@pytest.mark.parametrize("depth", [1, 3])
def test_run_folders_lie_as_deep_as_the_layout_says(make_tree: MakeTree, depth: int):
    text = f"run_depth = {depth}\nenrichment_kit_level = 0\n{small('{sample_id}')}"
    layout = parse_layout(text, "deep.toml")
    path = "/".join([*(["level"] * (depth - 1)), RUN])
    root = make_tree({f"{path}/m": ""})

    assert [run.path for run in listed(root, layout)] == [path]


def test_a_directory_that_is_no_run_folder_is_passed_over(make_tree: MakeTree):
    root = make_tree({"idt_exome/notes/readme.txt": "", f"{AT}/nothing": ""})

    assert [run.path for run in listed(root)] == [AT]


def test_a_skip_marker_in_a_kit_skips_all_below_it(make_tree: MakeTree):
    root = make_tree({f"{AT}/{MARKER}": "", f"idt_exome/{SKIP}": "", f"other/{RUN}/{MARKER}": ""})

    assert [run.skip_reason for run in listed(root)] == [f"idt_exome holds {SKIP}", None]


def test_a_skip_marker_in_the_root_skips_everything(make_tree: MakeTree):
    root = make_tree({f"{AT}/{MARKER}": "", SKIP: ""})

    assert one(root).skip_reason == f"the root holds {SKIP}"


def test_directories_that_systems_make_are_ignored(make_tree: MakeTree):
    names = (".snapshot", "lost+found", "@eaDir", "#recycle", "@Recycle", "$RECYCLE.BIN")
    root = make_tree({f"{name}/{RUN}/{MARKER}": "" for name in names} | {f"{AT}/{MARKER}": ""})

    assert [run.path for run in listed(root)] == [AT]


def test_runs_that_are_left_alone_are_not_listed(make_tree: MakeTree):
    root = make_tree({f"{AT}/{MARKER}": "", f"other/{RUN}/{MARKER}": ""})
    walk = RootWalk(str(root), TAU, WalkOptions(left_alone=frozenset({AT})))

    found = walk.find()

    assert found.run_paths == (AT, f"other/{RUN}")
    assert [run.path for run in walk.list_runs()] == [f"other/{RUN}"]


def test_only_the_wanted_runs_are_listed(make_tree: MakeTree):
    root = make_tree({f"{AT}/{MARKER}": "", f"other/{RUN}/{MARKER}": ""})
    walk = RootWalk(str(root), TAU, WalkOptions())
    walk.find()

    assert [run.path for run in walk.list_runs(frozenset({AT}))] == [AT]


def test_a_root_that_does_not_exist_is_unavailable(tmp_path: Path):
    found = RootWalk(str(tmp_path / "gone"), TAU, WalkOptions()).find()

    assert found.unavailable == "it does not exist: is the disk mounted?"
    assert (found.kits, found.run_paths) == ((), ())


def test_a_root_that_is_empty_is_unavailable(disk: Path):
    assert RootWalk(str(disk), TAU, WalkOptions()).find().unavailable == (
        "it is empty: is the disk mounted?"
    )


def test_a_root_that_is_a_file_is_unavailable(make_tree: MakeTree):
    root = make_tree({"file": ""})

    found = RootWalk(str(root / "file"), TAU, WalkOptions()).find()

    assert found.unavailable == "it is not a directory"


def test_a_root_that_refuses_is_unavailable_and_says_what_helps(disk: Path, make_tree: MakeTree):
    make_tree({f"{AT}/{MARKER}": ""})
    disk.chmod(0)

    with unprivileged() as user:
        with pytest.raises(PermissionError):
            list(disk.iterdir())
        found = RootWalk(str(disk), TAU, WalkOptions()).find()

    assert found.unavailable is not None
    assert re.fullmatch(
        rf"user {user} may not read it: owner \d+:\d+, mode 0000; its owner can run: "
        rf"setfacl -m u:{user}:rx {re.escape(str(disk))} \(or chmod o\+rx\)",
        found.unavailable,
    )


def test_a_kit_that_refuses_hides_its_runs_and_no_others(disk: Path, make_tree: MakeTree):
    make_tree({f"{AT}/{MARKER}": "", f"other/{RUN}/{MARKER}": ""})
    (disk / "idt_exome").chmod(0)

    with unprivileged():
        walk = RootWalk(str(disk), TAU, WalkOptions())
        found, runs = walk.find(), tuple(walk.list_runs())

    (refusal,) = found.unreadable
    assert (refusal.path, refusal.errno_name) == (f"{disk}/idt_exome", "EACCES")
    assert refusal.hides(AT)
    assert [run.path for run in runs] == [f"other/{RUN}"]


def test_kits_runs_and_projects_that_are_links_out_hide_what_was_known_of_them(disk: Path):
    outside = disk.parent / "outside"
    (outside / "p").mkdir(parents=True)
    (disk / "kit" / RUN / "Data/Intensities/BaseCalls").mkdir(parents=True)
    (disk / "kit2").symlink_to(outside)
    (disk / "kit" / "moved").symlink_to(outside)
    (disk / "kit" / RUN / "Data/Intensities/BaseCalls/project").symlink_to(outside)
    walk = RootWalk(str(disk), load_layout("illumina"), WalkOptions())

    found, (run,) = walk.find(), tuple(walk.list_runs())

    assert [each.below for each in found.unreadable] == ["kit/moved", "kit2"]
    assert refusals(run) == {"Data/Intensities/BaseCalls/project": "ELOOP"}


def test_a_run_folder_of_250_characters_in_utf_8_is_walked(disk: Path):
    name = "ä" * 100 + "_" + RUN
    (disk / "kit" / name / "0_fastq").mkdir(parents=True)
    (disk / "kit" / name / "0_fastq" / "x").touch()

    assert one(disk).find("0_fastq/x") is not None


def test_many_runs_come_newest_first_whatever_the_threads_do(make_tree: MakeTree):
    paths = [f"kit/2009{day:02}_NB501009_04{day:02}_AHNLYFBGXG" for day in range(10, 30)]
    root = make_tree({f"{path}/{MARKER}": "" for path in paths})

    assert [run.path for run in listed(root, threads=3)] == paths[::-1]


def test_a_walk_writes_nothing_and_opens_nothing_for_writing(make_tree: MakeTree):
    root = make_tree(
        {f"{AT}/{MARKER}": "", f"{AT}/SampleSheet.csv": "x", f"{AT}/0_fastq/S1.fastq.gz": "x"}
    )
    before = {path: path.stat() for path in root.rglob("*")}

    opened = _watched(root)

    assert opened
    writing = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
    assert [path for path, flags in opened if flags & writing] == []
    after = {path: path.stat() for path in root.rglob("*")}
    assert {path: facts.st_mtime_ns for path, facts in after.items()} == {
        path: facts.st_mtime_ns for path, facts in before.items()
    }


_OPENED: list[tuple[str, int]] = []
_WATCHING: list[str] = []


def _hook(event: str, arguments: tuple[object, ...]) -> None:
    if _WATCHING and event == "open" and str(arguments[0]).startswith(_WATCHING[0]):
        _OPENED.append((str(arguments[0]), int(str(arguments[2]))))


def _watched(root: Path) -> list[tuple[str, int]]:
    """Walk with Python telling of every file that is opened; its hooks cannot be taken off."""
    sys.addaudithook(_hook)
    _OPENED.clear()
    _WATCHING[:] = [str(root)]
    try:
        one(root)
    finally:
        _WATCHING.clear()
    return list(_OPENED)
