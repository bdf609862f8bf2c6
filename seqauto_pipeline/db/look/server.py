"""What a PostgreSQL server tells of a models database."""

import time
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, create_engine, func, inspect, make_url, select, text
from sqlalchemy import table as sql_table
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from seqauto_pipeline.db.session import driver_words
from seqauto_pipeline.errors import DatabaseUnavailableError

ANSWER_SECONDS = 5
CONNECT_OPTIONS: Mapping[str, str | int] = {
    "connect_timeout": ANSWER_SECONDS,
    "application_name": "seqauto status",
}
_SHOWN_CHARACTERS = 80
_SLOW = text(
    "SELECT pid, extract(epoch FROM now() - coalesce(xact_start, query_start)), state, query"
    " FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    " AND state <> 'idle' AND now() - coalesce(xact_start, query_start) > :seconds * interval '1 s'"
    " ORDER BY 2 DESC"
)
_WAITING = text(
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND wait_event_type = 'Lock'"
)
_CHECKSUM_FAILURES = text(
    "SELECT checksum_failures FROM pg_stat_database WHERE datname = current_database()"
)
_NOT_IN_TIME = ("57014", "55P03")  # the statement or the wait for a lock was cut off
_INTERNAL = "XX"  # the class of damaged data and indexes
_TABLES = text("SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace")


@dataclass(frozen=True, slots=True)
class RunningQuery:
    pid: int
    seconds: float
    state: str
    text: str  # its start


@dataclass(frozen=True, slots=True)
class ServerState:
    where: str  # the URL, without its password
    revision: str | None  # of the schema; None: no file models
    is_empty: bool  # only just created: the first scan makes the tables
    size: int  # bytes
    slow: tuple[RunningQuery, ...]  # longest first
    waiting: int  # queries that wait for a lock
    clock_ahead: float  # seconds, of the server's clock


def server_state(url: str, slow_seconds: float) -> ServerState:
    """Ask a server. ``slow_seconds``: from when a query runs long.

    Raises DatabaseUnavailableError.
    """
    where = make_url(url).set(query={}).render_as_string(hide_password=True)
    try:
        engine = create_engine(url, poolclass=NullPool, connect_args=CONNECT_OPTIONS)
        with engine.connect() as connection:
            connection.execute(text(f"SET statement_timeout = {ANSWER_SECONDS * 1000}"))
            return _asked(connection, where, slow_seconds)
    except (SQLAlchemyError, ImportError) as error:
        raise DatabaseUnavailableError(where, driver_words(error)) from error


def _asked(connection: Connection, where: str, slow_seconds: float) -> ServerState:
    has_table = connection.scalar(text("SELECT to_regclass('alembic_version') IS NOT NULL"))
    revision = (
        connection.scalar(text("SELECT version_num FROM alembic_version")) if has_table else None
    )
    now = connection.scalar(text("SELECT extract(epoch FROM clock_timestamp())"))
    clock_ahead = float(now or 0) - time.time()
    slow = connection.execute(_SLOW, {"seconds": slow_seconds}).all()
    return ServerState(
        where=where,
        revision=revision,
        is_empty=revision is None and not connection.scalar(_TABLES),
        size=int(connection.scalar(text("SELECT pg_database_size(current_database())")) or 0),
        slow=tuple(_running_query(*row) for row in slow),
        waiting=int(connection.scalar(_WAITING) or 0),
        clock_ahead=clock_ahead,
    )


def server_damage(url: str, seconds: float) -> str | None:
    """Say what keeps our tables from being read; None where the time did not suffice to tell.

    Raises DatabaseUnavailableError.
    """
    where = make_url(url).set(query={}).render_as_string(hide_password=True)
    try:
        engine = create_engine(url, poolclass=NullPool, connect_args=CONNECT_OPTIONS)
        with engine.connect() as connection:
            return _damage(connection, time.monotonic() + seconds)
    except (SQLAlchemyError, ImportError) as error:
        raise DatabaseUnavailableError(where, driver_words(error)) from error


def _damage(connection: Connection, deadline: float) -> str | None:
    """Read each page of our tables: damaged ones are refused, those of a checksum above all."""
    connection.execute(text("SET enable_indexscan = off"))
    connection.execute(text("SET enable_indexonlyscan = off"))
    failures = connection.scalar(_CHECKSUM_FAILURES)
    if failures:
        return f"pages whose checksum does not fit: {failures}, by the server's count"
    for table in inspect(connection).get_table_names():
        left = deadline - time.monotonic()
        if left <= 0:
            return None
        connection.execute(text(f"SET statement_timeout = {max(1, round(left * 1000))}"))
        try:
            connection.execute(select(func.count()).select_from(sql_table(table)))
        except DBAPIError as error:
            code = getattr(error.orig, "pgcode", None)
            if code in _NOT_IN_TIME:
                return None
            if not str(code).startswith(_INTERNAL):
                raise
            return f"{table}: {driver_words(error)}"
    return ""


def _running_query(pid: int, seconds: float, state: str, query: str) -> RunningQuery:
    words = " ".join(query.split())
    return RunningQuery(pid, float(seconds), state, words[:_SHOWN_CHARACTERS])
