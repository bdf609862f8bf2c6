"""Room for Dagster's own tables in the PostgreSQL database of the models: a schema of their own.

Both keep a table of the same name there, that of Alembic's versions.
"""

import errno
from collections.abc import Iterator
from contextlib import closing, contextmanager

from sqlalchemy import Connection, Engine, TextClause, create_engine, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import OperationalError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from seqauto_pipeline.db.session import driver_words, shown_url
from seqauto_pipeline.errors import DagsterStorageError, DatabaseUnavailableError

SCHEMA = "dagster"
_CONNECT_SECONDS = 10
_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EROFS)

# Two numbers name an advisory lock within one database; the scan lock is the first of this class.
_LOCK = text("SELECT pg_advisory_lock(:class, :object)")
_KEY = {"class": 0x5EA0, "object": 2}
_SCHEMA_IS_THERE = text("SELECT 1 FROM pg_namespace WHERE nspname = :name")
_TABLE_IS_THERE = text("SELECT to_regclass(:name) IS NOT NULL")

_MAY_WRITE = text(
    "SELECT has_table_privilege(:name, 'INSERT') AND NOT current_setting('transaction_read_only')"
    "::boolean"
)

# A sequence that is behind its table gives out numbers that are taken: each new scan then fails
# with DagsterRunAlreadyExists. The table is asked first: a sequence only grows meanwhile.
_MEND_NUMBERS = text(f"""
DO $$
DECLARE
    numbered record;
    largest bigint;
    given bigint;
BEGIN
    FOR numbered IN
        SELECT seqrelid::regclass AS sequence, refobjid::regclass AS of_table, attname AS number
        FROM pg_sequence
        JOIN pg_class ON pg_class.oid = seqrelid AND relnamespace = '{SCHEMA}'::regnamespace
        JOIN pg_depend ON objid = seqrelid AND deptype IN ('a', 'i')
        JOIN pg_attribute ON attrelid = refobjid AND attnum = refobjsubid
        WHERE has_sequence_privilege(seqrelid, 'SELECT')
            AND has_sequence_privilege(seqrelid, 'UPDATE')
            AND NOT current_setting('transaction_read_only')::boolean
    LOOP
        EXECUTE format('SELECT max(%I) FROM %s', numbered.number, numbered.of_table) INTO largest;
        EXECUTE format('SELECT last_value - (NOT is_called)::integer FROM %s', numbered.sequence)
            INTO given;
        IF largest > given THEN
            PERFORM setval(numbered.sequence, largest);
        END IF;
    END LOOP;
END $$
""")  # noqa: S608 - the name of a schema of ours


@contextmanager
def alone_in_schema(url: str) -> Iterator[str]:
    """Give the URL of Dagster's schema while no other process, of any host, creates tables there.

    The schema is made where it is missing, for which the login needs CREATE on the database.
    Sequences that fell behind their tables, as after a crash of the server, are put right.
    """
    parsed = make_url(url)
    with closing(_connect(parsed)) as connection:
        connection.execute(_LOCK, _KEY)  # the session's end frees it
        # CREATE SCHEMA IF NOT EXISTS asks for the right to create where it has nothing to create.
        if connection.execute(_SCHEMA_IS_THERE, {"name": SCHEMA}).scalar() is None:
            _create_schema(connection, parsed)
        connection.execute(_MEND_NUMBERS)
        yield _in_schema(parsed).render_as_string(hide_password=False)


def waiting_engine(url: str) -> Engine:
    """Make an engine for Dagster's schema. One connection waits for the next use.

    It is asked whether it still answers before each use, and made anew where it does not.
    """
    return create_engine(
        url,
        isolation_level="AUTOCOMMIT",  # as Dagster has it
        pool_size=1,
        max_overflow=-1,
        pool_pre_ping=True,
        connect_args={"connect_timeout": _CONNECT_SECONDS},
    )


def schema_is_used(url: str) -> bool:
    """Whether Dagster has stored runs there before. Nothing is made."""
    return _asked(url, _TABLE_IS_THERE)


def may_write_schema(url: str) -> bool:
    """Whether the login may change what Dagster has stored there."""
    return _asked(url, _MAY_WRITE)


@contextmanager
def dagster_storage(home: str) -> Iterator[None]:
    """Turn what keeps Dagster from its runs and events into one line of what to do."""
    try:
        yield
    except SQLAlchemyError as error:
        raise DagsterStorageError(home, driver_words(error)) from error
    except OSError as error:
        if error.errno not in _NO_ROOM:
            raise
        raise DagsterStorageError(home, error.strerror or "no room") from error


@contextmanager
def dagster_in_reach(home: str) -> Iterator[None]:
    """Turn a connection that Dagster cannot get, or loses, into one line of what to do.

    For code that uses the models, too: theirs tell of it themselves (`db.session.reachable`).
    """
    try:
        yield
    except OperationalError as error:
        raise DagsterStorageError(home, driver_words(error)) from error


def _asked(url: str, question: TextClause) -> bool:
    """Ask something of the table of runs."""
    parsed = make_url(url)
    with closing(_connect(parsed)) as connection:
        try:
            return bool(connection.execute(question, {"name": f"{SCHEMA}.runs"}).scalar())
        except SQLAlchemyError as error:  # the login may not use the schema
            raise _unavailable(parsed, error) from error


def _connect(url: URL) -> Connection:
    engine = create_engine(
        url,
        poolclass=NullPool,
        isolation_level="AUTOCOMMIT",
        connect_args={"connect_timeout": _CONNECT_SECONDS},
    )
    try:
        return engine.connect()
    except SQLAlchemyError as error:
        raise _unavailable(url, error) from error


def _create_schema(connection: Connection, url: URL) -> None:
    try:
        connection.execute(text(f"CREATE SCHEMA {SCHEMA}"))
    except SQLAlchemyError as error:
        raise _unavailable(url, error) from error


def _in_schema(url: URL) -> URL:
    """Let all that is not qualified be looked for in the schema; options that are given stay."""
    given = url.query.get("options", ())
    options = [given] if isinstance(given, str) else list(given)
    return url.update_query_dict({"options": " ".join([*options, f"-csearch_path={SCHEMA}"])})


def _unavailable(url: URL, error: SQLAlchemyError) -> DatabaseUnavailableError:
    where = f"{shown_url(url)} (schema {SCHEMA})"
    return DatabaseUnavailableError(where, driver_words(error))
