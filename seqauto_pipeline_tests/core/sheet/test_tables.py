"""Where the header row stands, and columns that mean the same."""

from seqauto_pipeline_tests.core.sheet.sheets import DATA_COLUMNS, V1, codes, parse, read, rows, v1


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
    assert codes(alone) == ["OTHER_COLUMN_NAME"]
    assert alone.problems[0].message == (
        'The column "Index1" was read as index, and no converter does so'
    )
    assert codes(beside) == ["AMBIGUOUS_COLUMN"]


def test_a_column_name_that_stands_twice_is_a_warning_though_nothing_reads_it():
    parsed = parse(v1("S1,ACGT,x,y,", columns="Sample_ID,index,Note,note,"))

    assert codes(parsed) == ["DUPLICATE_COLUMN"]
    assert parsed.problems[0].message.startswith('The column "note" stands twice')


def test_project_is_read_where_there_is_no_sample_project():
    assert read(v1("S1,P1", columns="Sample_ID,Project")).samples[0].sample_project == "P1"
    assert (
        read(v1("S1,P1,P2", columns="Sample_ID,Project,Sample_Project")).samples[0].sample_project
        == "P2"
    )
