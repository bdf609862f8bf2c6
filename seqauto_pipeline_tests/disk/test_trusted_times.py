"""Which times are believed: of directories, and of files that were listed before."""

import os
from pathlib import Path

import pytest

from seqauto_pipeline.disk.trusted_times import change_time, is_as_listed, will_show_changes

SECOND = 10**9
HOUR = 3600 * SECOND


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "file"
    path.write_bytes(b"four")
    os.utime(path, ns=(HOUR, HOUR))
    return path


def test_a_directory_shows_changes_when_it_was_left_alone_for_two_seconds_before_its_listing():
    assert will_show_changes(modified_ns=0, listed_ns=2 * SECOND + 1)
    assert not will_show_changes(modified_ns=0, listed_ns=2 * SECOND)
    assert not will_show_changes(modified_ns=5 * SECOND, listed_ns=0)  # a clock that is ahead


def test_a_file_is_as_listed_by_its_size_and_time(file: Path):
    later = change_time(str(file)) + SECOND

    assert is_as_listed(str(file), later, modified_ns=HOUR, size=4)
    assert is_as_listed(str(file), later, modified_ns=HOUR)
    assert not is_as_listed(str(file), later, modified_ns=HOUR, size=5)
    assert not is_as_listed(str(file), later, modified_ns=HOUR + 1, size=4)


def test_a_file_that_was_touched_since_its_listing_is_not_as_listed(file: Path):
    """Its time may have been set back, so it is the change time that counts, to a clock tick."""
    touched = change_time(str(file))

    assert not is_as_listed(str(file), touched - SECOND, modified_ns=HOUR, size=4)
    assert not is_as_listed(str(file), touched + SECOND // 100, modified_ns=HOUR, size=4)
    assert is_as_listed(str(file), touched + SECOND // 50, modified_ns=HOUR, size=4)


def test_what_is_gone_has_no_change_time_and_cannot_be_compared(tmp_path: Path):
    gone = str(tmp_path / "gone")

    assert change_time(gone) == 0
    with pytest.raises(FileNotFoundError):
        is_as_listed(gone, HOUR, modified_ns=0)
