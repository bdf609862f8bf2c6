"""What vanishes in bulk is a lost mount; what vanishes by ones and twos was deleted."""

from hypothesis import given
from hypothesis import strategies as st

from seqauto_pipeline.core.file_list import RootListing
from seqauto_pipeline.core.verdict.brake import (
    BrakeLimits,
    HeldPart,
    KnownRunFolder,
    find_held_parts,
)

LIMITS = BrakeLimits()


def root(*runs: str, kits: tuple[str, ...] | None = None, unavailable: str | None = None):
    found = tuple(sorted({run.rpartition("/")[0] for run in runs})) if kits is None else kits
    return RootListing("/disk", "tau", found, runs, (), unavailable)


def runs_of(kit: str, number: int, *, gone: int = 0, files: int = 10) -> list[KnownRunFolder]:
    """Give the known runs of a kit, the first of which have gone."""
    return [
        KnownRunFolder(f"{kit}/run{n}", files, n < gone, {"bam": files} if n < gone else {})
        for n in range(number)
    ]


def there(places: list[KnownRunFolder], **facts: object) -> RootListing:
    return root(*(place.path for place in places if not place.vanished), **facts)  # type: ignore[arg-type]


def held(places: list[KnownRunFolder], listing: RootListing | None = None, *accepted: str):
    return find_held_parts(listing or there(places), places, LIMITS, frozenset(accepted))


def test_a_root_that_cannot_be_trusted_is_held_and_says_why():
    (part,) = held(runs_of("a", 3, gone=3), root(unavailable="it is empty: is the disk mounted?"))

    assert part == HeldPart("/disk", "", "/disk: it is empty: is the disk mounted?")
    assert part.holds("a/run1")
    assert part.absolute == "/disk"


def test_a_root_whose_loss_is_accepted_is_not_held():
    assert held(runs_of("a", 9, gone=9), root(unavailable="it is empty"), "/disk") == ()


def test_nothing_that_vanished_is_nothing_to_hold():
    assert held(runs_of("a", 100)) == ()


def test_four_of_six_runs_are_deletions():
    assert held(runs_of("a", 6, gone=4, files=1)) == ()


def test_five_of_twenty_runs_are_deletions():
    assert held(runs_of("a", 20, gone=5)) == ()


def test_thirty_percent_exactly_are_deletions():
    assert held(runs_of("a", 20, gone=6)) == ()


def test_five_runs_and_more_than_thirty_percent_of_a_kit_hold_that_kit_alone():
    places = [*runs_of("a", 16, gone=5), *runs_of("b", 50)]

    (part,) = held(places)

    assert (part.path, part.absolute) == ("a", "/disk/a")
    assert part.reason == "5 of 16 known runs have vanished"
    assert part.vanished_runs == tuple(f"a/run{n}" for n in range(5))
    assert part.vanished_files == (("bam", 50),)
    assert part.holds("a/run9")
    assert not part.holds("ab/run9")


def test_more_than_thirty_percent_of_a_root_hold_the_whole_root():
    places = [*runs_of("a", 16, gone=6), *runs_of("b", 4)]

    assert [(part.path, part.reason) for part in held([*places, *runs_of("c", 0)])] == [
        ("a", "6 of 16 known runs have vanished")
    ]
    assert [part.path for part in held([*runs_of("a", 16, gone=7), *runs_of("b", 4)])] == [""]


def test_a_kit_directory_that_held_runs_and_is_gone_is_held():
    places = [*runs_of("a", 1, gone=1), *runs_of("b", 50)]

    (part,) = held(places)

    assert part.reason == "the directory held 1 known run and is gone"


def test_a_kit_directory_that_held_runs_and_is_empty_is_held():
    places = [*runs_of("a", 2, gone=2), *runs_of("b", 50)]

    (part,) = held(places, there(places, kits=("a", "b")))

    assert part.reason == "the directory held 2 known runs and is empty"


def test_a_kit_whose_known_runs_were_replaced_by_new_ones_is_not_empty():
    places = [*runs_of("a", 1, gone=1), *runs_of("b", 50)]

    assert held(places, root("a/new", *(place.path for place in places[1:]))) == ()


def lost(kit: str, runs: int, files: int, gone: int) -> list[KnownRunFolder]:
    """Give runs that are there, each of which has lost some files."""
    return [KnownRunFolder(f"{kit}/run{n}", files, False, {"fastq": gone}) for n in range(runs)]  # noqa: FBT003


def test_a_hundred_files_and_more_than_thirty_percent_are_held():
    (part,) = held([*lost("a", 10, 30, 10), *runs_of("b", 100)])

    assert part.reason == "100 of 300 known files have vanished"
    assert part.vanished_files == (("fastq", 100),)


def test_ninety_nine_files_are_deletions():
    assert held(lost("a", 9, 12, 11)) == ()


def test_a_hundred_files_of_many_are_deletions():
    assert held(lost("a", 10, 40, 10)) == ()


def test_an_accepted_part_does_not_count():
    places = [*runs_of("a", 16, gone=6), *runs_of("b", 16, gone=1)]

    assert held(places, None, "/disk/a/") == ()
    assert held(places, None, *(f"/disk/a/run{n}" for n in range(3))) == ()
    assert [part.path for part in held(places, None, "/disk/ab")] == ["a"]


def test_runs_below_several_levels_are_judged_at_each():
    places = [KnownRunFolder(f"site/a/run{n}", 1, n < 6, {}) for n in range(10)]
    places += [KnownRunFolder(f"site/b/run{n}", 1, False, {}) for n in range(90)]  # noqa: FBT003

    assert [part.path for part in held(places)] == ["site/a"]


@given(
    st.lists(st.tuples(st.sampled_from("abc"), st.booleans(), st.integers(0, 60)), max_size=40),
    st.sampled_from([(), ("/disk",), ("/disk/a",), ("/disk/b/run3",)]),
)
def test_what_is_held_has_lost_something_and_what_is_accepted_is_never_held(drawn, accepted):
    places = [
        KnownRunFolder(f"{kit}/run{n}", files, gone, {"bam": files} if gone else {})
        for n, (kit, gone, files) in enumerate(drawn)
    ]

    found = held(places, None, *accepted)

    for part in found:
        assert any(part.holds(place.path) and place.vanished for place in places)
        assert part.absolute not in accepted
    if "/disk" in accepted:
        assert found == ()
