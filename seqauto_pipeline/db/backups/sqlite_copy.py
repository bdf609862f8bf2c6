"""An SQLite file, copied while others read and write it, and checked whole."""

import os
import shutil
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from seqauto_pipeline.db.look.sqlite_file import ALONE, read_only

_OK = "ok"  # SQLite's own word
_STEPS_BETWEEN_LOOKS = 1000  # instructions of SQLite's machine, or pages that it looks through
_WAIT_SECONDS = 60


def copy_sqlite(source: Path, target: Path) -> None:
    """Copy a database as it is at one moment, its log included. Raises OSError, sqlite3.Error."""
    with (
        closing(read_only(source, _WAIT_SECONDS)) as opened,
        closing(sqlite3.connect(target)) as copy,
    ):
        opened.backup(copy)  # whole, whoever reads and writes meanwhile
    shutil.copymode(source, target)


def damage_of_copy(file: Path) -> str:
    """Say what is damaged in a file that nobody writes to; nothing where it is whole."""
    try:
        with closing(sqlite3.connect(f"file:{quote(str(file))}?mode=ro{ALONE}", uri=True)) as copy:
            return _complaint(copy)
    except sqlite3.DatabaseError as error:
        return str(error)


def damage_within(file: Path, seconds: float) -> str | None:
    """Say what is damaged in a database in use; None where the time did not suffice to tell.

    Raises sqlite3.Error where it cannot be opened, or stays locked.
    """
    deadline = time.monotonic() + seconds
    with closing(read_only(file)) as opened:
        opened.set_progress_handler(lambda: int(time.monotonic() > deadline), _STEPS_BETWEEN_LOOKS)
        try:
            return _complaint(opened)
        except sqlite3.OperationalError as error:
            if str(error) == "interrupted":
                return None
            raise


def _complaint(opened: sqlite3.Connection) -> str:
    found = str(opened.execute("PRAGMA integrity_check(1)").fetchone()[0])
    return "" if found == _OK else " ".join(found.split())


def sync(path: Path) -> None:
    """Have a file, or the names in a directory, on the disk before going on."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
