"""What is said of files that were there and are gone: one message for each type and last sight."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping

from seqauto_pipeline.core.data_state import DataState
from seqauto_pipeline.core.display import counted, shown
from seqauto_pipeline.core.problems import Problem, Severity
from seqauto_pipeline.core.verdict.reconcile import FileRecord

FILES_DELETED = "FILES_DELETED"
RUN_DELETED = "RUN_DELETED"
_NAMED = 5  # files that a message lists before it counts the rest
_ACKNOWLEDGE = "`seqauto messages ack ID --by NAME --why TEXT`"


def about_lost_files(lost: Iterable[FileRecord], days: Mapping[int, dt.date]) -> dict[str, Problem]:
    """Give a message by its key for each type and each scan that saw files of it last.

    What goes later is another message, so it is told though somebody has acknowledged the first.
    ``days`` are those of scans.
    """
    groups: dict[tuple[str, int], list[FileRecord]] = {}
    for record in lost:
        groups.setdefault((record.file_type, record.last_seen_scan_id or 0), []).append(record)
    return {
        f"{FILES_DELETED}:{kind}:{scan_id}": _files_deleted(kind, scan_id, records, days)
        for (kind, scan_id), records in sorted(groups.items())
    }


def lost_records(
    records: Iterable[FileRecord], optional: Collection[tuple[str, str]]
) -> tuple[FileRecord, ...]:
    """Choose what is gone and asked for; ``optional`` are keys of files that need not be there."""
    return tuple(
        record
        for record in records
        if record.data_state is DataState.DELETED
        and not record.retired
        and record.key not in optional
    )


def _files_deleted(
    kind: str, scan_id: int, records: list[FileRecord], days: Mapping[int, dt.date]
) -> Problem:
    paths = sorted(shown(record.seen_path or record.path) for record in records)
    more = f" and {len(paths) - _NAMED} more" if len(paths) > _NAMED else ""
    day = f" on {days[scan_id]}" if scan_id in days else ""
    are = "is" if len(paths) == 1 else "are"
    return Problem(
        FILES_DELETED,
        Severity.WARNING,
        f"{counted(len(paths), f'{kind} file')} {are} gone, last seen by scan {scan_id}{day}: "
        f"{', '.join(paths[:_NAMED])}{more}",
        f"Restore them. If they were archived on purpose, say so with {_ACKNOWLEDGE}, or for all "
        "runs of an age with the setting `archived`.",
    )


def run_deleted(records: Iterable[FileRecord]) -> tuple[Problem, ...]:
    """Say that a run folder is gone with the files that scans saw in it; nothing where none did."""
    counts: dict[str, int] = {}
    for record in records:
        if record.was_seen_at is not None and not record.retired:
            counts[record.file_type] = counts.get(record.file_type, 0) + 1
    if not counts:
        return ()
    by_type = ", ".join(f"{count} {kind}" for kind, count in sorted(counts.items()))
    return (
        Problem(
            RUN_DELETED,
            Severity.WARNING,
            f"the run folder is gone, and with it what scans saw in it: {by_type}",
            "Restore it, or put it back below a scan root. If it was archived on purpose, say so "
            f"with {_ACKNOWLEDGE}.",
        ),
    )
