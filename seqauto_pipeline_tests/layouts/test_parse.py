"""What a layout may say, and each complaint about one that does not hold together."""

import pytest

from seqauto_pipeline.core.layout import (
    PATTERN_FIELDS,
    Expect,
    Lanes,
    Per,
)
from seqauto_pipeline.errors import LayoutError
from seqauto_pipeline.layouts.parse import parse_layout
from seqauto_pipeline_tests.core.listings import layout
from seqauto_pipeline_tests.layouts.lab_layout import LAB_LAYOUT


def complaint(text: str) -> str:
    with pytest.raises(LayoutError) as caught:
        parse_layout(text, "lab.toml")
    return str(caught.value).removesuffix(
        ". Correct the layout file, then try it with `seqauto layout check FILE`."
    )


def changed(old: str, new: str) -> str:
    """Give the good layout with one change."""
    assert old in LAB_LAYOUT
    return LAB_LAYOUT.replace(old, new, 1)


def test_a_layout_is_read_with_its_defaults():
    lab = parse_layout(LAB_LAYOUT, "lab.toml")

    assert (lab.name, lab.run_depth, lab.enrichment_kit_level) == ("lab", 2, 1)
    assert lab.lanes is Lanes.SHEET
    assert "lost+found" in lab.ignored_directories
    bam, joint = lab.file_types
    assert (bam.per, bam.expect, joint.per) == (Per.SAMPLE, Expect.ALWAYS, Per.RUN)


def test_a_layout_may_say_what_it_ignores():
    assert parse_layout(f"ignored_directories = []\n{LAB_LAYOUT}", "x").ignored_directories == ()


def test_a_type_stands_behind_those_it_is_made_from():
    small = layout(
        '[file_types.qc]\nper = "file"\nof = "fastq"\npatterns = ["qc/{stem}"]\n'
        '[file_types.vcf]\nmade_from = "bam"\npatterns = ["{sample_id}.vcf"]\n'
        '[file_types.fastq]\nper = "read"\npatterns = ["{sample_id}_{read}.fq"]\n'
        '[file_types.bam]\npatterns = ["{sample_id}.bam"]'
    )

    assert [each.name for each in small.file_types] == ["fastq", "qc", "bam", "vcf"]


# Each: what is changed in the good layout, and what is said of it, with its line.
COMPLAINTS = {
    "not TOML": (
        ('name = "lab"', "name = lab"),
        "lab.toml:1: this is not TOML: Invalid value (at line 1, column 8)",
    ),
    "a text that ends too soon": (
        ('"vcf/{enrichment_kit}.vcf"]\n', '"vcf'),
        "lab.toml:18: this is not TOML: Unterminated string (at end of document)",
    ),
    "an unknown field of the layout": (
        ("run_depth", "run_deph"),
        "lab.toml:2: unknown field 'run_deph'; did you mean 'run_depth'?",
    ),
    "an unknown section": (
        ("[run]", "[rum]"),
        "lab.toml:5: unknown field 'rum'; did you mean 'run'?",
    ),
    "an unknown field of the run": (
        ("markers =", "marker ="),
        "lab.toml:6: unknown field 'marker'; did you mean 'markers'?",
    ),
    "an unknown field of a type, like no other": (
        ("directories", "zzz"),
        (
            "lab.toml:11: unknown field 'zzz'; known are content, conversions, description, "
            "directories, expect, genes_from, index_suffixes, made_from, namings, non_empty, of, "
            "patterns, patterns_if_present, per, values"
        ),
    ),
    "an unknown field of a kit": (
        ('exome".file_types', 'exome".file_type'),
        "lab.toml:17: unknown field 'file_type'; did you mean 'file_types'?",
    ),
    "an unknown field of a kit's type": (
        ('patterns = ["vcf/{enr', 'pattern = ["vcf/{enr'),
        "lab.toml:18: unknown field 'pattern'; did you mean 'patterns'?",
    ),
    "no name": (('name = "lab"', ""), "lab.toml: the layout has no name"),
    "a name that is no text": (
        ('name = "lab"', "name = 3"),
        "lab.toml:1: name should be text, found 3",
    ),
    "an empty name": (('name = "lab"', 'name = ""'), "lab.toml:1: name should be text, found ''"),
    "a depth that is no number": (
        ("run_depth = 2", 'run_depth = "2"'),
        "lab.toml:2: run_depth should be a number from 0 to 8, found '2'",
    ),
    "a depth that is true": (
        ("run_depth = 2", "run_depth = true"),
        "lab.toml:2: run_depth should be a number from 0 to 8, found true",
    ),
    "a depth that is too deep": (
        ("run_depth = 2", "run_depth = 9"),
        "lab.toml:2: run_depth should be a number from 0 to 8, found 9",
    ),
    "runs at the root itself": (
        ("run_depth = 2", "run_depth = 0"),
        "lab.toml:2: run folders at depth 0 leave no level 0 for kits above them",
    ),
    "kits below the runs": (
        ("run_depth = 2", "run_depth = 2\nenrichment_kit_level = 2"),
        "lab.toml:2: run folders at depth 2 leave no level 2 for kits above them",
    ),
    "lanes of nowhere": (
        ("run_depth = 2", 'lanes = "all"'),
        "lab.toml:2: lanes should be one of sheet, sheet_or_run_info, found 'all'",
    ),
    "a list that is none": (
        ('["*.md5", "logs/**"]', '"*.md5"'),
        "lab.toml:3: never_unexpected should be a list of texts, found '*.md5'",
    ),
    "a list with an empty text": (
        ('["*.md5", "logs/**"]', '[""]'),
        "lab.toml:3: never_unexpected.1 should be text, found ''",
    ),
    "a range that is none": (
        ("run_depth = 2", 'never_searched = ["L[9-0]"]'),
        "lab.toml:2: 'L[9-0]' has a range that is none: bad character range 9-0 at position 2",
    ),
    "a run that is no table": (
        ("[run]", "[[run]]"),
        (
            "lab.toml:5: run should be a table, found [{'markers': ['done.txt'], "
            "'sample_sheet': ['SampleSheet.csv']}]"
        ),
    ),
    "no run": (
        (LAB_LAYOUT[LAB_LAYOUT.index("[run]") : LAB_LAYOUT.index("[file_types.bam]")], ""),
        "lab.toml: the layout has no run",
    ),
    "file types of a kit that are no table": (
        (LAB_LAYOUT[LAB_LAYOUT.index("[kits") :], "[kits.exome]\nfile_types = 3\n"),
        "lab.toml:18: kits.exome.file_types should be a table, found 3",
    ),
    "no markers": (
        ('markers = ["done.txt"]\n', ""),
        (
            "lab.toml:5: give either markers or markers_by_instrument = true: without one no run "
            "is "
            "ever complete"
        ),
    ),
    "markers twice": (
        ("markers =", "markers_by_instrument = true\nmarkers ="),
        (
            "lab.toml:7: give either markers or markers_by_instrument = true: without one no run "
            "is "
            "ever complete"
        ),
    ),
    "a flag that is none": (
        ("markers =", 'markers_by_instrument = "yes"\nmarkers ='),
        "lab.toml:6: markers_by_instrument should be true or false, found 'yes'",
    ),
    "no sheet": (
        ('sample_sheet = ["SampleSheet.csv"]\n', ""),
        "lab.toml:5: sample_sheet is missing: nothing says what to expect",
    ),
    "a sheet named by a field": (
        ("SampleSheet.csv", "{sequencing_run}.csv"),
        "lab.toml:7: '{sequencing_run}.csv' should have no {field}: it is the same for every run",
    ),
    "a sheet named by a wildcard": (
        ("SampleSheet.csv", "SampleSheet*.csv"),
        "lab.toml:7: 'SampleSheet*.csv' has a wildcard, and this names one place: use {fields}",
    ),
    "no file types": (
        (LAB_LAYOUT[LAB_LAYOUT.index("[file_types.bam]") :], ""),
        "lab.toml: the layout has no file types",
    ),
    "a type in capitals": (
        ("[file_types.bam]", "[file_types.BAM]"),
        "lab.toml:9: a file type is named in lower case, like bam or joint_vcf, not 'BAM'",
    ),
    "a type without patterns": (
        ('patterns = ["bam/{sample_name}.bam"]\n', ""),
        "lab.toml:9: file type 'bam' has no patterns",
    ),
    "a type with an empty list of patterns": (
        ('["bam/{sample_name}.bam"]', "[]"),
        "lab.toml:10: file type 'bam' has no patterns",
    ),
    "a pattern that is an option throughout": (
        ('["bam/{sample_name}.bam"]', '["[{sample_name}]"]'),
        ("lab.toml:10: '[{sample_name}]' is nothing but an optional part, which may be left out"),
    ),
    "a number of files of nowhere": (
        ('per = "run"', 'per = "flowcell"'),
        "lab.toml:14: per should be one of run, sample, read, file, found 'flowcell'",
    ),
    "content that nothing reads": (
        ("directories", 'content = "cnv"\ndirectories'),
        (
            "lab.toml:11: nothing reads content 'cnv'; known are exec_summary, fastqc, flagstat, "
            "gene_coverage, gene_list, illumina_qc"
        ),
    ),
    "optional patterns of samples": (
        ("directories", 'patterns_if_present = ["a/{sample_id}"]\ndirectories'),
        'lab.toml:11: patterns_if_present goes with per = "run" only',
    ),
    "values of nothing": (
        ("directories", 'values = "a/{sample_id}"\ndirectories'),
        "lab.toml:11: values names the table beside an exec summary: give both or neither",
    ),
    "an exec summary without values": (
        ("directories", 'content = "exec_summary"\ndirectories'),
        "lab.toml:9: values names the table beside an exec summary: give both or neither",
    ),
    "an exec summary of the run": (
        ('per = "run"', 'per = "run"\ncontent = "exec_summary"\nvalues = "v.tsv"'),
        'lab.toml:14: an exec summary is of a sample: per = "sample"',
    ),
    "a pattern that leaves the run folder": (
        ("bam/{sample_name}.bam", "../{sample_name}.bam"),
        (
            "lab.toml:10: '../{sample_name}.bam' should be a plain path below the run folder, "
            "without "
            ".. or a leading /"
        ),
    ),
    "an absolute pattern": (
        ("bam/{sample_name}.bam", "/bam/{sample_name}.bam"),
        (
            "lab.toml:10: '/bam/{sample_name}.bam' should be a plain path below the run folder, "
            "without .. or a leading /"
        ),
    ),
    "a directory that leaves the run folder": (
        ("bam/old*", "bam/../.."),
        (
            "lab.toml:11: 'bam/../..' should be a plain path below the run folder, without .. or a "
            "leading /"
        ),
    ),
    "a pattern with a wildcard": (
        ("bam/{sample_name}.bam", "bam/{sample_name}*.bam"),
        (
            "lab.toml:10: 'bam/{sample_name}*.bam' has a wildcard, and this names one place: use "
            "{fields}"
        ),
    ),
    "an unknown field of a pattern": (
        ("{sample_name}.bam", "{samplename}.bam"),
        (
            "lab.toml:10: 'bam/{samplename}.bam' has an unknown field {samplename}; did you mean "
            "{sample_name}?"
        ),
    ),
    "an unknown field of a pattern, like no other": (
        ("{sample_name}.bam", "{zzz}.bam"),
        "lab.toml:10: 'bam/{zzz}.bam' has an unknown field {zzz}; known are "
        + ", ".join(PATTERN_FIELDS),
    ),
    "a brace without its partner": (
        ("{sample_name}.bam", "{sample_name}}.bam"),
        "lab.toml:10: 'bam/{sample_name}}.bam' has a brace without its partner",
    ),
    "fields with nothing between": (
        ("{sample_name}.bam", "{sample_name}{sample_id}.bam"),
        (
            "lab.toml:10: 'bam/{sample_name}{sample_id}.bam' has two fields with nothing between "
            "them: two samples could have one path"
        ),
    ),
    "newest twice in a name": (
        ("bam/{sample_name}.bam", "bam{newest}-{newest}/{sample_name}.bam"),
        (
            "lab.toml:10: 'bam{newest}-{newest}/{sample_name}.bam' should have {newest} in a "
            "directory's name, once in each"
        ),
    ),
    "newest as a file": (
        ("bam/{sample_name}.bam", "{sample_name}/{newest}"),
        (
            "lab.toml:10: '{sample_name}/{newest}' should have {newest} in a directory's name, "
            "once in each"
        ),
    ),
    "a pattern that cannot tell two samples apart": (
        ("bam/{sample_name}.bam", "bam/{sequencing_run}.bam"),
        (
            "lab.toml:10: 'bam/{sequencing_run}.bam' cannot tell two samples apart: it needs "
            "{sample_id}, {sample_name} or {sample_number}"
        ),
    ),
    "a pattern that cannot tell two reads apart": (
        ("directories", 'per = "read"\ndirectories'),
        (
            "lab.toml:10: 'bam/{sample_name}.bam' cannot tell the reads of a sample apart: it "
            "needs "
            "{read}"
        ),
    ),
    "a read where there is none": (
        ("{sample_name}.bam", "{sample_name}_{read}.bam"),
        (
            "lab.toml:10: 'bam/{sample_name}_{read}.bam' has a field that a file per sample does "
            "not "
            "have"
        ),
    ),
    "a sample in a file of the run": (
        ("vcf/{sequencing_run}.vcf", "vcf/{sample_id}.vcf"),
        "lab.toml:15: 'vcf/{sample_id}.vcf' is of the run, which has no {sample_id}",
    ),
    "a file of a file without its stem": (
        ('per = "run"', 'per = "file"\nof = "bam"'),
        "lab.toml:16: 'vcf/{sequencing_run}.vcf' cannot tell two files apart: it needs {stem}",
    ),
    "a source of nothing": (
        ("directories", 'of = "joint"\ndirectories'),
        'lab.toml:11: of goes with per = "file", and only with it',
    ),
    "a source that is no type": (
        ("directories", 'made_from = "cram"\ndirectories'),
        "lab.toml:11: made_from names 'cram', which is no file type here",
    ),
    "types in a circle": (
        ("directories", 'made_from = "bam"\ndirectories'),
        "lab.toml:9: types need each other in a circle: bam > bam",
    ),
    "kits that are no table": (
        (LAB_LAYOUT[LAB_LAYOUT.index("[kits") :], "[kits]\nexome = 3\n"),
        "lab.toml:18: kits.exome should be a table, found 3",
    ),
    "a kit twice": (
        ("[kits.", '[kits."idt EXOME"]\n[kits.'),
        "lab.toml:18: kit 'IDT exome' stands here twice: case does not count",
    ),
    "a kit that overrides nothing": (
        ('exome".file_types.joint', 'exome".file_types.cram'),
        "lab.toml:17: kit 'IDT exome' overrides 'cram', which is no file type here",
    ),
    "a kit's pattern that leaves the run folder": (
        ("vcf/{enrichment_kit}.vcf", "../{enrichment_kit}.vcf"),
        (
            "lab.toml:18: '../{enrichment_kit}.vcf' should be a plain path below the run folder, "
            "without .. or a leading /"
        ),
    ),
}


@pytest.mark.parametrize("name", COMPLAINTS)
def test_what_is_wrong_is_said_with_its_line(name):
    (old, new), said = COMPLAINTS[name]

    assert complaint(changed(old, new)) == said


def test_one_pattern_is_of_one_type():
    text = LAB_LAYOUT + '[file_types.cram]\npatterns = ["bam/{sample_name}.bam"]\n'

    assert complaint(text) == (
        "lab.toml:20: 'bam/{sample_name}.bam' is a pattern of 'bam' too: a file is of one type"
    )


def test_a_file_of_a_file_of_a_file_is_refused():
    text = LAB_LAYOUT + (
        '[file_types.qc]\nper = "file"\nof = "bam"\npatterns = ["qc/{stem}"]\n'
        '[file_types.qc_of_qc]\nper = "file"\nof = "qc"\npatterns = ["qc2/{stem}"]\n'
    )

    assert complaint(text) == "lab.toml:25: 'qc' is made from another file itself"


def test_a_file_of_a_file_follows_its_source_in_every_kit():
    text = LAB_LAYOUT + (
        '[file_types.qc]\nper = "file"\nof = "bam"\npatterns = ["qc/{stem}"]\n'
        '[kits.wgs.file_types.qc]\npatterns = ["wgs/{stem}"]\n'
    )

    assert complaint(text) == ("lab.toml:23: 'qc' follows its source in every kit: override that")


def test_a_kit_may_make_a_type_optional():
    text = LAB_LAYOUT + '[kits.wgs.file_types.joint]\nexpect = "if_present"\n'

    (_, joint) = parse_layout(text, "lab.toml").types_for("wgs")

    assert joint.expect is Expect.IF_PRESENT
    assert joint.patterns == ("vcf/{sequencing_run}.vcf",)


def test_a_changed_text_is_a_changed_layout():
    one, other = parse_layout(LAB_LAYOUT, "a"), parse_layout(LAB_LAYOUT + "# note\n", "a")

    assert one.source_md5 != other.source_md5


def test_comments_quotes_and_dotted_names_do_not_hide_a_line():
    text = (
        "name = 'lab'\nrun.markers = ['m'] # dotted\nrun.sample_sheet = ['../s']\n"
        "[ file_types . bam ] # note\npatterns = ['{sample_id}']\n"
    )

    assert complaint(text).startswith("lab.toml:3: '../s' should be")
