"""Scans as the models know them."""

from seqauto_pipeline.core.file_list import Scope
from seqauto_pipeline_tests.cli.conftest import scan_time
from seqauto_pipeline_tests.db.store.life import Life


def test_a_scan_that_begins_again_has_the_number_it_had(life: Life):
    store = life.store

    one = store.scans.begin("a", scan_time(1), Scope(runs=("x",)), full=False)
    again = store.scans.begin("a", scan_time(2), Scope(), full=True)
    other = store.scans.begin("b", scan_time(2), Scope(), full=True)

    assert (one, again, other) == (1, 1, 2)
    assert store.scans.find("a").scope == Scope(runs=("x",))
    assert store.scans.find("c") is None


def test_scans_are_known_back_to_the_last_of_everything(life: Life):
    store = life.store
    for number, scope in enumerate((Scope(), Scope(), Scope(runs=("x",)), Scope()), 1):
        store.scans.begin(str(number), scan_time(number), scope, full=True)
    for number in (1, 2, 3):
        store.scans.set_record(number, f"record-{number}", scan_time(number))
        store.scans.finish(number, scan_time(number), {"files": number})

    found = store.scans.recent_applied(before=4)

    assert [scan.id for scan in found] == [3, 2]
    assert (found[0].record_id, found[0].applied_at) == ("record-3", scan_time(3))
    assert store.scans.newest_as_of() == scan_time(3)


def test_the_order_of_file_lists_is_that_of_the_scans_that_made_them_whatever_the_clock(life: Life):
    scans = life.store.scans
    for number, hour in ((1, 9), (2, 3), (3, 5)):  # the clock was ahead at the first scan
        scans.begin(f"scan-{number}", scan_time(hour), Scope(), full=True)
        scans.set_record(number, f"scan-{number}", scan_time(hour))
        scans.finish(number, scan_time(hour), {})
    scans.begin("again", scan_time(6), Scope(), full=True)
    scans.set_record(4, "scan-1", scan_time(9))
    scans.finish(4, scan_time(6), {})

    assert scans.newest_as_of() == scan_time(5)
    assert scans.later_than("scan-3") == frozenset()
    assert scans.later_than("scan-2") == frozenset({3})
    assert scans.later_than("scan-1") == frozenset({2, 3})
    assert scans.later_than("of no scan here") == frozenset()


def test_a_scan_of_a_part_covers_that_part(life: Life):
    life.store.scans.begin("a", scan_time(1), Scope(roots=("/disk",), runs=("run",)), full=True)

    scan = life.store.scans.find("a")

    assert scan.covers("/disk", "kit/run")
    assert not scan.covers("/other", "kit/run")
    assert not scan.covers("/disk", "kit/other")
