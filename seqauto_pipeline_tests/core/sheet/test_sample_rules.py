"""Rows of one sample: legal with several indexes, a mistake with one; and CASAVA's Undetermined."""

import pytest

from seqauto_pipeline.core.problems import Severity
from seqauto_pipeline.core.sheet.converter import Converter
from seqauto_pipeline.core.sheet.rules import judge
from seqauto_pipeline_tests.core.sheet.sheets import only, sheet_of, v1_sheet, v2_sheet

OLIGOS = ("ACGTCCCT", "CGCATGTG", "GAAGGAAC", "TTTCATGA")
CASAVA = "FCID,Lane,SampleID,SampleRef,Index,Description,Control,Recipe,Operator,SampleProject\n"


@pytest.mark.parametrize("lane", ["1", ""])
def test_several_indexes_of_one_sample_in_a_lane_are_one_sample(lane):
    sheet = v1_sheet(*(f"{lane},S{n},S{n},{index},,P" for n in (1,) for index in OLIGOS))
    problem = only(judge(sheet))

    assert (problem.code, problem.severity, problem.line) == ("SEVERAL_INDEXES", Severity.INFO, 8)
    assert problem.message == (
        '1 sample with several indexes in a lane, such as "S1" with 4: '
        "the reads of all of them are one sample"
    )


def test_samples_with_several_indexes_are_counted_in_one_note():
    rows = (*(f"S1,{index}" for index in OLIGOS[:2]), *(f"S2,{index}" for index in OLIGOS[2:]))

    assert only(judge(v2_sheet(rows=rows))).message.startswith("2 samples with several indexes")


@pytest.mark.parametrize(
    "rows",
    [
        ("1,S1,S1,ACGTACGT,,P", "1,S1,S1,ACGTACGT,,P"),
        ("1,S1,S1,ACGTACGT,TTTTTTTT,P", "1,S1,S1,ACGTACGT,TTTTTTTT,P"),
        ("1,S1,S1,,,P", "1,S1,S1,,,P"),
        ("1,S1,S1,ACGTACGT,,P", "1,S1,S1,,,P"),
        ("1,S1,S1,,,P", "1,S1,S1,ACGTACGT,,P"),
    ],
)
def test_one_sample_twice_with_one_index_or_without_is_an_error(rows):
    problems = [each for each in judge(v1_sheet(*rows)) if each.code == "DUPLICATE_SAMPLE"]

    assert (only(problems).severity, only(problems).line) == (Severity.ERROR, 6)
    assert only(problems).message == 'The sample "S1" is in lane 1 already, on line 5'


@pytest.mark.parametrize(
    ("second", "code", "message"),
    [
        ("2,S1,A,ACGTACGT,,JB2", "SAMPLE_IN_TWO_PROJECTS", 'has the projects "JB1" and "JB2"'),
        ("2,S1,A,ACGTACGT,,", "SAMPLE_IN_TWO_PROJECTS", 'has the projects "JB1" and none'),
        ("2,S1,B,ACGTACGT,,JB1", "SAMPLE_WITH_TWO_NAMES", 'has the names "A" and "B"'),
        ("2,S1,,ACGTACGT,,JB1", "SAMPLE_WITH_TWO_NAMES", 'has the names "A" and "S1"'),
    ],
)
def test_bcl2fastq_ends_where_rows_of_one_sample_contradict_each_other(second, code, message):
    sheet = v1_sheet("1,S1,A,ACGTACGT,,JB1", second, second.replace("2", "3", 1))

    for converter in (None, Converter.BCL2FASTQ):
        problem = only(judge(sheet, converter=converter))
        assert (problem.code, problem.severity) == (code, Severity.ERROR)
        assert f"{message}, on the lines 5 and 6; bcl2fastq refuses it" in problem.message
    assert judge(sheet, converter=Converter.BCL_CONVERT) == ()


def test_bcl_convert_and_casava_accept_one_id_in_two_projects():
    columns = "Lane,Sample_ID,Index,Sample_Project"
    rows = ("1,S1,ACGTACGT,A", "2,S1,ACGTACGT,B")
    casava = f"{CASAVA}F,1,S1,r,ACGTACGT,d,N,R,o,A\nF,2,S1,r,ACGTACGT,d,N,R,o,B\n"

    assert judge(v2_sheet(rows=rows, columns=columns), converter=Converter.BCL2FASTQ) == ()
    assert judge(sheet_of(casava)) == ()


@pytest.mark.parametrize("sample_id", ["Undetermined", "lane5", "undetermined"])
def test_casavas_undetermined_is_the_sample_of_the_other_reads(sample_id):
    rows = f"F,5,{sample_id},,Undetermined,,N,,me,P\nF,5,S1,,ACGTACGT,,N,,me,P\n"

    assert judge(sheet_of(CASAVA + rows)) == ()


def test_undetermined_is_no_index_to_later_converters():
    problem = only(judge(v1_sheet("1,S1,S1,Undetermined,,P", "2,S2,S2,ACGTACGT,,P")))

    assert problem.code == "INDEX_CHARACTERS"


def test_a_casava_sample_may_have_no_other_reserved_name():
    assert only(judge(sheet_of(f"{CASAVA}F,5,Undetermined,,ACGTACGT,,N,,me,P\n"))).code == (
        "RESERVED_NAME"
    )
