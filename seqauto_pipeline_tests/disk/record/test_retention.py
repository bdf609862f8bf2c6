"""Which records go, and which stay because others refer to them."""

import os
from collections.abc import Mapping
from pathlib import Path

import pytest

from seqauto_pipeline.core.file_list import Scope
from seqauto_pipeline.disk.record.parts import ScanHeader
from seqauto_pipeline.disk.record.paths import record_path
from seqauto_pipeline.disk.record.retention import has_past_records, prune_records
from seqauto_pipeline.disk.record.writer import ScanRecordWriter


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Give a home with the records r0 to r4: the higher the number, the older."""
    return home_with(tmp_path, {})


def home_with(folder: Path, holders: Mapping[str, str]) -> Path:
    for age in range(5):
        path = record_path(folder, f"r{age}")
        header = ScanHeader("2026-01-01", Scope(), "0", holder=holders.get(f"r{age}", ""))
        with ScanRecordWriter(path, header):
            pass
        os.utime(path, (1000 - age, 1000 - age))
    return folder


def names(home: Path) -> list[str]:
    return sorted(path.name.partition(".")[0] for path in (home / "scans").iterdir())


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


def test_a_record_that_holds_lines_of_one_that_stays_is_not_deleted(tmp_path: Path):
    home = home_with(tmp_path, {"r0": "r4", "r1": "r4", "r2": "r3"})

    assert prune_records(home, most=2, oldest=0, keep=()) == 2
    assert names(home) == ["r0", "r1", "r4"]

    record_path(home, "r0").unlink()
    record_path(home, "r1").unlink()
    home_with(tmp_path, {})
    assert prune_records(home, most=2, oldest=0, keep=()) == 3
    assert names(home) == ["r0", "r1"]


def test_wherever_deleting_is_stopped_no_record_lacks_the_lines_it_refers_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    holders = {"r1": "r3", "r2": "r3"}
    home = home_with(tmp_path, holders)
    unlink, seen = Path.unlink, []

    def noted(path: Path, *, missing_ok: bool = False) -> None:
        unlink(path, missing_ok=missing_ok)
        seen.append(names(home))

    monkeypatch.setattr(Path, "unlink", noted)
    prune_records(home, most=1, oldest=0, keep=())

    assert seen[-1] == ["r0"]
    assert all(holders.get(name, name) in left for left in seen for name in left)


def test_a_damaged_record_holds_up_no_retention(tmp_path: Path):
    home = home_with(tmp_path, {"r0": "r4"})
    record_path(home, "r0").write_bytes(b"damaged")

    assert prune_records(home, most=1, oldest=0, keep=()) == 4


def test_there_is_something_to_prune_beyond_the_number_or_the_age(home: Path):
    assert has_past_records(home, most=4, oldest=0)
    assert has_past_records(home, most=5, oldest=998)
    assert not has_past_records(home, most=5, oldest=0)
