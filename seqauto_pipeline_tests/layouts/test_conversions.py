"""Conversions and namings of a layout: what they may say, and each complaint about them."""

import pytest

from seqauto_pipeline.core.layout import Conversion, Naming
from seqauto_pipeline.errors import LayoutError
from seqauto_pipeline.layouts.parse import parse_layout

GOOD = """\
name = "lab"

[run]
markers = ["done.txt"]
sample_sheet = ["SampleSheet.csv"]

[file_types.fastq]
per = "read"

[[file_types.fastq.conversions]]
description = "ours"
converters = ["ours"]
directories = ["out_{newest}/{reads|more}"]
holds = [["Reports"], ["a", "b"]]
sheets = ["out_{newest}/sheet.csv"]

[[file_types.fastq.namings]]
converter = "ours"
pattern = "[{sample_project}/]{sample_id}[_{lane_code}]_{read}{.fq|.fq.gz}"
"""


def complaint(old: str, new: str) -> str:
    assert old in GOOD
    with pytest.raises(LayoutError) as caught:
        parse_layout(GOOD.replace(old, new, 1), "lab.toml")
    return caught.value.args[0] + ": " + caught.value.args[1]


def test_conversions_and_namings_are_read():
    (fastq,) = parse_layout(GOOD, "lab.toml").file_types

    assert fastq.conversions == (
        Conversion(
            directories=("out_{newest}/reads", "out_{newest}/more"),
            converters=("ours",),
            sheets=("out_{newest}/sheet.csv",),
            holds=(("Reports",), ("a", "b")),
        ),
    )
    name = "[{sample_project}/]{sample_id}[_{lane_code}]_{read}"
    assert fastq.namings == (Naming("ours", f"{name}.fq"), Naming("ours", f"{name}.fq.gz"))
    assert len(fastq.patterns) == 4


def test_an_output_may_be_beside_the_run_folder():
    text = GOOD.replace("out_{newest}/", "../../out/{sequencing_run}/{newest}/")

    layout = parse_layout(text, "lab.toml")

    assert layout.beside == ("../../out/{sequencing_run}",)
    assert layout.is_for_outputs("out/some_run")
    assert not layout.is_for_outputs("kit/some_run")


def test_patterns_of_a_kit_stand_in_place_of_conversions():
    text = f'{GOOD}[kits.a.file_types.fastq]\npatterns = ["{{sample_id}}_{{read}}.fq"]\n'

    (fastq,) = parse_layout(text, "lab.toml").types_for("a")

    assert (fastq.patterns, fastq.conversions) == (("{sample_id}_{read}.fq",), ())


COMPLAINTS = {
    "an unknown field": (
        ("directories =", "directory ="),
        "lab.toml:13: unknown field 'directory'; did you mean 'directories'?",
    ),
    "an unknown converter": (
        ('converters = ["ours"]', 'converters = ["theirs"]'),
        "lab.toml:12: no naming is of the converter 'theirs'",
    ),
    "no directory": (
        ('directories = ["out_{newest}/{reads|more}"]\n', ""),
        "lab.toml:10: file_types.fastq.conversions.1 has no directories",
    ),
    "an empty list of converters": (
        ('converters = ["ours"]', "converters = []"),
        "lab.toml:12: converters should be a list that is not empty, found []",
    ),
    "one list in holds that is none": (
        ('["a", "b"]]', "3]"),
        "lab.toml:14: holds.2 should be a list of texts, found 3",
    ),
    "a field of samples in a directory": (
        ("out_{newest}/{reads", "{sample_id}/{reads"),
        "lab.toml:13: '{sample_id}/reads' has {sample_id}: only {newest} and {timestamp} may be",
    ),
    "two open parts in one name": (
        ("out_{newest}/{reads", "out*_{newest}/{reads"),
        "lab.toml:13: 'out*_{newest}/reads' has two open parts in one name",
    ),
    "a directory outside": (
        ("out_{newest}/{reads", "../{reads"),
        (
            "lab.toml:13: '../reads' is beside the run folder, where other runs have theirs: "
            "one of its directories should be named by {sequencing_run} or {flowcell_id}"
        ),
    ),
    "a path that goes up on its way": (
        ("out_{newest}/{reads", "out/../{reads"),
        (
            "lab.toml:13: 'out/../reads' should be a plain path below the run folder, "
            "without .. or a leading /"
        ),
    ),
    "the run's name below its folder": (
        ("out_{newest}/{reads", "{sequencing_run}/{reads"),
        (
            "lab.toml:13: '{sequencing_run}/reads' has {sequencing_run}: "
            "only {newest} and {timestamp} may be"
        ),
    ),
    "a field of samples beside the run folder": (
        ("out_{newest}/{reads", "../{sequencing_run}_out/{sample_id}/{reads"),
        (
            "lab.toml:13: '../{sequencing_run}_out/{sample_id}/reads' has {sample_id}: only "
            "{flowcell_id}, {newest}, {sequencing_run} and {timestamp} may be"
        ),
    ),
    "a wildcard above the directory of the run": (
        ("out_{newest}/{reads", "../*/{sequencing_run}/{reads"),
        (
            "lab.toml:13: '../*/{sequencing_run}/reads' has an open part in or above "
            "'{sequencing_run}': it may be another run's"
        ),
    ),
    "a wildcard in the directory of the run": (
        ("out_{newest}/{reads", "../{sequencing_run}_*/{reads"),
        (
            "lab.toml:13: '../{sequencing_run}_*/reads' has an open part in or above "
            "'{sequencing_run}_*': it may be another run's"
        ),
    ),
    "a directory that could be a run folder": (
        ("out_{newest}/{reads", "../{flowcell_id}/{reads"),
        (
            "lab.toml:13: '../{flowcell_id}/reads' could be a run folder: "
            "add a text of its own to '{flowcell_id}'"
        ),
    ),
    "a directory outside the root": (
        ("out_{newest}/{reads", "../../../{sequencing_run}_out/{reads"),
        (
            "lab.toml:13: '../../../{sequencing_run}_out/reads' leaves the scan root: "
            "run folders lie 2 levels below it"
        ),
    ),
    "a sheet among those of other runs": (
        ('sheets = ["out_{newest}/sheet.csv"]', 'sheets = ["../{sequencing_run}.csv"]'),
        (
            "lab.toml:15: '../{sequencing_run}.csv' is beside the run folder, where other runs "
            "have theirs: one of its directories should be named by {sequencing_run} or "
            "{flowcell_id}"
        ),
    ),
    "holds that is no list": (
        ('holds = [["Reports"], ["a", "b"]]', 'holds = "Reports"'),
        "lab.toml:14: holds should be a list of lists, found 'Reports'",
    ),
    "a naming without a pattern": (
        ("pattern =", "# pattern ="),
        "lab.toml:17: file_types.fastq.namings.1 has no pattern",
    ),
    "namings alone": (
        (GOOD[GOOD.index("[[file_types.fastq.conv") : GOOD.index("[[file_types.fastq.nam")], ""),
        "lab.toml:7: give conversions and namings, or neither",
    ),
    "patterns beside them": (
        ('per = "read"', 'per = "read"\npatterns = ["{sample_id}_{read}"]'),
        "lab.toml:11: give patterns, or conversions and namings, not both",
    ),
    "a type that is not per read": (
        ('per = "read"', 'per = "sample"'),
        'lab.toml:8: conversions make reads: per = "read"',
    ),
    "a table in place of a list": (
        ("[[file_types.fastq.namings]]", "[file_types.fastq.namings]"),
        (
            "lab.toml:17: namings should be a list of tables, found "
            "{'converter': 'ours', 'pattern': '[{sample_project}/]{sample_id}[_{lane_code}]_{read}"
            "{.fq|.fq.gz}'}"
        ),
    ),
    "a bracket without its partner": (
        ("[{sample_project}/]", "[{sample_project}/"),
        (
            "lab.toml:17: '[{sample_project}/{sample_id}[_{lane_code}]_{read}.fq' has a bracket "
            "without its partner"
        ),
    ),
    "a naming that cannot tell samples apart where the option is left out": (
        ("[{sample_project}/]{sample_id}", "[{sample_id}/]x"),
        (
            "lab.toml:17: '[{sample_id}/]x[_{lane_code}]_{read}.fq' cannot tell two samples apart: "
            "it needs {sample_id}, {sample_name} or {sample_number}"
        ),
    ),
}


@pytest.mark.parametrize("name", COMPLAINTS)
def test_what_is_wrong_is_said_with_its_line(name: str):
    (old, new), said = COMPLAINTS[name]

    assert complaint(old, new) == said


def test_open_parts_of_plain_patterns_stand_alone_in_a_name():
    text = GOOD[: GOOD.index("[file_types")] + (
        '[file_types.bam]\npatterns = ["x*{newest}/{sample_id}"]\n'
    )

    with pytest.raises(LayoutError, match="has two open parts in one directory's name"):
        parse_layout(text, "lab.toml")
