"""Where the keys of a TOML text stand, and where it stops being TOML."""

import tomllib

import pytest

from seqauto_pipeline.toml_input.lines import line_of, line_of_error


def test_the_line_of_a_key_is_found_through_tables_comments_and_long_values():
    text = (
        "# brake_min_runs = 1\n"
        "scan_times = [\n"
        '  "06:00", "x = y",\n'
        "]\n"
        "[[scan_roots]]\n"
        'path = "/a"\n'
        "[[scan_roots]]\n"
        'path = "/b"\n'
        '[sheet_rules_for_kit."kit.1"]  # a comment\n'
        'A = "off"\n'
    )

    assert line_of(text, ("scan_times", 0)) == 2
    assert line_of(text, ("scan_roots", 0, "path")) == 6
    assert line_of(text, ("scan_roots", 1, "path")) == 8
    assert line_of(text, ("scan_roots", 1, "layout")) == 7
    assert line_of(text, ("sheet_rules_for_kit", "kit.1", "A")) == 10
    assert line_of(text, ("nowhere",)) == 1


@pytest.mark.parametrize(("text", "line"), [("a = 1\nb = tau\nc = 2\n", 2), ("a = 1\nb = [", 2)])
def test_the_line_of_what_is_not_toml_is_found(text, line):
    with pytest.raises(tomllib.TOMLDecodeError) as caught:
        tomllib.loads(text)

    assert line_of_error(text, caught.value) == line
