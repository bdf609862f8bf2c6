"""Open the models database, and sessions on it."""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, Table, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.pool import ConnectionPoolEntry

from seqauto_pipeline.accounts import account_name, not_writable, require_readable
from seqauto_pipeline.errors import (
    DatabaseDamagedError,
    DatabaseUnavailableError,
    NotPermittedError,
)

__all__ = [  # with the types of SQLAlchemy's that other rooms name
    "Connection",
    "DatabaseError",
    "Engine",
    "Session",
    "Table",
    "driver_words",
    "open_database",
    "reachable",
    "read_connection",
    "read_session",
    "shown_url",
    "write_connection",
    "write_session",
]

# What SQLite says of a file, and PostgreSQL of a page or file of its own.
_DAMAGE = re.compile(
    "database disk image is malformed|file is not a database|malformed database schema|"
    "file is encrypted|invalid page in block|could not read block|unexpected page|index .* corrupt"
)
_NOT_PERMITTED = ("42501", "25006")  # insufficient privilege, read-only transaction
_NOT_THERE = ("42P01", "42703")  # undefined table, undefined column: SQLite has no kind for them
GUARD = "seqauto_guard"  # the option of an engine that names what looks at each transaction first
BUSY_TIMEOUT_MS = 60_000  # people's acknowledgements and flags are short; a scan can wait for them


def open_database(url: str) -> Engine:
    """Make an engine for the models. Nothing is connected yet.

    Raises DatabaseUnavailableError for a URL that no driver here understands.
    """
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite":
            return _open_sqlite(url, parsed.database)
        return create_engine(url, pool_pre_ping=True, connect_args={"connect_timeout": 10})
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        raise DatabaseUnavailableError(
            "SEQAUTO_DATABASE_URL", f"it is not usable: {error}"
        ) from error


def _open_sqlite(url: str, database: str | None) -> Engine:
    if database and database != ":memory:":
        Path(database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, connect_args={"timeout": BUSY_TIMEOUT_MS / 1000})
    event.listen(engine, "connect", _prepare_sqlite)
    return engine


def _prepare_sqlite(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA journal_mode = WAL")  # people read while a scan writes
    cursor.execute("PRAGMA synchronous = NORMAL")  # in WAL mode a killed process loses nothing
    # Pages are moved from the WAL into the database, and waited for, after 40 MB and not after 4:
    # those of indexes are written by each batch of a scan, and so moved again and again.
    cursor.execute("PRAGMA wal_autocheckpoint = 10000")
    cursor.close()


@contextmanager
def read_session(engine: Engine) -> Iterator[Session]:
    """Open a session for reading; what it might have changed is dropped."""
    with reachable(engine), Session(engine) as session:
        yield session


@contextmanager
def write_session(engine: Engine) -> Iterator[Session]:
    """Open a session whose changes are stored together when the block ends, or not at all."""
    with reachable(engine), Session(engine) as session, session.begin():
        yield session


@contextmanager
def read_connection(engine: Engine) -> Iterator[Connection]:
    """Open a connection for reading, without the cost of mapped objects."""
    with reachable(engine), engine.connect() as connection:
        yield connection


@contextmanager
def write_connection(engine: Engine) -> Iterator[Connection]:
    """Open a connection whose changes are stored together when the block ends, or not at all.

    What guards the engine looks first whether they may be stored.
    """
    guard: Callable[[Connection], None] | None = engine.get_execution_options().get(GUARD)
    with reachable(engine), engine.begin() as connection:
        if guard is not None:
            guard(connection)
        yield connection


@contextmanager
def reachable(engine: Engine) -> Iterator[None]:
    """Turn the database's refusals into one line that says which database and what to do."""
    try:
        yield
    except DatabaseError as error:
        if (refused := _refusal(engine, error)) is not None:
            raise refused from error
        if not _is_state(error):
            raise
        where = shown_url(engine.url)
        reason = driver_words(error)
        kind = DatabaseDamagedError if _is_damage(reason) else DatabaseUnavailableError
        raise kind(where, reason) from error


def _is_state(error: DatabaseError) -> bool:
    """Tell the database's own state from mistakes of ours.

    Of the kinds of DatabaseError it is the one of operation and a plain one (a damaged file); and
    tables that are not there yet, or are another version's.
    """
    if getattr(error.orig, "pgcode", None) in _NOT_THERE:
        return True
    return isinstance(error, OperationalError) or type(error) is DatabaseError


def _refusal(engine: Engine, error: DatabaseError) -> NotPermittedError | None:
    """Tell that who asked may not do that, where this is what the database says."""
    file = engine.url.database or ""
    if engine.dialect.name == "sqlite":
        if not os.access(file, os.W_OK, effective_ids=True) and "readonly" in driver_words(error):
            return not_writable(Path(file))
        require_readable(Path(file))
        return None
    if getattr(error.orig, "pgcode", None) not in _NOT_PERMITTED:
        return None
    where = shown_url(engine.url)
    return NotPermittedError(
        f"{account_name()}, as {engine.url.username or 'yourself'} on the database server,",
        f"do that to {where}: {driver_words(error)}",
        "Take settings whose database_url names a login that may (SEQAUTO_CONFIG), or run the "
        "command as the account of the service; docs/operations.md says who may do what.",
    )


def shown_url(url: URL) -> str:
    """Write a URL for people, without the passwords in it: one may be among its options, too."""
    secrets = [name for name in url.query if "password" in name.lower()]
    return url.difference_update_query(secrets).render_as_string(hide_password=True)


def driver_words(error: BaseException) -> str:
    """Give the driver's own words, first line: the rest is advice for programmers, or SQL."""
    return str(getattr(error, "orig", None) or error).strip().split("\n", 1)[0].rstrip(".")


def _is_damage(reason: str) -> bool:
    return _DAMAGE.search(reason) is not None
