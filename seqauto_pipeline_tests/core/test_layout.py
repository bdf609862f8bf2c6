"""What a layout answers once it is read: directories, exceptions, parts of patterns."""

import pytest

from seqauto_pipeline.core.layout import PATTERN_FIELDS
from seqauto_pipeline.core.pattern import fields_of, folder_globs, stem_of
from seqauto_pipeline.layouts.parse import parse_layout
from seqauto_pipeline_tests.core.listings import layout
from seqauto_pipeline_tests.layouts.lab_layout import LAB_LAYOUT


def test_the_kits_of_a_layout_compare_without_regard_to_case():
    lab = parse_layout(LAB_LAYOUT, "lab.toml")

    assert lab.types_for("idt EXOME")[1].patterns == ("vcf/{enrichment_kit}.vcf",)
    assert lab.types_for("other") == lab.types_for(None) == lab.file_types


def test_every_directory_of_the_patterns_and_parts_is_listed():
    lab = parse_layout(LAB_LAYOUT, "lab.toml")

    assert lab.directories == ((), ("bam",), ("bam", "old*"), ("vcf",))


def test_files_are_explained_in_the_searched_directories_only():
    lab = parse_layout(LAB_LAYOUT, "lab.toml")

    assert lab.is_searched("bam/old1")
    assert lab.is_searched("vcf")
    assert not lab.is_searched("")
    assert not lab.is_searched("bam/new")


def test_some_names_are_never_unexpected():
    lab = parse_layout(LAB_LAYOUT, "lab.toml")

    assert lab.may_be_unexplained("bam/S1.bam.md5")
    assert lab.may_be_unexplained("logs/2020/a.log")
    assert not lab.may_be_unexplained("bam/logs")


def test_some_directories_are_never_searched_or_entered():
    small = layout(
        '[file_types.a]\npatterns = ["{sample_id}"]',
        top='never_searched = ["Data/L[0-9]"]\nignored_directories = ["*.tmp"]',
    )

    assert small.is_never_searched("Data/L1")
    assert not small.is_never_searched("Data/Lx")
    assert small.is_ignored("a.tmp")


@pytest.mark.parametrize(
    ("path", "stem"),
    [
        ("0_fastq/S1_R1.fastq.gz", "S1_R1"),
        ("S1.fq", "S1"),
        ("S1.hg38.bam", "S1.hg38"),
        ("S1.vcf.gz", "S1"),
        ("S1.cram", "S1.cram"),
    ],
)
def test_a_stem_is_what_fastqc_makes_of_a_name(path, stem):
    assert stem_of(path) == stem


def test_patterns_are_taken_apart():
    assert folder_globs("a/{newest}/b_{read}/c") == ("a/*/b_*",)
    assert fields_of("{sample_id}_{read}") == {"sample_id", "read"}
    assert len(PATTERN_FIELDS) == 20


CONVERSIONS = """
[file_types.fastq]
per = "read"
[[file_types.fastq.conversions]]
converters = ["c"]
directories = ["Analysis/{newest}/fastq"]
sheets = ["Analysis/{newest}/SampleSheet.csv"]
ended_by = ["Analysis/{newest}/Data/done"]
[[file_types.fastq.conversions]]
converters = ["c"]
directories = ["*"]
holds = [["Reports", "Logs"]]
[[file_types.fastq.namings]]
converter = "c"
pattern = "[{sample_project}/]{sample_id}_{read}"
"""


def test_what_conversions_leave_is_listed_and_what_they_make_is_searched():
    lab = layout(CONVERSIONS)

    assert lab.directories == (
        (),
        ("*",),
        ("Analysis", "*"),
        ("Analysis", "*", "Data"),
        ("Analysis", "*", "fastq"),
        ("Analysis", "*", "fastq", "*"),
    )
    assert lab.searched == {"Analysis/*/fastq", "Analysis/*/fastq/*"}
    assert lab.used_sheets == ("Analysis/*/SampleSheet.csv",)


def test_a_directory_of_any_name_is_searched_when_a_conversion_made_it():
    lab = layout(CONVERSIONS)
    listed = {"": ["out", "x"], "out": ["Logs", "Reports", "P"], "x": ["Reports"]}

    searched = lab.searched_in(listed)

    assert set(lab.below_outputs(listed)) == {("out",), ("out", "*")}
    assert [each for each in ("", "out", "out/P", "x", "Analysis/1/fastq") if searched(each)] == [
        "out",
        "out/P",
        "Analysis/1/fastq",
    ]
