"""Bytes to a sheet of each family, or why there is none."""

import tracemalloc

import pytest
from hypothesis import given

from seqauto_pipeline.core.problems import Severity
from seqauto_pipeline.core.sheet.parse import parse_sample_sheet
from seqauto_pipeline.core.sheet.sample_sheet import (
    SheetFormat,
    SheetSample,
)
from seqauto_pipeline_tests.core.sheet.sheets import DATA_COLUMNS, V1, codes, parse, read, rows, v1
from seqauto_pipeline_tests.strategies import DIALECTS, SAMPLES, Dialect, DrawnSample, written


@given(samples=SAMPLES, dialect=DIALECTS)
def test_every_dialect_gives_the_samples_that_were_written(
    samples: list[DrawnSample], dialect: Dialect
):
    parsed = parse_sample_sheet(written(samples, dialect))

    assert parsed.sheet is not None
    is_named = dialect.family != "legacy"
    assert [
        (each.lane, each.sample_id, each.sample_name, each.index, each.index2, each.sample_project)
        for each in parsed.sheet.samples
    ] == [
        (
            each.lane,
            each.sample_id,
            each.sample_name if is_named else each.sample_id,
            each.index,
            each.index2,
            each.project,
        )
        for each in samples
    ]
    assert parsed.delimiter == dialect.delimiter


def test_a_v1_sheet_keeps_what_matters_later():
    sheet = read(v1("1,S1,Name,ACGTACGT,TTGGCCAA,P1"))

    assert sheet.format is SheetFormat.IEM_V1
    assert sheet.header == (("IEMFileVersion", "4"),)
    assert sheet.reads == (151, 151)
    assert sheet.adapters == ("CTGTCTCTTATACACATCT",)
    assert sheet.sections == ("Header", "Reads", "Settings", "Data")
    assert sheet.barcode_mismatches == (None, None)
    assert sheet.override_cycles is None
    assert sheet.samples == (
        SheetSample(10, 1, "S1", "Name", "P1", 1, "ACGTACGT", "TTGGCCAA", False, None),  # noqa: FBT003
    )


def test_a_v2_sheet_keeps_what_matters_later():
    sheet = read(
        "[Header]\nFileFormatVersion,2\n[Reads]\nRead1Cycles,151\nRead2Cycles,101\n"
        "Index1Cycles,10\nIndex2Cycles,8\n[BCLConvert_Settings]\nBarcodeMismatchesIndex1,0\n"
        "BarcodeMismatchesIndex2,na\nOverrideCycles,Y151;I10;I8;Y101\nAdapterRead1,ACGT\n"
        "AdapterRead2,TTTT\n[BCLConvert_Data]\nSample_ID,Index,Index2,OverrideCycles,"
        "BarcodeMismatchesIndex1\n007,ACGTACGTAA,ACGTACGT,Y151;I8N2;I8;Y101,1\n"
    )

    assert sheet.format is SheetFormat.BCLCONVERT_V2
    assert sheet.reads == (151, 101)
    assert sheet.index_cycles == (10, 8)
    assert sheet.barcode_mismatches == (0, None)
    assert sheet.override_cycles == "Y151;I10;I8;Y101"
    assert sheet.adapters == ("ACGT", "TTTT")
    assert sheet.samples[0].sample_id == sheet.samples[0].sample_name == "007"
    assert sheet.samples[0].override_cycles == "Y151;I8N2;I8;Y101"
    assert sheet.samples[0].barcode_mismatches == (1, None)


def test_a_legacy_sheet_is_read_by_its_own_column_names():
    parsed = parse(
        "FCID,Lane,SampleID,SampleRef,Index,Description,Control,Recipe,Operator,SampleProject\n"
        "C1,1,0012,hg19,acgtacgt-ttggccaa,x,N,R1,op,P1\n"
    )

    assert parsed.format is SheetFormat.LEGACY_FCID
    assert rows(parsed.sheet) == [("1", "0012", "0012", "ACGTACGT", "TTGGCCAA", "P1")]
    assert parsed.problems == ()


def test_a_legacy_sheet_needs_no_index_when_its_columns_are_those_of_casava():
    assert rows(read("Lane,SampleID,Recipe,Operator\n3,A,R,O\n")) == [("3", "A", "A", "", "", "")]


def test_another_table_with_a_sample_id_is_not_a_legacy_sheet():
    parsed = parse("sample_id,lane,fastq_1,fastq_2\nA,1,a.fq.gz,b.fq.gz\n")

    assert parsed.problems[0].message == (
        "This is not a sample sheet: it looks like a table that starts with the columns "
        '"sample_id", "lane", "fastq_1", "fastq_2"'
    )


def test_settings_that_are_no_numbers_are_named():
    parsed = parse(
        "[Reads]\nlong\n[Settings]\nBarcodeMismatchesIndex1,few\n[Data]\nSample_ID,index\nS1,ACGT\n"
    )

    assert [(each.code, each.line) for each in parsed.problems] == [
        ("INVALID_SETTING", 2),
        ("INVALID_SETTING", 4),
    ]


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        (V1, "NO_DATA_SECTION", '"Header", "Reads", "Settings"'),
        (V1 + DATA_COLUMNS + "\n1,S1,,ACGT,,P\n", "NO_DATA_SECTION", "line 8 looks like"),
        (V1 + "[Data]\n", "NO_SAMPLES", "is empty"),
        (V1 + "[Data]\n" + DATA_COLUMNS, "NO_SAMPLES", "there is no row"),
        (V1 + "[Data]\n" + DATA_COLUMNS + "\n1,,x", "NO_SAMPLES", "1 row without a sample"),
        (V1 + "[Data]\nLane,Smple_ID\n1,S1", "NO_SAMPLE_ID_COLUMN", '"Smple_ID" may be meant'),
        (V1 + "[Data]\nLane,Who\n1,S1", "NO_SAMPLE_ID_COLUMN", "has no column Sample_ID"),
        ("[RunValues]\nx\n[Samples]\nSampleName\n", "NOT_A_SAMPLE_SHEET", "Element AVITI"),
        ("[core]\nx = 1\n", "NOT_A_SAMPLE_SHEET", 'the sections "core"'),
        (" \n,,,\r\n", "EMPTY_SHEET", "only blanks"),
        ("", "EMPTY_SHEET", "no bytes"),
    ],
)
def test_a_sheet_that_lists_nobody_says_why(text, code, words):
    parsed = parse(text)

    assert parsed.sheet is None
    assert parsed.problems[-1 if code != "NO_SAMPLES" else 0].severity is Severity.ERROR
    assert words in next(each.message for each in parsed.problems if each.code == code)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"\xff\xd8\xff\xe0JFIF", "a JPEG image"),
        (b"BM\x00\x00\x01", "a bitmap image"),
        (b"%PDF-1.4", "a PDF document"),
        (b"PK\x03\x04xl", "an Excel workbook"),
        (b"<?xml version='1.0'?><RunInfo/>", "an XML document"),
        (b"<!DOCTYPE html><p>", "an HTML page"),
        (b'{"a": 1}', "JSON"),
        (b'[\n  {"a": 1}]', "JSON"),
        (b">chr1\nACGT\n", "a FASTA file"),
        (b"@r1\nACGT\n+\n", "a FASTQ file"),
        (bytes(range(1, 32)) * 9, "binary data"),
        (b"BMW,owner\n", 'a table that starts with the columns "BMW", "owner"'),
        (b"Hello\n", 'text that starts with "Hello"'),
    ],
)
def test_another_format_is_called_by_its_name(data, kind):
    parsed = parse_sample_sheet(data)

    assert codes(parsed) == ["NOT_A_SAMPLE_SHEET"]
    assert kind in parsed.problems[0].message


def test_a_file_larger_than_any_sheet_is_refused(monkeypatch):
    monkeypatch.setattr("seqauto_pipeline.core.sheet.parse.MAX_BYTES", 10)

    assert codes(parse_sample_sheet(b"x" * 11)) == ["SHEET_TOO_LARGE"]


def test_more_rows_than_any_sheet_has_are_refused(monkeypatch):
    monkeypatch.setattr("seqauto_pipeline.core.sheet.text.MAX_ROWS", 12)

    many = parse(v1(*(f"1,S{number},,ACGT,,P" for number in range(9))))
    blank = parse(v1("1,S1,,ACGT,,P", *[",,,"] * 20))

    assert [each.message for each in many.problems] == ["The file has more than 12 rows"]
    assert blank.problems == ()


def test_no_more_than_a_hundred_problems_of_a_kind_are_listed():
    parsed = parse(v1(*(f"1,,N{number},ACGT,,P" for number in range(150)), "1,S1,,ACGT,,P"))

    assert len(parsed.problems) == 101
    assert parsed.problems[-1].message == "At least 50 more problems of this kind are not listed"


@pytest.mark.parametrize("row", ["1,,N,ACGT,,P", "1,S1", "1,S1,,ACGT,,P,x", "?,S1,,ACGT,,P"])
def test_problems_of_thousands_of_rows_are_not_all_counted(row):
    parsed = parse(v1(*[row] * 2000, "1,S1,,ACGT,,P"))

    assert len(parsed.problems) == 101
    assert parsed.problems[-1].message.startswith("At least 900 more")


def test_a_very_long_row_is_cut_and_stays_small():
    data = v1("1,S1,,ACGT,,P," + "," * 5_000_000).encode()
    tracemalloc.start()

    parsed = parse_sample_sheet(data)

    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(rows(parsed.sheet)) == 1
    assert peak < 100_000_000
