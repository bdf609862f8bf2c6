"""`seqauto list-files`: a list, the request that it is made by, and the program to carry away."""

import json
import os
from pathlib import Path

import pytest

from seqauto_pipeline.disk.lists.list_file import open_list
from seqauto_pipeline_tests.cli.conftest import Run


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "disk/kit/run").mkdir(parents=True)
    monkeypatch.setenv("SEQAUTO_SCAN_ROOTS", str(tmp_path / "disk"))
    return tmp_path / "disk"


def test_a_root_is_listed_by_the_request_of_its_layout(seqauto: Run, root: Path, tmp_path: Path):
    request, output = tmp_path / "request", tmp_path / "list.gz"
    printed = seqauto("list-files", str(root), "--print-request")
    request.write_text(printed.output)

    listed = seqauto("list-files", str(root), "--request", str(request), "-o", str(output))

    assert (printed.exit_code, listed.exit_code) == (0, 0)
    assert json.loads(printed.output)["root"] == str(root)
    assert "0_fastq" in json.loads(printed.output)["directories"]
    assert list(open_list(output).runs) == ["kit/run"]


def test_the_request_of_what_is_no_scan_root_is_refused_with_those_there_are(
    seqauto: Run, root: Path
):
    result = seqauto("list-files", "/other", "--print-request")

    assert result.exit_code != 0
    assert f"'/other' is not a configured root; configured are: {root}" in result.output


def test_the_program_is_one_file_that_can_be_called(seqauto: Run, tmp_path: Path):
    program = tmp_path / "list files.pyz"

    result = seqauto("list-files", "--write-program", str(program))

    assert result.output == f"Wrote {program}: python3 list files.pyz ROOT --output FILE\n"
    assert os.access(program, os.X_OK)
    assert [each.name for each in tmp_path.iterdir() if "list" in each.name] == [program.name]


def test_a_program_that_cannot_be_written_is_told_with_what_to_do(seqauto: Run, tmp_path: Path):
    result = seqauto("list-files", "--write-program", str(tmp_path / "none/a.pyz"))

    assert result.exit_code == 1
    assert "Cannot write" in result.output
    assert "No such file or directory" in result.output


def test_without_a_root_it_asks_for_one(seqauto: Run):
    result = seqauto("list-files")

    assert result.exit_code == 2
    assert "Name the ROOT to list, an absolute path." in result.output


def test_a_list_that_cannot_be_made_ends_with_1(seqauto: Run, root: Path):
    result = seqauto("list-files", str(root), "-o", f"{root}/list.gz")

    assert result.exit_code == 1
