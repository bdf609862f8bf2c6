"""Bring the schema of the models database up to date, or say what it lacks."""

from importlib.resources import files
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from seqauto_pipeline.db.session import reachable, shown_url
from seqauto_pipeline.errors import NoModelsError, SchemaError

_SCAN_FIRST = "Scan the disks first: `seqauto scan`."
_NEWER = "Upgrade this program, or restore the copy of the database that the upgrade made."


def alembic_config(engine: Engine) -> Config:
    config = _config()
    config.attributes["engine"] = engine
    return config


def _config() -> Config:
    config = Config()
    # Alembic fills in what stands behind a percent sign.
    directory = str(files("seqauto_pipeline.db") / "migrations").replace("%", "%%")
    config.set_main_option("script_location", directory)
    return config


def head_revision() -> str:
    head = ScriptDirectory.from_config(_config()).get_current_head()
    if head is None:
        raise SchemaError("", "has no migrations", "Install the program again.")
    return head


def known_revisions() -> frozenset[str]:
    """All schema versions that this program knows."""
    walk = ScriptDirectory.from_config(_config()).walk_revisions()
    return frozenset(each.revision for each in walk)


def current_revision(engine: Engine) -> str | None:
    """Revision of the database; None for one without a schema."""
    with reachable(engine), engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def upgrade(engine: Engine) -> Path | None:
    """Bring the schema to the newest version. Returns the copy made of an SQLite file before.

    Raises SchemaError for a schema that is newer than this program.
    """
    current = current_revision(engine)
    if current == head_revision():
        return None
    _refuse_newer(engine, current)
    copy = None if current is None else _copy_sqlite(engine, current)
    with reachable(engine):
        command.upgrade(alembic_config(engine), "head")
    return copy


def prepare_for_scan(engine: Engine) -> None:
    """Upgrade an embedded database by itself; elsewhere an administrator decides when."""
    if engine.dialect.name == "sqlite" or current_revision(engine) is None:
        upgrade(engine)
    else:
        require_current(engine)


def require_current(engine: Engine) -> None:
    """Raise SchemaError unless the schema is the one that this program was written for."""
    current = current_revision(engine)
    if current == head_revision():
        return
    where = shown_url(engine.url)
    if current is None:
        raise NoModelsError(where, "has no file models yet", _SCAN_FIRST)
    _refuse_newer(engine, current)
    reason = f"has schema {current}, and this program needs {head_revision()}"
    raise SchemaError(where, reason, "Run `seqauto migrate`.")


def _refuse_newer(engine: Engine, current: str | None) -> None:
    if current is None:
        return
    if current not in known_revisions():
        where = shown_url(engine.url)
        raise SchemaError(where, f"has schema {current}, which this program does not know", _NEWER)


def _copy_sqlite(engine: Engine, revision: str) -> Path | None:
    database = engine.url.database
    if engine.dialect.name != "sqlite" or not database or not Path(database).exists():
        return None
    from seqauto_pipeline.db.backups.make import write_backup  # noqa: PLC0415  (after an update only)

    copy = Path(f"{database}.before-{revision}")
    write_backup(engine.url.render_as_string(hide_password=False), copy)
    return copy
