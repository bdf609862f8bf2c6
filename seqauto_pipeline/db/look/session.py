"""A session that cannot change anything, and creates nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, make_url, text
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool, StaticPool

from seqauto_pipeline.db.look.server import ANSWER_SECONDS, CONNECT_OPTIONS
from seqauto_pipeline.db.look.sqlite_file import SqliteReader, unchanged
from seqauto_pipeline.db.session import BUSY_TIMEOUT_MS, open_database, read_session
from seqauto_pipeline.errors import DatabaseUnavailableError


def sqlite_file_of(url: str) -> Path | None:
    """Give the file of an SQLite database; None for one on a server.

    Raises DatabaseUnavailableError for text that is no URL.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise DatabaseUnavailableError("the models database", str(error)) from error
    return Path(parsed.database or "") if parsed.get_backend_name() == "sqlite" else None


@contextmanager
def looking(url: str) -> Iterator[Session]:
    """Open a session that cannot change anything, and creates nothing."""
    file = sqlite_file_of(url)
    if file is not None:
        engine = _engine(url, SqliteReader(file))
    else:
        engine = create_engine(url, poolclass=NullPool, connect_args=CONNECT_OPTIONS)
    with read_session(engine) as session:
        if engine.dialect.name == "postgresql":
            session.execute(text(f"SET LOCAL lock_timeout = {ANSWER_SECONDS * 1000}"))
        yield session


@contextmanager
def open_to_read(url: str) -> Iterator[Engine]:
    """Open the models for whoever may read them: nothing is written, there or beside a file.

    Raises DatabaseChangedError at the end, when a file was read that somebody wrote to meanwhile.
    """
    file = sqlite_file_of(url)
    if file is None:
        with _disposed(open_database(url)) as engine:
            yield engine.execution_options(postgresql_readonly=True)
        return
    reader = SqliteReader(file, BUSY_TIMEOUT_MS / 1000)
    with unchanged(reader), _disposed(_engine(url, reader)) as engine:
        yield engine


@contextmanager
def reading_file(file: Path) -> Iterator[Connection]:
    """Open any SQLite file for whoever may read it: nothing is written, there or beside it."""
    engine = create_engine("sqlite://", poolclass=NullPool, creator=SqliteReader(file).connect)
    with engine.begin() as connection:
        yield connection


@contextmanager
def _disposed(engine: Engine) -> Iterator[Engine]:
    """Close an engine's connections at the end."""
    try:
        yield engine
    finally:
        engine.dispose()


def _engine(url: str, reader: SqliteReader) -> Engine:
    # One connection for all: while it is open nobody takes the log away.
    return create_engine(url, poolclass=StaticPool, creator=reader.connect)
