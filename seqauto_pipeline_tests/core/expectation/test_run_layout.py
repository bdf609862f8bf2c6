from seqauto_pipeline.core.expectation.run_layout import directories_beside, layout_of_run
from seqauto_pipeline.core.layout import Conversion, FileType, Layout, Naming, Per, RunParts

RUN = "200920_NB501009_0410_AHNLYFBGXG"
BESIDE = Conversion(
    ("../{sequencing_run}_fastq/out_{newest}",),
    ("ours",),
    sheets=("../{sequencing_run}_fastq/sheet.csv", "sheet.csv"),
    ended_by=("../{flowcell_id}_logs/done",),
)
BELOW = Conversion(("fastq",), ("ours",))


def a_layout(*conversions: Conversion) -> Layout:
    naming = Naming("ours", "{sample_id}_{read}.fq")
    fastq = FileType("fastq", Per.READ, ("a",), conversions=conversions, namings=(naming,))
    bam = FileType("bam", Per.SAMPLE, ("{sample_id}.bam",))
    return Layout("lab", RunParts(), (fastq, bam), kits={"kit": (fastq, bam)})


def test_the_name_of_the_run_stands_in_each_path_beside_its_folder():
    layout = layout_of_run(a_layout(BESIDE, BELOW), RUN)

    for types in (layout.file_types, layout.types_for("kit")):
        first, second = types[0].conversions
        assert first.directories == (f"../{RUN}_fastq/out_{{newest}}",)
        assert first.sheets == (f"../{RUN}_fastq/sheet.csv", "sheet.csv")
        assert first.ended_by == ("../AHNLYFBGXG_logs/done",)
        assert second == BELOW
        assert types[1].patterns == ("{sample_id}.bam",)
    assert ("..", f"{RUN}_fastq", "out_*") in layout.directories


def test_the_directories_of_a_run_beside_its_folder_are_named():
    layout = a_layout(BESIDE, BELOW)

    assert directories_beside(layout, RUN) == (f"../{RUN}_fastq", "../AHNLYFBGXG_logs")
    assert directories_beside(a_layout(BELOW), RUN) == ()


def test_a_layout_without_such_paths_is_that_of_every_run():
    layout = a_layout(BELOW)

    assert layout_of_run(layout, RUN) is layout


def test_a_run_whose_name_would_be_a_pattern_keeps_what_is_below_its_folder():
    layout = layout_of_run(a_layout(BESIDE, BELOW), "run[1]")

    assert layout.file_types[0].conversions == (BELOW,)
    assert layout.file_types[0].patterns == ("a",)


def test_where_nothing_is_below_its_folder_it_has_no_pattern_at_all():
    layout = layout_of_run(a_layout(BESIDE), "run*")

    assert (layout.file_types[0].conversions, layout.file_types[0].patterns) == ((), ())
