"""Fixtures of the tests of whole scans."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pytest
from click.testing import CliRunner

import seqauto_pipeline
from seqauto_pipeline.cli.main import main
from seqauto_pipeline_tests.scan.lab import Lab
from seqauto_pipeline_tests.scan.listed_lab import ListedLab
from seqauto_pipeline_tests.scan.programs import require
from seqauto_pipeline_tests.scan.refusals import NOBODY, unprivileged

_Lab = TypeVar("_Lab", bound=Lab)


@pytest.fixture
def lab(tmp_path: Path, on_each_database: str) -> Lab:
    return Lab(tmp_path)


@pytest.fixture
def two_roots(tmp_path: Path, on_each_database: str) -> Lab:
    return Lab(tmp_path, ("disk", "other"))


@pytest.fixture(scope="session")
def imported(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Load what scans load late: a user without privileges may not read the interpreter's files."""
    lab = Lab(tmp_path_factory.mktemp("imports"))
    lab.run().complete()
    lab.scan()
    CliRunner().invoke(main, ["explain", "--help"])


@pytest.fixture(scope="session")
def bad_disk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library that makes calls on some paths fail, or take as long as one says."""
    require("gcc")
    library = tmp_path_factory.mktemp("shim") / "bad_disk.so"
    source = Path(__file__).parents[2] / "benchmarks" / "bad_disk.c"
    build = ["gcc", "-Wall", "-shared", "-fPIC", "-o", str(library), str(source), "-ldl"]
    subprocess.run(build, check=True, timeout=60)
    return library


@pytest.fixture
def public_lab(imported: None, on_each_database: str) -> Iterator[Lab]:
    """A lab that a user without privileges scans; its disk belongs to who runs the tests."""
    with _public(Lab) as lab:
        yield lab


@pytest.fixture
def public_listed_lab(imported: None, on_each_database: str) -> Iterator[ListedLab]:
    """The same, of which a list is made elsewhere before each scan."""
    with _public(ListedLab) as lab:
        yield lab


@contextmanager
def _public(kind: type[_Lab]) -> Iterator[_Lab]:
    folder = Path(tempfile.mkdtemp(prefix="seqauto-lab-"))  # what pytest makes is for its user only
    folder.chmod(0o755)
    lab = kind(folder)
    lab.home.chmod(0o777)  # not its own: a command run as root would become the owner for good
    with unprivileged():
        can_import = os.access(seqauto_pipeline.__file__, os.R_OK, effective_ids=True)
    if not can_import:
        pytest.skip(f"user {NOBODY} may not read the checkout, so it cannot scan")
    yield lab
    for path in folder.rglob("*"):
        if path.is_dir() and not path.is_symlink():
            path.chmod(0o755)
    shutil.rmtree(folder)
