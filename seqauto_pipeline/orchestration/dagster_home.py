"""Where Dagster keeps its own state, and the instance configuration that a new home gets."""

import os
from collections.abc import Mapping
from pathlib import Path

from seqauto_pipeline.db.dagster_schema import dagster_storage
from seqauto_pipeline.settings import HOME_VARIABLE

CONFIG_NAME = "dagster.yaml"
_CHECKOUT = Path(__file__).parents[2]


def home_directory(environ: Mapping[str, str] | None = None) -> Path:
    """Give the exported DAGSTER_HOME, which always wins; else `.dagster` where we are."""
    named = (os.environ if environ is None else environ).get(HOME_VARIABLE)
    return Path(named) if named else Path.cwd() / ".dagster"


def instance_config() -> str:
    """Give the text of the dagster.yaml of new homes."""
    return shipped_config().read_text()


def shipped_config() -> Path:
    """Find the dagster.yaml that we ship: that of the checkout, or what setup.py copied of it."""
    packaged = Path(__file__).with_name(CONFIG_NAME)
    return packaged if packaged.exists() else _CHECKOUT / CONFIG_NAME


def write_default_instance_config(home: Path) -> bool:
    """Give a home its dagster.yaml, and say whether it had none. An existing one is kept."""
    path = home / CONFIG_NAME
    if path.exists() or path.with_suffix(".yml").exists():
        return False
    draft = path.with_name(f"{CONFIG_NAME}.{os.getpid()}")
    with dagster_storage(str(home)):
        try:
            draft.write_text(instance_config())
            draft.replace(path)  # whole or not at all: another process may be reading it
        finally:
            draft.unlink(missing_ok=True)
    return True
