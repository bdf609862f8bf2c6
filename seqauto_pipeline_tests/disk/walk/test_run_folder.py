"""What a walk lists of one run folder, what it leaves out, and what refuses there."""

import os
from pathlib import Path

import pytest

from seqauto_pipeline.core.file_list import EntryKind, InputRole
from seqauto_pipeline.disk.walk.entries import DirectoryLister
from seqauto_pipeline.disk.walk.options import WalkOptions
from seqauto_pipeline.layouts import load_layout
from seqauto_pipeline.layouts.parse import parse_layout
from seqauto_pipeline_tests.disk.conftest import MakeTree, unprivileged
from seqauto_pipeline_tests.disk.walk.walks import (
    AT,
    MARKER,
    RUN,
    SKIP,
    listed,
    one,
    refusals,
    small,
    walk_options,
    walked,
)


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


def test_a_skip_pattern_is_searched_for_in_the_whole_path(make_tree: MakeTree):
    root = make_tree({f"{AT}/{MARKER}": "", f"test_kit/{RUN}/{MARKER}": ""})

    runs = listed(root, skip_patterns=(r"/test_[^/]*/", "never"))

    reason = "its path matches the skip pattern /test_[^/]*/"
    assert [run.skip_reason for run in runs] == [None, reason]


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


def test_a_fifo_in_the_place_of_the_sheet_does_not_hold_up_the_walk(make_tree: MakeTree):
    root = make_tree({f"{AT}/{MARKER}": ""})
    os.mkfifo(root / AT / "SampleSheet.csv")
    os.mkfifo(root / AT / "0_fastq")

    run = one(root)

    assert refusals(run) == {"SampleSheet.csv": "ENOTREG"}
    assert run.find("0_fastq").kind is EntryKind.OTHER
    assert "0_fastq" not in run.directories


def test_a_directory_in_the_place_of_the_sheet_is_refused(make_tree: MakeTree):
    root = make_tree({f"{AT}/{MARKER}": "", f"{AT}/SampleSheet.csv/x": ""})

    assert refusals(one(root)) == {"SampleSheet.csv": "ENOTREG"}


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


def test_the_sheets_that_conversions_used_are_read_wherever_they_left_them(make_tree: MakeTree):
    sheets = {
        "Analysis/2/Data/BCLConvert/SampleSheet.csv": b"two",
        "Analysis/1/Data/SampleSheet.csv": b"one",
        "mine/Reports/SampleSheet.csv": b"mine",
    }
    root = make_tree(
        {
            f"{AT}/RTAComplete.txt": "",
            f"{AT}/Data/SampleSheet.csv": "no conversion's",
            **{f"{AT}/{path}": data.decode() for path, data in sheets.items()},
        }
    )

    run = one(root, load_layout("illumina"))

    assert {path: each.data for path, each in run.used_sheets.items()} == sheets


def test_a_directory_of_any_name_is_searched_when_a_conversion_made_it(make_tree: MakeTree):
    root = make_tree(
        {
            f"{AT}/RTAComplete.txt": "",
            f"{AT}/mine/Reports/x": "",
            f"{AT}/mine/Logs/x": "",
            f"{AT}/mine/Project/a.fastq.gz": "reads",
            f"{AT}/other/Project/a.fastq.gz": "reads",
            f"{AT}/Logs/deep/x": "the instrument's",
        }
    )

    run = one(root, load_layout("illumina"))

    assert run.find("mine/Project/a.fastq.gz").size == 5
    assert run.find("other/Project").kind is EntryKind.DIRECTORY
    assert run.find("other/Project/a.fastq.gz") is None
    assert "Logs" not in run.directories


class _NotingLister(DirectoryLister):
    """Notes of which paths the facts are asked for, beside those that a listing brings."""

    def __init__(self, root: str, options: WalkOptions) -> None:
        super().__init__(root, options)
        self.asked: list[str] = []

    def facts_of(self, path: str, *, follow_link: bool = False) -> os.stat_result:
        self.asked.append(path)
        return super().facts_of(path, follow_link=follow_link)


@pytest.mark.parametrize("has_link", [False, True])
def test_only_what_the_listing_above_does_not_tell_is_asked_for(
    make_tree: MakeTree, *, has_link: bool
):
    root = make_tree({f"{AT}/0_fastq/a.gz": "", f"{AT}/linked/a.bam": ""})
    if has_link:
        (root / AT / "1_BAM").symlink_to("linked")
    disk = _NotingLister(str(root), walk_options())

    _, (run,) = walked(root, disk=disk)

    asked = {path.removeprefix(f"{root}/{AT}/") for path in disk.asked}
    assert "0_fastq" in run.directories
    assert ("0_fastq" in asked) == has_link  # a listing does not tell a link from its target
    assert ("1_BAM" in run.directories) == has_link
    assert {"1_BAM", "4_QC"} <= asked  # not there: a disk may not distinguish upper case
