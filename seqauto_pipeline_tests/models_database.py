"""Where the models of a test are: in a file of each home, or on a server.

A laboratory asks `url_for`, wherever it is made. The fixture `on_each_database` decides the answer:
a test has it by its laboratory, or by ``usefixtures`` where it makes one itself.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path

from dagster_postgres import DagsterPostgresStorage
from sqlalchemy import Connection, create_engine, func, select, text

from seqauto_pipeline.db.base import Base
from seqauto_pipeline.db.dagster_schema import alone_in_schema
from seqauto_pipeline.db.migrate import upgrade
from seqauto_pipeline.db.session import open_database


class Beginning(StrEnum):
    """What is there before the first scan."""

    NOTHING = "template0"
    MIGRATED = "migrated"  # the models' tables
    WITH_DAGSTER = "with_dagster"  # and those of Dagster, which take seconds to make


class ModelsServer:
    """A server of PostgreSQL that gives each home a database."""

    def __init__(self, maintenance_url: str) -> None:
        self._url = maintenance_url
        self._names: dict[Path, str] = {}
        self._copied = _by_files(maintenance_url)

    def make_templates(self) -> None:
        """Make once what laboratories begin with a copy of."""
        engine = open_database(self._new(Beginning.MIGRATED, Beginning.NOTHING))
        upgrade(engine)
        engine.dispose()
        with alone_in_schema(self._new(Beginning.WITH_DAGSTER, Beginning.MIGRATED)) as schema:
            made = DagsterPostgresStorage(schema)
        for each in (made.run_storage, made.event_log_storage, made.schedule_storage):
            each.dispose()

    def url_of(self, home: Path, beginning: Beginning) -> str:
        """The database of a home, which is made where there is none yet."""
        if home not in self._names:
            name = f"home_{uuid.uuid4().hex}"
            self._new(name, beginning)
            self._names[home] = name
        return database_of(self._url, self._names[home])

    def _new(self, name: str, beginning: Beginning) -> str:
        administer(self._url, f"CREATE DATABASE {name} TEMPLATE {beginning}{self._copied}")
        return database_of(self._url, name)

    def drop_all(self) -> None:
        for name in self._names.values():
            administer(self._url, f"DROP DATABASE {name} WITH (FORCE)")
        self._names.clear()


_in_use: list[ModelsServer] = []  # by the running test: none where its models are in files


@contextmanager
def models_on(server: ModelsServer) -> Iterator[None]:
    """Give laboratories their databases on a server until the block ends."""
    _in_use.append(server)
    try:
        yield
    finally:
        _in_use.clear()
        server.drop_all()


def url_for(home: Path, beginning: Beginning = Beginning.MIGRATED) -> str | None:
    """The URL to set for a home; None where its models are in the file that is the default."""
    return _in_use[-1].url_of(home, beginning) if _in_use else None


def count_on(connection: Connection) -> None:
    """Have a server give numbers behind those of rows that were written with one."""
    if connection.dialect.name != "postgresql":
        return
    for table in Base.metadata.sorted_tables:
        if (column := table.autoincrement_column) is not None:
            sequence = func.pg_get_serial_sequence(table.name, column.name)
            following = func.coalesce(func.max(column), 0) + 1
            connection.execute(select(func.setval(sequence, following, text("false"))))


def database_of(maintenance_url: str, name: str) -> str:
    return maintenance_url.replace("/postgres?", f"/{name}?")


def _by_files(url: str) -> str:
    """Say that a database is copied by files, as servers before 15 do, and in half the time.

    Block by block it goes through the server's log.
    """
    engine = create_engine(url)
    with engine.connect() as connection:
        version = connection.dialect.server_version_info or (0,)
    engine.dispose()
    return " STRATEGY FILE_COPY" if version >= (15,) else ""


def administer(url: str, statement: str) -> None:
    """Run what cannot be run in a transaction."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()
