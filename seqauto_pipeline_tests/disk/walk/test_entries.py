"""The names of one directory: links, odd files, odd names, and errors of the disk."""

import errno
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from seqauto_pipeline.core.file_list import EntryKind, InputRole
from seqauto_pipeline_tests.disk.conftest import MakeTree, unprivileged
from seqauto_pipeline_tests.disk.walk.walks import (
    AT,
    MARKER,
    RUN,
    listed,
    one,
    refusals,
    walked,
)


def test_a_directory_with_too_many_names_is_refused_and_says_which_setting(make_tree: MakeTree):
    root = make_tree({f"{AT}/{MARKER}": "", **{f"{AT}/0_fastq/{n}": "" for n in range(6)}})

    (refusal,) = one(root, max_entries=5).unreadable

    assert (refusal.below, refusal.errno_name) == ("0_fastq", "EFBIG")
    assert refusal.reason == (
        "it holds more than 5 entries: empty it, or raise max_entries_per_directory"
    )


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
    _, (run,) = walked(root)  # it vanishes once: no list has to tell the same

    assert refusals(run) == {"0_fastq/a": "ENOENT"}
    assert run.find("0_fastq/a").kind is EntryKind.UNKNOWN
    assert run.find("0_fastq/b").kind is EntryKind.FILE


@pytest.mark.parametrize("code", [errno.EIO, errno.ESTALE])
def test_an_error_of_the_disk_is_unreadable_with_its_name(
    make_tree: MakeTree, monkeypatch: pytest.MonkeyPatch, code: int
):
    root = make_tree({f"{AT}/{MARKER}": "", f"{AT}/1_BAM/S1.hg38.bam": "", f"{AT}/0_fastq/b": ""})
    really_open = os.open

    def failing(path: str, flags: int, *mode: int) -> int:
        if str(path).endswith("1_BAM"):
            raise OSError(code, os.strerror(code))
        return really_open(path, flags, *mode)

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
