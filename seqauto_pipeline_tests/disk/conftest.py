"""Real directory trees, and the rights of a user who may not read everything."""

import os
import pwd
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from seqauto_pipeline_tests.disk.contents_reader import Reader
from seqauto_pipeline_tests.scan.run_folder import RunFolder, run_name, samples

MakeTree = Callable[[Mapping[str, str | bytes]], Path]


@pytest.fixture
def disk() -> Iterator[Path]:
    """Give an empty directory that every user may enter, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="seqauto-disk-")).resolve()
    folder.chmod(0o755)
    root = folder / "root"
    root.mkdir()
    yield root
    for directory, _, _ in os.walk(folder):
        Path(directory).chmod(0o755)
    shutil.rmtree(folder)


@pytest.fixture
def make_tree(disk: Path) -> MakeTree:
    """Write ``{"relative/path": "contents"}`` below a fresh root; return the root."""

    def _make_tree(files: Mapping[str, str | bytes]) -> Path:
        for relative, contents in files.items():
            path = disk / relative
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(contents.encode() if isinstance(contents, str) else contents)
        return disk

    return _make_tree


@contextmanager
def unprivileged() -> Iterator[str]:
    """Act as a user whom modes bind, which root is not; give the user's name."""
    if os.geteuid() != 0:
        yield pwd.getpwuid(os.geteuid()).pw_name
        return
    nobody = pwd.getpwnam("nobody")
    groups = os.getgroups()
    os.setgroups([])
    os.setegid(nobody.pw_gid)
    os.seteuid(nobody.pw_uid)
    try:
        yield nobody.pw_name
    finally:
        os.seteuid(0)
        os.setegid(0)
        os.setgroups(groups)


@pytest.fixture
def reader(disk: Path) -> Reader:
    run = RunFolder(disk, "kit", run_name(1), samples("S1"))
    run.complete()
    run.write("flagstat")
    run.write("fastqc", read=1)
    run.write("illumina_qc")
    return Reader(run)
