"""Expected, seen and stored: the records that should be, and what changes."""

from dataclasses import replace

import pytest

from seqauto_pipeline.core.data_state import DataState
from seqauto_pipeline.core.file_list import Entry, EntryKind
from seqauto_pipeline.core.verdict.reconcile import (
    EMPTY_FILE,
    LINK_OUT_OF_ROOT,
    NOT_A_REGULAR_FILE,
    ScanIds,
    delete_files,
)
from seqauto_pipeline_tests.core.listings import NS, file_of
from seqauto_pipeline_tests.core.verdict.reconciling import BAM, HERE, Life, expected


def test_a_file_that_is_there_is_complete_with_its_size_and_time():
    life = Life()

    (change,) = life.goes_on(HERE)

    assert change.old is None
    assert change.is_event
    assert (life.file.data_state, life.file.size, life.file.modified_ns) == ("complete", 7, NS)
    assert (life.file.first_seen_scan_id, life.file.last_seen_scan_id) == (1, None)


def test_a_file_that_no_scan_ever_saw_is_non_existent():
    life = Life()

    life.goes_on()

    assert life.file.data_state is DataState.NON_EXISTENT
    assert (life.file.size, life.file.first_seen_scan_id, life.file.was_seen_at) == (
        None,
        None,
        None,
    )


def test_a_file_that_was_seen_and_is_gone_is_deleted_and_its_last_sight_is_known():
    life = Life()
    life.goes_on(HERE)
    life.goes_on(HERE)

    (change,) = life.goes_on()

    assert (change.old.data_state, change.new.data_state) == ("complete", "deleted")
    assert (life.file.first_seen_scan_id, life.file.last_seen_scan_id) == (1, 2)
    assert life.file.size == 7


def test_a_deleted_file_stays_deleted_and_may_come_back():
    life = Life()
    life.goes_on(HERE)
    life.goes_on()

    assert life.goes_on() == ()
    assert life.file.last_seen_scan_id == 1

    life.goes_on(HERE)

    assert (life.file.data_state, life.file.last_seen_scan_id) == ("complete", None)
    assert life.file.first_seen_scan_id == 1


def test_what_was_seen_in_error_is_deleted_too_when_it_goes():
    life = Life()
    life.goes_on({"1_BAM/S1.bam": file_of(0)})

    life.goes_on()

    assert (life.file.data_state, life.file.reason) == ("deleted", None)


def test_what_was_seen_and_then_skipped_is_deleted_when_it_goes():
    life = Life()
    life.goes_on(HERE)
    life.is_skipped()

    life.goes_on()

    assert life.file.data_state is DataState.DELETED
    assert life.file.last_seen_scan_id == 1


def test_a_file_of_another_size_is_an_event_though_its_state_is_the_same():
    life = Life()
    life.goes_on(HERE)

    (change,) = life.goes_on({"1_BAM/S1.bam": file_of(8)})

    assert change.is_event
    assert (change.old.size, change.new.size) == (7, 8)


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (file_of(0), EMPTY_FILE),
        (Entry(EntryKind.OTHER, 0, NS), NOT_A_REGULAR_FILE),
        (Entry(EntryKind.DIRECTORY, 0, NS), NOT_A_REGULAR_FILE),
        (Entry(EntryKind.LINK_OUT, 0, NS), LINK_OUT_OF_ROOT),
    ],
)
def test_what_cannot_be_used_is_in_error_and_says_why(entry, reason):
    life = Life()

    life.goes_on({"1_BAM/S1.bam": entry})

    assert (life.file.data_state, life.file.reason) == ("error", reason)
    assert life.file.first_seen_scan_id == 1


def test_an_empty_file_of_a_type_that_may_be_empty_is_complete():
    life = Life()
    may_be_empty = replace(BAM, non_empty=False)

    life.goes_on({"1_BAM/S1.bam": file_of(0)}, want=[expected()._replace(file_type=may_be_empty)])

    assert life.file.data_state is DataState.COMPLETE


def test_a_file_whose_content_cannot_be_read_is_in_error_until_it_can():
    life = Life()

    life.goes_on(HERE, errors={("bam", "S1"): "FLAGSTAT_EMPTY"})
    assert (life.file.data_state, life.file.reason) == ("error", "FLAGSTAT_EMPTY")

    life.goes_on(HERE)
    assert (life.file.data_state, life.file.reason) == ("complete", None)


def test_a_link_to_nothing_is_no_file():
    life = Life()

    life.goes_on({"1_BAM/S1.bam": Entry(EntryKind.BROKEN_LINK, 0, NS)})

    assert life.file.data_state is DataState.NON_EXISTENT


@pytest.mark.parametrize("below", ["", "1_BAM", "1_BAM/S1.bam"])
def test_what_cannot_be_looked_at_keeps_its_state(below):
    life = Life()
    life.goes_on(HERE)

    (change,) = life.goes_on(refuses=(below,))

    assert not change.is_event
    assert life.file.data_state is DataState.COMPLETE
    assert life.file.last_seen_scan_id == 1


def test_of_what_cannot_be_looked_at_nothing_new_is_recorded():
    life = Life()

    assert life.goes_on(refuses=("1_BAM",)) == ()


def test_what_can_be_looked_at_again_is_as_it_was():
    life = Life()
    life.goes_on(HERE)
    before = life.file
    life.goes_on(refuses=("1_BAM",))

    life.goes_on(HERE)

    assert life.file == before


def test_a_missing_file_that_cannot_be_looked_at_stays_missing():
    life = Life()
    life.goes_on()

    assert life.goes_on(refuses=("1_BAM",)) == ()


def test_a_file_of_a_skipped_sample_is_skipped_and_none_is_made_for_it():
    life = Life()
    assert life.goes_on(HERE, want=[expected(skipped=True)]) == ()
    life.goes_on(HERE)

    life.goes_on(HERE, want=[expected(skipped=True)])

    assert life.file.data_state is DataState.SKIPPED


def test_what_no_sheet_row_asks_for_is_retired_and_kept():
    life = Life()
    life.goes_on(HERE)

    (change,) = life.goes_on(HERE, want=[])

    assert (change.new.retired, change.new.ledger_state) == (True, "retired")
    assert change.new.data_state is DataState.COMPLETE
    assert life.goes_on(HERE, want=[]) == ()


def test_a_file_that_goes_while_no_sheet_asks_for_it_was_last_seen_when_it_was():
    life = Life()
    life.goes_on(HERE)
    life.goes_on(HERE, want=[])
    (change,) = life.goes_on(want=[])
    assert not change.is_event
    assert life.goes_on(want=[]) == ()

    life.goes_on()

    assert (life.file.data_state, life.file.last_seen_scan_id) == ("deleted", 2)


def test_a_file_that_comes_back_while_no_sheet_asks_for_it_is_seen_again():
    life = Life()
    life.goes_on(HERE)
    life.goes_on(want=[])
    life.goes_on(HERE, want=[])
    assert life.file.last_seen_scan_id is None

    life.goes_on(want=[])
    life.goes_on()

    assert (life.file.data_state, life.file.last_seen_scan_id) == ("deleted", 3)


def test_a_file_that_goes_while_its_sample_is_skipped_was_last_seen_when_it_was():
    life = Life()
    life.goes_on(HERE)
    life.goes_on(HERE, want=[expected(skipped=True)])
    life.goes_on(want=[expected(skipped=True)])
    life.goes_on(want=[expected(skipped=True)])

    life.goes_on()

    assert (life.file.data_state, life.file.last_seen_scan_id) == ("deleted", 2)


def test_a_file_that_no_sheet_asks_for_is_last_seen_before_its_run_folder_goes():
    life = Life()
    life.goes_on(HERE)
    life.goes_on(HERE, want=[])

    changes = delete_files(life.stored, ScanIds(3, 2))

    assert [(each.new.retired, each.new.last_seen_scan_id) for each in changes] == [(True, 2)]
    assert not any(each.is_event for each in changes)


@pytest.mark.parametrize(("files", "state"), [(HERE, DataState.COMPLETE), ({}, DataState.DELETED)])
def test_what_is_asked_for_again_is_no_longer_retired(files, state):
    life = Life()
    life.goes_on(HERE)
    life.goes_on(HERE, want=[])

    (change,) = life.goes_on(files)

    assert change.is_event
    assert (life.file.retired, life.file.data_state) == (False, state)
    assert life.file.first_seen_scan_id == 1


def test_what_is_asked_for_again_and_cannot_be_looked_at_is_no_longer_retired():
    life = Life()
    life.goes_on(HERE)
    life.goes_on(HERE, want=[])

    life.goes_on(refuses=("1_BAM",))

    assert not life.file.retired


def test_a_job_at_work_is_running_until_its_file_is_there():
    life = Life()
    life.goes_on()
    life.stored["bam", "S1"] = life.file._replace(data_state=DataState.RUNNING)

    assert life.goes_on() == ()

    life.goes_on(HERE)
    assert life.file.data_state is DataState.COMPLETE


OLD, NEW = "1_BAM/S1.old.bam", "1_BAM/S1.new.bam"


def test_a_file_that_is_there_under_another_pattern_is_the_same_file():
    life = Life()
    life.goes_on({OLD: file_of()}, want=[expected(path=OLD, other_paths=(NEW,))])

    (change,) = life.goes_on({NEW: file_of()}, want=[expected(path=NEW, other_paths=(OLD,))])

    assert change.is_event
    assert (life.file.path, life.file.first_seen_scan_id) == (NEW, 1)


def test_a_file_that_was_seen_under_another_pattern_is_deleted():
    life = Life()
    life.goes_on({OLD: file_of()}, want=[expected(path=OLD, other_paths=(NEW,))])

    life.goes_on(want=[expected(path=NEW, other_paths=(OLD,))])

    assert (life.file.data_state, life.file.path, life.file.seen_path) == ("deleted", NEW, OLD)
    assert life.file.was_seen_at == OLD


def test_a_file_under_a_name_that_is_no_longer_asked_for_is_another_file():
    life = Life()
    life.goes_on({OLD: file_of()}, want=[expected(path=OLD)])

    life.goes_on(want=[expected(path=NEW)])
    assert (life.file.data_state, life.file.first_seen_scan_id) == ("non_existent", None)

    life.goes_on({NEW: file_of()}, want=[expected(path=NEW)])
    assert (life.file.data_state, life.file.first_seen_scan_id) == ("complete", 3)


def test_a_skipped_run_has_skipped_files_once():
    life = Life()
    life.goes_on(HERE, want=[expected(), expected("S2")])
    life.goes_on(HERE, want=[expected(), expected("S2"), expected("S3")])
    life.goes_on(HERE, want=[expected(), expected("S2")])

    changes = life.is_skipped()

    assert [(change.new.slot, change.new.data_state) for change in changes] == [
        ("S1", "skipped"),
        ("S2", "skipped"),
    ]
    assert life.is_skipped() == ()


def test_of_a_run_folder_that_is_gone_what_was_seen_is_deleted():
    life = Life()
    life.goes_on(HERE, want=[expected(), expected("S2")])

    changes = delete_files(life.stored, ScanIds(2, 1))
    life.take(changes)

    assert [(change.new.slot, change.new.data_state) for change in changes] == [("S1", "deleted")]
    assert life.file.last_seen_scan_id == 1
    assert delete_files(life.stored, ScanIds(3, 2)) == ()


def test_a_file_that_is_being_made_is_running_until_what_makes_it_has_ended():
    life, waited_for = Life(), expected(is_awaited=True)

    life.goes_on(want=[waited_for])
    being_made = life.file
    life.goes_on()
    never_made = life.file
    life.goes_on(want=[waited_for])
    life.goes_on(HERE)

    assert (being_made.data_state, being_made.reason) == (DataState.RUNNING, "AWAITED")
    assert (never_made.data_state, never_made.reason) == (DataState.NON_EXISTENT, None)
    assert (life.file.data_state, life.file.reason) == (DataState.COMPLETE, None)
