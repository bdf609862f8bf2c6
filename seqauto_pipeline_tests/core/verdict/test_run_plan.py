"""All that one scan changes of one run, worked out before anything is written."""

from dataclasses import replace

import pytest

from seqauto_pipeline.core.data_state import RunState
from seqauto_pipeline.core.file_list import RunListing
from seqauto_pipeline.core.problems import Problem, Severity
from seqauto_pipeline.core.verdict.file_contents import ContentResult, Contents, JsonText
from seqauto_pipeline.core.verdict.messages import OpenMessage
from seqauto_pipeline.core.verdict.reconcile import ScanIds
from seqauto_pipeline.core.verdict.run_judgement import RunJudgement, judge_run
from seqauto_pipeline.core.verdict.run_plan import (
    RunPlan,
    UnexpectedChanges,
    plan_deleted_run,
    plan_failed_run,
    plan_run,
)
from seqauto_pipeline.core.verdict.run_record import RunRecord
from seqauto_pipeline.core.verdict.stored_run import StoredRun
from seqauto_pipeline.core.verdict.unexpected_files import UnexpectedEntry
from seqauto_pipeline_tests.core.listings import NS, file_of, refusal, run_listing
from seqauto_pipeline_tests.core.runs import LAB, SHEET, WHOLE, parsed, run_with

BROKEN = Problem("GENE_LIST_EMPTY", Severity.ERROR, "it is empty", "Make it.", "genes/S1.txt")
CHANGED = SHEET.replace("id2,S2", "id3,S3")


class Life:
    """What is stored of one run over several scans."""

    def __init__(self) -> None:
        self.stored: StoredRun | None = None
        self.scan = 0
        self.last_message = 0

    def sees(self, listing: RunListing, contents: Contents | None = None) -> RunPlan:
        self.scan += 1
        run = parsed(listing)
        known = self.stored.known if self.stored else None
        judgement = judge_run(listing, run, LAB, known)
        plan = self.plan(judgement, listing, contents or Contents())
        self.take(plan)
        return plan

    def plan(self, judgement: RunJudgement, listing: RunListing, contents: Contents) -> RunPlan:
        ids = ScanIds(self.scan, self.scan - 1 or None)
        return plan_run(
            judgement, parsed(listing), listing, self.stored, contents, ids, "fingerprint"
        )

    def take(self, plan: RunPlan) -> None:
        """Store a plan as the database would."""
        old = self.stored or StoredRun(plan.record)
        reworded = dict(plan.messages.reworded)
        messages = [
            replace(message, problem=reworded.get(message.id, message.problem))
            for message in old.messages
            if message.id not in plan.messages.closed
        ]
        for key, problem in plan.messages.opened:
            self.last_message += 1
            messages.append(OpenMessage(self.last_message, key, problem))
        unexpected = {
            path: entry
            for path, entry in old.unexpected.items()
            if path not in plan.unexpected.gone
        }
        self.stored = replace(
            old,
            record=plan.record,
            samples=plan.sheet.samples if plan.sheet else old.samples,
            sheet_md5=plan.sheet.md5 if plan.sheet else old.sheet_md5,
            files={**old.files, **{change.new.key: change.new for change in plan.files}},
            messages=tuple(messages),
            unexpected=unexpected | {entry.path: entry for entry in plan.unexpected.found},
        )

    @property
    def open_codes(self) -> list[str]:
        return sorted(message.problem.code for message in self.stored.messages)

    def state_of(self, kind: str, slot: str) -> str:
        return self.stored.files[kind, slot].ledger_state


def test_a_first_scan_stores_everything():
    plan = Life().sees(run_with())

    assert (plan.old_record, plan.fingerprint) == (None, "fingerprint")
    assert plan.is_state_change
    assert plan.changes_something
    assert plan.sheet.path == "SampleSheet.csv"
    assert plan.sheet_content == SHEET.encode()
    assert plan.facts["lanes"] == 4
    assert len(plan.files) == 8
    assert not plan.messages


@pytest.mark.parametrize(
    "listing",
    [
        run_with(),
        run_with(WHOLE[1:]),
        run_with(sheet=None),
        run_with(sheet=""),
        run_with([*WHOLE, "fq/stray"]),
        run_with(unreadable=[refusal("bam")]),
        replace(run_listing(unreadable=[refusal("")]), directories={}),
        replace(run_listing(skip_reason="marker"), directories={}),
    ],
)
def test_a_second_scan_of_the_same_changes_nothing(listing):
    life = Life()
    life.sees(listing)

    plan = life.sees(listing)

    assert not plan.changes_something
    assert not plan.is_state_change


def test_a_run_with_something_unreadable_is_judged_again_at_the_next_scan():
    assert Life().sees(run_with(unreadable=[refusal("bam")])).fingerprint is None


def test_a_run_with_a_file_that_changed_under_the_reader_is_judged_again_at_the_next_scan():
    assert Life().sees(run_with(), Contents(pending=True)).fingerprint is None


def test_a_content_error_is_a_message_and_a_state_of_its_file():
    life = Life()
    key = ("genes", "S1")
    contents = Contents({key: ContentResult("sig", None, (BROKEN,))}, {key: (BROKEN,)})

    plan = life.sees(run_with(), contents)

    assert life.state_of("genes", "S1") == "error"
    assert life.open_codes == ["GENE_LIST_EMPTY"]
    assert plan.contents[key].error_code == "GENE_LIST_EMPTY"


def test_a_content_warning_leaves_its_file_complete():
    life = Life()
    warning = replace(BROKEN, severity=Severity.WARNING)
    key = ("genes", "S1")

    life.sees(
        run_with(),
        Contents({key: ContentResult("s", JsonText("{}"), (warning,))}, {key: (warning,)}),
    )

    assert life.state_of("genes", "S1") == "complete"
    assert ContentResult("s", JsonText("{}"), (warning,)).error_code is None


def test_a_skipped_run_keeps_its_sheet_and_its_files_turn_skipped():
    life = Life()
    life.sees(run_with(sheet=SHEET.replace("ACGTACGT", "TTGGTTGG")))

    plan = life.sees(replace(run_listing(skip_reason="marker"), directories={}))

    assert (plan.facts, plan.sheet, plan.sheet_content) == (None, None, b"")
    assert {file.ledger_state for file in life.stored.files.values()} == {"skipped"}
    assert life.stored.messages == ()
    assert life.stored.sheet_md5 is not None


def test_a_run_that_is_no_longer_skipped_is_as_it_was():
    life = Life()
    life.sees(run_with())
    before = life.stored
    life.sees(replace(run_listing(skip_reason="marker"), directories={}))

    life.sees(run_with())

    assert life.stored == before


def test_a_run_that_cannot_be_looked_into_keeps_its_files_and_messages():
    life = Life()
    life.sees(run_with((*WHOLE[:-1], "fq/stray")))
    before = life.stored

    plan = life.sees(replace(run_listing(unreadable=[refusal("")]), directories={}))

    after = life.stored.files
    assert {
        key: file._replace(last_seen_scan_id=None) for key, file in after.items()
    } == before.files
    assert {file.last_seen_scan_id for file in after.values() if file.was_seen_at} == {1}
    assert life.stored.unexpected == before.unexpected
    assert life.open_codes == ["UNEXPECTED_FILES", "UNREADABLE"]
    assert plan.facts is None


def test_a_message_about_what_is_hidden_stays_open_until_it_can_be_looked_at():
    life = Life()
    empty = {**dict.fromkeys(WHOLE, file_of()), "bam/S1.bam": file_of(0)}
    life.sees(run_with(empty))
    assert life.open_codes == ["EMPTY_FILE"]

    life.sees(run_with(empty, unreadable=[refusal("bam")]))
    assert life.open_codes == ["EMPTY_FILE", "UNREADABLE"]

    life.sees(run_with())
    assert life.open_codes == []


def test_a_message_about_two_runs_is_not_one_runs_to_close():
    life = Life()
    life.sees(run_with())
    twice = Problem("DUPLICATE_FLOWCELL", Severity.ERROR, "twice", "Keep one.")
    life.stored = replace(life.stored, messages=(OpenMessage(7, "key", twice),))

    assert not life.sees(run_with()).messages


def test_a_changed_sheet_retires_what_left_it_and_says_so_until_somebody_has_seen_it():
    life = Life()
    life.sees(run_with())

    plan = life.sees(run_with(sheet=CHANGED))

    assert plan.sheet.md5 != parsed(run_with()).sheet.md5
    assert life.state_of("bam", "S2") == "retired"
    assert life.state_of("bam", "S3") == "non_existent"
    (key, problem), *_ = [each for each in plan.messages.opened if "SHEET_CHANGED" in each[0]]
    assert problem.message.endswith("It adds 4 expected files and retires 4.")
    assert key.startswith("SHEET_CHANGED:")

    life.sees(run_with(sheet=CHANGED))
    assert "SHEET_CHANGED" in life.open_codes


def test_a_sheet_that_changes_back_closes_the_message():
    life = Life()
    life.sees(run_with())
    life.sees(run_with(sheet=CHANGED))

    life.sees(run_with())

    assert life.open_codes == []
    assert life.state_of("bam", "S2") == "complete"
    assert life.state_of("bam", "S3") == "retired"


def test_a_sheet_that_goes_from_a_to_b_to_c_and_back_to_b_keeps_the_first_change():
    life = Life()
    third = SHEET.replace("id2,S2", "id4,S4")
    for sheet in (SHEET, CHANGED, third, CHANGED):
        life.sees(run_with(sheet=sheet))

    assert life.open_codes.count("SHEET_CHANGED") == 1


def test_an_edit_that_changes_no_sample_is_noted():
    life = Life()
    life.sees(run_with())

    life.sees(run_with(sheet=f"[Header]\nInvestigator,AB\n{SHEET}"))

    assert life.open_codes == ["SHEET_EDITED"]


def test_a_sheet_that_can_no_longer_be_read_changes_no_sample():
    life = Life()
    life.sees(run_with())

    plan = life.sees(run_with(sheet=""))

    assert plan.sheet is None
    assert plan.files == ()
    assert "SHEET_CHANGED" not in life.open_codes


def test_a_setting_that_changes_what_is_made_of_the_samples_stores_them_anew():
    life = Life()
    life.sees(run_with())
    controls = tuple(replace(each, is_control=True) for each in life.stored.samples)
    life.stored = replace(life.stored, samples=controls)

    plan = life.sees(run_with())

    assert plan.sheet is not None
    assert life.open_codes == []


def test_unexpected_files_are_stored_when_they_come_change_and_go():
    life = Life()

    come = life.sees(run_with([*WHOLE, "fq/a", "fq/b"]))
    changed = dict.fromkeys(WHOLE, file_of()) | {"fq/a": file_of(11)}
    plan = life.sees(run_with(changed))

    assert [entry.path for entry in come.unexpected.found] == ["fq/a", "fq/b"]
    assert plan.unexpected == UnexpectedChanges((UnexpectedEntry("fq/a", 11, NS),), ("fq/b",))


def test_a_run_folder_that_is_gone_is_deleted_with_what_was_seen_in_it_and_kept():
    life = Life()
    life.sees(run_with([*WHOLE[:-1], "fq/stray"]))

    plan = plan_deleted_run(life.stored, ScanIds(2, 1))
    life.take(plan)

    assert life.stored.record.data_state is RunState.DELETED
    assert life.stored.record.state_reason == "the run folder is gone"
    assert life.state_of("bam", "S1") == "deleted"
    assert life.state_of("genes", "S2") == "non_existent"
    (message,) = life.stored.messages
    assert (message.problem.code, life.stored.unexpected) == ("RUN_DELETED", {})
    assert message.problem.message == (
        "the run folder is gone, and with it what scans saw in it: 2 bam, 4 fastq, 1 genes"
    )
    assert life.stored.record.run_number == 410
    assert not plan_deleted_run(life.stored, ScanIds(3, 2)).changes_something


def test_a_run_that_is_restored_is_as_it_was():
    life = Life()
    life.sees(run_with())
    before = life.stored
    life.take(plan_deleted_run(life.stored, ScanIds(2, 1)))
    life.scan += 1

    life.sees(run_with())

    assert life.stored == before


def test_a_run_that_moved_changes_its_place_and_keeps_its_files():
    life = Life()
    life.sees(run_with())

    plan = life.sees(run_with(path="other_kit/200920_NB501009_0410_AHNLYFBGXG"))

    assert plan.is_state_change
    assert [change for change in plan.files if change.is_event] == []
    assert plan.record.path.startswith("other_kit/")


TRACEBACK = "Traceback (most recent call last):\n  File x, line 1\nValueError: no such thing\n"


def test_a_run_whose_processing_failed_keeps_all_and_says_what_happened():
    life = Life()
    life.sees(run_with([*WHOLE, "fq/stray"]))
    before = life.stored

    plan = plan_failed_run(RunRecord("/x", "y", "y", "small", RunState.ERROR), before, TRACEBACK)
    life.take(plan)

    assert life.stored.record == replace(
        before.record, data_state=RunState.ERROR, state_reason="ValueError: no such thing"
    )
    assert life.stored.files == before.files
    assert life.open_codes == ["PROCESSING_FAILED", "UNEXPECTED_FILES"]
    assert "ValueError: no such thing" in plan.messages.opened[0][1].message
    assert plan.fingerprint is None

    life.sees(run_with([*WHOLE, "fq/stray"]))
    assert life.open_codes == ["UNEXPECTED_FILES"]


def test_a_run_that_fails_at_first_sight_is_stored_too():
    record = RunRecord("/x", "y", "y", "small", RunState.COMPLETE)

    plan = plan_failed_run(record, None, TRACEBACK)

    assert (plan.old_record, plan.record.data_state) == (None, RunState.ERROR)
    assert plan.changes_something
