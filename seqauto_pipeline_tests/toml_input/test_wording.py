"""How complaints show what was found, and where the known names are listed."""

from pathlib import Path

import pytest

from seqauto_pipeline.toml_input.wording import found, suggestion


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (True, "true"),
        ("a\x1b[31m", r"'a\x1b[31m'"),
        (Path("/data"), "'/data'"),
        (7, "7"),
        ("x" * 400, f"'{'x' * 296}..."),
    ],
)
def test_a_value_is_shown_as_toml_would_cut_short_and_harmless(value: object, shown: str):
    assert found(value) == shown


def test_without_a_near_name_the_page_that_lists_them_is_named():
    assert suggestion("keep_days", "docs/settings.md") == "; did you mean keep_days?"
    assert suggestion(None, "docs/settings.md") == ", expected one that docs/settings.md lists"
