"""Which settings a converter knows, which values it takes, and which of them exclude each other."""

import pytest

from seqauto_pipeline.core.problems import Severity
from seqauto_pipeline.core.sheet.converter import INSTRUMENT_SETTINGS, SETTINGS, Converter
from seqauto_pipeline.core.sheet.rules import judge
from seqauto_pipeline_tests.core.sheet.sheets import only, sheet_of, v1_sheet, v2_sheet

S1 = "1,S1,S1,ACGTACGT,,P"
LANES = {"columns": "Lane,Sample_ID,Index", "rows": ("1,S1,ACGTACGT",)}


@pytest.mark.parametrize("name", sorted(set(SETTINGS[Converter.BCL2FASTQ].values())))
def test_a_v2_sheet_may_have_a_setting_of_bcl2fastq_only_where_bcl_convert_has_it_too(name):
    codes = {each.code for each in judge(v2_sheet(f"{name.upper()},x"))}

    is_shared = name in SETTINGS[Converter.BCL_CONVERT].values()
    assert ("REFUSED_SETTING" in codes) is not is_shared


def test_a_refused_setting_is_named_with_its_line():
    problem = only(judge(v2_sheet("SoftwareVersion,4.2.7\nReverseComplement,0")))

    assert (problem.code, problem.severity, problem.line) == ("REFUSED_SETTING", Severity.ERROR, 6)
    assert problem.message == (
        '"ReverseComplement" is a setting of bcl2fastq, which BCL Convert refuses in a v2 sheet'
    )


def test_a_refused_setting_without_a_value_asks_for_nothing():
    assert judge(v2_sheet("Adapter,")) == ()


def test_an_unknown_setting_of_a_v2_sheet_is_a_warning():
    problem = only(judge(v2_sheet("OverideCycles,Y151;I8")))

    assert (problem.code, problem.severity) == ("UNKNOWN_SETTING", Severity.WARNING)
    assert problem.message.startswith('"OverideCycles" is no known setting; BCL Convert refuses')
    assert problem.message.endswith('; "OverrideCycles" may be meant')


def test_a_v1_sheet_may_have_the_settings_of_every_program_that_reads_it():
    names = [*INSTRUMENT_SETTINGS.values(), "ReverseComplement", "TrimUMI", "SoftwareVersion"]

    assert judge(v1_sheet(S1, settings="\n".join(f"{name},1" for name in names))) == ()


def test_an_unknown_setting_of_a_v1_sheet_is_a_warning():
    problem = only(judge(v1_sheet(S1, settings="MismatchCount,0")))

    assert (problem.code, problem.severity) == ("UNKNOWN_SETTING", Severity.WARNING)
    assert problem.message == (
        '"MismatchCount" is no setting that bcl2fastq and BCL Convert know: they ignore it'
    )


@pytest.mark.parametrize(
    ("converter", "other", "name"),
    [
        (Converter.BCL_CONVERT, "ReverseComplement,0", "BCL Convert"),
        (Converter.BCL2FASTQ, "NoLaneSplitting,true", "bcl2fastq"),
    ],
)
def test_the_laboratorys_converter_passes_over_the_settings_of_the_other(converter, other, name):
    own = v1_sheet(S1.replace("1,", ",", 1), settings=other)

    assert {each.code for each in judge(own)} == set()
    problem = only(judge(own, converter=converter))
    assert problem.code == "UNKNOWN_SETTING"
    assert f"{name} knows: it ignores it" in problem.message


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("FastqCompressionFormat,zip", "one of gzip, dragen, dragen-interleaved"),
        ("NoLaneSplitting,yes", "true or false"),
        ("NoLaneSplitting,WAHR", "true or false; a spreadsheet translated it"),
        ("CreateFastqForIndexReads,2", "0, 1, true or false"),
        ("AdapterRead1,CTGTCT-TTT", "bases, with + between several"),
        ("AdapterStringency,0.2", "a number from 0.5 to 1.0"),
        ("AdapterStringency,high", "a number from 0.5 to 1.0"),
        ("MinimumAdapterOverlap,4", "1, 2 or 3"),
        ("BarcodeMismatchesIndex1,3", "a number from 0 to 2"),
    ],
)
def test_a_value_that_bcl_convert_refuses_is_an_error(line, expected):
    problem = only(judge(v2_sheet(line)))

    assert (problem.code, problem.severity, problem.line) == ("REFUSED_VALUE", Severity.ERROR, 5)
    assert problem.message.endswith(f"expected {expected}")


@pytest.mark.parametrize(
    "line",
    [
        "FastqCompressionFormat,Dragen-Interleaved",
        "NoLaneSplitting,TRUE",
        "CreateFastqForIndexReads,0",
        "AdapterRead1,CTGT+ACGT\nAdapterBehavior,Mask",
        "AdapterStringency,.9",
        "BarcodeMismatchesIndex2,na",
    ],
)
def test_a_value_that_bcl_convert_takes_is_no_problem(line):
    assert judge(v2_sheet(line)) == ()


def test_bcl2fastq_may_have_other_words_for_yes():
    sheet = v1_sheet(S1, settings="FindAdaptersWithIndels,y")

    assert judge(sheet) == judge(sheet, converter=Converter.BCL2FASTQ) == ()
    assert only(judge(sheet, converter=Converter.BCL_CONVERT)).code == "REFUSED_VALUE"


def test_a_v2_sheet_without_its_settings_section_is_a_warning():
    text = "[Header]\nFileFormatVersion,2\n{}[BCLConvert_Data]\nSample_ID,Index\nS1,ACGTACGT\n"
    bare, other = text.format(""), text.format("[Settings]\nAdapter,ACGT\n")

    problem = only(judge(sheet_of(bare)))
    assert (problem.code, problem.severity) == ("SETTINGS_SECTION", Severity.WARNING)
    assert problem.message == "The v2 sheet has no section [BCLConvert_Settings]"
    assert only(judge(sheet_of(other))).message.endswith("BCL Convert does not read [Settings]")


def test_an_empty_settings_section_of_a_v2_sheet_is_a_warning():
    problem = only(judge(v2_sheet("")))

    assert (problem.code, problem.severity) == ("SETTINGS_SECTION", Severity.WARNING)
    assert problem.message == "The section [BCLConvert_Settings] is empty"


@pytest.mark.parametrize("sheet_with", [v2_sheet, lambda text: v1_sheet(S1, settings=text)])
def test_a_setting_that_stands_again_with_another_value_is_a_warning(sheet_with):
    again = "AdapterRead1,ACGT\nAdapterRead1,ACGT\nadapterread1,CTGTC"
    problem = only(judge(sheet_with(again)))

    assert (problem.code, problem.severity) == ("REPEATED_SETTING", Severity.WARNING)
    assert problem.message.startswith('"adapterread1" is "CTGTC" here and "ACGT" on line ')


def test_settings_in_the_wrong_section_of_a_v2_sheet_are_not_read():
    problem = only(judge(v2_sheet("SoftwareVersion,4.2.7\n[Settings]\nReverseComplement,0")))

    assert (problem.code, problem.line) == ("SETTINGS_SECTION", 7)
    assert '"ReverseComplement" in [Settings] of a v2 sheet' in problem.message


@pytest.mark.parametrize(
    ("version", "severity"),
    [
        ("SoftwareVersion,4.4.5\n", Severity.ERROR),
        ("SoftwareVersion,3.10.5\n", Severity.ERROR),
        ("", Severity.WARNING),
        ("SoftwareVersion,newest\n", Severity.WARNING),
    ],
)
def test_lanes_that_are_not_split_are_refused_by_old_versions(version, severity):
    problem = only(judge(v2_sheet(f"{version}NoLaneSplitting,true", **LANES)))

    assert (problem.code, problem.severity) == ("LANES_NOT_SPLIT", severity)


@pytest.mark.parametrize(
    "settings",
    ["SoftwareVersion,4.4.6\nNoLaneSplitting,true", "NoLaneSplitting,false", "TrimUMI,"],
)
def test_lanes_are_no_problem_to_later_versions_or_where_they_are_split(settings):
    assert judge(v2_sheet(settings, **LANES)) == ()


def test_lanes_need_no_splitting_where_the_sheet_has_none():
    assert judge(v2_sheet("SoftwareVersion,3.8.4\nNoLaneSplitting,true")) == ()


@pytest.mark.parametrize(
    ("setting", "column", "value"),
    [
        ("OverrideCycles,Y151;I8;Y151", "OverrideCycles", "Y151;I8;Y151"),
        ("BarcodeMismatchesIndex1,1", "BarcodeMismatchesIndex1", "0"),
        ("BarcodeMismatchesIndex2,1", "BarcodeMismatchesIndex2", "0"),
    ],
)
def test_a_setting_that_is_a_column_too_is_noted(setting, column, value):
    rows = (f"S1,ACGTACGT,{value}",)
    problem = only(judge(v2_sheet(setting, columns=f"Sample_ID,Index,{column}", rows=rows)))

    assert (problem.code, problem.severity) == ("SETTING_AND_COLUMN", Severity.INFO)
    assert problem.column == column


def test_a_column_without_a_value_takes_no_settings_place():
    columns = "Sample_ID,Index,BarcodeMismatchesIndex1"
    sheet = v2_sheet("BarcodeMismatchesIndex1,1", columns=columns, rows=("S1,ACGTACGT,",))

    assert judge(sheet) == ()


def test_trim_umi_needs_a_umi():
    problem = only(judge(v2_sheet("TrimUMI,1\nOverrideCycles,Y151;I8;Y151")))

    assert (problem.code, problem.severity) == ("SETTINGS_CONTRADICT", Severity.ERROR)
    assert problem.message == '"TrimUMI" is stated, and no OverrideCycles has UMI cycles (U)'
    assert only(judge(v2_sheet("TrimUMI,1"))).code == "SETTINGS_CONTRADICT"


def test_a_umi_may_be_of_some_rows_only_and_of_one_that_cannot_be_read():
    columns = "Sample_ID,Index,OverrideCycles"
    rows = ("S1,ACGTACGT,Y151;I8;Y151", "S2,TTTTACGT,U8Y143;I8;Y151", "S3,TTTTTTTT,na")

    assert judge(v2_sheet("TrimUMI,0", columns=columns, rows=rows)) == ()
    unreadable = judge(v2_sheet("TrimUMI,0\nOverrideCycles,8U"))
    assert {each.code for each in unreadable} == {"INVALID_OVERRIDE_CYCLES"}


def test_adapter_behavior_needs_an_adapter_of_the_sheet_or_of_a_column():
    problem = only(judge(v2_sheet("AdapterBehavior,mask")))

    assert problem.code == "SETTINGS_CONTRADICT"
    assert problem.message.endswith("and neither AdapterRead1 nor AdapterRead2")
    of_column = v2_sheet(
        "AdapterBehavior,mask", columns="Sample_ID,Index,AdapterRead2", rows=("S1,ACGTACGT,AAC",)
    )
    assert judge(of_column) == ()


@pytest.mark.parametrize("cycles", ["Y151;I8;U9;Y151", "R1:Y151;R2:Y151;I1:I8;I2:U9"])
def test_an_index_read_of_umis_alone_gets_no_fastq_unless_they_stay(cycles):
    settings = f"CreateFastqForIndexReads,1\nOverrideCycles,{cycles}"
    problem = only(judge(v2_sheet(settings)))

    assert (problem.code, problem.severity) == ("UMI_WITHOUT_FASTQ", Severity.INFO)
    assert "U9" in problem.message
    assert judge(v2_sheet(f"{settings}\nTrimUMI,0")) == ()


@pytest.mark.parametrize(
    "settings",
    [
        "CreateFastqForIndexReads,0\nOverrideCycles,Y151;I8;U9;Y151",
        "CreateFastqForIndexReads,1\nOverrideCycles,U8Y143;I8U9;I8;Y151",
        "CreateFastqForIndexReads,1",
    ],
)
def test_index_fastqs_that_are_not_asked_for_or_have_an_index_are_no_problem(settings):
    assert judge(v2_sheet(settings)) == ()
