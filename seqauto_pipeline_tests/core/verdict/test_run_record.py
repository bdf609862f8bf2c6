"""What the record of a run says of it."""

import pytest

from seqauto_pipeline.core.verdict.run_record import run_facts_for_people
from seqauto_pipeline.layouts import load_layout
from seqauto_pipeline_tests.core.listings import layout
from seqauto_pipeline_tests.core.runs import WHOLE, parsed, run_with
from seqauto_pipeline_tests.core.verdict.judging import judged


def test_base_calls_and_interop_are_known_by_their_files():
    calls = ("calls/L001", "InterOp/QMetrics.bin")

    some, all_of_them = (
        judged(run_with((*WHOLE, *calls))),
        judged(run_with((*WHOLE, *calls, "InterOp/TileMetrics.bin"))),
    )

    assert (some.record.has_basecalls, some.record.has_interop) == (True, False)
    assert (all_of_them.record.has_basecalls, all_of_them.record.has_interop) == (True, True)


@pytest.mark.parametrize(
    ("name", "folder"), [("illumina", "InterOp"), ("tau", "4_QC/sequencing_stats/InterOp")]
)
def test_quality_and_tile_metrics_suffice_at_the_top_of_interop(name, folder):
    at = load_layout(name)
    metrics = ("QMetricsOut.bin", "QMetricsByLaneOut.bin", "TileMetricsOut.bin")
    during_the_run = [f"{folder}/C5.1/{metric}" for metric in metrics]
    after_it = [f"{folder}/{metric}" for metric in metrics]

    assert not judged(run_with(during_the_run), at=at).record.has_interop
    assert not judged(run_with(after_it[:-1]), at=at).record.has_interop
    assert judged(run_with(after_it), at=at).record.has_interop


def test_a_layout_without_interop_has_none():
    at = layout('[file_types.a]\npatterns = ["{sample_id}"]')

    assert not judged(run_with(), at=at).record.has_interop


def test_a_run_has_the_one_kit_that_its_samples_share():
    shared = "[Data]\nSample_ID,index,Panel\nS1,ACGTACGT,haem\nS2,TTGGTTGG,haem\n"
    mixed = shared.replace("TTGGTTGG,haem", "TTGGTTGG,exome")

    assert judged(run_with(sheet=shared)).record.enrichment_kit == "haem"
    assert judged(run_with(sheet=mixed)).record.enrichment_kit == "idt_exome"
    assert judged(run_with(sheet=None)).record.enrichment_kit == "idt_exome"


def test_facts_for_people_are_plain_values():
    verdict = judged(run_with())

    facts = run_facts_for_people(parsed(run_with()), verdict.markers)

    assert facts["lanes"] == 4
    assert facts["reads"][0] == {"number": 1, "cycles": 151, "is_index": False}
    assert "instrument_status" not in facts
    assert facts["markers"] == {"there": ["done"], "lacking": []}


def test_the_instruments_word_for_the_end_of_the_run_is_a_fact_where_it_gives_one():
    status = "<RunCompletionStatus><RunStatus>RunCompleted</RunStatus></RunCompletionStatus>"
    listing = run_with(run_completion=status)

    facts = run_facts_for_people(parsed(listing), judged(listing).markers)

    assert facts["instrument_status"] == "RunCompleted"
