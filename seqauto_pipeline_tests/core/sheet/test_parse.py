import hashlib
import json
import logging
import re
import tracemalloc
import warnings
from pathlib import Path

import pytest
from hypothesis import given
from sample_sheet import SampleSheet as TheirSheet
from samplesheet_parser import SampleSheetFactory

from seqauto_pipeline.core.problems import Severity
from seqauto_pipeline.core.sheet.parse import parse_sample_sheet
from seqauto_pipeline.core.sheet.sample_sheet import (
    ParsedSheet,
    SampleSheet,
    SheetColumns,
    SheetFormat,
    SheetSample,
)
from seqauto_pipeline_tests.strategies import DIALECTS, SAMPLES, Dialect, DrawnSample, written

DATA = Path(__file__).parents[2] / "data" / "sheets"
FACTS = json.loads((DATA / "facts.json").read_text())
# Its first row has a quotation mark behind a backslash: no two readers agree, and we have a test
UNCONFIRMED = "SampleSheet-inline-commas-strings.csv"
SHEETS = [
    facts
    for facts in FACTS
    if facts["kind"] == "sample_sheet" and not facts["file"].endswith(UNCONFIRMED)
]
NOT_SHEETS = [facts for facts in FACTS if facts["kind"] == "sheet_like"]

V1 = "[Header]\nIEMFileVersion,4\n[Reads]\n151\n151\n[Settings]\nAdapter,CTGTCTCTTATACACATCT\n"
DATA_COLUMNS = "Lane,Sample_ID,Sample_Name,index,index2,Sample_Project"


def parse(text: str, columns: SheetColumns | None = None) -> ParsedSheet:
    return parse_sample_sheet(text.encode(), columns or SheetColumns())


def read(text: str, columns: SheetColumns | None = None) -> SampleSheet:
    sheet = parse(text, columns).sheet
    assert sheet is not None
    return sheet


def v1(*rows: str, columns: str = DATA_COLUMNS) -> str:
    return "\n".join([V1 + "[Data]", columns, *rows, ""])


def codes(parsed: ParsedSheet) -> list[str]:
    return [problem.code for problem in parsed.problems]


def rows(sheet: SampleSheet | None) -> list[tuple[str | None, ...]]:
    if sheet is None:
        return []
    return [
        (
            None if sample.lane is None else str(sample.lane),
            sample.sample_id,
            sample.sample_name,
            (sample.index or "").upper(),
            (sample.index2 or "").upper(),
            sample.sample_project or "",
        )
        for sample in sheet.samples
    ]


def expected_rows(facts: dict[str, list[list[str | None]]]) -> list[tuple[str | None, ...]]:
    """What other readers found, in our terms: rows without an id are problems, pairs are split."""
    wanted = []
    for lane, sample_id, name, index, index2, project in facts["samples"]:
        if not sample_id:
            continue
        first, second = (index or "").upper(), (index2 or "").upper()
        joined = re.fullmatch("([ACGTN]+)-([ACGTN]+)", first)
        if joined and not second:
            first, second = joined.groups()
        wanted.append((lane, sample_id, name or sample_id, first, second, project or ""))
    return wanted


@pytest.mark.parametrize("facts", FACTS, ids=lambda facts: facts["file"])
def test_the_files_are_those_of_their_source(facts):
    assert hashlib.sha256((DATA / facts["file"]).read_bytes()).hexdigest() == facts["sha256"]


@pytest.mark.parametrize("facts", SHEETS, ids=lambda facts: facts["file"])
def test_every_public_sheet_is_read_as_other_readers_read_it(facts):
    parsed = parse_sample_sheet((DATA / facts["file"]).read_bytes())

    assert rows(parsed.sheet) == expected_rows(facts)
    assert list(parsed.sections) == facts["sections"]
    wanted = None if facts["format"] == "unrecognised" else facts["format"]
    assert parsed.format == wanted
    assert parsed.sheet is not None or Severity.ERROR in {each.severity for each in parsed.problems}


@pytest.mark.parametrize("facts", NOT_SHEETS, ids=lambda facts: facts["file"])
def test_a_file_that_only_looks_like_a_sheet_is_refused_with_what_it_is_not(facts):
    parsed = parse_sample_sheet((DATA / facts["file"]).read_bytes())

    assert parsed.sheet is None
    assert parsed.format is None
    assert len(parsed.problems) == 1
    assert "sample sheet" in parsed.problems[0].message
    assert parsed.problems[0].severity is Severity.ERROR


@pytest.mark.parametrize("facts", SHEETS, ids=lambda facts: facts["file"])
def test_what_the_library_sample_sheet_can_read_is_read_alike(facts):
    path = DATA / facts["file"]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            theirs = [
                (
                    (getattr(sample, "Sample_ID", None) or "").strip(),
                    (getattr(sample, "index", None) or "").upper(),
                )
                for sample in TheirSheet(str(path)).samples
            ]
    except Exception:  # it raises anything; what it cannot read is not compared
        return
    if not theirs or not all(sample_id for sample_id, _ in theirs):
        return  # it does not know this family's columns

    ours = [(each[1], each[3]) for each in rows(parse_sample_sheet(path.read_bytes()).sheet)]

    with_index = [index for _, index in theirs if index]
    assert [each[0] for each in ours] == [each[0] for each in theirs]
    if with_index:
        assert [each[1] for each in ours] == [each[1] for each in theirs]


# It loses rows with too few cells and the quotation marks inside cells, takes a second header row
# for the first, and reads the run manifests of another maker of instruments
OTHERS_READ_LESS = (
    "SampleSheetSampleMissingColumns.csv",
    "SampleSheet-error3.csv",
    "TestDifficultSampleNames/SampleSheet.csv",
    "SampleSheet_2020_032049.csv",
    "element_aviti_RunManifest.csv",
)


def first_of_each(samples: list[tuple[str, str]]) -> dict[str, str]:
    """Index by id, as a reader sees it that drops repeated ids and the blanks inside them."""
    first: dict[str, str] = {}
    for sample_id, index in samples:
        first.setdefault("".join(sample_id.split()), index)
    return first


@pytest.mark.parametrize("facts", SHEETS, ids=lambda facts: facts["file"])
def test_what_the_library_samplesheet_parser_can_read_is_read_alike(facts):
    path = DATA / facts["file"]
    if facts["file"].endswith(OTHERS_READ_LESS):
        return
    logging.disable(logging.CRITICAL)
    try:
        theirs = first_of_each(
            [
                (sample.get("sample_id") or "", (sample.get("index") or "").upper())
                for sample in SampleSheetFactory().create_parser(str(path), parse=True).samples()
            ]
        )
    except Exception:  # it raises anything; what it cannot read is not compared
        return
    finally:
        logging.disable(logging.NOTSET)
    if "" in theirs:
        return  # it does not know this family's columns

    sheet = parse_sample_sheet(path.read_bytes()).sheet
    ours = first_of_each([(each[1], each[3]) for each in rows(sheet)])

    assert list(ours) == list(theirs)
    if any(theirs.values()):
        assert ours == theirs


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


def test_the_header_row_may_stand_below_a_line_of_text():
    parsed = parse(V1 + "[Data]\nSamples of today\n" + DATA_COLUMNS + "\n1,S1,,ACGTACGT,,P\n")

    assert [each[1] for each in rows(parsed.sheet)] == ["S1"]
    assert codes(parsed) == ["TEXT_ABOVE_HEADER_ROW"]


def test_columns_that_agree_are_a_warning_and_those_that_do_not_an_error():
    columns = "Sample_ID,index,Index,SampleID"

    parsed = parse(v1("S1,ACGT,TTTT,S1", "S2,,GGGG,", columns=columns))

    assert [each[1:4] for each in rows(parsed.sheet)] == [
        ("S1", "S1", "ACGT"),
        ("S2", "S2", "GGGG"),
    ]
    assert {each.code: each.severity.value for each in parsed.problems} == {
        "CONFLICTING_COLUMNS": "error",
        "DUPLICATE_COLUMN": "warning",
    }


def test_index1_is_the_index_unless_there_is_one():
    alone = parse(v1("S1,ACGT", columns="Sample_ID,Index1"))
    beside = parse(v1("S1,ACGT,TTTT", columns="Sample_ID,Index,Index1"))

    assert rows(alone.sheet)[0][3:5] == ("ACGT", "")
    assert rows(beside.sheet)[0][3:5] == ("ACGT", "")
    assert codes(beside) == ["AMBIGUOUS_COLUMN"]


def test_project_is_read_where_there_is_no_sample_project():
    assert read(v1("S1,P1", columns="Sample_ID,Project")).samples[0].sample_project == "P1"
    assert (
        read(v1("S1,P1,P2", columns="Sample_ID,Project,Sample_Project")).samples[0].sample_project
        == "P2"
    )


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


def test_a_quotation_mark_behind_a_backslash_is_part_of_the_cell():
    path = next(DATA.rglob(UNCONFIRMED))

    first = rows(parse_sample_sheet(path.read_bytes()).sheet)[0]

    assert first[1] == 'Zika "seedstock_1 (in K562, 5ng)'
    assert first[3:5] == ("GGACTCCT", "AAGGAGTA")


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
