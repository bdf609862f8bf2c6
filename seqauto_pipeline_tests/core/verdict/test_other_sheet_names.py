"""A run without a sheet names what may be the sheet under another name."""

import pytest

from seqauto_pipeline.core.file_list import Entry, EntryKind
from seqauto_pipeline.core.verdict.other_sheet_names import sheet_like_files
from seqauto_pipeline_tests.core.listings import NS, file_of
from seqauto_pipeline_tests.core.runs import WHOLE, run_with
from seqauto_pipeline_tests.core.verdict.judging import judged

NAMES = ("SampleSheet.csv",)


@pytest.mark.parametrize(
    "name",
    [
        "samplesheet.csv",
        "SampleSheet_HNLYFBGXG.csv",
        "SampleSheet.csv.txt",
        "SampleSheet (1).csv",
        "SampleSheet.csv.bak",
        "Sample Sheet.csv",
        "sample_sheet.tsv",
        "SampleShet.csv",
        "SampleSheet.xlsx",
        "20200920 sheet.xlsx",
        "HNLYFBGXG.csv",
        "ahnlyfbgxg.csv",
        "200920_NB501009_0410_AHNLYFBGXG.csv",
    ],
)
def test_a_file_beside_the_place_of_the_sheet_may_be_it(name):
    assert sheet_like_files(run_with([*WHOLE, name], sheet=None), NAMES) == (name,)


@pytest.mark.parametrize(
    "name",
    [
        "RunInfo.xml",
        "RTAComplete.txt",
        "results.csv",
        ".~lock.SampleSheet.csv#",
        "~$SampleSheet.xlsx",
        "SampleSheet.csv~",
        "SampleSheet.csv.md5",
        "HNLYFBGXG.bin",
        "fq/sheet.csv",
    ],
)
def test_other_files_are_not_taken_for_a_sheet(name):
    assert sheet_like_files(run_with([*WHOLE, name], sheet=None), NAMES) == ()


def test_a_directory_is_no_sheet():
    folder = {"SampleSheets": Entry(EntryKind.DIRECTORY, 0, NS)}

    assert sheet_like_files(run_with(folder, sheet=None), NAMES) == ()


def test_the_likeliest_is_named_first_and_copies_elsewhere_last():
    names = ["HNLYFBGXG.csv", "calls/SampleSheet.csv", "samplesheet.csv"]

    assert sheet_like_files(run_with(names, sheet=None), NAMES) == (
        "samplesheet.csv",
        "HNLYFBGXG.csv",
        "calls/SampleSheet.csv",
    )


def test_the_message_names_them_and_says_what_to_call_it():
    names = ["samplesheet.csv", "SampleSheet1.csv", "SampleSheet2.csv", "SampleSheet3.csv"]

    one = judged(run_with([*WHOLE, names[0]], sheet=None)).problems[0]
    four = judged(run_with([*WHOLE, *names], sheet=None)).problems[0]

    assert one.message == (
        "the run folder has no SampleSheet.csv: nothing says what to expect. "
        "Like a sheet under another name: samplesheet.csv."
    )
    assert "save it as CSV under the name SampleSheet.csv" in one.fix
    assert four.message.endswith("SampleSheet1.csv, SampleSheet2.csv, SampleSheet3.csv and 1 more.")


def test_a_link_to_nothing_is_named():
    link = Entry(EntryKind.BROKEN_LINK, 0, NS)
    entries = {"done": file_of(), "SampleSheet.csv": link}

    (problem,) = judged(run_with(entries, sheet=None)).problems

    assert problem.message.endswith("SampleSheet.csv is a symbolic link to nothing.")
