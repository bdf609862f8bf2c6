"""What a walk finds, what it leaves out, and what it says of what it cannot read."""

import errno
import os
import re
import socket
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from seqauto_pipeline.core.file_list import EntryKind, InputRole, RunListing
from seqauto_pipeline.core.layout import Layout
from seqauto_pipeline.disk.walk.options import WalkOptions
from seqauto_pipeline.disk.walk.root import RootWalk
from seqauto_pipeline.layouts import load_layout
from seqauto_pipeline.layouts.parse import parse_layout
from seqauto_pipeline_tests.disk.conftest import MakeTree, unprivileged

RUN = "200920_NB501009_0410_AHNLYFBGXG"
AT = f"idt_exome/{RUN}"
SKIP = ".variantgrid_skip_flowcell"
MARKER = "4_QC/sequencing_stats/RTAComplete.txt"
TAU = load_layout("tau")


def listed(root: Path, layout: Layout = TAU, **options: object) -> tuple[RunListing, ...]:
    walk = RootWalk(str(root), layout, WalkOptions(**{"threads": 2, **options}))  # type: ignore[arg-type]
    walk.find()
    return tuple(walk.list_runs())


def one(root: Path, layout: Layout = TAU, **options: object) -> RunListing:
    (found,) = listed(root, layout, **options)
    return found


def small(pattern: str) -> str:
    return (
        'name = "small"\n[run]\nmarkers = ["m"]\nsample_sheet = ["s"]\n'
        f'[file_types.a]\npatterns = ["{pattern}"]\n'
    )


def refusals(listing: RunListing) -> Mapping[str, str]:
    return {each.below: each.errno_name for each in listing.unreadable}


def test_a_run_folder_is_listed_as_far_as_its_layout_looks_into_it(make_tree: MakeTree):
    root = make_tree(
        {
            f"{AT}/{MARKER}": "",
            f"{AT}/SampleSheet.csv": "[Data]\n",
            f"{AT}/4_QC/sequencing_stats/RunInfo.xml": "<RunInfo/>",
            f"{AT}/0_fastq/S1_R1.fastq.gz": "reads",
            f"{AT}/7_other/deep/file": "not looked at",
        }
    )

    run = one(root)

    assert (run.root, run.path, run.name) == (str(root), AT, RUN)
    assert run.is_named_like_a_run
    assert run.find("0_fastq/S1_R1.fastq.gz").size == 5
    assert run.find(MARKER).kind is EntryKind.FILE
    assert run.find("7_other").kind is EntryKind.DIRECTORY
    assert run.find("7_other/deep") is None
    assert run.inputs[InputRole.SAMPLE_SHEET].data == b"[Data]\n"
    assert run.inputs[InputRole.RUN_INFO].path == "4_QC/sequencing_stats/RunInfo.xml"
    assert run.unreadable == ()


@pytest.mark.parametrize("folder", ["4_QC/sequencing_stats/", ""])
def test_what_the_instrument_says_of_its_end_is_read_beside_runinfo_or_at_the_top(
    make_tree: MakeTree, folder: str
):
    status = f"{folder}RunCompletionStatus.xml"

    run = one(make_tree({f"{AT}/{MARKER}": "", f"{AT}/{status}": "<RunCompletionStatus/>"}))

    assert run.inputs[InputRole.RUN_COMPLETION].path == status
    assert run.inputs[InputRole.RUN_COMPLETION].data == b"<RunCompletionStatus/>"


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


@pytest.mark.parametrize("inside", [MARKER, "SampleSheet.csv", "4_QC/sequencing_stats/RunInfo.xml"])
def test_what_holds_the_parts_of_a_run_is_one_whatever_its_name(make_tree: MakeTree, inside: str):
    root = make_tree({f"kit/renamed by hand/{inside}": "x"})

    run = one(root)

    assert (run.path, run.is_named_like_a_run) == ("kit/renamed by hand", False)


def test_any_instrument_marker_makes_a_run_folder_where_the_layout_leaves_it_to_them(
    make_tree: MakeTree,
):
    root = make_tree({"kit/odd/CopyComplete.txt": ""})

    assert one(root, load_layout("illumina")).path == "kit/odd"


def test_a_skip_marker_in_a_run_skips_it(make_tree: MakeTree):
    root = make_tree({f"{AT}/{MARKER}": "", f"{AT}/{SKIP}": "", f"{AT}/SampleSheet.csv": "x"})

    run = one(root)

    assert run.skip_reason == f"it holds {SKIP}"
    assert (run.directories, run.inputs, run.unreadable) == ({}, {}, ())


def test_a_skip_marker_in_a_kit_skips_all_below_it(make_tree: MakeTree):
    root = make_tree({f"{AT}/{MARKER}": "", f"idt_exome/{SKIP}": "", f"other/{RUN}/{MARKER}": ""})

    assert [run.skip_reason for run in listed(root)] == [f"idt_exome holds {SKIP}", None]


def test_a_skip_marker_in_the_root_skips_everything(make_tree: MakeTree):
    root = make_tree({f"{AT}/{MARKER}": "", SKIP: ""})

    assert one(root).skip_reason == f"the root holds {SKIP}"


def test_a_skip_pattern_is_searched_for_in_the_whole_path(make_tree: MakeTree):
    root = make_tree({f"{AT}/{MARKER}": "", f"test_kit/{RUN}/{MARKER}": ""})

    runs = listed(root, skip_patterns=(r"/test_[^/]*/", "never"))

    reason = "its path matches the skip pattern /test_[^/]*/"
    assert [run.skip_reason for run in runs] == [None, reason]


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


@pytest.mark.parametrize("mode", [0o000, 0o444, 0o111])
def test_a_directory_that_refuses_is_named_and_hides_what_is_below(
    disk: Path, make_tree: MakeTree, mode: int
):
    make_tree({f"{AT}/{MARKER}": "", f"{AT}/1_BAM/S1.hg38.bam": "x", f"{AT}/0_fastq/a": "x"})
    (disk / AT / "1_BAM").chmod(mode)

    with unprivileged():
        run = one(disk)

    refusal = run.what_hides("1_BAM/S1.hg38.bam")
    assert refusal is not None
    assert (refusal.path, refusal.errno_name) == (f"{disk}/{AT}/1_BAM", "EACCES")
    assert f"mode {mode:04o}" in refusal.reason
    assert run.what_hides("0_fastq/a") is None
    assert run.find("0_fastq/a") is not None


def test_the_first_directory_on_the_way_that_refuses_is_the_one_named(
    disk: Path, make_tree: MakeTree
):
    make_tree({f"{AT}/{MARKER}": "", f"{AT}/4_QC/exec_stats/S1_stats.tsv": "x"})
    (disk / AT / "4_QC").chmod(0o600)

    with unprivileged():
        run = one(disk)

    assert {refusal.path for refusal in run.unreadable} == {f"{disk}/{AT}/4_QC"}
    assert run.what_hides("4_QC/exec_stats/S1_stats.tsv") is not None


def test_a_run_folder_that_refuses_is_one_refusal_of_the_whole(disk: Path, make_tree: MakeTree):
    make_tree({f"{AT}/{MARKER}": ""})
    (disk / AT).chmod(0)

    with unprivileged():
        run = one(disk)

    assert refusals(run) == {"": "EACCES"}
    assert run.directories == {}


def test_a_sheet_that_refuses_is_named(disk: Path, make_tree: MakeTree):
    make_tree({f"{AT}/{MARKER}": "", f"{AT}/SampleSheet.csv": "x"})
    (disk / AT / "SampleSheet.csv").chmod(0)

    with unprivileged():
        with pytest.raises(PermissionError):
            (disk / AT / "SampleSheet.csv").read_bytes()
        run = one(disk)

    assert refusals(run) == {"SampleSheet.csv": "EACCES"}
    assert "setfacl -m u:" in run.unreadable[0].reason
    assert ":r " in run.unreadable[0].reason


def test_a_sheet_larger_than_the_limit_is_not_read(make_tree: MakeTree):
    root = make_tree({f"{AT}/{MARKER}": "", f"{AT}/SampleSheet.csv": "x" * 11})

    assert refusals(one(root, max_input_bytes=10)) == {"SampleSheet.csv": "EFBIG"}
    assert one(root, max_input_bytes=11).inputs[InputRole.SAMPLE_SHEET].data == b"x" * 11


def test_a_directory_with_too_many_names_is_refused_and_says_which_setting(make_tree: MakeTree):
    root = make_tree({f"{AT}/{MARKER}": "", **{f"{AT}/0_fastq/{n}": "" for n in range(6)}})

    (refusal,) = one(root, max_entries=5).unreadable

    assert (refusal.below, refusal.errno_name) == ("0_fastq", "EFBIG")
    assert refusal.reason == (
        "it holds more than 5 entries: empty it, or raise max_entries_per_directory"
    )


def test_a_fifo_in_the_place_of_the_sheet_does_not_hold_up_the_walk(make_tree: MakeTree):
    root = make_tree({f"{AT}/{MARKER}": ""})
    os.mkfifo(root / AT / "SampleSheet.csv")
    os.mkfifo(root / AT / "0_fastq")

    run = one(root)

    assert refusals(run) == {"SampleSheet.csv": "ENOTREG"}
    assert run.find("0_fastq").kind is EntryKind.OTHER
    assert "0_fastq" not in run.directories


def test_a_socket_is_listed_as_something_else(disk: Path, make_tree: MakeTree):
    make_tree({f"{AT}/{MARKER}": ""})
    with socket.socket(socket.AF_UNIX) as listening, _inside(disk / AT):
        listening.bind("s")

    assert one(disk).find("s").kind is EntryKind.OTHER


class _inside:  # noqa: N801 - used as a word
    """Work in a directory: paths of sockets are short."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> None:
        self._back = Path.cwd()
        os.chdir(self._path)

    def __exit__(self, *_: object) -> None:
        os.chdir(self._back)


def test_a_directory_in_the_place_of_the_sheet_is_refused(make_tree: MakeTree):
    root = make_tree({f"{AT}/{MARKER}": "", f"{AT}/SampleSheet.csv/x": ""})

    assert refusals(one(root)) == {"SampleSheet.csv": "ENOTREG"}


def test_a_link_inside_the_root_has_its_targets_facts(make_tree: MakeTree):
    root = make_tree(
        {f"{AT}/{MARKER}": "", "archive/S1.bam": "12345", "archive/sheet.csv": "[Data]"}
    )
    (root / AT / "1_BAM").mkdir()
    (root / AT / "1_BAM/S1.hg38.bam").symlink_to(root / "archive/S1.bam")
    (root / AT / "SampleSheet.csv").symlink_to("../../archive/sheet.csv")
    (root / AT / "0_fastq").symlink_to(root / "archive")

    run = one(root)

    assert run.find("1_BAM/S1.hg38.bam").size == 5
    assert run.find("0_fastq/S1.bam").kind is EntryKind.FILE
    assert run.inputs[InputRole.SAMPLE_SHEET].data == b"[Data]"


def test_a_link_to_nothing_is_not_there(make_tree: MakeTree):
    root = make_tree({f"{AT}/{MARKER}": "", f"{AT}/1_BAM/file": ""})
    (root / AT / "1_BAM/S1.hg38.bam").symlink_to("nowhere")
    (root / AT / "1_BAM/S2.hg38.bam").symlink_to("file/below")
    (root / AT / "1_BAM/S3.hg38.bam").symlink_to("S3.hg38.bam")
    (root / AT / "0_fastq").symlink_to("nowhere")
    (root / AT / "SampleSheet.csv").symlink_to("nowhere")

    run = one(root)

    for name in ("S1", "S2", "S3"):
        entry = run.find(f"1_BAM/{name}.hg38.bam")
        assert entry.kind is EntryKind.BROKEN_LINK
        assert not entry.is_there
    assert "0_fastq" not in run.directories
    assert (run.inputs, run.unreadable) == ({}, ())


@pytest.fixture
def linked_out(make_tree: MakeTree) -> Path:
    """Give a run whose sheet, BAM, FASTQ directory and variants are links out of the root."""
    root = make_tree({f"{AT}/{MARKER}": "", f"{AT}/1_BAM/x": ""})
    outside = root.parent / "outside"
    outside.mkdir()
    (outside / "secret").write_text("root:x:0:0")
    (root / AT / "SampleSheet.csv").symlink_to(outside / "secret")
    (root / AT / "1_BAM/S1.hg38.bam").symlink_to(outside / "secret")
    (root / AT / "0_fastq").symlink_to(outside)
    return root


def test_a_link_out_of_the_root_is_never_opened(linked_out: Path):
    run = one(linked_out)

    assert run.inputs == {}
    assert run.find("1_BAM/S1.hg38.bam").kind is EntryKind.LINK_OUT
    assert run.find("1_BAM/S1.hg38.bam").size == 0
    assert refusals(run) == {"SampleSheet.csv": "ELOOP", "0_fastq": "ELOOP"}
    assert run.what_hides("0_fastq/S1_R1.fastq.gz").reason == (
        "it is a symbolic link that leads out of the scanned root: move what it leads to below "
        "the root, or set follow_links_out_of_root = true"
    )


def test_a_link_out_of_the_root_is_followed_where_the_settings_allow_it(linked_out: Path):
    run = one(linked_out, follow_links_out_of_root=True)

    assert run.inputs[InputRole.SAMPLE_SHEET].data == b"root:x:0:0"
    assert run.find("1_BAM/S1.hg38.bam").size == 10
    assert run.find("0_fastq/secret").kind is EntryKind.FILE
    assert run.unreadable == ()


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


def test_a_link_whose_target_refuses_is_unreadable_and_not_missing(disk: Path, make_tree: MakeTree):
    make_tree({f"{AT}/{MARKER}": "", f"{AT}/1_BAM/x": "", "archive/S1.bam": "x"})
    (disk / AT / "1_BAM/S1.hg38.bam").symlink_to(disk / "archive/S1.bam")
    (disk / AT / "0_fastq").symlink_to(disk / "archive/deep")
    (disk / "archive").chmod(0)

    with unprivileged():
        run = next(run for run in listed(disk) if run.path == AT)

    assert refusals(run) == {"1_BAM/S1.hg38.bam": "EACCES", "0_fastq": "EACCES"}
    assert {each.path for each in run.unreadable} == {f"{disk}/archive"}
    assert run.find("1_BAM/x") is not None


def test_a_file_that_vanishes_while_its_directory_is_listed_is_not_missing(
    make_tree: MakeTree, monkeypatch: pytest.MonkeyPatch
):
    root = make_tree({f"{AT}/{MARKER}": "", f"{AT}/0_fastq/a": "", f"{AT}/0_fastq/b": ""})
    scandir, gone = os.scandir, root / AT / "0_fastq/a"

    @contextmanager
    def scan_and_delete(place: str | int) -> Iterator[Iterator[object]]:
        with scandir(place) as found:
            entries = list(found)
            if gone.name in {entry.name for entry in entries}:
                gone.unlink()
            yield iter(entries)

    monkeypatch.setattr(os, "scandir", scan_and_delete)
    run = one(root)

    assert refusals(run) == {"0_fastq/a": "ENOENT"}
    assert run.find("0_fastq/a").kind is EntryKind.UNKNOWN
    assert run.find("0_fastq/b").kind is EntryKind.FILE


@pytest.mark.parametrize("code", [errno.EIO, errno.ESTALE])
def test_an_error_of_the_disk_is_unreadable_with_its_name(
    make_tree: MakeTree, monkeypatch: pytest.MonkeyPatch, code: int
):
    root = make_tree({f"{AT}/{MARKER}": "", f"{AT}/1_BAM/S1.hg38.bam": "", f"{AT}/0_fastq/b": ""})
    really_open = os.open

    def failing(path: str, flags: int) -> int:
        if str(path).endswith("1_BAM"):
            raise OSError(code, os.strerror(code))
        return really_open(path, flags)

    monkeypatch.setattr(os, "open", failing)
    run = one(root)

    assert refusals(run) == {"1_BAM": errno.errorcode[code]}
    assert run.unreadable[0].reason == (
        f"the system says: {os.strerror(code)}; check the disk and its mount"
    )
    assert run.find("0_fastq/b") is not None


def test_names_of_any_bytes_are_listed_in_a_reversible_escape(disk: Path):
    folder = disk / "kit" / RUN / "0_fastq"
    folder.mkdir(parents=True)
    for name in (b"S\xe9_R1.fastq.gz", b"new\nline", b"back\\slash", "Sé".encode()):
        (folder / os.fsdecode(name)).touch()

    names = set(one(disk).directories["0_fastq"].entries)

    assert names == {"S\\xe9_R1.fastq.gz", "new\nline", "back\\\\slash", "Sé"}


def test_a_run_folder_of_250_characters_in_utf_8_is_walked(disk: Path):
    name = "ä" * 100 + "_" + RUN
    (disk / "kit" / name / "0_fastq").mkdir(parents=True)
    (disk / "kit" / name / "0_fastq" / "x").touch()

    assert one(disk).find("0_fastq/x") is not None


def test_a_directory_pattern_takes_every_other_character_as_it_is(disk: Path):
    layout = parse_layout(small("a+b.{sample_id}/x"), "odd.toml")
    for name in ("a+b.S1", "aab.S1", "a+bxS1"):
        (disk / "kit" / RUN / name).mkdir(parents=True)
        (disk / "kit" / RUN / name / "x").touch()

    run = one(disk, layout)

    assert set(run.directories) == {"", "a+b.S1"}


def test_never_searched_directories_are_not_entered(disk: Path):
    basecalls = disk / "kit" / RUN / "Data/Intensities/BaseCalls"
    for name in ("L001", "project"):
        (basecalls / name / "id").mkdir(parents=True)

    run = one(disk, load_layout("illumina"))

    below = {path for path in run.directories if path.startswith("Data/Intensities/BaseCalls/")}
    assert below == {
        "Data/Intensities/BaseCalls/project",
        "Data/Intensities/BaseCalls/project/id",
    }


def test_directories_of_a_file_server_or_workflow_manager_are_not_the_labs(disk: Path):
    basecalls = disk / "kit" / RUN / "Data/Intensities/BaseCalls"
    for name in (".snakemake", ".@__thumb", "@eaDir", "project", "project/.AppleDouble"):
        (basecalls / name).mkdir(parents=True)
    (basecalls / ".linked").symlink_to("/etc")

    run = one(disk, load_layout("illumina"))

    below = {path for path in run.directories if path.startswith("Data/Intensities/BaseCalls/")}
    assert below == {"Data/Intensities/BaseCalls/project"}
    assert run.unreadable == ()


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
