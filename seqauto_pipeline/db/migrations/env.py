"""Run by Alembic: migrations on the engine that `migrate` hands over."""

from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Engine

from seqauto_pipeline.db.base import Base, UtcDateTime
from seqauto_pipeline.db.models import Scan

assert Scan.metadata is Base.metadata  # noqa: S101 - the import fills the metadata


def render_item(kind: str, item: object, _: AutogenContext) -> str | Literal[False]:
    """Write our own types as the ones that stand in the database: a migration is history."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    return False


engine: Engine = context.config.attributes["engine"]
is_sqlite = engine.dialect.name == "sqlite"
with engine.connect() as connection:
    if is_sqlite:
        # A table is changed by making it anew, which must not cascade; and all of it or nothing:
        # the driver begins no transaction by itself before CREATE TABLE.
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        compare_type=True,
        render_item=render_item,
        render_as_batch=is_sqlite,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
    if is_sqlite:
        connection.exec_driver_sql("PRAGMA foreign_keys = ON")
