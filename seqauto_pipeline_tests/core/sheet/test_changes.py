from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqauto_pipeline.core.sheet.changes import FieldChange, compare_sheets
from seqauto_pipeline.core.sheet.sample_sheet import SheetSample

SAMPLE = SheetSample(
    line=10,
    lane=1,
    sample_id="S1",
    sample_name="N1",
    sample_project="P",
    sample_number=1,
    index="ACGT",
    index2="TTTT",
    failed=False,
    enrichment_kit="exome",
    extra=(("Operator", "Kim"),),
)
SAMPLES = st.lists(
    st.builds(
        replace,
        st.just(SAMPLE),
        lane=st.sampled_from([None, 1, 2]),
        sample_name=st.sampled_from(["A", "B", "C"]),
        index=st.sampled_from(["AAAA", "CCCC", None]),
        failed=st.booleans(),
    ),
    max_size=6,
)


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"index": "GGGG"}, 'Sample "N1": index changed from "ACGT" to "GGGG".'),
        ({"index2": None}, 'Sample "N1": index2 changed from "TTTT" to none.'),
        ({"lane": 2}, 'Sample "N1": lane changed from "1" to "2".'),
        ({"lane": None}, 'Sample "N1": lane changed from "1" to none.'),
        ({"enrichment_kit": "haem"}, 'Sample "N1": enrichment_kit changed from "exome" to "haem".'),
        ({"failed": True}, 'Sample "N1": failed changed from "no" to "yes".'),
        ({"sample_id": "S9"}, 'Sample "N1": sample_id changed from "S1" to "S9".'),
    ],
)
def test_a_change_that_somebody_should_look_at_is_meaningful(change, line):
    difference = compare_sheets([SAMPLE], [replace(SAMPLE, **change)])

    assert difference.meaningful
    assert difference.lines == (line,)


@pytest.mark.parametrize(
    ("change", "line"),
    [
        ({"sample_project": "Q"}, 'Sample "N1": sample_project changed from "P" to "Q".'),
        ({"sample_number": 2}, 'Sample "N1": sample_number changed from "1" to "2".'),
        ({"extra": (("Operator", "Lee"),)}, 'Sample "N1": Operator changed from "Kim" to "Lee".'),
        ({"extra": ()}, 'Sample "N1": Operator changed from "Kim" to none.'),
    ],
)
def test_any_other_change_is_noted(change, line):
    difference = compare_sheets([SAMPLE], [replace(SAMPLE, **change)])

    assert not difference.meaningful
    assert difference.lines == (line,)


def test_a_row_that_moved_in_the_file_did_not_change():
    assert compare_sheets([SAMPLE], [replace(SAMPLE, line=99)]).lines == ()


def test_samples_that_came_and_went_are_meaningful():
    difference = compare_sheets([SAMPLE], [replace(SAMPLE, sample_name="N2")])

    assert (difference.added, difference.removed) == (("N2",), ("N1",))
    assert difference.meaningful
    assert difference.lines == ('Sample "N2" was added.', 'Sample "N1" was removed.')


def test_a_lane_more_is_one_change():
    difference = compare_sheets([SAMPLE], [SAMPLE, replace(SAMPLE, lane=3)])

    assert difference.changes == (FieldChange("N1", "lane", "1", "1+3", meaningful=True),)


def test_an_index_less_of_several_in_a_lane_is_a_change_of_index():
    second = replace(SAMPLE, index="CCCC", index2=None)

    difference = compare_sheets([SAMPLE, second], [SAMPLE])

    assert difference.changes == (FieldChange("N1", "index", "CCCC", None, meaningful=True),)


def test_a_row_more_without_an_index_is_a_change_too():
    bare = replace(SAMPLE, index=None, index2=None)

    difference = compare_sheets([bare], [bare, bare])

    assert difference.meaningful


def test_what_a_name_carries_does_not_act_on_a_terminal():
    difference = compare_sheets([], [replace(SAMPLE, sample_name="\x1b[31m")])

    assert difference.lines == ('Sample "\\x1b[31m" was added.',)


@given(samples=SAMPLES, other=st.randoms(use_true_random=False))
def test_the_order_of_rows_is_no_change(samples, other):
    shuffled = list(samples)
    other.shuffle(shuffled)

    difference = compare_sheets(samples, shuffled)

    assert not difference.meaningful


@given(old=SAMPLES, new=SAMPLES)
def test_a_change_back_is_as_meaningful_as_the_change(old, new):
    there, back = compare_sheets(old, new), compare_sheets(new, old)

    assert there.meaningful == back.meaningful
    assert set(there.added) == set(back.removed)


@given(old=SAMPLES, new=SAMPLES)
def test_sheets_without_a_meaningful_change_list_the_same_samples(old, new):
    def facts(samples):
        return sorted({(s.sample_name, s.lane or 0, s.index or "", s.failed) for s in samples})

    if not compare_sheets(old, new).meaningful:
        assert facts(old) == facts(new)
