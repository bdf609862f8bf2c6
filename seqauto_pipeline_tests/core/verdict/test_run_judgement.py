"""One scan's verdict on one run folder: its state, its record, and what it should hold."""

from dataclasses import replace

from seqauto_pipeline.core.data_state import RunState
from seqauto_pipeline.core.file_list import RunListing
from seqauto_pipeline.core.verdict.completion import Markers
from seqauto_pipeline_tests.core.listings import READS, layout, refusal, run_listing
from seqauto_pipeline_tests.core.runs import WHOLE, run_with
from seqauto_pipeline_tests.core.verdict.judging import codes, judged, known_as


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
    assert verdict.markers == Markers(("done",), ())
    assert [file.path for file in verdict.expected if file.file_type.name == "bam"] == [
        "bam/S1.bam",
        "bam/S2.bam",
    ]
    assert (verdict.problems, verdict.files_are_known, verdict.is_final) == ((), True, True)


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


def test_files_seen_before_keep_their_place():
    at = layout('[file_types.bam]\npatterns = ["new/{sample_name}.bam", "old/{sample_name}.bam"]')
    known = known_as(seen_paths=frozenset({"old/S1.bam"}))

    verdict = judged(run_with(["done"]), known, at=at)

    assert [file.path for file in verdict.expected] == ["old/S1.bam", "old/S2.bam"]


def metadata_hidden() -> RunListing:
    return run_with(run_info=None, unreadable=[refusal("RunInfo.xml")])


def test_metadata_that_refuses_changes_nothing_that_was_known():
    known = known_as(reads=READS[:1], lanes=2)
    first_reads = [path for path in WHOLE if not path.endswith("_R2.fq")]
    listing = run_with(first_reads, run_info=None, unreadable=[refusal("RunInfo.xml")])

    verdict = judged(listing, known)

    assert verdict.record == known.record
    assert [file.read for file in verdict.expected if file.file_type.name == "fastq"] == [1, 1]


def test_metadata_that_refuses_at_first_sight_leaves_the_name_to_tell():
    verdict = judged(metadata_hidden())

    assert (verdict.record.run_number, verdict.record.flowcell_id) == (410, "AHNLYFBGXG")
    assert codes(verdict) == ["UNREADABLE"]


def test_reads_that_were_never_known_are_two():
    verdict = judged(metadata_hidden(), known_as())

    assert [file.read for file in verdict.expected if file.file_type.name == "fastq"] == [1, 2] * 2


def test_a_layout_that_can_expect_nothing_of_a_whole_run_says_so():
    by_project = layout(
        '[file_types.fastq]\nper = "read"\n'
        'patterns = ["fq/{sample_project}/{sample_id}_R{read}.fq"]'
    )
    with_project = "[Data]\nSample_ID,index,Sample_Project\nS1,ACGTACGT,P\n"

    verdict = judged(run_with(["done"]), at=by_project)

    assert codes(verdict) == ["NOTHING_EXPECTED"]
    assert "the sheet lists 2 rows" in verdict.problems[0].message
    assert len(judged(run_with(["done"], sheet=with_project), at=by_project).expected) == 2
