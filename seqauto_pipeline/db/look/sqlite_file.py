"""What the file of an SQLite database tells: its schema, whether it is locked, and by whom."""

import contextlib
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from seqauto_pipeline.errors import DatabaseChangedError, DatabaseUnavailableError

ALONE = "&immutable=1"  # no log is looked for, and nothing is locked
LOCK_SECONDS = 2.0  # acknowledgements take milliseconds
_PAUSE_SECONDS = 0.005  # a log goes, or the head of its index is written, in less


@dataclass(slots=True)
class SqliteReader:
    """A database file, opened to read it: nothing is left beside it that is not its owner's.

    SQLite keeps a log and its index beside the file while anybody has it open, and makes them to
    read, too. Who may not make them reads them where they are, and else the file alone: nothing is
    missing from it then (sqlite.org/wal.html#read_only_databases).
    """

    file: Path
    seconds: float = LOCK_SECONDS  # for somebody else's lock
    was_alone: bool = False  # whether the file was read without a log, so that nobody was kept out

    def connect(self) -> sqlite3.Connection:
        """Open the file and read from it. Raises sqlite3.Error."""
        deadline = time.monotonic() + min(self.seconds, LOCK_SECONDS)
        while True:
            is_alone = not (_has_log(self.file) or _may_make_log(self.file))
            opened = sqlite3.connect(
                f"file:{quote(str(self.file))}?mode=ro{ALONE if is_alone else ''}",
                uri=True,
                timeout=self.seconds,
                check_same_thread=False,
            )
            try:
                # From here on the log stays: SQLite keeps it for whoever has read from it.
                opened.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()
            except sqlite3.OperationalError as error:
                opened.close()
                if not _is_passing(error, self.file) or time.monotonic() > deadline:
                    raise
                time.sleep(_PAUSE_SECONDS)
            else:
                self.was_alone |= is_alone
                return opened


def read_only(file: Path, seconds: float = LOCK_SECONDS) -> sqlite3.Connection:
    """Open a file as `SqliteReader` does. Raises sqlite3.Error."""
    return SqliteReader(file, seconds).connect()


def _is_passing(error: sqlite3.OperationalError, file: Path) -> bool:
    """Whether the log went, or was begun, in the moment between the look for it and the opening.

    SQLite then wants to make or to mend the log, which somebody who only reads may not.
    """
    if error.sqlite_errorname.startswith("SQLITE_CANTOPEN"):
        return os.access(file, os.R_OK, effective_ids=True)
    return error.sqlite_errorname.startswith("SQLITE_READONLY")


def may_write(file: Path) -> bool:
    """Whether this process may write to a database file, which takes its directory too."""
    return all(
        os.access(path, os.R_OK | os.W_OK, effective_ids=True) for path in (file, file.parent)
    )


def _has_log(file: Path) -> bool:
    log, index = (file.with_name(file.name + suffix) for suffix in ("-wal", "-shm"))
    try:
        return log.stat().st_size > 0 or index.exists()
    except OSError:
        return False


def _may_make_log(file: Path) -> bool:
    """The log gets the owner of who makes it: one of somebody else's would lock the owner out."""
    try:
        is_ours = os.geteuid() in {0, file.stat().st_uid}  # of root's, SQLite changes the owner
    except OSError:
        return False
    return is_ours and may_write(file)


@contextlib.contextmanager
def unchanged(reader: SqliteReader) -> Iterator[None]:
    """Refuse what was read of a file alone, without its log, when somebody wrote to it meanwhile.

    Raises DatabaseChangedError.
    """
    before = _version(reader.file)
    try:
        yield
    except DatabaseUnavailableError as error:
        if not reader.was_alone or _version(reader.file) == before:
            raise
        raise DatabaseChangedError(str(reader.file)) from error
    if reader.was_alone and _version(reader.file) != before:
        raise DatabaseChangedError(str(reader.file))


def _version(file: Path) -> tuple[int, int, int] | None:
    try:
        facts = file.stat()
    except OSError:
        return None  # what reads it says so
    return facts.st_ino, facts.st_size, facts.st_mtime_ns


def sqlite_revision(file: Path) -> str | None:
    """Read the schema's revision; None for a file without file models. Raises sqlite3.Error."""
    with closing(read_only(file)) as opened:
        tables = opened.execute("SELECT name FROM sqlite_master WHERE name = 'alembic_version'")
        if tables.fetchone() is None:
            return None
        row = opened.execute("SELECT version_num FROM alembic_version").fetchone()
        return None if row is None else str(row[0])


def can_lock(file: Path) -> bool:
    """Try for the writers' lock and give it back: nothing is written."""
    uri = f"file:{quote(str(file))}?mode=rw"
    with closing(
        sqlite3.connect(uri, uri=True, timeout=LOCK_SECONDS, isolation_level=None)
    ) as opened:
        try:
            opened.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return False
        opened.execute("ROLLBACK")
    return True


def lock_holders(file: Path) -> str:
    """Name the processes that hold locks on a database file or what SQLite keeps beside it."""
    numbers = set()
    for each in (file, file.with_name(file.name + "-shm"), file.with_name(file.name + "-wal")):
        with contextlib.suppress(OSError):
            numbers.add(str(each.stat().st_ino))
    found = set()
    with contextlib.suppress(OSError):
        for line in Path("/proc/locks").read_text().splitlines():
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
