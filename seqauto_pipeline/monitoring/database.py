"""Facts of the models database: whether it can be used, and what the models say is wrong."""

import datetime as dt
import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from seqauto_pipeline.accounts import account_name, owner_of
from seqauto_pipeline.core.clock import behind
from seqauto_pipeline.db.backups.sqlite_copy import damage_within
from seqauto_pipeline.db.look.emptiness import is_nothing
from seqauto_pipeline.db.look.server import server_damage, server_state
from seqauto_pipeline.db.look.session import looking, sqlite_file_of
from seqauto_pipeline.db.look.sqlite_file import (
    LOCK_SECONDS,
    can_lock,
    lock_holders,
    may_write,
    sqlite_revision,
)
from seqauto_pipeline.db.models import Message, Scan, SequencingRun
from seqauto_pipeline.db.queries.history import newest_applied_scan, newest_scan
from seqauto_pipeline.db.queries.messages import open_by_code
from seqauto_pipeline.db.queries.runs import (
    known_kits,
    path_in_run,
    run_folder,
    runs_without_reads,
)
from seqauto_pipeline.db.schema_check import newest_revision
from seqauto_pipeline.disk.record.paths import kept_record
from seqauto_pipeline.errors import DatabaseUnavailableError
from seqauto_pipeline.monitoring.facts import DatabaseFacts, MessageFacts, SlowQuery

CHECK_SECONDS = 10.0  # for which a database is looked through for damage
_ADVISED_BY_TEXT = ("UNREADABLE", "SHEET_REFUSED")  # their text has the line to run


def database_facts(url: str, slow_seconds: float) -> DatabaseFacts:
    """Look at the database that a URL names. ``slow_seconds``: from when a query runs long."""
    try:
        file = sqlite_file_of(url)
        return _server_facts(url, slow_seconds) if file is None else _sqlite_facts(file)
    except DatabaseUnavailableError as error:
        return DatabaseFacts(error.where, "database_unreachable", error.reason)


def _sqlite_facts(file: Path) -> DatabaseFacts:
    where = str(file)
    if is_nothing(file):
        return DatabaseFacts(where, is_there=False)
    try:
        size = file.stat().st_size
    except OSError as error:
        return DatabaseFacts(where, "database_unreachable", str(error.strerror))
    keeper = owner_of(file.parent) or ""
    if refusal := _refusal(file, keeper):
        return DatabaseFacts(where, "database_not_writable", refusal, keeper)
    try:
        revision = sqlite_revision(file)
        trouble = _revision_trouble(revision)
        if trouble is None and may_write(file) and not can_lock(file):
            reason = f"it stayed locked for {LOCK_SECONDS:g} s{lock_holders(file)}"
            trouble = ("database_locked", reason)
    except sqlite3.OperationalError as error:
        check = "database_locked" if "locked" in str(error) else "database_unreachable"
        trouble, revision = (check, f"{error}{lock_holders(file)}"), None
    except sqlite3.DatabaseError as error:
        trouble, revision = ("database_damaged", str(error)), None
    return DatabaseFacts(where, *(trouble or ("", "")), revision=revision or "", size=size)


def database_damage(url: str) -> str | None:
    """Say what is damaged; None where that could not be told within `CHECK_SECONDS`.

    Raises DatabaseUnavailableError.
    """
    file = sqlite_file_of(url)
    if file is None:
        return server_damage(url, CHECK_SECONDS)
    try:
        return damage_within(file, CHECK_SECONDS)
    except sqlite3.OperationalError as error:
        raise DatabaseUnavailableError(str(file), str(error)) from error
    except sqlite3.DatabaseError as error:
        return str(error)


def _refusal(file: Path, keeper: str) -> str:
    """Say what keeps scans from writing; nothing where it only keeps us, who do not scan."""
    if may_write(file):
        return ""
    if (owner := owner_of(file)) != keeper:
        return f"it belongs to {owner}, and its directory to {keeper}"
    return "its file or directory is read-only" if keeper == account_name() else ""


def _server_facts(url: str, slow_seconds: float) -> DatabaseFacts:
    state = server_state(url, slow_seconds)
    return DatabaseFacts(
        state.where,
        *(_revision_trouble(state.revision) or ("", "")),
        is_there=not state.is_empty,
        revision=state.revision or "",
        size=state.size,
        slow=tuple(SlowQuery(each.pid, each.seconds, each.state, each.text) for each in state.slow),
        waiting=state.waiting,
        clock_ahead=state.clock_ahead,
    )


def _revision_trouble(revision: str | None) -> tuple[str, str] | None:
    if revision is None:
        return "database_behind", "it holds no file models"
    if revision == newest_revision():
        return None
    from seqauto_pipeline.db.migrate import known_revisions  # noqa: PLC0415  (see schema_check.py)

    if revision not in known_revisions():
        return "database_newer", f"it has schema {revision}, which this program does not know"
    return "database_behind", f"it has schema {revision}; this program needs {newest_revision()}"


@dataclass(frozen=True, slots=True)
class FoundByScans:
    """What the models say is wrong, and of which file list they tell."""

    newest_record: str = ""  # id of the file list that was applied last
    messages: tuple[MessageFacts, ...] = ()
    missing_record: str = ""  # the newest applied scan, where its file list is gone
    without_run_info: tuple[str, ...] = ()  # run folders
    ahead: tuple[int, float] | None = None  # the last scan, and seconds that it is in the future
    known_kits: tuple[str, ...] = ()  # of runs and samples


def found_by_scans(url: str, codes: Collection[str], now: dt.datetime, home: Path) -> FoundByScans:
    """Read open messages of some codes, and what else scans left there and in ``home``.

    Raises DatabaseUnavailableError, also where a table stays locked.
    """
    with looking(url) as session:
        scan = newest_applied_scan(session)
        by_code = open_by_code(session, codes, now)
        return FoundByScans(
            "" if scan is None else scan.record_id or "",
            tuple(_counted(code, rows) for code, rows in sorted(by_code.items())),
            _missing_record(scan, home),
            tuple(run_folder(run) for run in runs_without_reads(session)),
            _ahead(newest_scan(session), now),
            known_kits(session),
        )


def _ahead(scan: Scan | None, now: dt.datetime) -> tuple[int, float] | None:
    apart = None if scan is None else behind(scan.started_at, now)
    return None if scan is None or apart is None else (scan.id, apart.total_seconds())


def _missing_record(scan: Scan | None, home: Path) -> str:
    if scan is None or scan.record_id is None or kept_record(home, scan.record_id):
        return ""
    return scan.dagster_run_id[:8]


def _counted(code: str, rows: Sequence[tuple[Message, SequencingRun | None]]) -> MessageFacts:
    """Count the messages of one code, with the newest as an example."""
    message, run = rows[-1]
    path = message.path or ""
    if run is not None and not path.startswith("/"):
        path = path_in_run(run, path)
    advice = f"{message.text}. {message.fix}" if code in _ADVISED_BY_TEXT else message.fix
    return MessageFacts(code, len(rows), path, advice)
