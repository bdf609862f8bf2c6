"""`seqauto demo`, as it is called from a shell with settings of its own."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

_SEQAUTO = Path(sys.executable).with_name("seqauto")


def demo(directory: Path, *arguments: str, **exported: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        (_SEQAUTO, "demo", *arguments),
        cwd=directory,
        env={**os.environ, **exported},
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )


@pytest.mark.slow
def test_the_demo_shows_a_scan_of_its_own_disk_whatever_is_exported(tmp_path: Path) -> None:
    elsewhere = {"DAGSTER_HOME": str(tmp_path / "mine"), "SEQAUTO_SCAN_ROOTS": "/no/such/disk"}

    done = demo(tmp_path, **elsewhere)

    assert done.returncode == 0, done.stderr
    disk = tmp_path / "seqauto-demo" / "disk"
    assert f"Wrote 12 runs with 655 files to {disk}; left out 17 files." in done.stdout
    assert "Found 12 run folders with 796 files." in done.stdout
    assert "Messages: 1 error" in done.stdout
    assert not (tmp_path / "mine").exists()


@pytest.mark.slow
def test_a_second_demo_scans_the_same_disk_once_more(tmp_path: Path) -> None:
    demo(tmp_path, "kept")
    before = sorted((tmp_path / "kept" / "disk").rglob("*"))

    done = demo(tmp_path, "kept")

    assert done.returncode == 0, done.stderr
    assert sorted((tmp_path / "kept" / "disk").rglob("*")) == before
    assert "Wrote" not in done.stdout
    assert "\nNothing changed.\n" in done.stdout


def test_a_directory_that_cannot_be_made_is_told_in_one_message(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    done = demo(tmp_path, "file/demo")

    assert done.returncode == 1
    assert done.stderr.startswith("Error: ")
    assert "Traceback" not in done.stderr
