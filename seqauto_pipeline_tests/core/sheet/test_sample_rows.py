"""The rows of a table as samples: lanes, indexes, kits, and rows that are none."""

import pytest

from seqauto_pipeline.core.sheet.sample_sheet import (
    SheetColumns,
)
from seqauto_pipeline_tests.core.sheet.sheets import DATA_COLUMNS, codes, parse, read, rows, v1


@pytest.mark.parametrize(
    ("text", "lanes"),
    [
        ("3", [3]),
        ("L003", [3]),
        ("Lane 2", [2]),
        ("2.0", [2]),
        ("0", [0]),
        ("", [None]),
        ("1+2", [1, 2]),
        ("1;2", [1, 2]),
        ('"1,2"', [1, 2]),
        ("1 / 4", [1, 4]),
        ("1-3", [1, 2, 3]),
        ("2+2", [2]),
    ],
)
def test_lanes_are_read_in_every_way_that_people_write_them(text, lanes):
    sheet = read(v1(f"{text},S1,,ACGTACGT,,P", "4,S2,,TTTTTTTT,,P"))

    assert [sample.lane for sample in sheet.samples if sample.sample_id == "S1"] == lanes
    assert sheet.samples[-1].sample_number == 2


@pytest.mark.parametrize("text", ["one", "1+x", "-1", "3-1", "1000"])
def test_a_lane_that_is_none_is_a_problem_and_the_sample_is_read(text):
    parsed = parse(v1(f"{text},S1,,ACGTACGT,,P"))

    assert codes(parsed) == ["INVALID_LANE"]
    assert parsed.problems[0].line == 10
    assert parsed.problems[0].column == "Lane"
    assert rows(parsed.sheet)[0][:2] == (None, "S1")


def test_a_sample_in_several_lanes_has_one_number():
    sheet = read(v1("1,B,,AAAAAAAA,,P", "1,A,,CCCCCCCC,,P", "2,B,,AAAAAAAA,,P"))

    assert [(each.sample_id, each.sample_number) for each in sheet.samples] == [
        ("B", 1),
        ("A", 2),
        ("B", 1),
    ]


@pytest.mark.parametrize(
    ("index", "index2", "wanted"),
    [
        ("acgt acgt", " ttgg ", ("ACGTACGT", "TTGG")),
        ("ACGTACGT-TTGGCCAA", "", ("ACGTACGT", "TTGGCCAA")),
        ("ACGTACGT-TTGGCCAA", "TTGGCCAA", ("ACGTACGT", "TTGGCCAA")),
        ("ACGTACGT-TTGGCCAA", "CCCC", ("ACGTACGT-TTGGCCAA", "CCCC")),
        ("SI-GA-A1", "", ("SI-GA-A1", None)),
        ("taaggcga-", "", ("TAAGGCGA-", None)),
        ("NoIndex", "na", ("NoIndex", "NA")),
        ("", "", (None, None)),
    ],
)
def test_an_index_is_as_in_the_sheet_but_for_case_and_blanks(index, index2, wanted):
    sample = read(v1(f"1,S1,,{index},{index2},P")).samples[0]

    assert (sample.index, sample.index2) == wanted


@pytest.mark.parametrize("text", ["TRUE", "y", "Yes", "FAIL", "failed"])
def test_a_failed_sample_is_marked(text):
    sheet = read(v1(f"S1,{text}", "S2,", "S3,no", columns="Sample_ID,Failed"))

    assert [sample.failed for sample in sheet.samples] == [True, False, False]


def test_an_unknown_word_in_the_failed_column_is_named():
    parsed = parse(v1("S1,perhaps", columns="Sample_ID,Failed"))

    assert parsed.problems[0].message == (
        'The Failed column holds "perhaps"; the sample counts as not failed'
    )


@pytest.mark.parametrize(
    ("panel", "version", "kit"),
    [
        ("exome", "", "exome"),
        ("exome", "2", "exome_v2"),
        ("exome", "V2", "exome_v2"),
        ("exome_v2", "2", "exome_v2"),
        ("exome12", "2", "exome12_v2"),
        ("", "2", None),
    ],
)
def test_a_sheet_names_the_kit_of_a_sample(panel, version, kit):
    sheet = read(v1(f"S1,{panel},{version}", columns="Sample_ID,Panel,PanelVersion"))

    assert sheet.samples[0].enrichment_kit == kit


def test_the_kit_columns_and_the_extra_columns_can_be_named():
    columns = SheetColumns(panel="Capture", panel_version="Capture Version", extra=("operator",))
    text = v1("S1,exome,3,Kim,x", columns="Sample_ID,Capture,CaptureVersion,Operator,Other")

    sample = read(text, columns).samples[0]

    assert sample.enrichment_kit == "exome_v3"
    assert sample.extra == (("Operator", "Kim"),)


def test_comments_blank_lines_and_lines_of_commas_are_no_rows():
    parsed = parse(v1("#1,S0,,A,,P", "", ",,,,,", "1,S1,,ACGTACGT,,P", "   ", '"#2",S2'))

    assert [each[1] for each in rows(parsed.sheet)] == ["S1"]
    assert parsed.problems == ()


def test_a_row_that_is_too_short_is_read_as_far_as_it_goes():
    parsed = parse(v1("1,S1,N1,ACGTACGT", "1,S2,N2,TTTTTTTT,GGGGGGGG"))

    assert [each[1:4] for each in rows(parsed.sheet)] == [
        ("S1", "N1", "ACGTACGT"),
        ("S2", "N2", "TTTTTTTT"),
    ]
    assert [(each.code, each.line, each.message) for each in parsed.problems] == [
        (
            "ROW_TOO_SHORT",
            10,
            'The row has 4 cells, expected 6: "index2" and the rest are missing',
        ),
        ("ROW_TOO_SHORT", 11, 'The row has 5 cells, expected 6: "Sample_Project" is missing'),
    ]


def test_a_row_that_is_too_long_is_read_as_far_as_columns_go():
    parsed = parse(v1("1,S1,N1,ACGTACGT,,P,,surplus", "1,S2,N2,TTTTTTTT,,P,,,"))

    assert len(rows(parsed.sheet)) == 2
    assert [(each.code, each.line) for each in parsed.problems] == [("ROW_TOO_LONG", 10)]
    assert '"surplus" stands below no column' in parsed.problems[0].message


def test_a_row_without_a_sample_id_is_a_problem_and_no_sample():
    parsed = parse(v1("1,S1,,ACGTACGT,,P", "1,,N2,TTTTTTTT,,P"))

    assert [each[1] for each in rows(parsed.sheet)] == ["S1"]
    assert [(each.code, each.line, each.column) for each in parsed.problems] == [
        ("MISSING_SAMPLE_ID", 11, "Sample_ID")
    ]


def test_a_repeated_header_row_is_no_sample():
    parsed = parse(v1("1,S1,,ACGTACGT,,P", DATA_COLUMNS, "1,Sample_X,,TTTTTTTT,,P"))

    assert [each[1] for each in rows(parsed.sheet)] == ["S1", "Sample_X"]
    assert codes(parsed) == ["REPEATED_HEADER_ROW"]
