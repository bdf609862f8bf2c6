"""Text as cells: quotation marks, encodings, and characters around values that are read away."""

import pytest

from seqauto_pipeline.core.problems import Severity
from seqauto_pipeline.core.sheet.parse import parse_sample_sheet
from seqauto_pipeline.core.sheet.sample_sheet import (
    SheetFormat,
)
from seqauto_pipeline_tests.core.sheet.sheets import codes, only, parse, read, rows, v1


def sheet_with(text: str) -> bytes:
    return f"[Data]\nSample_ID,Description,index\n{text}\n".encode()


@pytest.mark.parametrize(
    ("character", "name"),
    [
        ("\u00a0", "no-break space (U+00A0)"),
        ("\u200b", "zero width space (U+200B)"),
        ("\u2009", "thin space (U+2009)"),
        ("\u202f", "narrow no-break space (U+202F)"),
        ("\u2060", "word joiner (U+2060)"),
        ("\u00ad", "soft hyphen (U+00AD)"),
        ("\ufeff", "zero width no-break space (U+FEFF)"),
        ("\u0085", "control character (U+0085)"),
    ],
)
@pytest.mark.parametrize("row", ["{0}S1,d,ACGT", "S1{0},d,ACGT", "S1,d,{0} ACGT", 'S1,d,"ACGT{0}"'])
def test_an_unusual_blank_around_a_value_is_read_away_and_told(row, character, name):
    parsed = parse_sample_sheet(sheet_with(row.format(character)))
    problem = only(parsed.problems)

    assert (problem.code, problem.severity) == ("CLEANED_CHARACTERS", Severity.INFO)
    assert problem.line == 3
    assert problem.message == (
        f"1 line with characters that are read away around the values: {name}; the first is line 3"
    )
    assert parsed.sheet is not None
    assert (parsed.sheet.samples[0].sample_id, parsed.sheet.samples[0].index) == ("S1", "ACGT")


def test_curly_quotation_marks_are_quotation_marks_and_told():
    parsed = parse_sample_sheet(sheet_with("\u201cS1\u201d,\u201ea, b\u201c,ACGT\nS2,,CCCC\u00a0"))

    assert parsed.sheet is not None
    assert [each.sample_id for each in parsed.sheet.samples] == ["S1", "S2"]
    assert parsed.sheet.samples[0].index == "ACGT"
    message = only(parsed.problems).message
    assert message.startswith("2 lines with characters")
    assert "left double quotation mark (U+201C)" in message
    assert "no-break space (U+00A0)" in message


@pytest.mark.parametrize("text", ["S1,one\u00a0or two,ACGT", "S1,5 \u00b5l \u2013 cold,ACGT"])
def test_what_stays_in_the_value_is_not_read_away(text):
    assert parse_sample_sheet(sheet_with(text)).problems == ()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_the_mark_at_the_start_of_a_file_is_none_of_them(encoding):
    data = sheet_with("S1,d,ACGT").decode().encode(encoding)

    codes = {each.code for each in parse_sample_sheet(data).problems}
    assert codes <= {"NOT_UTF8"}


def test_a_v2_sheet_is_expected_in_ascii_alone():
    text = "[Header]\nRunName,M\u00fcller\nFileFormatVersion,{}\n[BCLConvert_Settings]\n"
    text += "[Data]\nSample_ID\nS1\u00a0\n"
    parsed = parse(text.format(2))
    problem = next(each for each in parsed.problems if each.code == "NOT_ASCII")

    assert (problem.severity, problem.line) == (Severity.INFO, 2)
    assert problem.message == (
        "Line 2 holds latin small letter u with diaeresis (U+00FC), expected ASCII characters"
    )
    assert "NOT_ASCII" not in codes(parse(v1("1,S1,M\u00fcller,ACGT,,P")))
    assert "NOT_ASCII" not in codes(parse(text.format(2).replace("\u00fc", "ue")))


def test_a_quoted_cell_holds_delimiters_quotes_and_line_ends():
    parsed = parse(v1('1,S1,"a, ""b""",ACGT,,P', '1,S2,"two', 'lines",TTTT,,P', "1,S3,,GGGG,,P"))

    assert [(each[1], each[2]) for each in rows(parsed.sheet)] == [
        ("S1", 'a, "b"'),
        ("S2", "two\nlines"),
        ("S3", "S3"),
    ]
    assert parsed.sheet is not None
    assert parsed.sheet.samples[2].line == 13
    assert parsed.problems == ()


def test_a_quoted_cell_may_end_in_a_backslash():
    assert rows(read(v1('1,S1,"C:\\",ACGT,,P')))[0][2] == "C:\\"


@pytest.mark.parametrize(
    "last", ["1,S2,,TTTT,,P", '1,S2,"x",TTTT,,P', "[Manifests]", '1,"S2,,TTTT,,P', "x" * 9000]
)
def test_a_quotation_mark_that_is_never_closed_takes_no_row_with_it(last):
    parsed = parse(v1('1,S1,"open,ACGT,,P', last))

    assert rows(parsed.sheet)[0][1:4] == ("S1", "open", "ACGT")
    assert codes(parsed)[0] == "UNBALANCED_QUOTE"
    assert parsed.problems[0].line == 10
    assert len(rows(parsed.sheet)) == (2 if "S2" in last else 1)


def test_a_sheet_whose_lines_are_quoted_as_a_whole_is_taken_apart():
    text = "\n".join(f'"{line}"' for line in v1("1,S1,,ACGTACGT,,P").split("\n") if line)

    parsed = parse(text + "\n1,S2,,TTTTTTTT,,P")

    assert [each[1] for each in rows(parsed.sheet)] == ["S1", "S2"]
    assert parsed.sheet is not None
    assert parsed.sheet.reads == (151, 151)


def test_the_header_may_keep_commas_where_the_data_have_tabs():
    parsed = parse("[Header]\nFileFormatVersion,2,,\n[Data]\nSample_ID\tindex\nS1\tACGT\n")

    assert parsed.delimiter == "\t"
    assert parsed.format is SheetFormat.BCLCONVERT_V2


def test_an_override_cycles_setting_does_not_make_the_sheet_semicolon_separated():
    sheet = read(
        "[BCLConvert_Settings]\nOverrideCycles,Y151;I8;I8;Y151\n[BCLConvert_Data]\nSample_ID\nS1\n"
    )

    assert sheet.delimiter == ","
    assert sheet.override_cycles == "Y151;I8;I8;Y151"


def test_the_encoding_is_a_fact_and_a_note():
    sheet = parse_sample_sheet(v1("1,S1,Müller,ACGT,,P").encode("windows-1252"))

    assert sheet.encoding == "windows-1252"
    assert rows(sheet.sheet)[0][2] == "Müller"
    assert [(each.code, each.severity.value) for each in sheet.problems] == [("NOT_UTF8", "info")]


def test_bytes_that_are_no_character_are_counted():
    parsed = parse_sample_sheet(v1("1,S1,x\x81y,ACGT,,P").encode("latin-1"))

    assert codes(parsed) == ["NOT_UTF8", "UNDECODABLE_BYTES", "CONTROL_CHARACTERS"][:2]
    assert parsed.problems[1].line == 10


def test_control_characters_are_named_with_their_line():
    parsed = parse(v1("1,S1,a\x1b[31mb,ACGT,,P"))

    assert codes(parsed) == ["CONTROL_CHARACTERS"]
    assert parsed.problems[0].message == 'Line 10 holds the control character "\\x1b"'
