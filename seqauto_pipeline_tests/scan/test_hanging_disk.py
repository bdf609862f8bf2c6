"""A directory that never answers is one run's message, and holds up nothing else."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from seqauto_pipeline_tests.scan.lab import Lab
from seqauto_pipeline_tests.scan.run_folder import RunFolder

_FOR_EVER_US = 3600 * 10**6


def _scan(lab: Lab, shim: Path, hanging: Path) -> float:
    """Scan in a process of its own; give the seconds that took."""
    environ = {
        **os.environ,
        **lab.environ,
        "DAGSTER_HOME": str(lab.home),
        "SEQAUTO_DIRECTORY_TIMEOUT_SECONDS": "1",
        "LD_PRELOAD": str(shim),
        "SLOW_DISK": str(hanging),
        "SLOW_DISK_US": str(_FOR_EVER_US),
    }
    command = [sys.executable, "-m", "seqauto_pipeline_tests.scan.one_scan", str(lab.home)]
    began = time.monotonic()
    subprocess.run(command, env=environ, check=True, timeout=60)
    return time.monotonic() - began


def _places(run: RunFolder) -> dict[str, Path]:
    return {
        "the run folder": run.folder,
        "a directory in it": run.place("bam").parent,
        "its sheet": run.sheet,
        "its kit": run.folder.parent,
    }


@pytest.mark.parametrize("place", ["the run folder", "a directory in it", "its sheet", "its kit"])
def test_a_run_that_hangs_keeps_its_records_and_the_others_are_scanned(
    place: str, lab: Lab, bad_disk: Path
) -> None:
    run, others = lab.run(1).complete(), [lab.run(number, "kit_b") for number in range(2, 6)]
    lab.scan()
    files = lab.files(run.path)
    for other in others:
        other.complete()

    seconds = _scan(lab, bad_disk, _places(run)[place])

    assert seconds < 20
    assert lab.files(run.path) == files
    (text,) = lab.texts("UNREADABLE")
    named = run.folder.parent if place == "its kit" else run.folder
    assert text.startswith(f"{named} cannot be read (ETIMEDOUT): it did not answer")
    assert "within 1 s: is its file server up? (directory_timeout_seconds)" in text
    assert [lab.run_states()[other.path] for other in others] == ["complete"] * 4


def test_a_root_that_hangs_is_not_taken_for_an_empty_one(two_roots: Lab, bad_disk: Path) -> None:
    lab = two_roots
    run, other = lab.run(1).complete(), lab.run(2, root=lab.roots[1]).complete()
    lab.scan()
    other.remove("bam")

    _scan(lab, bad_disk, lab.root)

    assert lab.run_states()[run.path] == "complete"
    assert lab.counts(run.path)["deleted"] == 0
    assert lab.files(other.path)["bam", "S1"] == "deleted"
    assert any("did not answer within 1 s" in text for text in lab.texts("VANISHED"))
