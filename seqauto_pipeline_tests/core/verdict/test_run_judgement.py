"""One scan's verdict on one run folder: its state, its record, and what it should hold."""

from dataclasses import replace

import pytest

from seqauto_pipeline.core.data_state import RunState
from seqauto_pipeline.core.file_list import RunListing
from seqauto_pipeline.core.layout import Layout
from seqauto_pipeline.core.verdict.run_judgement import (
    KnownRun,
    RunJudgement,
    expected_samples,
    judge_run,
    run_facts_for_people,
    unreadable_problems,
)
from seqauto_pipeline.layouts import load_layout
from seqauto_pipeline_tests.core.listings import NS, file_of, layout, refusal, run_listing
from seqauto_pipeline_tests.core.runs import LAB, WHOLE, parsed, run_with

ILLUMINA = load_layout("illumina")


def judged(
    listing: RunListing,
    known: KnownRun | None = None,
    *,
    at: Layout = LAB,
    settled_before_ns: int | None = None,
) -> RunJudgement:
    run = parsed(listing, at)
    return judge_run(listing, run, at, known, settled_before_ns=settled_before_ns)


def known_as(state: RunState = RunState.COMPLETE, **facts: object) -> KnownRun:
    """Give what is stored of a run that was judged whole, in another state since."""
    verdict = judged(run_with())
    values = {"samples": verdict.samples, "sheet_md5": "0" * 32}
    return KnownRun(replace(verdict.record, data_state=state), **(values | facts))  # type: ignore[arg-type]


def codes(verdict: RunJudgement) -> list[str]:
    return [problem.code for problem in verdict.problems]


def test_a_run_with_its_marker_and_sheet_is_complete():
    verdict = judged(run_with())

    record = verdict.record
    assert (record.data_state, record.state_reason) == (RunState.COMPLETE, None)
    assert (record.root, record.path) == ("/disk", "idt_exome/200920_NB501009_0410_AHNLYFBGXG")
    assert (record.sequencer, record.flowcell_id, record.flowcell) == (
        "NB501009",
        "AHNLYFBGXG",
        "HNLYFBGXG",
    )
    assert (record.date.isoformat(), record.run_number, record.side) == ("2020-09-20", 410, "A")
    assert record.enrichment_kit == "idt_exome"
    assert verdict.markers == (("done",), ())
    assert [file.path for file in verdict.expected if file.file_type.name == "bam"] == [
        "bam/S1.bam",
        "bam/S2.bam",
    ]
    assert (verdict.problems, verdict.files_are_known, verdict.is_final) == ((), True, True)


def test_base_calls_and_interop_are_known_by_their_files():
    calls = ("calls/L001", "InterOp/QMetrics.bin")

    some, all_of_them = (
        judged(run_with((*WHOLE, *calls))),
        judged(run_with((*WHOLE, *calls, "InterOp/TileMetrics.bin"))),
    )

    assert (some.record.has_basecalls, some.record.has_interop) == (True, False)
    assert (all_of_them.record.has_basecalls, all_of_them.record.has_interop) == (True, True)


def test_a_layout_without_interop_has_none():
    at = layout('[file_types.a]\npatterns = ["{sample_id}"]')

    assert not judged(run_with(), at=at).record.has_interop


def test_a_run_without_its_marker_is_incomplete_and_expects_nothing():
    verdict = judged(run_with(WHOLE[1:]))

    assert verdict.record.data_state is RunState.INCOMPLETE
    assert verdict.record.state_reason == "it lacks done"
    assert (verdict.expected, verdict.files_are_known) == ((), False)
    assert [each.sample.sample_name for each in verdict.samples] == ["S1", "S2"]


def test_a_run_that_was_complete_and_lost_its_marker_stays_complete_with_a_warning():
    verdict = judged(run_with(WHOLE[1:]), known_as())

    assert verdict.record.data_state is RunState.COMPLETE
    (problem,) = verdict.problems
    assert (problem.code, problem.severity) == ("MARKER_GONE", "warning")
    assert problem.message == "the run was complete and now lacks done"


@pytest.mark.parametrize("state", [RunState.SKIPPED, RunState.DELETED, RunState.INCOMPLETE])
def test_a_run_that_was_not_complete_and_lacks_its_marker_is_incomplete(state):
    assert judged(run_with(WHOLE[1:]), known_as(state)).record.data_state is RunState.INCOMPLETE


def test_any_one_of_a_layouts_markers_will_do():
    at = layout('[file_types.a]\npatterns = ["{sample_id}"]', run='markers = ["a", "b"]')

    assert judged(run_with(["b"]), at=at).markers == (("b",), ())
    assert judged(run_with([]), at=at).record.state_reason == "it lacks a or b"


@pytest.mark.parametrize(
    ("instrument", "there", "lacking"),
    [
        ("M00123", ["RTAComplete.txt"], None),
        ("M00123", ["CopyComplete.txt"], "RTAComplete.txt"),
        ("NB501009", ["RTAComplete.xml"], None),
        ("NB501009", ["RTAComplete.txt"], None),
        ("NB501009", [], "RTAComplete.txt or RTAComplete.xml"),
        ("VH00123", ["RTAComplete.txt"], "CopyComplete.txt"),
        ("VH00123", ["CopyComplete.txt"], None),
        ("A00123", ["RTAComplete.txt", "SequenceComplete.txt"], "CopyComplete.txt"),
        ("A00123", ["CopyComplete.txt"], None),
        ("LH00123", ["CopyComplete.txt"], None),
        ("FS10000123", ["RTAComplete.txt"], "CopyComplete.txt"),
        ("K00123", ["RTAComplete.txt", "SequencingComplete.txt"], None),
        ("ZZ99", ["RTAComplete.txt"], None),
        ("ZZ99", ["CopyComplete.txt"], "RTAComplete.txt"),
    ],
)
def test_in_illumina_the_instruments_own_marker_decides(instrument, there, lacking):
    listing = run_with(there, run_info=None, path=f"kit/200920_{instrument}_0410_AHNLYFBGXG")

    verdict = judged(listing, at=ILLUMINA)

    assert verdict.record.data_state is (RunState.INCOMPLETE if lacking else RunState.COMPLETE)
    assert verdict.markers[1] == ((lacking,) if lacking else ())
    assert set(verdict.markers[0]) <= set(there)


def test_a_skipped_run_says_why_and_nothing_else():
    listing = replace(run_listing(skip_reason="it holds the marker"), directories={})

    verdict = judged(listing)

    assert (verdict.record.data_state, verdict.record.state_reason) == (
        "skipped",
        "it holds the marker",
    )
    assert (verdict.expected, verdict.problems) == ((), ())


def test_a_skipped_run_keeps_what_was_known_of_it():
    listing = replace(run_listing(skip_reason="marker", path="moved/x"), directories={})

    verdict = judged(listing, known_as())

    assert (verdict.record.run_number, verdict.record.path) == (410, "moved/x")


def test_a_run_settles_until_its_top_level_files_are_still():
    young = {**dict.fromkeys(WHOLE, file_of()), "done": file_of(0, NS + 5)}

    verdict = judged(run_with(young), settled_before_ns=NS)

    assert verdict.record.state_reason == "its files are still changing"
    assert (verdict.record.data_state, verdict.is_final) == ("incomplete", False)
    assert judged(run_with(young), settled_before_ns=NS + 5).record.data_state == "complete"


def test_only_files_at_the_top_of_the_run_delay_it():
    deep = {**dict.fromkeys(WHOLE, file_of()), "bam/S1.bam": file_of(1, NS + 5)}

    assert judged(run_with(deep), settled_before_ns=NS).record.data_state == "complete"


def test_a_run_that_was_complete_is_never_made_incomplete_by_settling():
    young = {**dict.fromkeys(WHOLE, file_of()), "done": file_of(0, NS + 5)}

    assert judged(run_with(young), known_as(), settled_before_ns=NS).record.data_state == "complete"


def test_a_run_folder_that_refuses_is_in_error_where_nothing_is_known_of_it():
    listing = replace(run_listing(unreadable=[refusal("")]), directories={})

    verdict = judged(listing)

    path = f"/disk/{listing.path}"
    assert verdict.record.data_state is RunState.ERROR
    assert verdict.record.state_reason == f"{path} cannot be read: EACCES"
    assert (verdict.is_final, verdict.was_looked_into, codes(verdict)) == (
        False,
        False,
        ["UNREADABLE"],
    )


@pytest.mark.parametrize("state", [RunState.COMPLETE, RunState.INCOMPLETE, RunState.ERROR])
def test_a_known_run_folder_that_refuses_keeps_its_state(state):
    listing = replace(run_listing(unreadable=[refusal("")]), directories={})

    verdict = judged(listing, known_as(state))

    assert (verdict.record.data_state, verdict.record.state_reason) == (state, None)
    assert verdict.record.run_number == 410


@pytest.mark.parametrize("state", [RunState.SKIPPED, RunState.DELETED])
def test_a_run_that_is_back_and_refuses_is_in_error_and_says_why(state):
    listing = replace(run_listing(unreadable=[refusal("")]), directories={})

    record = judged(listing, known_as(state)).record

    assert (record.data_state, record.run_number) == (RunState.ERROR, 410)
    assert record.state_reason.endswith("cannot be read: EACCES")


DEEP = layout('[file_types.a]\npatterns = ["{sample_id}"]', run='markers = ["qc/done", "ok"]')


def test_a_marker_that_cannot_be_looked_at_is_not_missing():
    hidden = run_with([], unreadable=[refusal("qc")])

    verdict = judged(hidden, at=DEEP)

    assert (verdict.record.data_state, verdict.was_looked_into) == ("error", False)


def test_a_marker_that_is_there_makes_up_for_one_that_cannot_be_looked_at():
    verdict = judged(run_with(["ok"], unreadable=[refusal("qc")]), at=DEEP)

    assert verdict.record.data_state is RunState.COMPLETE
    assert (codes(verdict)[0], verdict.is_final) == ("UNREADABLE", False)


def test_a_run_that_was_complete_is_judged_though_its_marker_cannot_be_looked_at():
    verdict = judged(run_with([], unreadable=[refusal("qc")]), known_as(), at=DEEP)

    assert (verdict.record.data_state, verdict.was_looked_into) == ("complete", True)


def test_something_else_that_refuses_does_not_complete_a_run():
    verdict = judged(run_with([], unreadable=[refusal("other")]), at=DEEP)

    assert verdict.record.data_state is RunState.INCOMPLETE


def test_a_run_without_a_sheet_is_in_error_and_has_no_files():
    verdict = judged(run_with(sheet=None))

    (problem,) = verdict.problems
    assert (problem.code, problem.path) == ("SHEET_MISSING", "SampleSheet.csv")
    assert verdict.record.data_state is RunState.ERROR
    assert verdict.record.state_reason == problem.message
    assert problem.message == (
        "the run folder has no SampleSheet.csv: nothing says what to expect."
    )
    assert (verdict.expected, verdict.files_are_known) == ((), False)


def test_a_sheet_that_disappears_stays_in_force_with_an_error():
    verdict = judged(run_with(sheet=None), known_as())

    (problem,) = verdict.problems
    assert problem.message.endswith("The last good version stays in force.")
    assert verdict.record.data_state is RunState.COMPLETE
    assert len(verdict.expected) == 8


def test_a_sheet_that_was_never_readable_has_one_message_that_says_why():
    verdict = judged(run_with(sheet="\x89PNG\r\n"))

    assert len(verdict.problems) == 1
    assert verdict.problems[0].code != "SHEET_NOT_READABLE"
    assert verdict.record.state_reason == verdict.problems[0].message


def test_a_sheet_that_can_no_longer_be_read_stays_in_force_with_an_error():
    verdict = judged(run_with(sheet=""), known_as())

    assert codes(verdict)[-1] == "SHEET_NOT_READABLE"
    assert verdict.problems[-1].message == (
        "the sample sheet could not be read, so nothing new is expected. "
        "The last good version stays in force."
    )
    assert verdict.record.data_state is RunState.COMPLETE


def refused_sheet() -> RunListing:
    return run_with(
        [*WHOLE, "SampleSheet.csv"], sheet=None, unreadable=[refusal("SampleSheet.csv")]
    )


def test_a_sheet_that_refuses_is_not_missing():
    verdict = judged(refused_sheet())

    assert codes(verdict) == ["UNREADABLE"]
    assert verdict.record.data_state is RunState.ERROR
    assert "cannot be read (EACCES)" in verdict.record.state_reason
    assert not verdict.is_final


def test_a_known_sheet_that_refuses_stays_in_force():
    verdict = judged(refused_sheet(), known_as())

    assert codes(verdict) == ["UNREADABLE", "SHEET_REFUSED"]
    assert verdict.record.data_state is RunState.COMPLETE


def test_a_sheet_in_a_directory_that_refuses_is_an_error_of_the_run():
    at = replace(DEEP, run=replace(DEEP.run, sample_sheet=("docs/sheet.csv",)))

    verdict = judged(run_with(["ok"], sheet=None, unreadable=[refusal("docs")]), at=at)

    assert verdict.record.data_state is RunState.ERROR
    assert verdict.record.state_reason == "its sample sheet cannot be looked at"
    assert codes(verdict) == ["UNREADABLE"]


def test_a_run_has_the_one_kit_that_its_samples_share():
    shared = "[Data]\nSample_ID,index,Panel\nS1,ACGTACGT,haem\nS2,TTGGTTGG,haem\n"
    mixed = shared.replace("TTGGTTGG,haem", "TTGGTTGG,exome")

    assert judged(run_with(sheet=shared)).record.enrichment_kit == "haem"
    assert judged(run_with(sheet=mixed)).record.enrichment_kit == "idt_exome"
    assert judged(run_with(sheet=None)).record.enrichment_kit == "idt_exome"


def test_files_seen_before_keep_their_place():
    at = layout('[file_types.bam]\npatterns = ["new/{sample_name}.bam", "old/{sample_name}.bam"]')
    known = known_as(seen_paths=frozenset({"old/S1.bam"}))

    verdict = judged(run_with(["done"]), known, at=at)

    assert [file.path for file in verdict.expected] == ["old/S1.bam", "old/S2.bam"]


def samples_of(sheet: str):
    return expected_samples(parsed(run_with(sheet=sheet)).sheet.samples)


def test_the_rows_of_a_sample_are_put_together():
    sheet = (
        "[Data]\nLane,Sample_ID,index\n1,S1,ACGTACGT\n1,S2,TTGGTTGG\n2,S1,ACGTACGT\n2,S1,CCAACCAA\n"
    )

    one, two = samples_of(sheet)

    assert (one.slot, one.sample_number, [row.lane for row in one.rows]) == ("S1", 1, [1, 2])
    assert (two.slot, two.sample_number, [row.lane for row in two.rows]) == ("S2", 2, [1])


def test_the_second_sample_of_a_name_is_told_apart_by_its_id():
    sheet = "[Data]\nSample_ID,Sample_Name,index\na,S1,ACGTACGT\nb,S1,TTGGTTGG\n"

    assert [sample.slot for sample in samples_of(sheet)] == ["S1", "S1/b"]


def test_a_sample_is_skipped_when_all_of_its_rows_are():
    sheet = (
        "[Data]\nLane,Sample_ID,index,Failed\n1,S1,ACGTACGT,Y\n2,S1,ACGTACGT,\n1,S2,TTGGTTGG,Y\n"
    )

    assert [sample.skipped for sample in samples_of(sheet)] == [False, True]


def test_one_path_that_refuses_is_one_problem_however_much_it_hides():
    refusals = [replace(refusal("qc"), below=f"qc/{name}") for name in ("a", "b")]

    problems = unreadable_problems([*refusals, refusal("")])

    assert [problem.path for problem in problems] == ["qc/b", None]
    assert problems[0].message.endswith("/qc cannot be read (EACCES): user seqauto may not read it")


def test_facts_for_people_are_plain_values():
    verdict = judged(run_with())

    facts = run_facts_for_people(parsed(run_with()).facts, verdict.markers)

    assert facts["lanes"] == 4
    assert facts["reads"][0] == {"number": 1, "cycles": 151, "is_index": False}
    assert facts["markers"] == {"there": ["done"], "lacking": []}


def metadata_hidden() -> RunListing:
    return run_with(run_info=None, unreadable=[refusal("RunInfo.xml")])


def test_metadata_that_refuses_changes_nothing_that_was_known():
    known = known_as(has_second_read=False, lanes=2)

    verdict = judged(metadata_hidden(), known)

    assert verdict.record == known.record
    assert [file.read for file in verdict.expected if file.file_type.name == "fastq"] == [1, 1]


def test_metadata_that_refuses_at_first_sight_leaves_the_name_to_tell():
    verdict = judged(metadata_hidden())

    assert (verdict.record.run_number, verdict.record.flowcell_id) == (410, "AHNLYFBGXG")
    assert codes(verdict) == ["UNREADABLE"]


def test_reads_that_were_never_known_are_two():
    verdict = judged(metadata_hidden(), known_as())

    assert [file.read for file in verdict.expected if file.file_type.name == "fastq"] == [1, 2] * 2
