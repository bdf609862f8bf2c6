"""Directories of which the disk tells the name."""

import pytest

from seqauto_pipeline.core.expectation.open_directories import (
    children_of,
    closed,
    filled,
    opened,
    unopened,
)
from seqauto_pipeline_tests.core.listings import run_listing


def found(pattern: str, *files: str, seen: tuple[str, ...] = ()) -> list[str]:
    return [each.path for each in opened(pattern, children_of(run_listing(files), seen))]


def test_the_newest_comes_first_by_number_not_by_text():
    files = ("Analysis/9/x", "Analysis/10/x", "Analysis/old/x", "Analysis/٩٩/x")

    assert found("Analysis/{newest}", *files) == ["Analysis/10", "Analysis/9"]


def test_the_upper_level_counts_before_the_lower_one():
    files = (
        "Alignment_1/20260122_120000/Fastq/x",
        "Alignment_2/20260120_120000/Fastq/x",
        "Alignment_2/20260121_120000/Fastq/x",
        "Alignment_2/notes/Fastq/x",
    )

    assert found("Alignment_{newest}/{timestamp}/Fastq", *files) == [
        "Alignment_2/20260121_120000/Fastq",
        "Alignment_2/20260120_120000/Fastq",
        "Alignment_1/20260122_120000/Fastq",
    ]


def test_a_wildcard_stands_for_any_name():
    files = ("1/DragenGermline/x", "1/DragenEnrichment/x", "1/other/x")

    assert found("{newest}/Dragen*", *files) == ["1/DragenEnrichment", "1/DragenGermline"]


def test_a_directory_named_like_a_pattern_is_left_out():
    assert found("*/x", "{newest}/x/y", "a[b/x/y", "plain/x/y") == ["plain/x"]


def test_directories_of_files_that_were_there_count_too():
    assert found("Analysis/{newest}", seen=("Analysis/4/a/b",)) == ["Analysis/4"]


def test_other_patterns_of_a_conversion_take_the_same_names():
    (at,) = opened("Analysis/{newest}/D*", children_of(run_listing(["Analysis/7/Dx/f"])))

    assert filled("Analysis/{newest}/CopyComplete.txt", at) == "Analysis/7/CopyComplete.txt"
    assert filled("Analysis/{newest}/D*/{newest}/x", at) is None
    assert filled("Other_{newest}/x", at) is None
    assert at.analysis == "Analysis/7"


@pytest.mark.parametrize(
    ("pattern", "first"),
    [
        ("Analysis/{newest}/fastq", "Analysis/1/fastq"),
        ("Alignment_{newest}/{timestamp}", None),
        ("*/fastq", None),
        ("fastq", "fastq"),
    ],
)
def test_what_is_not_there_yet_is_the_first_where_its_name_is_known(pattern, first):
    assert unopened(pattern) == first


@pytest.mark.parametrize(
    ("files", "path"),
    [
        ((), "A_1/fq/{sample_id}"),
        (("A_2/fq/x", "A_3/other/x"), "A_2/fq/{sample_id}"),  # whole before newer
        (("A_2/other/x", "A_3/other/x"), "A_3/fq/{sample_id}"),
    ],
)
def test_a_plain_pattern_takes_the_newest_directory_that_is_whole(files, path):
    assert closed("A_{newest}/fq/{sample_id}", run_listing(files)) == path


def test_fields_of_samples_stay_open_in_a_plain_pattern():
    listing = run_listing(["S1/3/x", "S2/4/x"])

    assert closed("{sample_id}/{newest}/x_{read}", listing) == "{sample_id}/4/x_{read}"
    assert closed("{sample_id}/x", listing) == "{sample_id}/x"
