"""Runs cut into shards."""

from hypothesis import given, settings
from hypothesis import strategies as st

from seqauto_pipeline.scan.shards.cutting import cut

places = st.sets(
    st.tuples(st.sampled_from("AB"), st.from_regex(r"(k[1-4]/)?r[0-9]{1,2}", fullmatch=True))
)


@settings(max_examples=30)
@given(places=places, most=st.integers(1, 9))
def test_each_run_is_in_one_shard_of_one_root_that_is_not_too_large(
    places: set[tuple[str, str]], most: int
) -> None:
    shards = cut(places, most)

    assert sorted(place for shard in shards for place in shard) == sorted(places)
    assert all(0 < len(shard) <= most for shard in shards)
    assert all(len({root for root, _ in shard}) == 1 for shard in shards)


def test_a_kit_that_fits_is_not_cut_and_small_kits_share_a_shard() -> None:
    kits = {"a": 2, "b": 2, "c": 3, "d": 7}
    runs = [("R", f"{kit}/{number}") for kit, runs in kits.items() for number in range(runs)]

    shards = cut(runs, 4)

    assert [sorted({path[0] for _, path in shard}) for shard in shards] == [
        ["a", "b"],
        ["c"],
        ["d"],
        ["d"],
    ]
