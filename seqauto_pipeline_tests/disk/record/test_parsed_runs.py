"""What one step read from sheets and metadata, kept for the next."""

import gzip
from itertools import starmap
from pathlib import Path

import pytest

from seqauto_pipeline.core.verdict.parsed_run import SheetPolicy
from seqauto_pipeline.disk.record.parsed_runs import ParsedRuns, pack_parsed, write_parsed
from seqauto_pipeline_tests.core.runs import parsed, run_with

FULL = parsed(run_with(), policy=SheetPolicy(control_regex="S2"))
EMPTY = parsed(run_with(sheet=None, run_info=None))
BROKEN = parsed(run_with(sheet="", run_info="<no>", run_parameters="\x00"))


def test_what_was_parsed_comes_back(tmp_path: Path):
    runs = {"one": FULL, "two\n": EMPTY, "three\t": BROKEN}

    write_parsed(tmp_path / "home/parsed", starmap(pack_parsed, runs.items()))

    found = ParsedRuns(tmp_path / "home/parsed")
    assert dict(found) == runs
    assert len(found) == 3
    assert found.get("four") is None


def test_a_file_that_is_not_there_holds_nothing(tmp_path: Path):
    assert dict(ParsedRuns(tmp_path / "parsed")) == {}


@pytest.mark.parametrize("length", [0, 1, 20, -1])
def test_a_file_that_was_cut_holds_nothing(tmp_path: Path, length: int):
    path = tmp_path / "parsed"
    write_parsed(path, [pack_parsed("one", FULL)])

    path.write_bytes(path.read_bytes()[:length])

    assert dict(ParsedRuns(path)) == {}


def test_a_run_that_was_damaged_is_as_one_that_is_not_there(tmp_path: Path):
    path = tmp_path / "parsed"
    write_parsed(path, [pack_parsed("one", FULL), pack_parsed("two", FULL)])
    data = path.read_bytes()
    middle = len(data) // 4

    path.write_bytes(data[:middle] + bytes([data[middle] ^ 255]) + data[middle + 1 :])

    found = ParsedRuns(path)
    assert found.get("one") is None
    assert found.get("two") == FULL


@pytest.mark.parametrize(
    "content",
    [
        b"something else",
        b"\n",
        b"[1,2]\n",
        b'["one",-1]\n',
        b"a" * 3000,
        gzip.compress(b"", mtime=0),
    ],
)
def test_a_file_that_is_something_else_holds_nothing(tmp_path: Path, content: bytes):
    (tmp_path / "parsed").write_bytes(content)

    assert dict(ParsedRuns(tmp_path / "parsed")) == {}


def test_a_step_that_dies_leaves_nothing_under_the_files_name(tmp_path: Path):
    def dies():
        yield pack_parsed("one", FULL)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        write_parsed(tmp_path / "parsed", dies())

    assert not (tmp_path / "parsed").exists()
