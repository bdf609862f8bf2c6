"""What spreadsheets make of ids, indexes and lanes, called by its name."""

import pytest

from seqauto_pipeline.core.problems import Severity
from seqauto_pipeline.core.sheet.parse import parse_sample_sheet
from seqauto_pipeline.core.sheet.rules import judge
from seqauto_pipeline.core.sheet.spreadsheets import is_at_risk, turned_by_spreadsheet
from seqauto_pipeline_tests.core.sheet.sheets import only, v1_sheet, v2_sheet

DATE = "a date that a spreadsheet made of another value"


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("1.00E+05", "a number that a spreadsheet wrote in scientific notation"),
        ("1,00E+05", "a number that a spreadsheet wrote in scientific notation"),
        ("5E-03", "a number that a spreadsheet wrote in scientific notation"),
        ("1.2E+010", "a number that a spreadsheet wrote in scientific notation"),
        ("12345.0", "a number that a spreadsheet gave decimals"),
        ("2-Mar", DATE),
        ("02-Sep-24", DATE),
        ("Mar-02", DATE),
        ("1. Mrz", DATE),
        ("01.Okt.2024", DATE),
        ("3-févr", DATE),
        ("3/14/2024", DATE),
        ("14.03.24", DATE),
        ("2024-03-14", DATE),
        ("2024-03-14 00:00:00", DATE),
        ("######", "what a spreadsheet shows in a column that is too narrow"),
        ("#N/A", "an error value of a spreadsheet"),
        ("#DIV/0!", "an error value of a spreadsheet"),
    ],
)
def test_the_work_of_a_spreadsheet_is_recognised(value, kind):
    assert turned_by_spreadsheet(value) == kind


@pytest.mark.parametrize(
    "value",
    [
        *("S1", "12E", "1E5", "E-05", "MARCH1", "20240314", "2-March-x", "Mar", "3-Sam", "1.2"),
        *("#1", "", "A" * 100, "1" * 100),
    ],
)
def test_a_name_that_only_resembles_it_is_left_alone(value):
    assert turned_by_spreadsheet(value) is None


@pytest.mark.parametrize("value", ["MARCH1", "SEPT2", "Oct4", "dec-1"])
def test_genes_and_the_like_that_would_be_dates_are_at_risk(value):
    assert is_at_risk(value)
    assert not is_at_risk(f"{value}a")


def test_such_a_value_is_named_once_with_its_column():
    sheet = v1_sheet("1,3-Mar,3-Mar,ACGTACGT,,4-Apr", "2,3-Mar,3-Mar,ACGTACGT,,4-Apr")
    found = judge(sheet)

    assert [(each.code, each.severity, each.line, each.column) for each in found] == [
        ("SPREADSHEET_VALUE", Severity.WARNING, 5, "Sample_ID"),
        ("SPREADSHEET_VALUE", Severity.WARNING, 5, "Sample_Project"),
    ]
    assert found[0].message == f'Sample_ID "3-Mar" looks like {DATE}'


def test_a_value_at_risk_is_a_note_where_it_is_an_id():
    problem = only(judge(v1_sheet("1,MARCH1,SEPT2,ACGTACGT,,OCT4")))

    assert (problem.code, problem.severity) == ("SPREADSHEET_VALUE", Severity.INFO)
    assert problem.message == 'Sample_ID "MARCH1" is a value that spreadsheets turn into a date'


def test_a_lane_that_a_spreadsheet_made_a_date_of_is_called_that():
    parsed = parse_sample_sheet(b"[Data]\nLane,Sample_ID\n2-Jan,S1\nx,S2\n")

    assert parsed.problems[0].message.endswith(f"; it looks like {DATE}")
    assert parsed.problems[1].message.endswith("was read without a lane")


@pytest.mark.parametrize("version", ["04.02.2007", "4/2/2007", "2007-02-04"])
def test_a_version_of_the_software_that_became_a_date_is_called_that(version):
    problem = only(judge(v2_sheet(f"SoftwareVersion,{version}")))

    assert (problem.code, problem.line, problem.column) == ("SPREADSHEET_VALUE", 5, None)
    assert problem.message == f'SoftwareVersion "{version}" looks like {DATE}'


@pytest.mark.parametrize("version", ["4.2.7", "4.1.23", "3.10.12", "x.y.z", ""])
def test_a_version_of_the_software_is_no_date(version):
    found = judge(v2_sheet(f"SoftwareVersion,{version}\nTrimUMI,"))

    assert "SPREADSHEET_VALUE" not in {each.code for each in found}


@pytest.mark.parametrize("value", ["######", "#N/A"])
def test_a_row_whose_first_value_is_lost_is_no_comment(value):
    text = f"[Data]\nSample_ID,index\n{value},ACGT\n{value},\n# S3,GGGG\nS2,TTTT\n"
    sheet = parse_sample_sheet(text.encode()).sheet

    assert sheet is not None
    assert [sample.sample_id for sample in sheet.samples] == [value, "S2"]
