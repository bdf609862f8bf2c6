"""Lists fit the terminal: no line is wider, and no letter stands in a column of its own."""

import re

import click
import pytest

from seqauto_pipeline_tests.cli.conftest import EXOME, ModelsDb, Run

_LISTS = (
    ("runs", "--all"),
    ("run", EXOME),
    ("files",),
    ("files", "--unexpected"),
    ("explain", "S1", "bam"),
    ("explain", "S2", "fastq"),
    ("log", EXOME),
    ("log", "S1"),
    ("diff", "1"),
    ("diff", "1", "4"),
    ("messages", "--all"),
    ("sheet", "log", EXOME),
)


@pytest.fixture
def columns(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    number: int = request.param
    monkeypatch.setenv("COLUMNS", str(number))
    monkeypatch.setattr("seqauto_pipeline.cli.tables.is_terminal", lambda: True)
    return number


@pytest.mark.parametrize("columns", [80, 100, 120], indirect=True)
@pytest.mark.parametrize("command", _LISTS)
def test_no_line_is_wider_than_the_terminal(
    seqauto: Run, models_db: ModelsDb, command: tuple[str, ...], columns: int
) -> None:
    result = seqauto(*command)

    assert result.exit_code == 0
    lines = [click.unstyle(line) for line in result.stdout.splitlines()]
    assert [line for line in lines if len(line) > columns] == []
    assert [line for line in lines if re.fullmatch(r"\W*\w{1,2}\W*", line)] == []


@pytest.mark.parametrize("command", _LISTS)
def test_in_a_pipe_nothing_is_left_out(
    seqauto: Run, models_db: ModelsDb, command: tuple[str, ...]
) -> None:
    assert "…" not in seqauto(*command).stdout
