"""Files opened: regular ones only, within limits, and what is said of the others."""

import errno
import gzip
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqauto_pipeline.core.file_list import Unreadable
from seqauto_pipeline.disk.open_folders import OpenFolders
from seqauto_pipeline.disk.read import (
    ReadRefused,
    decompressed,
    read_file,
    read_through_link,
    refusal_of,
)
from seqauto_pipeline.list_files.opening import first_refusing
from seqauto_pipeline_tests.disk.conftest import MakeTree, unprivileged


def refused(path: Path, max_bytes: int = 100) -> Unreadable:
    with pytest.raises(ReadRefused) as caught:
        read_file(str(path), "below", max_bytes=max_bytes)
    assert caught.value.refusal.below == "below"
    return caught.value.refusal


@pytest.mark.parametrize("size", [0, 1, 16_383, 16_384, 16_385, 1 << 20, (1 << 20) + 1])
def test_a_file_is_read_whole_with_its_time(tmp_path: Path, size: int):
    path = tmp_path / "file"
    path.write_bytes(os.urandom(size))

    data, modified_ns = read_file(str(path), "below", max_bytes=2 << 20)

    assert data == path.read_bytes()
    assert modified_ns == path.stat().st_mtime_ns


def test_a_file_may_be_as_large_as_the_limit_and_no_larger(tmp_path: Path):
    (tmp_path / "file").write_bytes(b"x" * 10)

    assert read_file(str(tmp_path / "file"), "", max_bytes=10)[0] == b"x" * 10
    refusal = refused(tmp_path / "file", max_bytes=9)
    assert (refusal.errno_name, refusal.reason) == (
        "EFBIG",
        "it is larger than the limit of 9 bytes",
    )


def test_what_is_no_regular_file_is_refused_without_waiting(tmp_path: Path):
    os.mkfifo(tmp_path / "fifo")

    for path in (tmp_path / "fifo", tmp_path, Path("/dev/null")):
        refusal = refused(path)
        assert (refusal.errno_name, refusal.reason) == ("ENOTREG", "it is not a regular file")


def test_a_link_is_never_opened(tmp_path: Path):
    (tmp_path / "file").write_text("x")
    (tmp_path / "link").symlink_to("file")

    refusal = refused(tmp_path / "link")

    assert (refusal.errno_name, refusal.reason) == (
        "ELOOP",
        "it is a symbolic link, which is not opened",
    )


def test_a_directory_that_became_a_link_out_of_the_root_is_not_read_through(tmp_path: Path):
    root, outside = tmp_path / "root", tmp_path / "outside"
    (root / "inside").mkdir(parents=True)
    outside.mkdir()
    (outside / "file").write_text("secret")
    (root / "inside" / "file").write_text("ours")
    (root / "out").symlink_to(outside)
    (root / "in").symlink_to(root / "inside")

    with pytest.raises(ReadRefused) as caught:
        read_file(str(root / "out" / "file"), "out/file", max_bytes=10, root=str(root))
    through_link, _ = read_file(str(root / "in" / "file"), "", max_bytes=10, root=str(root))
    anywhere, _ = read_file(str(root / "out" / "file"), "", max_bytes=10)

    assert caught.value.refusal.errno_name == "ELOOP"
    assert "leads out of the scanned root" in caught.value.refusal.reason
    assert (through_link, anywhere) == (b"ours", b"secret")


def test_links_that_change_while_they_are_followed_end_in_a_refusal_or_within_the_root(
    tmp_path: Path,
):
    root, outside = tmp_path / "root", tmp_path / "outside"
    (root / "folder").mkdir(parents=True)
    outside.mkdir()
    (root / "folder" / "file").write_text("ours")
    (outside / "file").write_text("secret")
    (root / "way_out").symlink_to(outside)
    (root / "link").symlink_to("way/file")
    with _swapping(root):
        answers = {_answer(root, "link") for _ in range(3000)}
        in_folder = {_answer(root, "way/file", OpenFolders(str(root))) for _ in range(3000)}

    assert "secret" not in answers
    assert "secret" not in in_folder


@contextmanager
def _swapping(root: Path) -> Iterator[None]:
    """Let ``way`` be a directory, nothing, and a link out of the root in turn."""
    program = (
        "import os, sys\n"
        "while True:\n"
        "    for name in ('folder', 'way_out'):\n"
        "        os.rename(name, 'way'); os.rename('way', name)\n"
    )
    swapper = subprocess.Popen([sys.executable, "-c", program], cwd=root)
    try:
        yield
    finally:
        swapper.kill()
        swapper.wait()


def _answer(root: Path, path: str, folders: OpenFolders | None = None) -> str:
    if folders is not None:
        folders.open_file(str(root / path))  # the next file of the directory is opened in it
    try:
        found, _ = read_through_link(
            str(root / path), path, max_bytes=10, root=str(root), folders=folders
        )
    except ReadRefused as refused:
        return refused.refusal.errno_name
    return found.decode()


def test_a_file_that_vanished_says_so(tmp_path: Path):
    refusal = refused(tmp_path / "gone")

    assert refusal.errno_name == "ENOENT"
    assert refusal.reason == "it was listed and had vanished when it was read"


def test_a_file_that_may_not_be_read_says_who_and_how_to_help(disk: Path, make_tree: MakeTree):
    make_tree({"a b/file": "x"})
    path = disk / "a b/file"
    path.chmod(0o600)

    with unprivileged() as user:
        with pytest.raises(PermissionError):
            path.read_bytes()
        refusal = refused(path)

    assert (refusal.path, refusal.errno_name) == (str(path), "EACCES")
    assert re.fullmatch(
        rf"user {user} may not read it: owner \d+:\d+, mode 0600; its owner can run: "
        rf"setfacl -m u:{user}:r '{path}' \(or chmod o\+r\)",
        refusal.reason,
    )


def test_the_directory_on_the_way_that_refuses_is_the_one_named(disk: Path, make_tree: MakeTree):
    make_tree({"a/b/c/file": "x"})
    (disk / "a/b").chmod(0o700)

    with unprivileged():
        refusal = refused(disk / "a/b/c/file")
        assert first_refusing(str(disk / "a/b/c/file")) == str(disk / "a/b")

    assert refusal.path == str(disk / "a/b")
    assert ":rx " in refusal.reason


def test_of_a_path_that_refuses_and_cannot_be_looked_at_as_much_is_said(tmp_path: Path):
    error = PermissionError(errno.EPERM, "Operation not permitted")

    refusal = refusal_of(str(tmp_path / "gone"), "gone", error)

    assert refusal.errno_name == "EPERM"
    assert re.fullmatch(r"user \S+ may not read it", refusal.reason)


def test_a_user_without_a_name_is_told_by_number(disk: Path, monkeypatch: pytest.MonkeyPatch):
    def unknown(_: int) -> None:
        raise KeyError

    monkeypatch.setattr("pwd.getpwuid", unknown)

    reason = refusal_of(str(disk), "", PermissionError(errno.EACCES, "no")).reason

    assert reason.startswith(f"user {os.geteuid()} may not read it: owner ")


@pytest.mark.parametrize("code", [errno.EIO, errno.ESTALE, errno.ETIMEDOUT])
def test_any_other_error_says_what_the_system_says(code: int):
    refusal = refusal_of("/disk/x", "x", OSError(code, os.strerror(code)))

    assert refusal.errno_name == errno.errorcode[code]
    assert refusal.reason == (f"the system says: {os.strerror(code)}; check the disk and its mount")


@pytest.mark.parametrize("code", [errno.EMFILE, errno.ENFILE])
def test_too_many_open_files_are_no_fault_of_the_disk(code: int):
    refusal = refusal_of("/disk/x", "x", OSError(code, os.strerror(code)))

    assert refusal.reason == (
        "no more files may be opened: raise the limit (LimitNOFILE= of the service)"
    )


def test_an_error_without_a_number_is_an_error_of_the_disk():
    refusal = refusal_of("/disk/x", "x", OSError("odd"))

    assert (refusal.errno_name, "odd" in refusal.reason) == ("EIO", True)


def test_names_in_a_refusal_are_text(tmp_path: Path):
    refusal = refusal_of(str(tmp_path / "S\udce9"), "", PermissionError(errno.EACCES, "no"))

    refusal.path.encode("utf-8")
    refusal.reason.encode("utf-8")


def unpacked(data: bytes, limit: int = 1000) -> bytes:
    return decompressed(data, "/disk/x.gz", "x.gz", max_bytes=limit)


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=3))
def test_gzip_data_of_any_number_of_members_is_unpacked(parts: list[bytes]):
    assert unpacked(b"".join(map(gzip.compress, parts))) == b"".join(parts)


def test_other_data_is_given_back_as_it_is():
    assert unpacked(b"GENE\t1\n") == b"GENE\t1\n"


@pytest.mark.parametrize("members", [1, 2])
def test_what_unpacks_to_more_than_the_limit_is_refused(members: int):
    bomb = gzip.compress(b"\0" * 1_000_000) * members

    with pytest.raises(ReadRefused) as caught:
        unpacked(bomb)

    assert caught.value.refusal.errno_name == "EFBIG"
    assert caught.value.refusal.reason == "it unpacks to more than the limit of 1000 bytes"


def test_data_of_the_size_of_the_limit_is_unpacked():
    assert unpacked(gzip.compress(b"x" * 1000)) == b"x" * 1000


@given(st.data())
def test_damaged_gzip_data_is_refused_and_never_unpacked_to_something_else(data: st.DataObject):
    whole = gzip.compress(b"GENE\tMean\nACADM\t42\n" * 20, mtime=0)
    position = data.draw(st.integers(10, len(whole) - 1))  # what is before is the header
    damaged = bytearray(whole)
    damaged[position] ^= data.draw(st.integers(1, 255))

    with suppress(ReadRefused):
        assert unpacked(bytes(damaged)) == gzip.decompress(whole)


@pytest.mark.parametrize("length", [2, 9, 15, -1])
def test_gzip_data_that_was_cut_is_refused(length: int):
    with pytest.raises(ReadRefused) as caught:
        unpacked(gzip.compress(b"x" * 100)[:length])

    assert caught.value.refusal.reason.startswith("its gzip data is damaged: ")


def test_an_owner_is_told_the_change_of_mode_that_helps(disk: Path):
    reason = refusal_of(str(disk), "", PermissionError(errno.EACCES, "no")).reason

    assert reason.endswith(f"it is your own, so run: chmod u+rx {disk}")
