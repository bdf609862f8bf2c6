"""Names out of the file of an SQLite database, read in milliseconds: for a shell's completion."""

import sqlite3
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path

from seqauto_pipeline.db.look.sqlite_file import read_only

_WAIT_SECONDS = 0.1
_COLUMNS: Mapping[str, tuple[str, str]] = {
    "run": ("sequencing_run", "name"),
    "kit": ("sequencing_run", "enrichment_kit"),
    "project": ("sequencing_sample", "sample_project"),
    "sample": ("sequencing_sample", "sample_name"),
    "type": ("expected_file", "file_type"),
}


def names_in_file(file: Path, what: str, start: str, most: int) -> tuple[str, ...]:
    """List the names of one kind that begin so; none where the file cannot be read just now."""
    table, column = _COLUMNS[what]
    query = (
        f"SELECT DISTINCT {column} FROM {table} "  # noqa: S608  (both are written above)
        f"WHERE substr({column}, 1, ?) = ? ORDER BY {column} LIMIT ?"
    )
    try:
        with closing(read_only(file, _WAIT_SECONDS)) as database:
            return tuple(name for (name,) in database.execute(query, (len(start), start, most)))
    except sqlite3.Error:
        return ()
