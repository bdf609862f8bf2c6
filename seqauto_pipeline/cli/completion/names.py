"""Names of runs, kits, projects, samples and file types, for a shell that completes them."""

import os
from pathlib import Path

_HOME, _URL, _CONFIG = "DAGSTER_HOME", "SEQAUTO_DATABASE_URL", "SEQAUTO_CONFIG"
_MOST = 500  # names: of more, a shell shows none that a person can choose from


def names_of(what: str, start: str) -> tuple[str, ...]:
    """List the names that begin so; none where they cannot be had, as a person is still typing."""
    file = _plain_file()
    if file is not None:
        from seqauto_pipeline.db.look.names import names_in_file  # noqa: PLC0415

        return names_in_file(file, what, start, _MOST)
    return _names_by_settings(what, start)


def _plain_file() -> Path | None:
    """Find the database where the home is exported and no setting puts it elsewhere."""
    home = Path(os.environ.get(_HOME, ""))
    config = Path(os.environ.get(_CONFIG) or home / "seqauto.toml")
    if not home.is_absolute() or os.environ.get(_URL):
        return None
    try:
        elsewhere = "database_url" in _uncommented(config.read_text("utf-8"))
    except FileNotFoundError:
        elsewhere = False
    except (OSError, ValueError):
        return None
    return None if elsewhere else home / "seqauto.db"


def _uncommented(text: str) -> str:
    return "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))


def _names_by_settings(what: str, start: str) -> tuple[str, ...]:
    """Ask the database that the settings name, which takes longer."""
    import click  # noqa: PLC0415  (seldom)

    from seqauto_pipeline.cli.models_db import reading  # noqa: PLC0415  (slow)
    from seqauto_pipeline.errors import SeqAutoError  # noqa: PLC0415
    from seqauto_pipeline.views.selecting import known_names  # noqa: PLC0415

    try:
        with reading() as models:
            names = known_names(models, what)
    except (click.ClickException, SeqAutoError):
        return ()
    return tuple(name for name in names if name.startswith(start))[:_MOST]
