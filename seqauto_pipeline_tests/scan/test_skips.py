"""A run that a person skips by command, and what scans make of it."""

import datetime as dt
import shutil

from seqauto_pipeline.db.queries.runs import find_runs
from seqauto_pipeline.db.session import open_database, write_session
from seqauto_pipeline.db.store.annotations import Statement, set_skip
from seqauto_pipeline.settings import database_url_for
from seqauto_pipeline_tests.scan.lab import Lab
from seqauto_pipeline_tests.scan.run_folder import samples

SAID = Statement("Ann", "wrong flowcell", dt.datetime(2026, 1, 2, tzinfo=dt.UTC))
REASON = "by Ann: wrong flowcell"


def skip(lab: Lab, path: str, *, on: bool = True) -> None:
    engine = open_database(database_url_for(lab.settings, lab.home))
    with write_session(engine) as session:
        (run,) = find_runs(session, path)
        assert set_skip(session, run, SAID, on=on)
    engine.dispose()


def stored(lab: Lab, path: str) -> dict[str, object]:
    """All that is stored of a run, but which scan last wrote it."""
    return {**lab.sequencing_run(path)._mapping, "written_scan_id": None}


def test_a_skipped_run_keeps_its_records_and_gets_no_new_ones(lab: Lab) -> None:
    run, quiet = lab.run(1).complete(), lab.run(2).complete()
    lab.scan()
    before = lab.files(run.path)
    skip(lab, run.path)
    run.write_sheet(samples("S1", "S2", "S3"))

    planned = lab.plan()
    summary = lab.scan().summary

    assert lab.run_states() == {run.path: "skipped", quiet.path: "complete"}
    assert lab.files(run.path) == dict.fromkeys(before, "skipped")
    assert lab.run_ledger(run.path)[-1] == ("skipped", REASON)
    assert lab.messages(run.path) == ()
    assert planned.changes.run_moves == summary.changes.run_moves == {("complete", "skipped"): 1}
    assert planned.changes.file_moves == summary.changes.file_moves


def test_a_run_that_is_no_longer_skipped_is_as_it_was(lab: Lab) -> None:
    run = lab.run(1).complete()
    lab.scan()
    before, record = lab.files(run.path), stored(lab, run.path)
    skip(lab, run.path)
    lab.scan()
    assert lab.scan().summary.changes.runs == 0
    skip(lab, run.path, on=False)

    lab.scan()

    assert lab.files(run.path) == before
    assert stored(lab, run.path) == record
    assert [state for state, _ in lab.run_ledger(run.path)] == ["complete", "skipped", "complete"]
    assert lab.messages(run.path) == ()


def test_the_loss_of_a_skipped_run_s_files_holds_nothing(lab: Lab) -> None:
    runs = [lab.run(number).complete() for number in range(1, 7)]
    lab.overrides["brake_min_files"] = 1
    lab.scan()
    for run in runs:
        skip(lab, run.path)
        shutil.rmtree(run.place("bam").parent)

    summary = lab.scan().summary

    assert summary.held == ()
    assert set(lab.run_states().values()) == {"skipped"}


def test_a_skip_goes_along_when_the_run_moves(lab: Lab) -> None:
    run = lab.run(1, "kit_a").complete()
    lab.run(2, "kit_a").complete()
    lab.scan()
    skip(lab, run.path)
    run.move("kit_b")

    lab.scan()

    assert lab.run_states()[run.path] == "skipped"
    assert set(lab.files(run.path).values()) == {"skipped"}
    assert lab.messages(run.path) == ()
    assert lab.run_ledger(run.path)[-1][0] == "skipped"
    lab.scan()
    assert lab.scan().summary.changes.runs == 0


def test_a_run_that_its_disk_skips_says_so_whatever_people_say(lab: Lab) -> None:
    run = lab.run(1).complete()
    lab.scan()
    skip(lab, run.path)
    (run.folder / lab.settings.skip_marker).touch()

    lab.scan()

    assert lab.sequencing_run(run.path).state_reason == f"it holds {lab.settings.skip_marker}"
