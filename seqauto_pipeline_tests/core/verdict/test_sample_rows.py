"""The rows of a sheet put together into samples."""

from seqauto_pipeline.core.verdict.sample_rows import expected_samples, sheet_facts, used_sheet
from seqauto_pipeline_tests.core.runs import parsed, run_with


def samples_of(sheet: str):
    return expected_samples(parsed(run_with(sheet=sheet)).sheet.samples)


def test_the_rows_of_a_sample_are_put_together():
    sheet = (
        "[Data]\nLane,Sample_ID,index\n1,S1,ACGTACGT\n1,S2,TTGGTTGG\n2,S1,ACGTACGT\n2,S1,CCAACCAA\n"
    )

    one, two = samples_of(sheet)

    assert (one.slot, one.sample_number, [row.lane for row in one.rows]) == ("S1", 1, [1, 2])
    assert (two.slot, two.sample_number, [row.lane for row in two.rows]) == ("S2", 2, [1])


def test_the_second_sample_of_a_name_is_told_apart_by_its_id():
    sheet = "[Data]\nSample_ID,Sample_Name,index\na,S1,ACGTACGT\nb,S1,TTGGTTGG\n"

    assert [sample.slot for sample in samples_of(sheet)] == ["S1", "S1/b"]


def test_a_sample_is_skipped_when_all_of_its_rows_are():
    sheet = (
        "[Data]\nLane,Sample_ID,index,Failed\n1,S1,ACGTACGT,Y\n2,S1,ACGTACGT,\n1,S2,TTGGTTGG,Y\n"
    )

    assert [sample.skipped for sample in samples_of(sheet)] == [False, True]


def test_the_sheet_of_a_conversion_says_how_its_files_are_called():
    read = parsed(run_with()).sheet

    used = used_sheet(read)

    assert used.samples == expected_samples(read.samples)
    assert used.facts == sheet_facts(read.sheet)
    assert used.facts.format == read.sheet.format
