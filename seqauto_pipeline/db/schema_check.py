"""Check the schema without Alembic, whose import costs a command or a scan a fifth of a second."""

from importlib.resources import files

from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError


def newest_revision() -> str:
    """Revision of the newest migration: the number that its file's name starts with."""
    names = (each.name for each in files("seqauto_pipeline.db.migrations.versions").iterdir())
    return max(name.partition("_")[0] for name in names if name[:1].isdigit())


def require_current_schema(engine: Engine) -> None:
    """Raise SchemaError unless the schema is the one that this program was written for."""
    if _stored_revision(engine) != newest_revision():
        from seqauto_pipeline.db.migrate import require_current  # noqa: PLC0415  (see above)

        require_current(engine)


def prepare_schema_for_scan(engine: Engine) -> None:
    """Make the schema what this program was written for, or raise SchemaError, as Alembic would."""
    if _stored_revision(engine) != newest_revision():
        from seqauto_pipeline.db.migrate import prepare_for_scan  # noqa: PLC0415  (see above)

        prepare_for_scan(engine)


def _stored_revision(engine: Engine) -> str | None:
    """Revision of the database; None where it cannot be told: Alembic then says why."""
    try:
        with engine.connect() as connection:
            found = connection.scalar(text("SELECT version_num FROM alembic_version"))
            return None if found is None else str(found)
    except DBAPIError:
        return None
