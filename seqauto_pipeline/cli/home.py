"""DAGSTER_HOME of a command: the exported one; without one a home is chosen and printed."""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path

import click

from seqauto_pipeline.accounts import (
    REFUSALS,
    become_owner,
    may_write,
    not_writable,
    require_readable,
)
from seqauto_pipeline.core.display import shown
from seqauto_pipeline.errors import SettingsError
from seqauto_pipeline.settings import HOME_VARIABLE, config_file, load_settings

_PROJECT = "seqauto-pipeline"
_HOME_NAME = ".dagster"


def home_to_read() -> Path:
    """Choose the home of a command that only reads: it need not be there, and nothing is made.

    Raises NotPermittedError where we may not read it, or its settings.
    """
    home = choose_home(os.environ)
    become_owner(home)
    _require_readable_settings(home)
    _tell_of(home)
    return home


def _require_readable_settings(home: Path) -> None:
    file = config_file({**os.environ, HOME_VARIABLE: str(home)})
    if file is not None:
        require_readable(file)


def prepare_home() -> Path:
    """Create DAGSTER_HOME where it is missing and return it; print it when none was exported.

    A home below a scanned root is refused before anything is created.
    """
    home = choose_home(os.environ)
    become_owner(home)
    _require_readable_settings(home)
    load_settings({**os.environ, HOME_VARIABLE: str(home)})
    create_home(home)
    return home


def prepare_dagster_home() -> Path:
    """Choose the home, and give it an instance configuration where it has none."""
    from seqauto_pipeline.orchestration.dagster_home import (  # noqa: PLC0415
        write_default_instance_config,
    )

    home = prepare_home()
    write_default_instance_config(home)
    return home


def create_home(home: Path) -> None:
    """Create a chosen home where it is missing, and tell this process and its children of it."""
    become_owner(home)
    _create_directory(home)
    _tell_of(home)


def _tell_of(home: Path) -> None:
    if not os.environ.get(HOME_VARIABLE):
        click.echo(f"{HOME_VARIABLE} is not set: using {shown(str(home))}", err=True)
    os.environ[HOME_VARIABLE] = str(home)


def choose_home(environ: Mapping[str, str]) -> Path:
    """Decide which home a command uses, and create nothing.

    The exported one; else `.dagster` of the project: of the current directory when that is a
    checkout of it, else of the checkout that runs; else a directory of the user's.
    """
    exported = environ.get(HOME_VARIABLE)
    if exported:
        if not Path(exported).is_absolute():
            raise SettingsError(
                HOME_VARIABLE, f"found {exported!r}, expected the absolute path of a directory"
            )
        return Path(os.path.normpath(exported))
    for directory in (Path.cwd(), Path(__file__).parents[2]):
        if _is_checkout(directory):
            return directory / _HOME_NAME
    return Path.home() / ".seqauto"


def _is_checkout(directory: Path) -> bool:
    try:
        text = (directory / "pyproject.toml").read_text()
        project = tomllib.loads(text).get("project", {})
    except (OSError, ValueError):  # none there, or one that is not TOML in UTF-8
        return False
    return isinstance(project, dict) and project.get("name") == _PROJECT


def _create_directory(home: Path) -> None:
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        if error.errno in REFUSALS:
            raise not_writable(home) from error
        raise SettingsError(
            HOME_VARIABLE, f"found {str(home)!r}, which cannot be created: {error.strerror}"
        ) from error
    if not may_write(home):
        raise not_writable(home)
