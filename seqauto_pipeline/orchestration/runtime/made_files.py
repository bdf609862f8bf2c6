"""SQLite files that Dagster has made already, found out without Alembic.

To open a file, Dagster reads all its migrations, which takes 40 ms or more. Where the file has a
version noted, whichever it is, nothing follows from them.
"""

import sqlite3
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from seqauto_pipeline.db.session import BUSY_TIMEOUT_MS

_WHOLE = "?mode=ro&immutable=1"  # of a file that nobody writes to


def is_made(file: Path, *tables: str) -> bool:
    """Whether Dagster made its tables there, these among them, and noted their version.

    False, too, for a file that cannot be read: Dagster says what is wrong with it.
    """
    if not file.exists():
        return False
    try:
        with closing(sqlite3.connect(file, timeout=BUSY_TIMEOUT_MS / 1000)) as opened:
            return _has_version(opened, tables)
    except sqlite3.Error:
        return False


def is_whole(file: Path) -> bool:
    """Whether Dagster made a file to which nobody writes any more. Nothing is made beside it."""
    try:
        with closing(sqlite3.connect(f"file:{quote(str(file))}{_WHOLE}", uri=True)) as opened:
            [found] = opened.execute("PRAGMA quick_check(1)").fetchone()
            return found == "ok" and _has_version(opened)
    except sqlite3.Error:
        return False


def _has_version(opened: sqlite3.Connection, tables: tuple[str, ...] = ()) -> bool:
    there = {name for (name,) in opened.execute("SELECT name FROM sqlite_master")}
    if not there.issuperset((*tables, "alembic_version")):
        return False
    return opened.execute("SELECT 1 FROM alembic_version").fetchone() is not None
