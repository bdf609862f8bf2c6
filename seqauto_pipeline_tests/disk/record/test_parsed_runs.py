"""What one step read from sheets and metadata, kept for the next."""

from pathlib import Path

import pytest

from seqauto_pipeline.core.verdict.parsed_run import SheetPolicy
from seqauto_pipeline.disk.record.parsed_runs import ParsedRuns, write_parsed
from seqauto_pipeline_tests.core.runs import parsed, run_with

FULL = parsed(run_with(), policy=SheetPolicy(control_regex="S2"))
EMPTY = parsed(run_with(sheet=None, run_info=None))
BROKEN = parsed(run_with(sheet="", run_info="<no>", run_parameters="\x00"))


def test_what_was_parsed_comes_back(tmp_path: Path):
    runs = {"one": FULL, "two\n": EMPTY, "three\t": BROKEN}

    write_parsed(tmp_path / "home/parsed.gz", runs.items())

    found = ParsedRuns(tmp_path / "home/parsed.gz")
    assert dict(found) == runs
    assert len(found) == 3
    assert found.get("four") is None


def test_a_file_that_is_not_there_holds_nothing(tmp_path: Path):
    assert dict(ParsedRuns(tmp_path / "parsed.gz")) == {}


@pytest.mark.parametrize("length", [0, 1, 20, -1])
def test_a_file_that_was_cut_holds_nothing(tmp_path: Path, length: int):
    path = tmp_path / "parsed.gz"
    write_parsed(path, [("one", FULL)])

    path.write_bytes(path.read_bytes()[:length])

    assert dict(ParsedRuns(path)) == {}


def test_a_file_that_is_something_else_holds_nothing(tmp_path: Path):
    (tmp_path / "parsed.gz").write_bytes(b"something else")

    assert dict(ParsedRuns(tmp_path / "parsed.gz")) == {}


def test_a_step_that_dies_leaves_nothing_under_the_files_name(tmp_path: Path):
    def dies():
        yield "one", FULL
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_parsed(tmp_path / "parsed.gz", dies())

    assert not (tmp_path / "parsed.gz").exists()
