"""Times and sizes that a disk can hold and a database cannot."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from seqauto_pipeline.cli.main import main
from seqauto_pipeline.models import open_models
from seqauto_pipeline_tests.scan.lab import Lab, tree

_DAY = 86_400
TIMES = {  # in seconds
    "the year 1901": -2_150_000_000,
    "before 1678": -400 * 365 * _DAY,
    "just before the epoch": -1,
    "the year 2300": 330 * 365 * _DAY,
    "the year 10000": 8_100 * 365 * _DAY,
    "2 to the 62": 2**62,
    "minus 2 to the 62": -(2**62),
}


@pytest.fixture
def memory_disk() -> Iterator[Path]:
    """A file system that holds any time and size: those of most disks are narrower."""
    folder = Path("/dev/shm") / f"seqauto-times-{os.getpid()}"
    folder.mkdir()
    yield folder
    for path in sorted(folder.rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    folder.rmdir()


@pytest.mark.skipif(not Path("/dev/shm").is_dir(), reason="needs a file system in memory")
@pytest.mark.parametrize("kind", TIMES)
def test_a_run_with_impossible_times_is_judged_like_any_other(
    kind: str, memory_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab = Lab(memory_disk)
    run = lab.run().complete()
    time = TIMES[kind]
    places = (run.place("bam"), run.place("fastq", read=1), run.sheet, run.run_info, run.folder)
    for place in places:
        os.utime(place, (time, time))
    before = tree(lab.root)

    outcome = lab.scan()
    dump = lab.dump()
    again = lab.scan()

    assert outcome.summary.changes.failed_runs == []
    assert lab.run_states() == {run.path: "complete"}
    assert set(lab.files(run.path).values()) == {"complete"}
    assert again.summary.in_words() == "nothing"
    assert lab.dump() == dump
    assert tree(lab.root) == before
    shown = all_shown(lab, monkeypatch)
    kept = run.place("bam").stat().st_mtime_ns
    is_possible = 1700 < 1970 + kept / 10**9 / _DAY / 365.2425 < 2262
    assert ("IMPOSSIBLE_TIME" in lab.messages(run.path)) is not is_possible
    assert is_possible or "2262-01-01" in shown or "1700-01-01" in shown


def all_shown(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> str:
    """What people, programs and pandas are shown of the files."""
    for name, value in {"DAGSTER_HOME": str(lab.home), **lab.environ}.items():
        monkeypatch.setenv(name, value)
    results = [
        CliRunner().invoke(main, command)
        for command in (
            ("files",),
            ("export", "--format", "json"),
            ("export", "--format", "csv"),
            ("messages",),
        )
    ]
    assert [result.exit_code for result in results] == [0] * len(results), results
    assert open_models(lab.home).files()["modified_at"].notna().all()
    return "".join(result.output for result in results)


@pytest.mark.skipif(not Path("/dev/shm").is_dir(), reason="needs a file system in memory")
def test_files_of_eight_exabytes_are_counted(
    memory_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lab = Lab(memory_disk)
    run = lab.run().complete()
    try:
        for sample in ("S1", "S2"):
            os.truncate(run.place("bam", sample), 2**63 - 1)
    except OSError:
        pytest.skip("no file of that size can be made here")

    outcome = lab.scan()

    assert outcome.files.bytes_seen > 2**63
    assert outcome.summary.changes.failed_runs == []
    assert lab.files(run.path)["bam", "S1"] == "complete"
    assert str(2**63 - 1) in all_shown(lab, monkeypatch)
