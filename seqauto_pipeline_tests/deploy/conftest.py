"""Fixtures of the tests on a fresh Debian and on what is built of the checkout."""

import subprocess
from pathlib import Path

import pytest

from seqauto_pipeline_tests.deploy.debian import (
    Debian,
    fresh_debian,
    require_debian,
    write_repository,
)

CHECKOUT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def known_files() -> list[str]:
    """The checkout's files that git knows or would take, relative to its top."""
    command = ("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    listed = subprocess.run(command, cwd=CHECKOUT, check=True, capture_output=True, text=True)
    return [name for name in listed.stdout.split("\0") if name and (CHECKOUT / name).exists()]


@pytest.fixture
def debian(
    known_files: list[str], tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> Debian:
    """A fresh Debian of the test's own, with a repository of the checkout in /srv/seqauto.git."""
    require_debian()
    base = tmp_path_factory.getbasetemp()
    all_workers = base.parent if base.name.startswith("popen-") else base
    debian = fresh_debian(all_workers / "debian", tmp_path)
    write_repository(CHECKOUT, known_files, debian.root / "srv" / "seqauto.git")
    return debian
