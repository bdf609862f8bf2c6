"""The page on the web UI and the descriptions in it name the same settings, as the file does."""

import re
from pathlib import Path

from seqauto_pipeline.definitions import defs
from seqauto_pipeline.settings import Settings
from seqauto_pipeline_tests.orchestration.conftest import Lab

_PAGE = Path(__file__).parents[2] / "docs" / "web_ui.md"


def test_each_schedule_and_sensor_names_the_settings_that_govern_it(lab: Lab) -> None:
    definitions = defs()
    described = {
        each.name: _settings_in(each.description or "")
        for each in (*(definitions.schedules or ()), *(definitions.sensors or ()))
    }

    assert described == _on_the_page()
    assert {"new_run_sensor", "enabled"} < described["new_run_folders"]


def _on_the_page() -> dict[str, set[str]]:
    """Read the table of the page; "these" stands for the settings of the row above."""
    text = _PAGE.read_text().partition("## Schedule and sensors")[2]
    told: dict[str, set[str]] = {}
    above: set[str] = set()
    for name, governed in re.findall(r"^\| `(\w+)` \|[^|]*\|([^|]*)\|$", text, re.MULTILINE):
        own = _settings_in(governed)
        told[name] = above = own | (above if governed.strip().startswith("these") else set())
    return told


def _settings_in(text: str) -> set[str]:
    return set(re.findall(r"\w+", text)) & set(Settings.model_fields)
