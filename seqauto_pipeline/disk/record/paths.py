"""Where the home keeps the record of a scan, and beside it what was parsed from that record."""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from seqauto_pipeline.errors import ScanRecordError

_RECORD_SUFFIX = ".jsonl.gz"


def records_folder(home: Path) -> Path:
    return home / "scans"


def record_path(home: Path, record_id: str) -> Path:
    """Where a record is kept. ``record_id`` is the Dagster run id of the scan that walked.

    Raises ScanRecordError for text that cannot be such an id.
    """
    if not record_id or not all(char.isalnum() or char in "-_" for char in record_id):
        raise ScanRecordError(record_id, "this is not the id of a scan")
    return records_folder(home) / f"{record_id}{_RECORD_SUFFIX}"


def parsed_path(home: Path, dagster_run_id: str) -> Path:
    """Where a scan keeps what it parsed, from one of its steps to the next."""
    return record_path(home, dagster_run_id).with_suffix(".parsed.gz")


def kept_record(home: Path, record_id: str) -> Path | None:
    """Find a record that may have been deleted since; None when it is not there."""
    path = records_folder(home) / f"{record_id}{_RECORD_SUFFIX}"
    return path if record_id and path.exists() else None


def newest_record_time(home: Path) -> dt.datetime | None:
    """When the newest record was written; None where there is none, or none can be seen."""
    try:
        newest = _newest_first(home)[:1]
        return dt.datetime.fromtimestamp(newest[0].stat().st_mtime, dt.UTC) if newest else None
    except OSError:
        return None


def records_since(home: Path, moment: dt.datetime) -> tuple[str, ...]:
    """Ids of the records that were written after a moment, newest first."""
    oldest = moment.timestamp()
    newer = (each for each in _newest_first(home) if each.stat().st_mtime > oldest)
    return tuple(each.name.removesuffix(_RECORD_SUFFIX) for each in newer)


def is_record(path: Path) -> bool:
    """Tell a whole record from what else lies in its folder."""
    return path.name.endswith(_RECORD_SUFFIX)


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

    The newest is that with the largest of the ``numbers``, by record id: clocks go wrong. Records
    without a number come after all others, by their time.
    ``oldest`` is in seconds since 1970; the newest ``least`` are not deleted for their age. The
    newest is never deleted, nor are the ids to ``keep``. Returns how many were deleted.
    """
    deleted = 0
    for number, path in enumerate(_newest_first(home, numbers or {})):
        is_past = number >= most or (number >= least and path.stat().st_mtime < oldest)
        if number and is_past and path.name.removesuffix(_RECORD_SUFFIX) not in keep:
            path.unlink(missing_ok=True)
            deleted += 1
    return deleted


def has_past_records(home: Path, *, most: int, oldest: float) -> bool:
    """Whether there is anything for `prune_records` to look at."""
    times = [each.stat().st_mtime for each in _records(home)]
    return len(times) > most or min(times, default=oldest) < oldest


def _newest_first(home: Path, numbers: Mapping[str, int] = MappingProxyType({})) -> Sequence[Path]:
    def age(record: Path) -> tuple[int, float]:
        return numbers.get(record.name.removesuffix(_RECORD_SUFFIX), 0), record.stat().st_mtime

    return sorted(_records(home), key=age, reverse=True)


def _records(home: Path) -> Iterator[Path]:
    return records_folder(home).glob(f"*{_RECORD_SUFFIX}")
