"""Where the home keeps the record of a scan, and beside it what was parsed from that record."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
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
    return path_of_record(records_folder(home), record_id)


def path_of_record(folder: Path, record_id: str) -> Path:
    """Where a record stands in its directory. Raises as `record_path`."""
    if not record_id or not all(char.isalnum() or char in "-_" for char in record_id):
        raise ScanRecordError(record_id, "this is not the id of a scan")
    return folder / f"{record_id}{_RECORD_SUFFIX}"


def id_of_record(path: Path) -> str:
    return path.name.removesuffix(_RECORD_SUFFIX)


def parsed_path(home: Path, dagster_run_id: str) -> Path:
    """Where a scan keeps what it parsed, from one of its steps to the next."""
    return record_path(home, dagster_run_id).with_suffix(".parsed")


def kept_record(home: Path, record_id: str) -> Path | None:
    """Find a record that may have been deleted since; None when it is not there."""
    path = records_folder(home) / f"{record_id}{_RECORD_SUFFIX}"
    return path if record_id and path.exists() else None


def newest_record_time(home: Path) -> dt.datetime | None:
    """When the newest record was written; None where there is none, or none can be seen."""
    try:
        newest = newest_first(home)[:1]
        return dt.datetime.fromtimestamp(newest[0].stat().st_mtime, dt.UTC) if newest else None
    except OSError:
        return None


def records_since(home: Path, moment: dt.datetime) -> tuple[str, ...]:
    """Ids of the records that were written after a moment, newest first."""
    oldest = moment.timestamp()
    newer = (each for each in newest_first(home) if each.stat().st_mtime > oldest)
    return tuple(id_of_record(each) for each in newer)


def is_record(path: Path) -> bool:
    """Tell a whole record from what else lies in its folder."""
    return path.name.endswith(_RECORD_SUFFIX)


def newest_first(home: Path, numbers: Mapping[str, int] = MappingProxyType({})) -> Sequence[Path]:
    """Give the records, that with the largest of the ``numbers``, by record id, first.

    Clocks go wrong. Records without a number come after all others, by their time.
    """

    def age(record: Path) -> tuple[int, float]:
        return numbers.get(id_of_record(record), 0), record.stat().st_mtime

    return sorted(records_in(home), key=age, reverse=True)


def records_in(home: Path) -> Iterator[Path]:
    return records_folder(home).glob(f"*{_RECORD_SUFFIX}")
