"""Characters around values that are read away, and told."""

import pytest

from seqauto_pipeline.core.problems import Severity
from seqauto_pipeline.core.sheet.parse import parse_sample_sheet
from seqauto_pipeline_tests.core.sheet.sheets import only


def rows(text: str) -> bytes:
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
    parsed = parse_sample_sheet(rows(row.format(character)))
    problem = only(parsed.problems)

    assert (problem.code, problem.severity) == ("CLEANED_CHARACTERS", Severity.INFO)
    assert problem.line == 3
    assert problem.message == (
        f"1 line with characters that are read away around the values: {name}; the first is line 3"
    )
    assert parsed.sheet is not None
    assert (parsed.sheet.samples[0].sample_id, parsed.sheet.samples[0].index) == ("S1", "ACGT")


def test_curly_quotation_marks_are_quotation_marks_and_told():
    parsed = parse_sample_sheet(rows("\u201cS1\u201d,\u201ea, b\u201c,ACGT\nS2,,CCCC\u00a0"))

    assert parsed.sheet is not None
    assert [each.sample_id for each in parsed.sheet.samples] == ["S1", "S2"]
    assert parsed.sheet.samples[0].index == "ACGT"
    message = only(parsed.problems).message
    assert message.startswith("2 lines with characters")
    assert "left double quotation mark (U+201C)" in message
    assert "no-break space (U+00A0)" in message


@pytest.mark.parametrize("text", ["S1,one\u00a0or two,ACGT", "S1,5 \u00b5l \u2013 cold,ACGT"])
def test_what_stays_in_the_value_is_not_read_away(text):
    assert parse_sample_sheet(rows(text)).problems == ()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_the_mark_at_the_start_of_a_file_is_none_of_them(encoding):
    data = rows("S1,d,ACGT").decode().encode(encoding)

    codes = {each.code for each in parse_sample_sheet(data).problems}
    assert codes <= {"NOT_UTF8"}
