import pytest
from hypothesis import given
from hypothesis import strategies as st

from seqauto_pipeline.core.expectation.near_names import Difference, NearName, nearest_names

D = Difference


@pytest.mark.parametrize(
    ("there", "differences"),
    [
        ("s1_r2.FASTQ.gz", (D.CASE,)),
        ("S1-R2.fastq.gz", (D.SEPARATORS,)),
        ("S1_R2.fastq", (D.COMPRESSION,)),
        ("S1_S12_R2_001.fastq.gz", (D.ILLUMINA_PARTS,)),
        ("S1_S1_L001_R2_001.fastq.gz", (D.ILLUMINA_PARTS,)),
        ("S1_2.fastq.gz", (D.READ,)),
        ("s1_S1_L001_R2_001.fastq", (D.COMPRESSION, D.ILLUMINA_PARTS, D.CASE)),
        ("s1-2.fastq.gz", (D.READ, D.SEPARATORS, D.CASE)),
    ],
)
def test_a_near_name_says_in_what_it_differs(
    there: str, differences: tuple[Difference, ...]
) -> None:
    found = nearest_names("S1_R2.fastq.gz", ["S1_R1.fastq.gz", there, "T1_R2.fastq.gz"])

    assert found == (NearName(there, differences),)


def test_names_that_only_look_alike_are_given_where_nothing_is_nearer() -> None:
    found = nearest_names("sample_12.bam", ["sample_13.bam", "sample_12.bam", "other.vcf"])

    assert found == (NearName("sample_13.bam", (D.SIMILAR,)),)


def test_the_fewest_differences_come_first_and_five_are_enough() -> None:
    there = [f"a_S{number}_b.bam" for number in range(1, 9)]

    found = nearest_names("a_b.bam", [*there, "A_S1_B.bam", "A_b.bam"])

    assert found[0] == NearName("A_b.bam", (D.CASE,))
    assert len(found) == 5


def test_in_a_huge_directory_only_names_that_start_or_end_alike_are_rated() -> None:
    crowd = [f"x{number}" for number in range(3000)]

    found = nearest_names("sample_0001.bam", [*crowd, "sample_0002.bam"])

    assert [near.name for near in found] == ["sample_0002.bam"]


def test_nothing_like_it_gives_nothing() -> None:
    assert nearest_names("sample.bam", ["README", "quite_another.txt"]) == ()


@given(st.text(), st.lists(st.text(), max_size=8))
def test_the_wanted_name_is_never_near_itself(wanted: str, present: list[str]) -> None:
    found = nearest_names(wanted, present)

    assert wanted not in {near.name for near in found}
    assert {near.name for near in found} <= set(present)
    assert all(near.differences for near in found)
