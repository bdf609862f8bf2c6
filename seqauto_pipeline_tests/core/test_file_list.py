import os
import re
from fnmatch import fnmatchcase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqauto_pipeline.core.file_list import (
    Entry,
    EntryKind,
    Scope,
    SmallInput,
    Unreadable,
    escape_name,
    glob_regex,
    unescape_name,
)
from seqauto_pipeline_tests.core.listings import file_of, refusal, run_listing

GLOBS = st.lists(
    st.sampled_from(["a", "b", "c", ".", "*", "?", "[ab]", "[!ab]", "[a-c]", "+", "(", "[", "|"]),
    max_size=6,
).map("".join)
GLOB_NAMES = st.text("abcd.+([|!-\n", max_size=6)


@given(st.binary(max_size=60))
def test_a_name_of_any_bytes_comes_back_from_its_escape(name):
    text = escape_name(os.fsdecode(name))

    assert os.fsencode(unescape_name(text)) == name
    text.encode("utf-8")


@given(st.binary(max_size=20), st.binary(max_size=20))
def test_two_names_never_have_one_escape(one, other):
    same = escape_name(os.fsdecode(one)) == escape_name(os.fsdecode(other))

    assert same == (one == other)


def test_an_escape_can_be_read():
    assert escape_name(os.fsdecode(b"S\xe9_R1")) == "S\\xe9_R1"
    assert escape_name("back\\slash") == "back\\\\slash"
    assert escape_name("Grüße") == "Grüße"


@given(GLOBS, GLOB_NAMES)
def test_a_glob_matches_names_as_the_shell_does(pattern, name):
    assert bool(glob_regex(pattern).fullmatch(name)) == fnmatchcase(name, pattern)


@given(GLOBS)
def test_no_wildcard_crosses_a_slash(pattern):
    assert not glob_regex(pattern).fullmatch("a/b")


@pytest.mark.parametrize("inside", ["a&&b", "a||b", "a~~b", "[a", "^a", "a\\b"])
def test_a_set_holds_its_characters_and_nothing_else(inside):
    regex = glob_regex(f"[{inside}]")

    for character in "ab&|~^[\\c":
        assert bool(regex.fullmatch(character)) == (character in inside)


def test_a_range_that_ends_before_it_begins_is_refused():
    with pytest.raises(re.error, match="bad character range"):
        glob_regex("L[9-0]")


def test_entries_are_found_by_their_path():
    listing = run_listing({"1_BAM/S1.bam": file_of(7), "SampleSheet.csv": file_of()})

    assert listing.find("1_BAM/S1.bam") == file_of(7)
    assert listing.find("1_BAM").kind is EntryKind.DIRECTORY
    assert listing.find("1_BAM/S2.bam") is None
    assert listing.find("not_listed/S1.bam") is None
    assert listing.name == "200920_NB501009_0410_AHNLYFBGXG"


def test_entries_are_found_by_globs_in_path_order():
    listing = run_listing(["b/2.bin", "b/1.bin", "a/3.bin", "a/x.txt", "top.bin"])

    assert [path for path, _ in listing.matching("?/*.bin")] == ["a/3.bin", "b/1.bin", "b/2.bin"]
    assert [path for path, _ in listing.matching("*.bin")] == ["top.bin"]


@pytest.mark.parametrize(
    ("below", "path", "hidden"),
    [
        ("", "0_fastq/a", True),
        ("0_fastq", "0_fastq/a", True),
        ("0_fastq", "0_fastq", True),
        ("0_fastq/a", "0_fastq/a", True),
        ("0_fastq", "0_fastq_old/a", False),
        ("0_fastq/a", "0_fastq", False),
    ],
)
def test_a_refusal_hides_itself_and_what_is_below_it(below, path, hidden):
    listing = run_listing([], unreadable=[refusal("other"), refusal(below)])

    assert (listing.what_hides(path) == refusal(below)) is hidden
    assert Unreadable("/x", "EIO", "why", below).hides(path) is hidden


def test_only_a_link_to_nothing_is_not_there():
    there = {kind: Entry(kind, 0, 0).is_there for kind in EntryKind}

    assert [kind for kind, is_there in there.items() if not is_there] == [EntryKind.BROKEN_LINK]


def test_an_input_has_the_md5_of_its_bytes():
    assert SmallInput("x", b"", 0).md5 == "d41d8cd98f00b204e9800998ecf8427e"


def test_a_scope_without_names_is_everything():
    assert Scope().is_everything
    assert not Scope(roots=("/disk",)).is_everything
    assert not Scope(runs=("run",)).is_everything


@pytest.mark.parametrize(
    ("scope", "is_covered"),
    [
        (Scope(), True),
        (Scope(roots=("/disk",)), True),
        (Scope(roots=("/other",)), False),
        (Scope(runs=("run",)), True),
        (Scope(runs=("kit/run",)), True),
        (Scope(runs=("kit", "un")), False),
        (Scope(("/disk",), ("run",)), True),
        (Scope(("/other",), ("run",)), False),
    ],
)
def test_a_scope_covers_the_runs_that_it_names_below_its_roots(scope, is_covered):
    assert scope.covers("/disk", "kit/run") is is_covered


def test_a_path_alone_is_held_against_the_runs_of_a_scope():
    scope = Scope(("/other",), ("run",))

    assert scope.covers_path("kit/run")
    assert not scope.covers_path("kit/another")
