import errno
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

from seqauto_pipeline.core.problems import Severity
from seqauto_pipeline.core.qc.values import Loaded
from seqauto_pipeline.disk.interop import InteropLimits, interop_files, read_interop
from seqauto_pipeline.disk.read import ReadRefused
from seqauto_pipeline_tests.interop_mutations import INTEROP_RUNS, REAL_RUNS, broken_run

FIGURES = json.loads((INTEROP_RUNS / "figures.json").read_text())
LIMITS = InteropLimits(seconds=60)


def figures_of(run: Path, limits: InteropLimits = LIMITS) -> Loaded:
    parameters = run / "runParameters.xml"
    files = interop_files(
        str(run / "InterOp"),
        str(run / "RunInfo.xml"),
        str(parameters) if parameters.exists() else None,
    )
    return read_interop(files, limits)


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return Path(shutil.copytree(INTEROP_RUNS / "miseq_2014_single_read", tmp_path / "run"))


@pytest.mark.parametrize("name", REAL_RUNS)
def test_figures_are_those_of_illuminas_library(name: str):
    data = figures_of(INTEROP_RUNS / name).data

    assert data is not None
    assert {key: data[key] for key in FIGURES[name]} == FIGURES[name]


def test_a_file_that_was_cut_off_gives_its_whole_records_and_a_warning(run: Path):
    quality = run / "InterOp" / "QMetricsOut.bin"
    whole = figures_of(run).data
    quality.write_bytes(quality.read_bytes()[:100_000])

    loaded = figures_of(run)

    (problem,) = loaded.problems
    assert (problem.code, problem.severity) == ("INTEROP_CUT_OFF", Severity.WARNING)
    assert "InterOp/QMetricsOut.bin was cut off: its last record has 88 of 206 bytes" in (
        problem.message
    )
    assert whole is not None
    assert loaded.data is not None
    assert loaded.data["total"] != whole["total"]


def test_what_the_library_refuses_is_said_in_its_words_without_its_source(run: Path):
    (run / "InterOp" / "TileMetricsOut.bin").write_bytes(b"\x06\x01")

    (problem,) = figures_of(run).problems

    assert problem.code == "INTEROP_UNREADABLE"
    assert problem.message == (
        "Illumina's library cannot read the InterOp files: bad_format_exception: No format found "
        "to parse TileMetricsOut.bin with version: 6 of 2"
    )


def test_without_tiles_there_are_no_figures(run: Path):
    (run / "InterOp" / "TileMetricsOut.bin").unlink()

    (problem,) = figures_of(run).problems

    assert problem.code == "INTEROP_NO_FIGURES"


def test_the_library_is_ended_when_it_takes_too_long(run: Path, monkeypatch: pytest.MonkeyPatch):
    run_really = subprocess.run

    def slow(command: list[str], **options: Any) -> "subprocess.CompletedProcess[bytes]":
        return run_really([sys.executable, "-c", "import time; time.sleep(60)"], **options)

    monkeypatch.setattr(subprocess, "run", slow)

    (problem,) = figures_of(run, InteropLimits(seconds=1)).problems

    assert problem.code == "INTEROP_TOO_SLOW"
    assert "within 1 s" in problem.message


def test_a_crash_of_the_library_is_a_problem_of_its_run(run: Path, monkeypatch: pytest.MonkeyPatch):
    run_really = subprocess.run
    crash = f"import os; os.kill(os.getpid(), {int(signal.SIGSEGV)})"

    def crashing(command: list[str], **options: Any) -> "subprocess.CompletedProcess[bytes]":
        return run_really([sys.executable, "-c", crash], **options)

    monkeypatch.setattr(subprocess, "run", crashing)

    (problem,) = figures_of(run).problems

    assert problem.code == "INTEROP_CRASHED"
    assert "ended with signal 11" in problem.message


def test_the_library_gets_no_more_memory_than_allowed(run: Path):
    quality = run / "InterOp" / "QMetricsOut.bin"
    head = quality.read_bytes()[:2]
    with quality.open("wb") as file:
        file.write(head)
        file.truncate(2 + 206 * 4_000_000)

    (problem,) = figures_of(run, InteropLimits(seconds=60, memory_bytes=700 << 20)).problems

    assert problem.code == "INTEROP_TOO_LARGE"
    assert "more than 700 MB" in problem.message


def test_a_fifo_is_refused_before_the_library_waits_at_it(run: Path):
    os.mkfifo(run / "InterOp" / "ErrorMetricsOut.bin")

    with pytest.raises(ReadRefused) as refused:
        figures_of(run)

    assert refused.value.refusal.reason == "it is not a regular file"


def test_a_link_out_of_the_root_is_refused(run: Path, tmp_path: Path):
    outside = tmp_path.parent / f"{tmp_path.name}-outside.bin"
    outside.write_bytes(b"secret")
    (run / "InterOp" / "ErrorMetricsOut.bin").symlink_to(outside)

    with pytest.raises(ReadRefused) as refused:
        interop_files(str(run / "InterOp"), str(run / "RunInfo.xml"), None, root=str(run.parent))

    assert "leads out of the scanned root" in refused.value.refusal.reason


def test_nothing_is_written_into_the_run_folder(run: Path):
    before = sorted(path.relative_to(run) for path in run.rglob("*"))

    figures_of(run)

    assert sorted(path.relative_to(run) for path in run.rglob("*")) == before


@pytest.mark.parametrize("seed", range(12))
def test_damaged_files_give_figures_or_problems(tmp_path: Path, seed: int):
    loaded = figures_of(broken_run(tmp_path, random.Random(seed)))

    assert (loaded.data is None) == any(each.severity is Severity.ERROR for each in loaded.problems)
    assert json.dumps(loaded.data, allow_nan=False)


def test_a_machine_without_room_refuses_for_now(run: Path, monkeypatch: pytest.MonkeyPatch):
    def full(prefix: str) -> str:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(tempfile, "TemporaryDirectory", full)

    with pytest.raises(ReadRefused) as refused:
        figures_of(run)

    assert refused.value.refusal.path == tempfile.gettempdir()
    assert "No space left on device" in refused.value.refusal.reason
