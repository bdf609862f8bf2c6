"""Where records are kept, and which of them are still there."""

import os
from pathlib import Path

import pytest

from seqauto_pipeline.disk.record.paths import (
    is_record,
    kept_record,
    parsed_path,
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
