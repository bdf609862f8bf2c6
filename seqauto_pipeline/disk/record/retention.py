"""Which records go, and which stay though they are past retention: those that others refer to."""

import gzip
from collections.abc import Collection, Mapping
from pathlib import Path

from seqauto_pipeline.disk.record.codec import NOT_OURS, OtherFormatError, read_header
from seqauto_pipeline.disk.record.paths import id_of_record, newest_first, records_in


def prune_records(
    home: Path,
    *,
    most: int,
    oldest: float,
    keep: Collection[str],
    least: int = 1,
    numbers: Mapping[str, int] | None = None,
) -> int:
    """Delete the records beyond the newest ``most`` and those older than ``oldest``.

    The newest is that with the largest of the ``numbers``, by record id (`newest_first`).
    ``oldest`` is in seconds since 1970; the newest ``least`` are not deleted for their age. The
    newest is never deleted, nor are the ids to ``keep``, nor a record that holds lines of one that
    stays. Returns how many were deleted.
    """
    past: list[Path] = []
    staying: list[Path] = []
    for number, path in enumerate(newest_first(home, numbers or {})):
        is_past = number >= most or (number >= least and path.stat().st_mtime < oldest)
        is_to_go = number and is_past and id_of_record(path) not in keep
        (past if is_to_go else staying).append(path)
    holders = set(map(_holder_of, staying)) if past else set()
    going = [path for path in past if id_of_record(path) not in holders]
    for path in going:  # newest first: one that refers to another goes before that one
        path.unlink(missing_ok=True)
    return len(going)


def has_past_records(home: Path, *, most: int, oldest: float) -> bool:
    """Whether there is anything for `prune_records` to look at."""
    times = [each.stat().st_mtime for each in records_in(home)]
    return len(times) > most or min(times, default=oldest) < oldest


def _holder_of(path: Path) -> str:
    """Id of the record that holds lines of this one; empty for none, and of a damaged one."""
    try:
        with gzip.open(path) as lines:
            return read_header(lines.readline()).holder
    except (OtherFormatError, *NOT_OURS):
        return ""
