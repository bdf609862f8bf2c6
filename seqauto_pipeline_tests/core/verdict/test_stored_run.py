"""What is known of a stored run, today and as of an older file list."""

from seqauto_pipeline.core.data_state import DataState, RunState
from seqauto_pipeline.core.verdict.reconcile import FileRecord
from seqauto_pipeline.core.verdict.run_record import RunRecord
from seqauto_pipeline.core.verdict.stored_run import RunAsOf, StoredRun


def test_what_is_known_of_an_old_day_leaves_out_what_later_scans_added():
    record = RunRecord("/disk", "kit/run", "run", "lab", RunState.COMPLETE)
    there = DataState.COMPLETE
    old = FileRecord("bam", "S1", "S1", None, None, "bam/S1.bam", there, first_seen_scan_id=1)
    new = FileRecord("bam", "S2", "S2", None, None, "bam/S2.bam", there, first_seen_scan_id=3)
    files = {each.key: each for each in (old, new, *(_retired(each) for each in (old, new)))}
    stored = StoredRun(record, sheet_md5="ab", files=files)

    then = stored.known_as_of(RunAsOf(RunState.INCOMPLETE, had_sheet=False), frozenset({2, 3}))
    unseen = stored.known_as_of(RunAsOf(None, had_sheet=True), frozenset())

    assert (then.record.data_state, then.sheet_md5) == (RunState.INCOMPLETE, None)
    assert then.seen_paths == {"bam/S1.bam"}
    assert then.retired_paths == {"bam/S1.bam.old"}
    assert (unseen.record.data_state, unseen.sheet_md5) == (RunState.ERROR, "ab")
    assert unseen.seen_paths == {"bam/S1.bam", "bam/S2.bam"}
    assert unseen.retired_paths == {"bam/S1.bam.old", "bam/S2.bam.old"}


def _retired(file: FileRecord) -> FileRecord:
    return file._replace(slot=f"{file.slot}-old", path=f"{file.path}.old", retired=True)
