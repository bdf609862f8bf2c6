"""Settings files, and what is said when they are refused."""

from collections.abc import Callable
from pathlib import Path

import pytest

from seqauto_pipeline.errors import SettingsError
from seqauto_pipeline.settings import load_settings

WriteFile = Callable[[str], dict[str, str]]


@pytest.fixture
def with_file(tmp_path: Path) -> WriteFile:
    """Write a settings file, and give the environment that names it."""

    def _with_file(text: str) -> dict[str, str]:
        path = tmp_path / "lab.toml"
        path.write_text(text)
        return {"SEQAUTO_CONFIG": str(path)}

    return _with_file


def refusal(environ: dict[str, str]) -> str:
    with pytest.raises(SettingsError) as caught:
        load_settings(environ)
    return str(caught.value)
