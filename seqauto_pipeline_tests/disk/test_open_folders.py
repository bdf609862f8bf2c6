"""Directories that stay open while files in them are read."""

import gc
import os
from pathlib import Path

import pytest

from seqauto_pipeline.disk import open_folders
from seqauto_pipeline.disk.open_folders import OpenFolders
from seqauto_pipeline.disk.read import ReadRefused, read_through_link


def _read(path: Path, root: Path, folders: OpenFolders) -> bytes:
    data, _ = read_through_link(str(path), "", max_bytes=99, root=str(root), folders=folders)
    return data


def _open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "root" / "folder"
    folder.mkdir(parents=True)
    for name in "abc":
        (folder / name).write_text(name)
    return folder


def test_a_directory_stays_open_from_its_second_file_on_and_no_longer_than_needed(folder: Path):
    gc.collect()
    before, folders = _open_files(), OpenFolders(str(folder.parent))

    found = [(_read(folder / each, folder.parent, folders), _open_files()) for each in "abc"]
    del folders

    assert found == [(b"a", before), (b"b", before + 1), (b"c", before + 1)]
    assert _open_files() == before


def test_only_so_many_directories_stay_open(folder: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(open_folders, "_MOST_OPEN", 2)
    places = [folder / f"sample{number}" for number in range(4)]
    for place in places:
        place.mkdir()
        (place / "file").write_text("x")
    before, folders = _open_files(), OpenFolders(str(folder))

    read = [_read(place / "file", folder, folders) for _ in range(3) for place in places]

    assert read == [b"x"] * 12
    assert _open_files() == before + 2


def test_a_directory_that_became_a_link_out_of_the_root_is_not_opened(folder: Path, tmp_path: Path):
    outside = tmp_path / "outside"
    folder.rename(outside)
    folder.symlink_to(outside)
    folders = OpenFolders(str(folder.parent))

    for name in "abc":
        with pytest.raises(ReadRefused, match="leads out of the scanned root"):
            _read(folder / name, folder.parent, folders)

    anywhere = OpenFolders(None)
    handles = [anywhere.open_file(str(folder / name)) for name in "ab"]
    assert handles[0] is None  # the first is opened by its path
    assert handles[1] is not None
    os.close(handles[1])


def test_a_link_in_an_open_directory_is_followed_as_far_as_its_root(folder: Path, tmp_path: Path):
    (tmp_path / "secret").write_text("secret")
    (folder / "out").symlink_to(tmp_path / "secret")
    (folder / "in").symlink_to("a")
    folders = OpenFolders(str(folder.parent))
    for name in "ab":
        _read(folder / name, folder.parent, folders)

    assert _read(folder / "in", folder.parent, folders) == b"a"
    with pytest.raises(ReadRefused, match="leads out of the scanned root"):
        _read(folder / "out", folder.parent, folders)


def test_what_is_wrong_with_a_file_of_an_open_directory_is_said_as_ever(folder: Path):
    os.mkfifo(folder / "fifo")
    folders = OpenFolders(str(folder.parent))
    for name in "ab":
        _read(folder / name, folder.parent, folders)
    (folder / "c").unlink()

    for name, said in (
        ("c", "had vanished"),
        ("fifo", "not a regular file"),
        ("", "not a regular"),
    ):
        with pytest.raises(ReadRefused, match=said):
            _read(folder / name, folder.parent, folders)
