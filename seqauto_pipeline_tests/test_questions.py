"""The questions of docs/questions.md: each command answers as the page says, on the demo disk."""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from seqauto_pipeline.cli.main import main

_PAGE = (Path(__file__).parents[1] / "docs" / "questions.md").read_text("utf-8")
_ROWS = re.findall(r"^\| ([^|`]+) \| `seqauto ([^`]+)` \| `([^`]+)` \|$", _PAGE, re.MULTILINE)
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Do what the page says first, to the letter."""
    directory = tmp_path_factory.mktemp("questions")
    (block,) = re.findall(r"```sh\n(.*?)```", _PAGE, re.DOTALL)
    programs = str(Path(sys.executable).parent)
    environ = {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}"}
    environ.pop("DAGSTER_HOME", None)
    subprocess.run(
        ["/bin/sh", "-euc", block],
        cwd=directory,
        env=environ,
        check=True,
        capture_output=True,
        timeout=300,
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DAGSTER_HOME", str(directory / "seqauto-demo" / "home"))
        for name in [name for name in os.environ if name.startswith("SEQAUTO_")]:
            patch.delenv(name)
        yield directory


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
