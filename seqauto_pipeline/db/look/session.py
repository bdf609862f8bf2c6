"""A session that cannot change anything, and creates nothing."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import ArgumentError
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from seqauto_pipeline.db.look.server import ANSWER_SECONDS, CONNECT_OPTIONS
from seqauto_pipeline.db.look.sqlite_file import LOCK_SECONDS, read_only_uri
from seqauto_pipeline.db.session import read_session
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
        engine = create_engine(
            "sqlite://",
            poolclass=NullPool,
            creator=lambda: sqlite3.connect(read_only_uri(file), uri=True, timeout=LOCK_SECONDS),
        )
    else:
        engine = create_engine(url, poolclass=NullPool, connect_args=CONNECT_OPTIONS)
    with read_session(engine) as session:
        if engine.dialect.name == "postgresql":
            session.execute(text(f"SET LOCAL lock_timeout = {ANSWER_SECONDS * 1000}"))
        yield session
