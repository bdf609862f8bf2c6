import datetime as dt
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seqauto_pipeline.core.metadata.run_facts import derive_run_facts
from seqauto_pipeline.core.metadata.run_info import ReadInfo, RunInfo, parse_run_info
from seqauto_pipeline.core.metadata.run_parameters import RunParameters, parse_run_parameters
from seqauto_pipeline.core.problems import Problem, Severity
from seqauto_pipeline_tests.core.run_metadata_files import content

NAME = "Exome_20_022_200920_NB501009_0410_AHNLYFBGXG"


def run_info(inner: str = "", attributes: str = 'Id="200920_NB501009_0410_AHNLYFBGXG"') -> RunInfo:
    info, _ = parse_run_info(f"<RunInfo><Run {attributes}>{inner}</Run></RunInfo>".encode())
    assert info is not None
    return info


def run_parameters(inner: str = "") -> RunParameters:
    parameters, _ = parse_run_parameters(f"<RunParameters>{inner}</RunParameters>".encode())
    assert parameters is not None
    return parameters


def codes(problems: Iterable[Problem]) -> list[str]:
    return [problem.code for problem in problems]


def test_a_name_alone_tells_what_a_name_can():
    facts, problems = derive_run_facts(NAME, None, None)

    assert problems == ()
    assert facts.run_id == "200920_NB501009_0410_AHNLYFBGXG"
    assert (facts.date, facts.run_number) == (dt.date(2020, 9, 20), 410)
    assert (facts.instrument, facts.model) == ("NB501009", "NextSeq 500/550")
    assert (facts.flowcell_id, facts.flowcell, facts.side) == ("AHNLYFBGXG", "HNLYFBGXG", "A")
    assert (facts.experiment, facts.lanes, facts.reads) == (None, None, ())


def test_real_files_and_name_of_one_run_agree():
    info, _ = parse_run_info(content("07_illuminatus.RunInfo.xml"))
    parameters, _ = parse_run_parameters(content("51_illuminatus.RunParameters.xml"))

    facts, problems = derive_run_facts("180619_A00291_0044_BH5WJJDMXX", info, parameters)

    assert problems == ()
    assert (facts.model, facts.side, facts.lanes) == ("NovaSeq 6000", "B", 2)
    assert facts.experiment == "180619_A291_39_BH5WJJDMXX_K1520"
    assert (facts.application_version, facts.rta_version) == ("1.4.0", "v3.3.3")
    assert (facts.flowcell_type, facts.chemistry) == ("S2", None)


def test_run_info_wins_and_a_different_run_number_is_a_warning_that_quotes_all():
    info = run_info(attributes='Id="200920_NB501009_0410_AHNLYFBGXG" Number="409"')
    parameters = run_parameters("<RunNumber>409</RunNumber>")

    facts, problems = derive_run_facts(NAME, info, parameters)

    assert facts.run_number == 409
    assert [(problem.code, problem.severity) for problem in problems] == [
        ("RUN_NUMBER_DIFFERS", Severity.WARNING)
    ]
    assert problems[0].message == (
        'the run number differs: "409" in RunInfo.xml, "409" in RunParameters.xml, '
        '"410" in the folder\'s name; RunInfo.xml is believed'
    )


@pytest.mark.parametrize(
    ("info", "parameters", "code"),
    [
        ("", "<RunID>another</RunID>", "RUN_ID_DIFFERS"),
        ("<Instrument>NB501010</Instrument>", "", "INSTRUMENT_DIFFERS"),
        ("<Flowcell>HABCDBGXG</Flowcell>", "", "FLOWCELL_DIFFERS"),
        ("", "<Side>B</Side>", "SIDE_DIFFERS"),
        ("<Date>200923</Date>", "", "RUN_DATE_DIFFERS"),
        (
            '<FlowcellLayout LaneCount="4"/>',
            "<Setup><NumLanes>1</NumLanes></Setup>",
            "LANES_DIFFERS",
        ),
        (
            '<Reads><Read NumCycles="76"/><Read NumCycles="8" IsIndexedRead="Y"/></Reads>',
            "<PlannedRead1Cycles>75</PlannedRead1Cycles>",
            "READS_DIFFERS",
        ),
    ],
)
def test_each_fact_that_differs_is_a_warning(info, parameters, code):
    _, problems = derive_run_facts(NAME, run_info(info), run_parameters(parameters))

    assert codes(problems) == [code]
    assert problems[0].severity is Severity.WARNING


def test_a_day_between_local_time_and_utc_is_no_difference():
    _, problems = derive_run_facts(NAME, run_info("<Date>2020-09-21T02:00:00Z</Date>"), None)

    assert problems == ()


def test_the_case_of_a_flowcell_is_no_difference():
    info = run_info("<Flowcell>c1vt1acxx</Flowcell>", 'Id="130531_SN743_0384_AC1VT1ACXX"')

    facts, problems = derive_run_facts("130531_SN743_0384_AC1VT1ACXX", info, None)

    assert problems == ()
    assert (facts.flowcell, facts.side) == ("c1vt1acxx", "A")


def test_a_file_shows_that_a_letter_belongs_to_the_flowcell():
    name = "130318_SL-HBB_0226_BFCC1WYMAC"
    info = run_info(
        "<Flowcell>BFCC1WYMAC</Flowcell><Instrument>SL-HBB</Instrument>", f'Id="{name}"'
    )

    facts, problems = derive_run_facts(name, info, None)

    assert (facts.flowcell, facts.side) == ("BFCC1WYMAC", None)
    assert codes(problems) == ["UNKNOWN_INSTRUMENT"]


def test_the_name_of_an_i100_run_has_the_cartridge_and_the_files_the_flowcell():
    name = "20260312_SH01140_0005_ASC2177698-SC3"
    info = run_info("<Flowcell>BXA99715-2010</Flowcell>", f'Id="{name}"')
    parameters = run_parameters(
        "<ConsumableInfo>"
        "<ConsumableInfo><SerialNumber>SC2177698-SC3</SerialNumber><Type>DryCartridge</Type></ConsumableInfo>"
        "<ConsumableInfo><SerialNumber>BXA99715-2010</SerialNumber><Type>FlowCell_1</Type></ConsumableInfo>"
        "</ConsumableInfo>"
    )

    facts, problems = derive_run_facts(name, info, parameters)
    by_parameters, _ = derive_run_facts(name, None, parameters)
    by_name, _ = derive_run_facts(name, None, None)

    assert problems == ()
    assert (facts.flowcell_id, facts.flowcell, facts.side) == (
        "ASC2177698-SC3",
        "BXA99715-2010",
        "A",
    )
    assert by_parameters.flowcell == "BXA99715-2010"
    assert (by_name.flowcell_id, by_name.flowcell) == ("ASC2177698-SC3", None)


def test_the_files_of_an_i100_run_may_still_disagree_on_the_flowcell():
    info = run_info(
        "<Flowcell>BXA99715-2010</Flowcell>", 'Id="20260312_SH01140_0005_ASC2177698-SC3"'
    )
    parameters = run_parameters("<FlowCellSerialNumber>BXA00000-2010</FlowCellSerialNumber>")

    _, problems = derive_run_facts("20260312_SH01140_0005_ASC2177698-SC3", info, parameters)

    assert codes(problems) == ["FLOWCELL_DIFFERS"]


def test_a_nextseq_2000_name_has_no_side_and_its_run_number_no_zeros():
    name = "260201_VH01299_107_AAAR1DXM5"
    info = run_info("<Flowcell>AAAR1DXM5</Flowcell>", f'Id="{name}" Number="107"')

    facts, problems = derive_run_facts(name, info, None)

    assert problems == ()
    assert (facts.flowcell_id, facts.flowcell, facts.side) == ("AAAR1DXM5", "AAAR1DXM5", None)
    assert (facts.run_number, facts.model) == (107, "NextSeq 1000/2000")


def test_a_file_shows_that_a_letter_is_a_side_where_the_model_is_not_known():
    info = run_info("<Flowcell>TESTFC01</Flowcell>", 'Id="250101_TEST_0001_BTESTFC01"')

    facts, _ = derive_run_facts("250101_TEST_0001_BTESTFC01", info, None)

    assert (facts.flowcell, facts.side) == ("TESTFC01", "B")


def test_of_a_renamed_folder_the_run_id_stands_in_for_the_name():
    facts, problems = derive_run_facts("pilot_of_may", run_info(), None)

    assert [(problem.code, problem.severity) for problem in problems] == [
        ("RUN_NAME_UNLIKE_ILLUMINA", Severity.INFO)
    ]
    assert (facts.date, facts.instrument) == (dt.date(2020, 9, 20), "NB501009")
    assert (facts.flowcell_id, facts.flowcell, facts.side) == ("may", "HNLYFBGXG", "A")


def test_a_name_unlike_illumina_s_with_no_file_is_a_warning_that_quotes_it_harmlessly():
    facts, problems = derive_run_facts("pilot\x1b[31m\n", None, None)

    assert [(problem.code, problem.severity) for problem in problems] == [
        ("RUN_NAME_UNLIKE_ILLUMINA", Severity.WARNING)
    ]
    assert "\x1b" not in problems[0].message
    assert "\n" not in problems[0].message
    assert (facts.run_id, facts.instrument, facts.model) == (None, None, None)


def test_an_unknown_instrument_is_a_run_without_a_model_and_a_warning():
    facts, problems = derive_run_facts("250101_TEST001_0001_TESTFLOW", None, None)

    assert (facts.instrument, facts.model) == ("TEST001", None)
    assert [(problem.code, problem.severity) for problem in problems] == [
        ("UNKNOWN_INSTRUMENT", Severity.WARNING)
    ]
    assert '"TEST001"' in problems[0].message


@settings(deadline=None)  # the machine may be busy
@given(
    name=st.text(max_size=60),
    run_id=st.none() | st.text(max_size=60),
    flowcell=st.none() | st.text(max_size=12),
    side=st.none() | st.sampled_from("AB"),
    date=st.none() | st.dates(),
)
def test_no_combination_of_sources_raises(name, run_id, flowcell, side, date):
    info = RunInfo(
        version=None,
        run_id=run_id,
        run_number=None,
        instrument=None,
        flowcell=flowcell,
        side=side,
        date=date,
        reads=(ReadInfo(1, 76, is_index=False),),
        lanes=None,
        surfaces=None,
        swaths=None,
        tiles=None,
        image_channels=(),
    )

    _, problems = derive_run_facts(name, info, None)

    assert all(problem.severity is not Severity.ERROR for problem in problems)
