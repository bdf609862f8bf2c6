"""`seqauto layout show`: where a lab's own layout begins."""

from pathlib import Path

import pytest

from seqauto_pipeline.layouts import load_layout, shipped_layouts
from seqauto_pipeline_tests.cli.conftest import Run


@pytest.mark.parametrize("name", shipped_layouts())
def test_what_is_printed_is_the_layout_itself(seqauto: Run, tmp_path: Path, name: str):
    mine = tmp_path / "mine.toml"

    mine.write_text(seqauto("layout", "show", name).stdout)

    assert load_layout(str(mine)) == load_layout(name)
    assert seqauto("layout", "check", str(mine)).exit_code == 0


@pytest.mark.parametrize(
    ("name", "advice"), [("tua", "Did you mean tau?"), ("nothing-like", "There are "), ("", "tau")]
)
def test_a_name_that_no_layout_has_is_refused_with_those_there_are(
    seqauto: Run, name: str, advice: str
):
    result = seqauto("layout", "show", name)

    assert result.exit_code == 2
    assert f"No layout is called '{name}'" in result.stderr
    assert advice in result.stderr
    assert result.stdout == ""
