"""What a sheet tells the converter about the files to write, from every place that can say it."""

import pytest

from seqauto_pipeline.core.sheet.conversion import FastqCompression
from seqauto_pipeline.core.sheet.converter import Converter
from seqauto_pipeline.core.sheet.parse import parse_sample_sheet
from seqauto_pipeline.core.sheet.sample_sheet import SampleSheet

V2 = "[Header]\nFileFormatVersion,2\n[BCLConvert_Settings]\n{settings}[BCLConvert_Data]\n{data}"
V1 = "[Header]\nIEMFileVersion,4\n[Settings]\n{settings}[Data]\n{data}"
ROWS = "Sample_ID,index\nA,ACGTACGT\n"


def sheet(form: str, settings: str = "", data: str = ROWS) -> SampleSheet:
    parsed = parse_sample_sheet(form.format(settings=settings, data=data).encode())
    assert parsed.sheet is not None, parsed.problems
    return parsed.sheet


@pytest.mark.parametrize("form", [V1, V2])
def test_the_settings_of_either_family_say_which_files_are_made(form):
    conversion = sheet(
        form,
        "overridecycles,Y151;I8;U9;Y151\nCREATEFASTQFORINDEXREADS,1\nNoLaneSplitting,TRUE\n"
        "TrimUMI,0\nFastqCompressionFormat,DRAGEN\n",
    ).conversion

    assert str(conversion.override_cycles) == "Y151;I8;U9;Y151"
    assert conversion.create_fastq_for_index_reads is True
    assert conversion.no_lane_splitting is True
    assert conversion.trim_umi is False
    assert conversion.compression is FastqCompression.DRAGEN


def test_what_the_sheet_does_not_say_is_not_known():
    conversion = sheet(V2).conversion

    assert conversion.override_cycles is None
    assert conversion.create_fastq_for_index_reads is None
    assert conversion.no_lane_splitting is None
    assert conversion.trim_umi is None
    assert conversion.compression is None


@pytest.mark.parametrize("value", ["WAHR", "yes", "2", ""])
def test_a_word_that_no_converter_takes_for_yes_or_no_says_nothing(value):
    assert sheet(V2, f"NoLaneSplitting,{value}\n").conversion.no_lane_splitting is None


def test_a_compression_that_does_not_exist_says_nothing():
    assert sheet(V2, "FastqCompressionFormat,zip\n").conversion.compression is None


def test_override_cycles_that_cannot_be_read_say_nothing():
    assert sheet(V2, "OverrideCycles,Y151;X8\n").conversion.override_cycles is None


@pytest.mark.parametrize(
    "line", ["OverrideCycles,Y28,I10,I10,Y90", "OverrideCycles;Y28;I10;I10;Y90"]
)
def test_override_cycles_in_several_cells_are_one_value(line):
    assert str(sheet(V2, f"{line}\n").conversion.override_cycles) == "Y28;I10;I10;Y90"


def test_what_stands_behind_override_cycles_in_one_cell_is_not_part_of_them():
    settings = "OverrideCycles,Y28;I10;I10;Y90,by hand\n"

    assert sheet(V2, settings).override_cycles == "Y28;I10;I10;Y90"


def test_a_row_has_its_own_override_cycles_or_those_of_the_sheet():
    rows = "Sample_ID,index,OverrideCycles\nA,ACGTACGT,Y51;I8\nB,TTTTACGT,\nC,GGGGACGT,na\n"
    read = sheet(V2, "OverrideCycles,Y151;I8\n", rows)

    assert [str(read.cycles_of(sample)) for sample in read.samples] == [
        "Y51;I8",
        "Y151;I8",
        "Y151;I8",
    ]


def test_a_v2_sheet_is_read_by_bcl_convert_alone():
    assert sheet(V2).converter is Converter.BCL_CONVERT
    assert sheet(V1).converter is None
