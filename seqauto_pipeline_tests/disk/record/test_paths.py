"""Where records are kept, which of them are still there, and which go."""

import os
from pathlib import Path

import pytest

from seqauto_pipeline.disk.record.paths import (
    is_record,
    kept_record,
    parsed_path,
    prune_records,
    record_path,
)
from seqauto_pipeline.errors import ScanRecordError


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Give a home with the records r0 to r4: the higher the number, the older."""
    (tmp_path / "scans").mkdir()
    for age in range(5):
        path = record_path(tmp_path, f"r{age}")
        path.write_bytes(b"")
        os.utime(path, (1000 - age, 1000 - age))
    return tmp_path


def names(home: Path) -> list[str]:
    return sorted(path.name.partition(".")[0] for path in (home / "scans").iterdir())


@pytest.mark.parametrize("record_id", ["", "../x", "a/b", "a.b", "a b"])
def test_what_is_no_id_has_no_path(home, record_id):
    with pytest.raises(ScanRecordError, match="this is not the id of a scan"):
        record_path(home, record_id)


def test_a_record_is_told_from_what_was_parsed_and_from_one_that_is_not_whole(home):
    record = record_path(home, "r0")

    assert is_record(record)
    assert not is_record(parsed_path(home, "r0"))
    assert not is_record(record.with_name(f"{record.name}.partial-77"))
    assert parsed_path(home, "r0").parent == record.parent


def test_a_record_is_found_as_long_as_it_is_there(home):
    assert kept_record(home, "r0") == record_path(home, "r0")
    assert kept_record(home, "r9") is None
    assert kept_record(home, "") is None


@pytest.mark.parametrize(
    ("most", "oldest", "left"),
    [
        (3, 0, ["r0", "r1", "r2"]),
        (5, 998.5, ["r0", "r1"]),
        (5, 2000, ["r0"]),
        (0, 0, ["r0"]),
    ],
)
def test_records_past_a_number_or_an_age_go_and_never_the_newest(home, most, oldest, left):
    deleted = prune_records(home, most=most, oldest=oldest, keep=())

    assert names(home) == left
    assert deleted == 5 - len(left)


def test_a_record_that_is_asked_for_stays_whatever_its_age(home):
    assert prune_records(home, most=1, oldest=0, keep={"r3"}) == 3

    assert names(home) == ["r0", "r3"]


def test_the_newest_record_is_that_of_the_last_scan_whatever_its_clock_said(home):
    numbers = {"r4": 9, "r3": 8}  # the two with the oldest times; the rest is of no known scan

    prune_records(home, most=2, oldest=0, keep=(), numbers=numbers)

    assert names(home) == ["r3", "r4"]
