"""OverrideCycles against the run that it is for."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seqauto_pipeline.core.problems import Severity
from seqauto_pipeline.core.sheet import judged_sheet
from seqauto_pipeline.core.sheet.override_cycles import read_names
from seqauto_pipeline.core.sheet.parse import parse_sample_sheet
from seqauto_pipeline.core.sheet.rules import FlowcellFacts, judge
from seqauto_pipeline_tests.core.sheet.sheets import only, v1_sheet, v2_sheet

PAIRED = FlowcellFacts(1, (10, 10), ((False, 151), (True, 10), (True, 10), (False, 151)))
READS = "Read1Cycles,151\nRead2Cycles,151\nIndex1Cycles,10\nIndex2Cycles,10"
DUAL = {"columns": "Sample_ID,Index,Index2", "rows": ("S1,ACGTACGT,TTGGCCAA",)}


def problems(cycles: str, flowcell: FlowcellFacts | None = None, reads: str = READS):
    return judge(v2_sheet(f"OverrideCycles,{cycles}", reads=reads, **DUAL), flowcell)


@pytest.mark.parametrize("flowcell", [None, PAIRED])
@pytest.mark.parametrize(
    "cycles",
    [
        "Y151;I8N2;I8N2;Y151",
        "U5N2Y144;I8U2;N2I8;N151",
        "R1:Y151;R2:Y151;I1:I8N2;I2:I8N2",
        "Y*;I8N*;I8N*;Y*",
        "y151;i8n2;i8n2;y151",
    ],
)
def test_cycles_that_add_up_are_no_problem(cycles, flowcell):
    assert problems(cycles, flowcell) == ()


@pytest.mark.parametrize(
    ("flowcell", "source"), [(None, "[Reads]"), (PAIRED, "RunInfo.xml")], ids=["sheet", "run"]
)
@pytest.mark.parametrize(
    ("cycles", "message"),
    [
        ("Y151;I8;I8N2;Y151", "gives I1 8 cycles, and {} has 10"),
        ("R2:Y150;R1:Y151;I1:I8N2;I2:I8N2", "gives R2 150 cycles, and {} has 151"),
        ("Y151;I8N2;Y151", "has 3 parts, and {} lists 4 reads"),
        ("R1:Y151;I1:I8N2;I2:I8N2;R3:Y151", "names the read R3, and {} lists 4 reads"),
    ],
)
def test_cycles_that_do_not_add_up_are_an_error(cycles, message, flowcell, source):
    problem = problems(cycles, flowcell)[0]

    assert (problem.code, problem.severity) == ("OVERRIDE_CYCLES_TOTAL", Severity.ERROR)
    assert problem.line == 5
    assert problem.message == f'OverrideCycles "{cycles}" {message.format(source)}'


def test_a_read_too_many_is_an_error_where_the_run_is_known():
    single = FlowcellFacts(1, None, ((False, 151), (True, 10), (False, 151)))

    assert (
        "has 4 parts, and RunInfo.xml lists 3 reads"
        in only(problems("Y151;I8N2;N10;Y151", single)).message
    )
    assert "names the read I2" in only(problems("R1:Y151;I1:I8N2;I2:N10;R2:Y151", single)).message


def test_index_reads_that_the_sheet_leaves_out_may_be_there():
    reads = "Read1Cycles,151\nRead2Cycles,101\nIndex1Cycles,10"

    def found(cycles: str):
        return judge(v2_sheet(f"OverrideCycles,{cycles}", reads=reads))  # without index2

    assert found("Y151;I8N2;N10;Y101") == ()
    assert found("R1:Y151;I1:I8N2;I2:N10;R2:Y101") == ()
    assert "gives R2 151 cycles" in only(found("Y151;I8N2;N10;Y151")).message
    assert "gives I1 8 cycles" in only(found("Y151;I8;N10;Y101")).message


@pytest.mark.parametrize(
    ("reads", "cycles", "message"),
    [
        ("151\n151", "Y151;I8;I8;Y150", "gives R2 150 cycles, and [Reads] has 151"),
        ("151", "Y150;I8", "gives R1 150 cycles, and [Reads] has 151"),
    ],
)
def test_a_v1_sheet_knows_the_reads_that_are_no_index_reads(reads, cycles, message):
    row = "1,S1,S1,ACGTACGT,,P"
    sheet = v1_sheet(row, settings=f"OverrideCycles,{cycles}", reads=reads)

    assert message in only(judge(sheet)).message


def test_nothing_is_asked_of_reads_that_are_not_known():
    row = "1,S1,S1,ACGTACGT,,P"

    for reads in ("", "151\n8\n8\n151"):
        assert judge(v1_sheet(row, settings="OverrideCycles,Y15;I8;I8;Y15", reads=reads)) == ()


def test_reads_that_the_sheet_makes_anew_are_not_held_against_the_run():
    settings = "OverrideReads,Y100;I8;Y200\nOverrideCycles,Y100;I8;Y200"

    assert judge(v2_sheet(settings, reads=READS)) == ()


@pytest.mark.parametrize(
    ("cycles", "message"),
    [
        ("151Y;8I", "has a part 1 that is"),
        ("Y151,I10,I10,Y151", 'separates the reads by ",", expected semicolons'),
        ("Y50N1Y100;I8N2;I8N2;Y151", "has Y and Y in part 1, expected at most one of Y and I"),
        ("Y151;Y10;I8N2;Y151", "uses Y in the index read I1"),
        ("R1:Y151;I1:I8N2;I2:I8N2;R2:I151", "uses I in the read R2"),
    ],
)
def test_cycles_that_bcl_convert_refuses_whatever_the_run_are_an_error(cycles, message):
    problem = problems(f'"{cycles}"')[0]

    assert (problem.code, problem.severity) == ("INVALID_OVERRIDE_CYCLES", Severity.ERROR)
    assert message in problem.message


def test_the_cycles_of_rows_are_judged_once_each_and_with_their_column():
    columns, row = "Sample_ID,Index,OverrideCycles", "{},{},Y151;I8;I10;Y151"
    rows = [row.format("S1", "ACGTACGT"), row.format("S2", "TTTTCCCC"), "S3,GGGGAAAA,na"]
    problem = only(judge(v2_sheet(columns=columns, rows=rows, reads=READS)))

    assert (problem.code, problem.column) == ("OVERRIDE_CYCLES_TOTAL", "OverrideCycles")
    assert problem.line == 13


@given(data=st.data())
@settings(deadline=None)  # two sheets each, on a machine that may be busy
def test_what_is_made_of_the_runs_own_cycles_always_adds_up(data):
    reads = data.draw(
        st.lists(st.tuples(st.booleans(), st.integers(1, 300)), min_size=1, max_size=5)
    )
    parts = []
    for is_index, cycles in reads:
        used = data.draw(st.integers(0, cycles))
        parts.append(f"{'I' if is_index else 'Y'}{used}N{cycles - used}")
    names = read_names([is_index for is_index, _ in reads])
    by_name = [f"{name}:{part}" for name, part in zip(names, parts, strict=True)]
    flowcell = FlowcellFacts(None, None, tuple(reads))

    for cycles in (";".join(parts), ";".join(data.draw(st.permutations(by_name)))):
        sheet = v2_sheet(f"OverrideCycles,{cycles}", columns="Sample_ID", rows=("S1",))
        assert judge(sheet, flowcell) == ()


def test_an_index_of_another_length_than_its_cycles_is_a_warning():
    settings = "OverrideCycles,R1:Y151;I2:I8N2;I1:I10;R2:Y151"
    rows = ("S1,ACGTACGTAC,TTGGCCAATT", "S2,ACGTTTTTAC,TTGGAAAATT", "S3,CCCCTTTTAC,AAAAAAAA")
    sheet = v2_sheet(settings, columns="Sample_ID,Index,Index2", rows=rows)
    found = [each for each in judge(sheet) if each.code == "OVERRIDE_CYCLES_INDEX"]

    assert {each.severity for each in found} == {Severity.WARNING}
    assert found[0].message == (
        'The sample "S1" has an index2 of 10 bases, and OverrideCycles uses 8 cycles for it'
    )
    assert len(found) == 2


@pytest.mark.parametrize("cycles", ["Y151;I*;Y151", "Y151;N10;I10;Y151", "Y151;I8"])
def test_a_length_that_is_not_told_is_not_compared(cycles):
    sheet = v2_sheet(f"OverrideCycles,{cycles}", rows=("S1,ACGTACGT",))
    codes = {each.code for each in judge(sheet)}

    assert ("OVERRIDE_CYCLES_INDEX" in codes) is (cycles == "Y151;N10;I10;Y151")


@pytest.mark.parametrize(
    ("name", "severity"),
    [("Read2Cycles", Severity.ERROR), ("Index2Cycles", Severity.WARNING)],
)
def test_a_read_of_no_cycles_must_not_be_listed(name, severity):
    text = f"[Header]\nFileFormatVersion,2\n[Reads]\n{name},0\n[BCLConvert_Settings]\n"
    text += "[BCLConvert_Data]\nSample_ID,Index\nS1,ACGT\n"
    problem = only(parse_sample_sheet(text.encode()).problems)

    assert (problem.code, problem.severity, problem.line) == ("ZERO_CYCLES", severity, 4)
    assert problem.message == f'"{name}" is 0: BCL Convert refuses a read without cycles'


ONE_READ = "Read1Cycles,132\nIndex1Cycles,8"
PAIRED = FlowcellFacts(1, (8, 8), ((False, 151), (True, 8), (True, 8), (False, 151)))


@pytest.mark.parametrize(
    ("setting", "severity", "read"),
    [
        ("AdapterRead2,CTGTCTCTTATACACATCT", Severity.WARNING, "R2"),
        ("BarcodeMismatchesIndex2,1", Severity.INFO, "I2"),
    ],
)
def test_a_setting_of_a_read_that_the_run_does_not_have_is_told(setting, severity, read):
    sheet = v2_sheet(setting, reads=ONE_READ)
    name = setting.partition(",")[0]

    problem = only(judge(sheet))
    assert (problem.code, problem.severity, problem.line) == ("SETTING_WITHOUT_READ", severity, 5)
    assert problem.message == f'"{name}" is stated, and [Reads] lists no {read}'
    assert judge(sheet, PAIRED) == ()


def test_nothing_is_said_of_settings_where_the_reads_are_not_known_or_it_does_not_apply():
    assert judge(v2_sheet("AdapterRead2,CTGTCTCTTATACACATCT")) == ()
    assert judge(v2_sheet("BarcodeMismatchesIndex2,1", reads="Read1Cycles,132")) == ()
    assert judge(v2_sheet("BarcodeMismatchesIndex2,na", reads=ONE_READ)) == ()


def test_of_thousands_of_override_cycles_the_first_thousand_are_judged(monkeypatch):
    monkeypatch.setattr(judged_sheet, "_MOST_CYCLES", 2)
    rows = [f"S{number},ACGTACGT,{number}Y" for number in range(4)]
    found = judge(v2_sheet(columns="Sample_ID,Index,OverrideCycles", rows=rows))

    assert [each.line for each in found if each.code == "INVALID_OVERRIDE_CYCLES"] == [8, 9]
