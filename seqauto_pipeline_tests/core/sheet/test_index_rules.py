"""Indexes with N or blanks, which no converter takes as people mean them."""

import pytest

from seqauto_pipeline.core.problems import Severity
from seqauto_pipeline.core.sheet.converter import Converter
from seqauto_pipeline.core.sheet.parse import parse_sample_sheet
from seqauto_pipeline.core.sheet.rules import judge
from seqauto_pipeline_tests.core.sheet.sheets import only, v1_sheet, v2_sheet


@pytest.mark.parametrize(
    ("index", "index2", "column"),
    [("CCGCGGTTNN", "", "index"), ("CCNCGGTT", "", "index"), ("CCGCGGTT", "CTAGN", "index2")],
)
def test_n_in_an_index_is_a_warning_and_an_error_to_bcl2fastq(index, index2, column):
    sheet = v1_sheet(f"1,S1,S1,{index},{index2},P")
    problem = only(judge(sheet))

    assert (problem.code, problem.severity) == ("INDEX_WITH_N", Severity.WARNING)
    assert problem.column == column
    assert "has N, which no converter takes for any base" in problem.message
    assert only(judge(sheet, converter=Converter.BCL2FASTQ)).severity is Severity.ERROR
    assert only(judge(sheet, converter=Converter.BCL_CONVERT)).severity is Severity.WARNING


@pytest.mark.parametrize("index", ["NNNNNNNN", "NA", "NoIndex", "SI-NA-A1", ""])
def test_an_index_of_n_alone_and_words_for_none_have_no_n(index):
    assert judge(v2_sheet(rows=(f"S1,{index}",))) == ()


@pytest.mark.parametrize(
    ("cells", "field", "cleaned", "read"),
    [
        ("AGGTC  AGATA,", "index", "AGGTCAGATA", ("AGGTCAGATA", None)),
        ("AGGTC\u00a0AGATA,", "index", "AGGTCAGATA", ("AGGTCAGATA", None)),
        ("acgt,tt gg", "index2", "TTGG", ("ACGT", "TTGG")),
        ("AC GT-TT GG,", "index", "ACGT-TTGG", ("ACGT", "TTGG")),
    ],
)
def test_blanks_inside_an_index_are_read_away_and_told_as_an_error(cells, field, cleaned, read):
    parsed = parse_sample_sheet(f"[Data]\nSample_ID,index,index2\nS1,{cells}\n".encode())
    problem = only([each for each in parsed.problems if each.code == "INDEX_BLANKS"])

    assert (problem.severity, problem.line, problem.column) == (Severity.ERROR, 3, field)
    assert problem.message.endswith(
        f'has blanks inside, which the converters refuse; it was read as "{cleaned}"'
    )
    assert parsed.sheet is not None
    assert (parsed.sheet.samples[0].index, parsed.sheet.samples[0].index2) == read


def test_blanks_in_what_is_no_index_are_told_by_its_characters():
    parsed = parse_sample_sheet(b"[Data]\nSample_ID,index\nS1,UDP 0001\n")

    assert parsed.problems == ()
    assert parsed.sheet is not None
    assert only(judge(parsed.sheet)).code == "INDEX_CHARACTERS"
