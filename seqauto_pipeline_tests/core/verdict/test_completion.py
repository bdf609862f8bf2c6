"""Whether a run folder is whole: its markers, and files that still change."""

import pytest

from seqauto_pipeline.core.clock import recent
from seqauto_pipeline.core.data_state import RunState
from seqauto_pipeline.core.verdict.completion import Markers
from seqauto_pipeline_tests.core.listings import NS, file_of, layout
from seqauto_pipeline_tests.core.runs import WHOLE, run_with
from seqauto_pipeline_tests.core.verdict.judging import ILLUMINA, judged, known_as


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

    assert judged(run_with(["b"]), at=at).markers == Markers(("b",), ())
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
    assert verdict.markers.lacking == ((lacking,) if lacking else ())
    assert set(verdict.markers.there) <= set(there)


def test_a_run_settles_until_its_top_level_files_are_still():
    young = {**dict.fromkeys(WHOLE, file_of()), "done": file_of(0, NS + 5)}

    verdict = judged(run_with(young), young_ns=recent(NS + 10, 10))

    assert verdict.record.state_reason == "its files are still changing"
    assert (verdict.record.data_state, verdict.is_final) == ("incomplete", False)
    assert judged(run_with(young), young_ns=recent(NS + 10, 5)).record.data_state == "complete"


def test_a_file_dated_more_than_a_day_ahead_delays_no_run():
    young = recent(NS + 10, 10)

    def state(modified_ns: int):
        run = run_with({**dict.fromkeys(WHOLE, file_of()), "done": file_of(0, modified_ns)})
        return judged(run, young_ns=young).record.data_state

    assert (state(young.stop - 1), state(young.stop)) == ("incomplete", "complete")


def test_only_files_at_the_top_of_the_run_delay_it():
    deep = {**dict.fromkeys(WHOLE, file_of()), "bam/S1.bam": file_of(1, NS + 5)}

    assert judged(run_with(deep), young_ns=recent(NS + 10, 10)).record.data_state == "complete"


def test_a_run_that_was_complete_is_never_made_incomplete_by_settling():
    young = {**dict.fromkeys(WHOLE, file_of()), "done": file_of(0, NS + 5)}

    assert (
        judged(run_with(young), known_as(), young_ns=recent(NS + 10, 10)).record.data_state
        == "complete"
    )
