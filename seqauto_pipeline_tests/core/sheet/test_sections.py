"""Section lines as people write them, and which of the sections count."""

import pytest

from seqauto_pipeline.core.sheet.sample_sheet import (
    SheetFormat,
)
from seqauto_pipeline_tests.core.sheet.sheets import DATA_COLUMNS, codes, parse, read, rows, v1


@pytest.mark.parametrize(
    "line", ["[Data]", "[data],,,,", "[ DATA ]", '"[Data]"', "[Data];", "[Data]\t", " [Data]"]
)
def test_a_section_line_may_have_blanks_delimiters_and_other_case(line):
    parsed = parse(v1("1,S1,,ACGTACGT,,P").replace("[Data]", line))

    assert len(rows(parsed.sheet)) == 1
    assert parsed.problems == ()


def test_values_on_the_section_line_are_its_first_row():
    parsed = parse("[Header],FileFormatVersion,2\n[BCLConvert_Data]\nSample_ID,Index\nS1,ACGT\n")

    assert parsed.format is SheetFormat.BCLCONVERT_V2
    assert codes(parsed) == ["SECTION_LINE"]
    assert parsed.problems[0].line == 1


@pytest.mark.parametrize("line", ["[Data", "[Data,,,", "[Data] of today"])
def test_junk_on_a_section_line_is_a_problem_and_the_section_is_read(line):
    parsed = parse(v1("1,S1,,ACGTACGT,,P").replace("[Data]", line))

    assert len(rows(parsed.sheet)) == 1
    assert codes(parsed) == ["SECTION_LINE"]


def test_a_section_name_may_hold_a_delimiter():
    parsed = parse(v1("1,S1,,ACGTACGT,,P") + "[My, own]\nx\n")

    assert parsed.sections[-1] == "My, own"


def test_a_cell_that_opens_a_bracket_is_no_section():
    assert [each[1] for each in rows(read(v1("S1", "[x", columns="Sample_ID")))] == ["S1", "[x"]


def test_sections_after_the_data_are_sections():
    sheet = read(v1("1,S1,,ACGTACGT,,P") + "[Cloud_Data]\nSample_ID,Lib\nOTHER,x\n")

    assert [sample.sample_id for sample in sheet.samples] == ["S1"]


def test_a_repeated_data_section_goes_on_below():
    parsed = parse(v1("1,S1,,ACGTACGT,,P") + f"[Data]\n1,S2,,TTTT,,P\n[Data]\n{DATA_COLUMNS}\n1,S3")

    assert [each[1] for each in rows(parsed.sheet)] == ["S1", "S2", "S3"]
    assert codes(parsed).count("REPEATED_SECTION") == 2


def test_the_bclconvert_data_win_over_the_data_section():
    parsed = parse(v1("1,OLD,,ACGTACGT,,P") + "[BCLConvert_Data]\nSample_ID,Index\nNEW,ACGT\n")

    assert [each[1] for each in rows(parsed.sheet)] == ["NEW"]
    assert codes(parsed) == ["TWO_DATA_SECTIONS"]


def test_an_empty_bclconvert_data_section_leaves_the_data_section():
    parsed = parse(v1("1,OLD,,ACGTACGT,,P") + "[BCLConvert_Data]\n")

    assert [each[1] for each in rows(parsed.sheet)] == ["OLD"]


def test_a_v2_sheet_with_a_v1_data_section_is_read_with_a_problem():
    parsed = parse("[Header]\nFileFormatVersion,2\n[Data]\nSample_ID,index\nS1,ACGT\n")

    assert parsed.format is SheetFormat.BCLCONVERT_V2
    assert codes(parsed) == ["WRONG_DATA_SECTION"]


def test_text_before_the_first_section_counts_as_the_header():
    parsed = parse("# a comment\n\nExperiment Name,E1\n" + v1("1,S1,,ACGTACGT,,P"))

    assert parsed.sheet is not None
    assert parsed.sheet.header[0] == ("Experiment Name", "E1")
    assert [(each.code, each.line) for each in parsed.problems] == [("TEXT_BEFORE_SECTION", 3)]
