"""Layouts of a lab's own, conversions by hand, and what is no conversion at all."""

import pytest

from seqauto_pipeline.core.expectation.expected_files import (
    expected_files,
)
from seqauto_pipeline.core.expectation.samples import (
    UsedSheet,
)
from seqauto_pipeline.core.file_list import Entry, EntryKind
from seqauto_pipeline_tests.core.expectation.conversions import (
    BASECALLS,
    ILLUMINA,
    ON_BOARD,
    V1,
    V2,
    fastqs,
    named,
    pair,
    paths,
)
from seqauto_pipeline_tests.core.listings import (
    expecting,
    file_of,
    layout,
    run_listing,
    sample,
)

OWN = """
[file_types.fastq]
per = "read"
[[file_types.fastq.conversions]]
converters = ["ours"]
directories = ["out"]
{more}
[[file_types.fastq.namings]]
converter = "ours"
pattern = "{{sample_id}}_{{lane_code}}_{{read}}.fq"
"""


def own_paths(more: str, **run: object) -> list[str]:
    at = layout(OWN.format(more=more))
    found = expected_files(expecting(**run), [sample("a")], at, run_listing(), frozenset())
    return [file.path for file in found]


def test_a_converter_of_the_labs_own_is_expected_where_its_layout_says():
    assert own_paths('instruments = ["*"]', lanes=1) == ["out/a_L001_1.fq", "out/a_L001_2.fq"]


def test_a_layout_that_expects_nothing_of_any_instrument_expects_nothing():
    assert own_paths("", lanes=1) == []


def test_a_layout_whose_names_need_a_lane_that_nobody_knows_expects_nothing():
    assert own_paths('instruments = ["*"]', lanes=None) == []


def test_an_analysis_directory_of_an_instrument_that_makes_none_means_nothing():
    found = paths([named("a", "a", project=None)], ["Analysis/1/Data/log.txt"], V2)

    assert found == pair(f"{BASECALLS}/a_S1_L001")


def test_a_directory_without_reads_is_no_reason_to_expect_files_there():
    there = [f"{BASECALLS}/config.xml"]

    assert paths([named("a", "a")], there, V2, model="NovaSeq X") == pair(f"{ON_BOARD}/a_S1_L001")


def test_a_link_to_nothing_is_no_file_with_another_number():
    there = dict.fromkeys(pair(f"{BASECALLS}/P/a_S1_L001"), file_of())
    there |= {f"{BASECALLS}/P/b_S7_L001_R1_001.fastq.gz": Entry(EntryKind.BROKEN_LINK, 0, 0)}
    asked = expecting(sheet=V1, lanes=1)

    found = expected_files(
        asked, [named("a", "a"), named("b", "b", 2)], ILLUMINA, run_listing(there), frozenset()
    )

    assert [file.path for file in found] == [
        *pair(f"{BASECALLS}/P/a_S1_L001"),
        *pair(f"{BASECALLS}/P/b_S2_L001"),
    ]


def test_a_file_that_is_gone_stays_expected_under_its_own_number():
    seen = pair(f"{BASECALLS}/P/a_S1_L001") + pair(f"{BASECALLS}/P/a_S4_L001")

    assert paths([named("a", "a")], seen=seen) == pair(f"{BASECALLS}/P/a_S1_L001")


@pytest.mark.parametrize("folder", ["Conversion", "mine", BASECALLS])
def test_a_conversion_by_hand_is_judged_by_the_sheet_that_it_used(folder: str):
    there = [*pair(f"{folder}/b_S1_L001"), f"{folder}/Reports/x", f"{folder}/Logs/x"]
    corrected = UsedSheet((sample("b", 1, lanes=[1]), sample("c", 2, lanes=[1])), V2)
    used = {f"{folder}/Reports/SampleSheet.csv": corrected}

    found = paths([sample("a", 1, lanes=[1]), sample("b", 2, lanes=[1])], there, V2, used=used)

    assert found == [*pair(f"{folder}/b_S1_L001"), *pair(f"{folder}/c_S2_L001")]


def test_lanes_that_no_conversion_by_hand_covers_stay_expected():
    there = [*pair("mine/a_S1_L001"), "mine/Reports/x", "mine/Logs/x", *pair("Fastq/b_S2_L002")]
    samples = [sample("a", 1, lanes=[1]), sample("b", 2, lanes=[2]), sample("c", 3, lanes=[2])]
    used = {"mine/Reports/SampleSheet.csv": UsedSheet((sample("a", 1, lanes=[1]),), V2)}

    found = paths(samples, there, V2, used=used, lanes=2)

    assert set(found) == {
        *pair("mine/a_S1_L001"),
        *pair("Fastq/b_S2_L002"),
        *pair("Fastq/c_S3_L002"),
    }


@pytest.mark.parametrize("model", ["NextSeq 1000/2000", "NovaSeq X"])
def test_an_instrument_that_was_told_to_convert_nothing_is_not_expected_to(model):
    found = fastqs([named("a", "a")], [], V2, model=model, secondary_analysis="None")

    assert [file.path for file in found] == pair(f"{BASECALLS}/a_S1_L001")
    assert not any(file.skipped for file in found)


def test_nothing_is_expected_of_a_run_that_is_analysed_in_the_cloud_until_it_is_there():
    def cloud(*there: str) -> set[tuple[str | None, bool]]:
        samples = [named("a", "a"), named("b", "b", 2)]
        found = fastqs(
            samples, there, V2, model="NextSeq 1000/2000", secondary_analysis="Cloud", lanes=1
        )
        assert all(file.skipped is file.is_in_cloud for file in found)
        return {(file.sample_name, file.skipped) for file in found}

    whole = {("a", False), ("b", False)}
    assert cloud() == {("a", True), ("b", True)}
    assert cloud(f"{BASECALLS}/config.xml") == cloud()
    assert cloud("Fastq/a_S1_L001_R1_001.fastq.gz") == whole
    assert cloud("Analysis/1/Data/log.txt") == whole
    assert cloud("Fastq/Undetermined_S0_L001_R1_001.fastq.gz") == whole
