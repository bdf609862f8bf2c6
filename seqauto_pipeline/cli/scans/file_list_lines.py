"""How the file list that a scan kept is printed."""

import datetime as dt
from collections.abc import Iterable, Iterator
from pathlib import Path

from seqauto_pipeline.cli.fit import shortened, wrapped
from seqauto_pipeline.core.display import counted, local_time, shown
from seqauto_pipeline.core.file_list import Entry, Unreadable
from seqauto_pipeline.disk.record.reader import ScanRecord
from seqauto_pipeline.views.values import Json, iso_ns

_INDENT = "  "


def file_list_json(path: Path) -> Iterator[Json]:
    """Give a kept file list to other programs: an object for each run folder."""
    record = ScanRecord(path)
    for run in record.runs():
        yield {
            "path": f"{run.root.rstrip('/')}/{run.path}",
            "listed": record.header.started_at,
            "skip_reason": run.skip_reason,
            "unreadable": [{"path": each.path, "reason": each.reason} for each in run.unreadable],
            "files": [
                {
                    "path": f"{folder}/{name}" if folder else name,
                    "kind": entry.kind.name.lower(),
                    "size": entry.size,
                    "modified": iso_ns(entry.modified_ns),
                }
                for folder, listing in sorted(run.directories.items())
                for name, entry in sorted(listing.entries.items())
            ],
        }


def file_list_lines(path: Path, zone: dt.tzinfo, columns: int | None) -> Iterator[str]:
    """Write a kept file list as text: roots, then each run folder with its files.

    ``columns``: of the terminal, None where it is written in full.
    """
    record = ScanRecord(path)
    seen = local_time(dt.datetime.fromisoformat(record.header.started_at), zone)
    yield from wrapped(f"File list of {seen}, kept in {shown(str(path))}", columns)
    for root in record.roots():
        told = f": {root.unavailable}" if root.unavailable else ""
        words = f"Root {root.path} (layout {root.layout}), {counted(len(root.run_paths), 'run')}"
        yield from wrapped(shown(f"{words}{told}"), columns)
        yield from _unreadable_lines(root.unreadable, columns)
    for run in record.runs():
        skipped = f" (skipped: {run.skip_reason})" if run.skip_reason else ""
        yield from wrapped(shown(f"Run folder {run.root}/{run.path}{skipped}"), columns)
        yield from _unreadable_lines(run.unreadable, columns)
        for folder, listing in sorted(run.directories.items()):
            for name, entry in sorted(listing.entries.items()):
                path_below = f"{folder}/{name}" if folder else name
                yield _file_line(entry, shown(path_below), zone, columns)


def _unreadable_lines(places: Iterable[Unreadable], columns: int | None) -> Iterator[str]:
    for each in places:
        yield from wrapped(shown(f"unreadable {each.path}: {each.reason}"), columns, _INDENT)


def _file_line(entry: Entry, path: str, zone: dt.tzinfo, columns: int | None) -> str:
    modified = dt.datetime.fromtimestamp(entry.modified_ns // 10**9, dt.UTC)
    facts = f"{_INDENT}{entry.kind} {entry.size:>14} {local_time(modified, zone)} "
    return facts + shortened(path, None if columns is None else columns - len(facts))
