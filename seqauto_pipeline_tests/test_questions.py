"""The questions of docs/questions.md: each command answers as the page says, on the demo disk."""

import os
import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from seqauto_pipeline.cli.main import main
from seqauto_pipeline_tests.conftest import QUESTIONS

_PAGE = QUESTIONS.read_text("utf-8")
_ROWS = re.findall(r"^\| ([^|`]+) \| `seqauto ([^`]+)` \| `([^`]+)` \|$", _PAGE, re.MULTILINE)
pytestmark = pytest.mark.slow


@pytest.fixture
def home(demo_with_a_lost_file: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in os.environ if name.startswith("SEQAUTO_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("DAGSTER_HOME", str(demo_with_a_lost_file / "home"))
    return demo_with_a_lost_file / "home"


def test_the_page_has_a_table_of_questions() -> None:
    rows = [line for line in _PAGE.splitlines() if line.startswith("| ") and "`seqauto" in line]

    assert len(_ROWS) == len(rows) > 20


@pytest.mark.parametrize(("question", "command", "answer"), _ROWS)
def test_each_question_is_answered_as_the_page_says(
    home: Path, question: str, command: str, answer: str
) -> None:
    result = CliRunner().invoke(main, shlex.split(command))

    assert answer in result.output, question
    assert (result.exit_code == 0) is not result.output.startswith("Usage:")
