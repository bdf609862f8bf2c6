"""Index pairs that lie too close together, found without comparing each with each."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from seqauto_pipeline.core.sheet import index_distance
from seqauto_pipeline.core.sheet.index_distance import IndexPair, close_pairs
from seqauto_pipeline.core.sheet.rules import judge
from seqauto_pipeline_tests.core.sheet.sheets import v1_sheet


def test_too_many_similar_indexes_are_said_to_be_so(monkeypatch):
    monkeypatch.setattr(index_distance, "_MAX_COMPARED", 10)
    similar = v1_sheet(*(f"1,S{a}{b},,AAAAAA{a}{b},,P" for a in "ACGT" for b in "ACGT"))

    assert "INDEX_CHECK_INCOMPLETE" in {each.code for each in judge(similar)}


@given(
    st.lists(
        st.builds(
            IndexPair,
            st.text("ACGTN", min_size=4, max_size=6),
            st.text("ACGT", max_size=5),
            st.integers(0, 2),
            st.integers(0, 2),
        ),
        unique=True,
        max_size=25,
    )
)
def test_the_close_pairs_are_those_that_comparing_each_with_each_finds(pairs: list[IndexPair]):
    def distance(one: str, two: str) -> int:
        return sum(a != b and "N" not in a + b for a, b in zip(one, two, strict=True))

    wanted = {
        frozenset((one, two))
        for one, two in combinations(pairs, 2)
        if len(one.i7) == len(two.i7)
        and len(one.i5) == len(two.i5)
        and distance(one.i7, two.i7) <= one.mismatches + two.mismatches
        and distance(one.i5, two.i5) <= one.mismatches2 + two.mismatches2
    }

    close = close_pairs(pairs)

    assert {frozenset((pairs[one], pairs[two])) for one, two, _ in close.close} == wanted
    assert len(close.close) == len(wanted)
    assert not close.incomplete


def test_an_index_longer_than_any_read_is_not_compared():
    assert close_pairs([IndexPair("A" * 101, ""), IndexPair("A" * 100 + "C", "")]).close == ()
