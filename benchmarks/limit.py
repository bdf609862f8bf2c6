"""The least that a first scan can cost: a plain process that does what the disk asks of it.

    .venv/bin/python benchmarks/limit.py DISK MODELS_DB

``MODELS_DB`` is the SQLite file that a first scan of the disk has made. The process lists the whole
disk with sizes and times, reads and unpacks the files that the scan has read, and inserts the rows
that it has stored, nothing else. ``scan.py`` starts it beside each first scan; prints JSON.
"""

import json
import os
import sqlite3
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import TypeAlias

ROWS_AT_ONCE = 5_000
SMALL_INPUTS = (".csv", ".xml")  # of run folders: sheets, RunInfo, RunParameters
GZIP = b"\x1f\x8b"

Tables: TypeAlias = "dict[str, list[tuple[object, ...]]]"


def main() -> None:
    disk, models = Path(sys.argv[1]), sys.argv[2]
    with closing(sqlite3.connect(f"file:{models}?mode=ro", uri=True)) as stored:
        schema, tables = _schema(stored), _rows(stored)
        paths = tuple(_paths_read(stored))
    cpu_began = time.process_time()
    took = {"list": _seconds(lambda: _list(disk))}
    took["read"], took["unpack"] = _read(paths)
    with tempfile.TemporaryDirectory(dir=Path(models).parent) as folder:
        took["insert"] = _seconds(lambda: _insert(Path(folder) / "rows.db", schema, tables))
    took["cpu"] = time.process_time() - cpu_began
    json.dump(took | {"files_read": len(paths), "rows": sum(map(len, tables.values()))}, sys.stdout)


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _schema(stored: sqlite3.Connection) -> tuple[str, ...]:
    made = stored.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid")
    return tuple(statement for (statement,) in made)


def _rows(stored: sqlite3.Connection) -> Tables:
    tables = stored.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    return {name: stored.execute(f"SELECT * FROM {name}").fetchall() for (name,) in tables}


def _paths_read(stored: sqlite3.Connection) -> Iterator[str]:
    folders = stored.execute("SELECT root || '/' || path FROM sequencing_run").fetchall()
    for (folder,) in folders:
        with os.scandir(folder) as entries:
            yield from sorted(each.path for each in entries if each.name.endswith(SMALL_INPUTS))
    loaded = stored.execute(
        "SELECT r.root || '/' || r.path || '/' || f.path FROM loaded_content c "
        "JOIN expected_file f ON f.id = c.expected_file_id "
        "JOIN sequencing_run r ON r.id = f.sequencing_run_id ORDER BY f.id"
    )
    yield from (path for (path,) in loaded if Path(path).is_file())


def _list(folder: Path) -> int:
    """List everything with sizes and times, as ``find -printf`` does; give the number of names."""
    number, waiting = 0, [str(folder)]
    while waiting:
        with os.scandir(waiting.pop()) as entries:
            for each in entries:
                facts = each.stat(follow_symlinks=False)
                number += facts.st_size >= 0 and facts.st_mtime_ns >= 0
                if each.is_dir(follow_symlinks=False):
                    waiting.append(each.path)
    return number


def _bytes_of(path: str) -> bytes:
    handle = os.open(path, os.O_RDONLY)
    try:
        return os.read(handle, os.fstat(handle).st_size)
    finally:
        os.close(handle)


def _read(paths: Sequence[str]) -> tuple[float, float]:
    """Read files, and unpack what is packed; give the seconds of each."""
    unpacking, began = 0.0, time.perf_counter()
    for path in paths:
        data = _bytes_of(path)
        if data.startswith(GZIP):
            start = time.perf_counter()
            zlib.decompress(data, zlib.MAX_WBITS | 16)
            unpacking += time.perf_counter() - start
    return time.perf_counter() - began - unpacking, unpacking


def _insert(path: Path, schema: Sequence[str], tables: Tables) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        for statement in schema:
            connection.execute(statement)
        for name, rows in tables.items():
            for begin in range(0, len(rows), ROWS_AT_ONCE):
                some = rows[begin : begin + ROWS_AT_ONCE]
                places = ", ".join("?" * len(some[0]))
                connection.execute("BEGIN")
                connection.executemany(f"INSERT INTO {name} VALUES ({places})", some)
                connection.execute("COMMIT")


if __name__ == "__main__":
    main()
