from pathlib import Path

import pytest

from seqauto_pipeline.settings import Settings, load_settings
from seqauto_pipeline.views.known_layouts import (
    exec_summary_types,
    known_layouts,
    ordered_types,
)


def test_a_layout_that_is_gone_does_not_hide_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DAGSTER_HOME", str(tmp_path))
    monkeypatch.delenv("SEQAUTO_CONFIG", raising=False)
    monkeypatch.setenv("SEQAUTO_LAYOUT", str(tmp_path / "gone.toml"))

    layouts = known_layouts(load_settings())

    assert [each.name for each in layouts] == ["illumina", "tau"]


def test_shipped_layouts_that_judged_no_run_are_left_out_where_that_is_known() -> None:
    settings = Settings(layout="tau")

    assert [each.name for each in known_layouts(settings, {"other"})] == ["tau"]
    assert [each.name for each in known_layouts(settings, {"illumina"})] == ["tau", "illumina"]


def test_types_that_no_layout_names_come_last_by_name() -> None:
    assert ordered_types({"b", "a"}, ()) == ("a", "b")


def test_without_a_layout_the_exec_summary_is_still_known_by_its_name() -> None:
    assert exec_summary_types(()) == ("exec_summary",)
