"""What the file of an SQLite database tells: its schema, whether it is locked, and by whom."""

import contextlib
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

LOCK_SECONDS = 2.0  # acknowledgements take milliseconds


def read_only_uri(file: Path) -> str:
    return f"file:{quote(str(file))}?mode=ro"


def sqlite_revision(file: Path) -> str | None:
    """Read the schema's revision; None for a file without file models. Raises sqlite3.Error."""
    with closing(sqlite3.connect(read_only_uri(file), uri=True, timeout=LOCK_SECONDS)) as opened:
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
