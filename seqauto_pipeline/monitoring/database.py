"""Look at the models database without changing it: reached, schema, size, locks, slow queries."""

import contextlib
import datetime as dt
import os
import sqlite3
import time
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from urllib.parse import quote

from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, make_url, select, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from sqlalchemy.pool import NullPool

from seqauto_pipeline.db.migrate import head_revision
from seqauto_pipeline.db.models import Message, Scan, SequencingRun
from seqauto_pipeline.db.queries.runs import is_open, run_folder
from seqauto_pipeline.db.session import driver_words, read_session
from seqauto_pipeline.disk.record.paths import kept_record
from seqauto_pipeline.monitoring.readings import DatabaseFacts, MessageFacts, SlowQuery

_LOCK_SECONDS = 2.0  # acknowledgements take milliseconds
_ANSWER_SECONDS = 5
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


def database_facts(url: str, slow_seconds: float) -> DatabaseFacts:
    """Look at the database that a URL names. ``slow_seconds``: from when a query runs long."""
    try:
        parsed = make_url(url)
    except SQLAlchemyError as error:
        return DatabaseFacts("the models database", "database_unreachable", str(error))
    if parsed.get_backend_name() == "sqlite":
        return _sqlite_facts(Path(parsed.database or ""))
    return _server_facts(parsed, slow_seconds)


def _sqlite_facts(file: Path) -> DatabaseFacts:
    where = str(file)
    try:
        size = file.stat().st_size
    except FileNotFoundError:
        return DatabaseFacts(where, is_there=False)
    except OSError as error:
        return DatabaseFacts(where, "database_unreachable", str(error.strerror))
    if not (_may_write(file) and _may_write(file.parent)):
        return DatabaseFacts(where, "database_not_writable", "its file or directory is read-only")
    try:
        with closing(sqlite3.connect(_read_only(file), uri=True, timeout=_LOCK_SECONDS)) as opened:
            revision = _sqlite_revision(opened)
        trouble = _revision_trouble(revision)
        if trouble is None and not _can_lock(file):
            reason = f"it stayed locked for {_LOCK_SECONDS:g} s{_holders(file)}"
            trouble = ("database_locked", reason)
    except sqlite3.OperationalError as error:
        check = "database_locked" if "locked" in str(error) else "database_unreachable"
        trouble, revision = (check, f"{error}{_holders(file)}"), None
    except sqlite3.DatabaseError as error:
        trouble, revision = ("database_damaged", str(error)), None
    return DatabaseFacts(where, *(trouble or ("", "")), revision=revision or "", size=size)


def _may_write(path: Path) -> bool:
    return os.access(path, os.R_OK | os.W_OK, effective_ids=True)


def _read_only(file: Path, mode: str = "ro") -> str:
    return f"file:{quote(str(file))}?mode={mode}"


def _sqlite_revision(opened: sqlite3.Connection) -> str | None:
    tables = opened.execute("SELECT name FROM sqlite_master WHERE name = 'alembic_version'")
    if tables.fetchone() is None:
        return None
    row = opened.execute("SELECT version_num FROM alembic_version").fetchone()
    return None if row is None else str(row[0])


def _revision_trouble(revision: str | None) -> tuple[str, str] | None:
    if revision is None:
        return "database_behind", "it holds no file models"
    if revision == head_revision():
        return None
    if revision not in known_revisions():
        return "database_newer", f"it has schema {revision}, which this program does not know"
    return "database_behind", f"it has schema {revision}; this program needs {head_revision()}"


def _can_lock(file: Path) -> bool:
    """Try for the writers' lock and give it back: nothing is written."""
    with closing(
        sqlite3.connect(
            _read_only(file, "rw"), uri=True, timeout=_LOCK_SECONDS, isolation_level=None
        )
    ) as opened:
        try:
            opened.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return False
        opened.execute("ROLLBACK")
    return True


def _holders(file: Path, locks: str = "/proc/locks") -> str:
    """Name the processes that hold locks on a database file or what SQLite keeps beside it."""
    numbers = set()
    for each in (file, file.with_name(file.name + "-shm"), file.with_name(file.name + "-wal")):
        with contextlib.suppress(OSError):
            numbers.add(str(each.stat().st_ino))
    found = set()
    with contextlib.suppress(OSError):
        for line in Path(locks).read_text().splitlines():
            fields = line.replace("-> ", "").split()
            is_ours = len(fields) > 5 and fields[5].rpartition(":")[2] in numbers
            if is_ours and fields[3] == "WRITE" and fields[4] != str(os.getpid()):
                found.add(_process(fields[4]))
    return f", by {', '.join(sorted(found))}" if found else ""


def _process(pid: str) -> str:
    try:
        return f"process {pid} ({Path(f'/proc/{pid}/comm').read_text().strip()})"
    except OSError:
        return f"process {pid}"


def _server_facts(url: URL, slow_seconds: float) -> DatabaseFacts:
    where = url.set(query={}).render_as_string(hide_password=True)
    options = {"connect_timeout": _ANSWER_SECONDS, "application_name": "seqauto status"}
    try:
        engine = create_engine(url, poolclass=NullPool, connect_args=options)
        with engine.connect() as connection:
            connection.execute(text(f"SET statement_timeout = {_ANSWER_SECONDS * 1000}"))
            return _asked(connection, where, slow_seconds)
    except (SQLAlchemyError, ImportError) as error:
        return DatabaseFacts(where, "database_unreachable", driver_words(error))


def _asked(connection: Connection, where: str, slow_seconds: float) -> DatabaseFacts:
    has_table = connection.scalar(text("SELECT to_regclass('alembic_version') IS NOT NULL"))
    revision = (
        connection.scalar(text("SELECT version_num FROM alembic_version")) if has_table else None
    )
    now = connection.scalar(text("SELECT extract(epoch FROM clock_timestamp())"))
    slow = connection.execute(_SLOW, {"seconds": slow_seconds}).all()
    size = connection.scalar(text("SELECT pg_database_size(current_database())"))
    return DatabaseFacts(
        where,
        *(_revision_trouble(revision) or ("", "")),
        is_there=revision is not None or not _is_empty(connection),
        revision=revision or "",
        size=int(size or 0),
        slow=tuple(_slow_query(*row) for row in slow),
        waiting=int(connection.scalar(_WAITING) or 0),
        clock_ahead=float(now or 0) - time.time(),
    )


def _is_empty(connection: Connection) -> bool:
    """Tell a database that was only just created: the first scan makes the tables."""
    tables = "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"
    return not connection.scalar(text(tables))


def _slow_query(pid: int, seconds: float, state: str, query: str) -> SlowQuery:
    words = " ".join(query.split())
    return SlowQuery(pid, float(seconds), state, words[:_SHOWN_CHARACTERS])


def known_revisions() -> frozenset[str]:
    """All schema versions that this program knows."""
    config = Config()
    config.set_main_option("script_location", str(files("seqauto_pipeline.db") / "migrations"))
    walk = ScriptDirectory.from_config(config).walk_revisions()
    return frozenset(each.revision for each in walk)


@dataclass(frozen=True, slots=True)
class FoundByScans:
    """What the models say is wrong, and of which file list they tell."""

    newest_record: str = ""  # id of the file list that was applied last
    messages: tuple[MessageFacts, ...] = ()
    missing_record: str = ""  # the newest applied scan, where its file list is gone
    without_run_info: tuple[str, ...] = ()  # run folders


def found_by_scans(url: str, codes: Collection[str], now: dt.datetime, home: Path) -> FoundByScans:
    """Read open messages of some codes, and what else scans left there and in ``home``.

    Raises DatabaseUnavailableError, also where a table stays locked.
    """
    with looking(url) as session:
        scan = _newest_applied(session)
        return FoundByScans(
            "" if scan is None else scan.record_id or "",
            tuple(_open_messages(session, codes, now)),
            _missing_record(scan, home),
            _without_run_info(session),
        )


def _open_messages(
    session: Session, codes: Collection[str], now: dt.datetime
) -> Iterator[MessageFacts]:
    """Count messages by code, each with its newest as an example."""
    query = (
        select(Message, SequencingRun)
        .outerjoin(SequencingRun, SequencingRun.id == Message.sequencing_run_id)
        .where(Message.code.in_(codes), Message.closed_scan_id.is_(None))
        .order_by(Message.id)
    )
    found: dict[str, list[tuple[Message, SequencingRun | None]]] = {}
    for message, run in session.execute(query):
        if is_open(message, now):
            found.setdefault(message.code, []).append((message, run))
    return (_counted(code, rows) for code, rows in sorted(found.items()))


def _without_run_info(session: Session) -> tuple[str, ...]:
    """Run folders of which no reads are known: RunInfo.xml always lists them."""
    query = select(SequencingRun).where(
        SequencingRun.data_state.in_(("complete", "error")),
        SequencingRun.legacy.is_(False),
        SequencingRun.hidden.is_(False),
    )
    runs = session.scalars(query.order_by(SequencingRun.id))
    return tuple(run_folder(run) for run in runs if not run.facts.get("reads"))


@contextmanager
def looking(url: str) -> Iterator[Session]:
    """Open a session that cannot change anything, and creates nothing."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        uri = _read_only(Path(parsed.database or ""))
        engine = create_engine(
            "sqlite://",
            poolclass=NullPool,
            creator=lambda: sqlite3.connect(uri, uri=True, timeout=_LOCK_SECONDS),
        )
    else:
        options = {"connect_timeout": _ANSWER_SECONDS, "application_name": "seqauto status"}
        engine = create_engine(url, poolclass=NullPool, connect_args=options)
    with read_session(engine) as session:
        if engine.dialect.name == "postgresql":
            session.execute(text(f"SET LOCAL lock_timeout = {_ANSWER_SECONDS * 1000}"))
        yield session


def _missing_record(scan: Scan | None, home: Path) -> str:
    if scan is None or scan.record_id is None or kept_record(home, scan.record_id):
        return ""
    return scan.dagster_run_id[:8]


def _newest_applied(session: Session) -> Scan | None:
    query = select(Scan).where(Scan.applied_at.is_not(None)).order_by(Scan.id.desc()).limit(1)
    return session.scalars(query).first()


def _counted(code: str, rows: Sequence[tuple[Message, SequencingRun | None]]) -> MessageFacts:
    message, run = rows[-1]
    path = message.path or ""
    if run is not None and not path.startswith("/"):
        path = f"{run_folder(run)}/{path}".rstrip("/")
    advice = f"{message.text}. {message.fix}" if code in _ADVISED_BY_TEXT else message.fix
    return MessageFacts(code, len(rows), path, advice)


_ADVISED_BY_TEXT = ("UNREADABLE", "SHEET_REFUSED")  # their text has the line to run
