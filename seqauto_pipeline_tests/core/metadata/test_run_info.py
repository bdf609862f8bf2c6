import datetime as dt
from dataclasses import asdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seqauto_pipeline.core.metadata.run_info import (
    MAX_LANES,
    MAX_READS,
    ReadInfo,
    RunInfo,
    parse_run_info,
)
from seqauto_pipeline_tests.core.run_metadata_files import RUN_INFOS, content

SMALL = content("01_illuminatus.RunInfo.xml")


def read(xml: str) -> RunInfo:
    info, problems = parse_run_info(xml.encode())
    assert info is not None
    assert problems == ()
    return info


def codes(data: bytes) -> list[str]:
    return [problem.code for problem in parse_run_info(data)[1]]


@pytest.mark.parametrize("listed", RUN_INFOS, ids=lambda listed: listed["file"])
def test_every_fact_of_a_real_file_agrees_with_other_readers(listed):
    info, problems = parse_run_info(content(listed["file"]))

    assert info is not None
    assert problems == ()
    found = asdict(info)
    found["date"] = info.date and info.date.isoformat()
    found["reads"] = [[read.number, read.cycles, read.is_index] for read in info.reads]
    found["image_channels"] = list(info.image_channels)
    assert {name: found[name] for name in listed["facts"]} == listed["facts"]


def test_the_flowcell_layout_of_a_novaseq_6000_tells_the_side():
    info, _ = parse_run_info(content("07_illuminatus.RunInfo.xml"))

    assert info is not None
    assert (info.side, info.lanes, info.surfaces, info.swaths, info.tiles) == ("B", 2, 2, 4, 88)


def test_the_first_versions_gave_spans_of_cycles_and_listed_lanes():
    info = read(
        '<RunInfo><Run Id="r"><Reads><Read FirstCycle="1" LastCycle="101"/>'
        '<Read FirstCycle="102" LastCycle="108"><Index/></Read></Reads>'
        '<Tiles><Lane Index="1"/><Lane Index="2"/></Tiles></Run></RunInfo>'
    )

    assert info.reads == (ReadInfo(1, 101, is_index=False), ReadInfo(2, 7, is_index=True))
    assert info.lanes == 2


def test_namespaces_and_the_case_of_tags_do_not_matter():
    info = read(
        '<i:RunInfo xmlns:i="urn:x"><i:run ID="r"><i:FlowCell>H1</i:FlowCell></i:run></i:RunInfo>'
    )

    assert (info.run_id, info.flowcell) == ("r", "H1")


def test_missing_and_blank_tags_are_none_and_no_problem():
    info = read('<RunInfo Version=" "><Run Id=""><Flowcell> \n </Flowcell><Date/></Run></RunInfo>')

    assert (info.version, info.run_id, info.flowcell, info.date) == (None, None, None, None)
    assert (info.run_number, info.lanes, info.reads) == (None, None, ())


@pytest.mark.parametrize(
    "read",
    ['<Read Number="1"/>', '<Read FirstCycle="9" LastCycle="1"/>', '<Read FirstCycle="9"/>'],
)
def test_a_read_without_cycles_is_left_out_with_a_warning(read):
    info, problems = parse_run_info(f"<RunInfo><Run><Reads>{read}</Reads></Run></RunInfo>".encode())

    assert info is not None
    assert info.reads == ()
    assert [problem.code for problem in problems] == ["RUN_INFO_READ_WITHOUT_CYCLES"]


def test_an_absurd_list_of_reads_is_refused():
    reads = b'<Read NumCycles="1"/>' * (MAX_READS + 1)

    assert codes(b"<RunInfo><Run><Reads>" + reads + b"</Reads></Run></RunInfo>") == [
        "RUN_INFO_TOO_MANY_READS"
    ]


@pytest.mark.parametrize(
    "lanes",
    [
        f'<FlowcellLayout LaneCount="{10**8}"/>',
        f"<Tiles>{'<Lane/>' * (MAX_LANES + 1)}</Tiles>",
    ],
)
def test_an_absurd_number_of_lanes_counts_as_unknown(lanes: str):
    data = f"<RunInfo><Run>{lanes}</Run></RunInfo>".encode()

    info, problems = parse_run_info(data)

    assert info is not None
    assert info.lanes is None
    assert [problem.code for problem in problems] == ["RUN_INFO_TOO_MANY_LANES"]


@settings(deadline=None)  # the machine may be busy
@given(
    cuts=st.tuples(st.integers(0, len(SMALL)), st.integers(0, len(SMALL))),
    patch=st.binary(max_size=20),
    encoding=st.sampled_from(["utf-8", "utf-16", "utf-16-le", "cp1252"]),
)
def test_no_mutation_raises(cuts, patch, encoding):
    start, end = sorted(cuts)
    data = (SMALL[:start] + patch + SMALL[end:]).decode("latin-1").encode(encoding, "replace")

    info, problems = parse_run_info(data)

    assert info is not None or problems
    assert info is None or info.date is None or isinstance(info.date, dt.date)
