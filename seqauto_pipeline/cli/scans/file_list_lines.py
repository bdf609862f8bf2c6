"""How the file list that a scan kept is printed."""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

from seqauto_pipeline.core.display import counted, local_time, shown
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


def file_list_lines(path: Path, zone: dt.tzinfo) -> Iterator[str]:
    """Write a kept file list as text: roots, then each run folder with its files."""
    record = ScanRecord(path)
    seen = local_time(dt.datetime.fromisoformat(record.header.started_at), zone)
    yield f"File list of {seen}, kept in {shown(str(path))}"
    for root in record.roots():
        told = f": {root.unavailable}" if root.unavailable else ""
        yield shown(
            f"Root {root.path} (layout {root.layout}), {counted(len(root.run_paths), 'run')}{told}"
        )
        yield from (
            shown(f"{_INDENT}unreadable {each.path}: {each.reason}") for each in root.unreadable
        )
    for run in record.runs():
        skipped = f" (skipped: {run.skip_reason})" if run.skip_reason else ""
        yield shown(f"Run folder {run.root}/{run.path}{skipped}")
        yield from (
            shown(f"{_INDENT}unreadable {each.path}: {each.reason}") for each in run.unreadable
        )
        for folder, listing in sorted(run.directories.items()):
            for name, entry in sorted(listing.entries.items()):
                modified = dt.datetime.fromtimestamp(entry.modified_ns // 10**9, dt.UTC)
                path_below = f"{folder}/{name}" if folder else name
                when = local_time(modified, zone)
                yield shown(f"{_INDENT}{entry.kind} {entry.size:>14} {when} {path_below}")
