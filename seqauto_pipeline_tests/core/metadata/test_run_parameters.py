import datetime as dt
from dataclasses import asdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seqauto_pipeline.core.metadata.run_info import ReadInfo
from seqauto_pipeline.core.metadata.run_parameters import RunParameters, parse_run_parameters
from seqauto_pipeline_tests.core.run_metadata_files import RUN_PARAMETERS, content

BY_FAMILY = {each["family"]: content(each["file"]) for each in RUN_PARAMETERS}
SMALL = BY_FAMILY["NextSeq 1000/2000"]


def read(data: bytes) -> RunParameters:
    parameters, problems = parse_run_parameters(data)
    assert parameters is not None
    assert problems == ()
    return parameters


def shape(reads: tuple[ReadInfo, ...]) -> str:
    return " ".join(f"{read.number}:{read.cycles}{'i' * read.is_index}" for read in reads)


@pytest.mark.parametrize("listed", RUN_PARAMETERS, ids=lambda listed: listed["file"])
def test_every_fact_of_a_real_file_agrees_with_another_reader(listed):
    expected = dict(listed["facts"])
    if expected["run_number"] is None:
        del expected["run_number"]  # the README of the data says why

    parameters = read(content(listed["file"]))

    found = asdict(parameters)
    found["start_date"] = parameters.start_date and parameters.start_date.isoformat()
    assert {name: found[name] for name in expected} == expected


@pytest.mark.parametrize(
    ("family", "reads"),
    [
        ("MiSeq", "1:151 2:6i 3:151"),
        ("MiniSeq", "1:76 2:6i 3:76"),
        ("iSeq 100", "1:151 2:6i 3:151"),
        ("NextSeq 500/550", "1:81 2:6i"),
        ("NextSeq 1000/2000", "1:34 2:10i 3:10i 4:46"),
        ("HiSeq 2500", "1:151 2:7i 3:151"),
        ("HiSeq 4000", "1:76 2:8i 3:8i 4:76"),
        ("NovaSeq 6000", "1:151 2:8i 3:8i 4:151"),
        ("NovaSeq X", "1:151 2:19i 3:10i 4:151"),
    ],
)
def test_the_reads_of_each_family_are_those_that_its_run_info_lists(family, reads):
    assert shape(read(BY_FAMILY[family]).reads) == reads


@pytest.mark.parametrize(
    ("family", "mode"), [("NextSeq 1000/2000", "None"), ("NovaSeq X", "None"), ("MiSeq", None)]
)
def test_newer_instruments_tell_who_analyses_the_run(family, mode):
    assert read(BY_FAMILY[family]).secondary_analysis == mode


@pytest.mark.parametrize("family", ["iSeq 100", "NextSeq 1000/2000", "NovaSeq X"])
def test_the_run_counter_is_the_run_number_of_instruments_without_another(family):
    assert read(BY_FAMILY[family]).run_number in (42, 5, 44)


def test_a_hiseq_tells_side_and_kit_in_its_setup():
    parameters = read(BY_FAMILY["HiSeq 2500"])

    assert (parameters.side, parameters.reagent_kit_type) == ("B", "TruSeq Rapid SBS Kit")
    assert parameters.start_date == dt.date(2014, 2, 13)


@pytest.mark.parametrize(
    ("family", "kit"),
    [
        ("MiSeq", "MS2035078-300V2"),
        ("NextSeq 500/550", "NS2263047-REAGT"),
        ("NextSeq 1000/2000", "EC0000855-EC03"),
        ("iSeq 100", "FY0028619-FC6"),
        ("NovaSeq 6000", "NV4387093-RGSBS"),
        ("NovaSeq X", "LC4064650-LC3"),
    ],
)
def test_the_reagent_kit_is_found_where_each_family_has_it(family, kit):
    assert read(BY_FAMILY[family]).reagent_kit == kit


def test_consumables_without_a_flowcell_leave_it_to_the_other_tags():
    parameters = read(
        b"<RunParameters><ConsumableInfo><ConsumableInfo><Type>Buffer</Type></ConsumableInfo>"
        b"<ConsumableInfo><SerialNumber>x</SerialNumber></ConsumableInfo></ConsumableInfo>"
        b"<FlowCellSerialNumber>AAAFWVYM5</FlowCellSerialNumber></RunParameters>"
    )

    assert parameters.flowcell == "AAAFWVYM5"


def test_planned_reads_of_unknown_names_are_no_reads():
    planned = b'<PlannedReads><Read ReadName="Umi" Cycles="9"/><Read Cycles="9"/></PlannedReads>'

    assert read(b"<RunParameters>" + planned + b"</RunParameters>").reads == ()


def test_reads_set_up_are_taken_where_none_were_planned():
    setup = b"<Setup><Read1>93</Read1><IndexRead1>8</IndexRead1><Read2>0</Read2></Setup>"

    assert shape(read(b"<RunParameters>" + setup + b"</RunParameters>").reads) == "1:93 2:8i"


def test_an_empty_document_has_no_facts_and_no_problems():
    facts = asdict(read(b"<RunParameters/>"))

    assert set(facts.values()) == {None, ()}


def test_a_side_that_is_neither_a_nor_b_is_none():
    assert read(b"<RunParameters><Side>None</Side></RunParameters>").side is None
    assert read(b"<RunParameters><Side>Right</Side></RunParameters>").side == "B"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"garbage", "RUN_PARAMETERS_NOT_XML"),
        (b"<RunInfo><Run/></RunInfo>", "RUN_PARAMETERS_WRONG_ROOT"),
        (b"<!DOCTYPE a><RunParameters/>", "RUN_PARAMETERS_UNSAFE"),
    ],
)
def test_what_is_no_run_parameters_is_one_problem(data, code):
    parameters, problems = parse_run_parameters(data)

    assert parameters is None
    assert [problem.code for problem in problems] == [code]


def test_a_run_number_that_is_no_number_is_none_with_a_warning():
    parameters, problems = parse_run_parameters(
        b"<RunParameters><RunNumber>seven</RunNumber></RunParameters>"
    )

    assert parameters is not None
    assert parameters.run_number is None
    assert problems[0].message == 'RunNumber is "seven", a whole number was expected'


@settings(deadline=None)  # the machine may be busy
@given(st.integers(0, len(SMALL)), st.integers(0, len(SMALL)), st.binary(max_size=20))
def test_no_mutation_raises(one, other, patch):
    start, end = sorted((one, other))

    parameters, problems = parse_run_parameters(SMALL[:start] + patch + SMALL[end:])

    assert parameters is not None or problems


def test_an_absurd_number_of_lanes_counts_as_unknown():
    data = b"<RunParameters><Setup><NumLanes>99999999</NumLanes></Setup></RunParameters>"

    parameters, problems = parse_run_parameters(data)

    assert parameters is not None
    assert parameters.lanes is None
    assert [problem.code for problem in problems] == ["RUN_PARAMETERS_TOO_MANY_LANES"]
