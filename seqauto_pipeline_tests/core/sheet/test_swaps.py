"""Samples that exchange their places in a sheet."""

from dataclasses import replace

from hypothesis import given

from seqauto_pipeline.core.sheet.changes import compare_sheets
from seqauto_pipeline_tests.core.sheet.test_changes import SAMPLE, SAMPLES

A = replace(SAMPLE, sample_id="id1", sample_name="A", index="AAAA", lane=1)
B = replace(SAMPLE, sample_id="id2", sample_name="B", index="CCCC", lane=2)
C = replace(SAMPLE, sample_id="id3", sample_name="C", index="GGGG", lane=3)


def test_two_samples_that_exchange_index_and_lane_are_swapped():
    difference = compare_sheets([A, B, C], [replace(A, index="CCCC", lane=2), _b_as_a(), C])

    assert difference.swaps == (("A", "B"),)
    assert difference.meaningful
    assert difference.sequenced_otherwise == {"A", "B"}
    (line,) = difference.lines
    assert line == (
        'Samples "A" and "B" were swapped: "A" now has lane "2", index "CCCC", as "B" had, and '
        "the other way round."
    )


def _b_as_a():
    return replace(B, index="AAAA", lane=1)


def test_two_names_that_change_places_are_a_swap_that_says_the_ids_too():
    difference = compare_sheets([A, B], [replace(A, sample_name="B"), replace(B, sample_name="A")])

    assert difference.swaps == (("B", "A"),)
    assert len(difference.lines) == 1
    assert "sample_id" in {change.field for change in difference.changes}


def test_what_else_changed_of_a_swapped_sample_is_said_beside():
    difference = compare_sheets(
        [A, B], [replace(A, index="CCCC", lane=2, enrichment_kit="haem"), _b_as_a()]
    )

    assert difference.swaps == (("A", "B"),)
    assert difference.lines[1:] == ('Sample "A": enrichment_kit changed from "exome" to "haem".',)


def test_three_that_go_round_and_one_that_moves_are_no_swap():
    a, b, c = (
        replace(one, index=other.index, lane=other.lane) for one, other in ((A, B), (B, C), (C, A))
    )

    assert compare_sheets([A, B, C], [a, b, c]).swaps == ()
    assert compare_sheets([A, B], [replace(A, index="TTTT"), B]).swaps == ()


def test_a_sample_is_swapped_once():
    twins = [A, replace(A, sample_name="D"), B]
    swapped = [replace(A, index="CCCC", lane=2), replace(A, sample_name="D"), _b_as_a()]

    assert compare_sheets(twins, swapped).swaps == (("A", "B"),)


@given(old=SAMPLES, new=SAMPLES)
def test_a_swap_is_one_in_both_directions(old, new):
    there = {frozenset(pair) for pair in compare_sheets(old, new).swaps}
    back = {frozenset(pair) for pair in compare_sheets(new, old).swaps}

    assert len(there) == len(back)
    names = [name for pair in there for name in pair]
    assert len(names) == len(set(names))
