"""What is said of files that were there and are gone, and when it is not said."""

import datetime as dt
from dataclasses import replace

import pytest

from seqauto_pipeline.core.archived import Archive, ArchiveRule
from seqauto_pipeline.core.data_state import DataState
from seqauto_pipeline.core.file_list import RunListing
from seqauto_pipeline.core.problems import Problem
from seqauto_pipeline.core.verdict.file_contents import Contents
from seqauto_pipeline.core.verdict.lost_files import about_lost_files, run_deleted
from seqauto_pipeline.core.verdict.reconcile import FileRecord, ScanIds
from seqauto_pipeline.core.verdict.run_judgement import judge_run
from seqauto_pipeline.core.verdict.run_plan import plan_run
from seqauto_pipeline_tests.core.listings import layout, refusal, run_listing
from seqauto_pipeline_tests.core.runs import LAB, SHEET, WHOLE, parsed, run_with
from seqauto_pipeline_tests.core.verdict.test_run_plan import Life

WITHOUT_S1 = [path for path in WHOLE if path != "bam/S1.bam"]
WITHOUT_BAMS = [path for path in WITHOUT_S1 if path != "bam/S2.bam"]


def lost(number: int, kind: str = "bam", last_seen: int | None = 12, **facts: object) -> FileRecord:
    record = FileRecord(
        kind, f"S{number}", f"S{number}", None, None, f"{kind}/S{number}", DataState.DELETED
    )
    seen = record._replace(first_seen_scan_id=1, last_seen_scan_id=last_seen)
    return seen._replace(**facts)  # type: ignore[arg-type]


def lost_messages(life: Life) -> list[str]:
    return [
        message.problem.message
        for message in life.stored.messages
        if message.problem.code == "FILES_DELETED"
    ]


def test_a_message_says_how_many_which_and_since_when():
    (key, problem), *_ = about_lost_files(
        [lost(2), lost(1, seen_path="old/S1")], {12: dt.date(2026, 11, 24)}
    ).items()

    assert key == "FILES_DELETED:bam:12"
    assert (problem.code, problem.severity) == ("FILES_DELETED", "warning")
    assert problem.message == (
        "2 bam files are gone, last seen by scan 12 on 2026-11-24: bam/S2, old/S1"
    )
    assert "seqauto messages ack" in problem.fix
    assert "`archived`" in problem.fix


def test_many_names_are_counted_and_odd_ones_escaped():
    records = [lost(number) for number in range(1, 8)]
    records[0] = records[0]._replace(path="bam/\x1b[31m")

    (problem,) = about_lost_files(records, {}).values()

    assert problem.message == (
        "7 bam files are gone, last seen by scan 12: "
        "bam/S2, bam/S3, bam/S4, bam/S5, bam/S6 and 2 more"
    )


def test_each_type_and_each_loss_has_a_message_of_its_own():
    found = about_lost_files([lost(1), lost(2, last_seen=15), lost(1, "vcf")], {})

    assert [*found] == ["FILES_DELETED:bam:12", "FILES_DELETED:bam:15", "FILES_DELETED:vcf:12"]
    assert found["FILES_DELETED:bam:15"].message.startswith("1 bam file is gone, last seen by")


def test_a_file_that_is_lost_is_told_until_it_is_back():
    life = Life()
    life.sees(run_with())

    life.sees(run_with(WITHOUT_S1))
    assert lost_messages(life) == ["1 bam file is gone, last seen by scan 1: bam/S1.bam"]

    life.sees(run_with())
    assert life.open_codes == []


def test_what_is_lost_later_is_told_beside_what_was_lost_before():
    life = Life()
    life.sees(run_with())
    life.sees(run_with(WITHOUT_S1))

    life.sees(run_with(WITHOUT_BAMS))

    assert lost_messages(life) == [
        "1 bam file is gone, last seen by scan 1: bam/S1.bam",
        "1 bam file is gone, last seen by scan 2: bam/S2.bam",
    ]


def test_a_file_that_was_never_there_is_not_lost():
    life = Life()
    life.sees(run_with(WITHOUT_S1))
    life.sees(run_with(WITHOUT_S1))

    assert life.open_codes == []


@pytest.mark.parametrize(
    "listing",
    [
        run_with(WITHOUT_S1, unreadable=[refusal("bam")]),
        replace(run_listing(unreadable=[refusal("")]), directories={}),
        replace(run_listing(skip_reason="marker"), directories={}),
        run_with(WITHOUT_S1, sheet=SHEET.replace("1,id1,S1,ACGTACGT\n", "")),
    ],
    ids=["unreadable", "a run that cannot be read", "skipped", "retired"],
)
def test_what_is_hidden_skipped_or_asked_for_no_longer_is_not_lost(listing: RunListing):
    life = Life()
    life.sees(run_with())

    life.sees(listing)

    assert lost_messages(life) == []


@pytest.mark.parametrize(
    ("listing", "stays"),
    [
        (run_with(WITHOUT_S1, unreadable=[refusal("bam")]), True),
        (replace(run_listing(unreadable=[refusal("")]), directories={}), True),
        (run_with([*WITHOUT_S1[1:]], sheet=None), True),
        (replace(run_listing(skip_reason="marker"), directories={}), False),
        (run_with(WITHOUT_S1, sheet=SHEET.replace("1,id1,S1,ACGTACGT\n", "")), False),
    ],
    ids=["unreadable", "a run that cannot be read", "marker gone", "skipped", "retired"],
)
def test_a_loss_that_was_told_is_over_when_nothing_is_asked_for_and_not_when_nothing_is_seen(
    listing: RunListing, *, stays: bool
):
    life = Life()
    life.sees(run_with())
    life.sees(run_with(WITHOUT_S1))

    life.sees(listing)

    assert bool(lost_messages(life)) is stays


def test_a_file_that_need_not_be_there_may_go():
    at = layout('[file_types.qc]\nexpect = "if_present"\npatterns = ["qc/{sample_name}"]')
    there, gone = run_with(["done", "qc/S1"]), run_with(["done"])
    life = Life()

    for listing in (there, gone):
        life.scan += 1
        known = life.stored.known if life.stored else None
        judgement = judge_run(listing, parsed(listing, at), at, known)
        life.take(life.plan(judgement, listing, Contents()))

    assert life.state_of("qc", "S1") == "deleted"
    assert lost_messages(life) == []


@pytest.mark.parametrize(("days", "told"), [(10, []), (10_000, ["FILES_DELETED:bam:1"])])
def test_what_a_rule_of_the_laboratory_covers_is_not_told(days: int, told: list[str]):
    life = Life()
    life.sees(run_with())
    listing = run_with(WITHOUT_S1)
    archive = Archive((ArchiveRule("bam", days),), dt.date(2026, 11, 25))  # the run is of 2020
    judgement = judge_run(listing, parsed(listing), LAB, life.stored.known, archive=archive)

    plan = plan_run(
        judgement, parsed(listing), listing, life.stored, Contents(), ScanIds(2, 1), "fingerprint"
    )

    assert [key for key, _ in plan.messages.opened] == told


def test_a_run_in_which_no_file_was_ever_seen_may_go():
    never = lost(1)._replace(first_seen_scan_id=None)

    assert run_deleted([never, lost(2, retired=True)]) == ()
    (problem,) = run_deleted([never, lost(2), lost(3), lost(1, "vcf")])
    assert isinstance(problem, Problem)
    assert problem.message.endswith("what scans saw in it: 2 bam, 1 vcf")
