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
from seqauto_pipeline.core.metadata.run_xml import MAX_BYTES, MAX_ELEMENTS
from seqauto_pipeline.core.problems import Severity
from seqauto_pipeline_tests.core.run_metadata_files import RUN_INFOS, content

SMALL = content("01_illuminatus.RunInfo.xml")
ENTITY_BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE RunInfo [<!ENTITY a0 "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 12))
    + b"]><RunInfo><Run><Flowcell>&a11;</Flowcell></Run></RunInfo>"
)


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


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_re_encoded_copy_is_read_whatever_it_declares(encoding):
    text = '<?xml version="1.0" encoding="utf-8"?>\r\n<RunInfo><Run Id="ä"/></RunInfo>\r\n'

    info, problems = parse_run_info(text.encode(encoding))

    assert info is not None
    assert (info.run_id, problems) == ("ä", ())


def test_a_declared_single_byte_encoding_is_believed():
    data = '<?xml version="1.0" encoding="ISO-8859-1"?><RunInfo><Run Id="ä"/></RunInfo>'

    info, problems = parse_run_info(data.encode("latin-1"))

    assert info is not None
    assert (info.run_id, problems) == ("ä", ())


def test_bytes_that_are_no_utf_8_are_read_with_a_warning():
    info, problems = parse_run_info(b'<RunInfo><Run Id="\xe4"/></RunInfo>')

    assert info is not None
    assert info.run_id == "ä"
    assert [problem.code for problem in problems] == ["RUN_INFO_NOT_UTF8"]
    assert problems[0].severity is Severity.WARNING


def test_blanks_and_nul_bytes_around_the_document_are_dropped():
    info, problems = parse_run_info(
        b'\n <?xml version="1.0"?><RunInfo><Run Id="r"/></RunInfo>\x00\x00'
    )

    assert info is not None
    assert (info.run_id, problems) == ("r", ())


@pytest.mark.parametrize(
    ("data", "code", "said"),
    [
        (b"", "RUN_INFO_EMPTY", "no content (0 bytes)"),
        (b"\x00" * 512, "RUN_INFO_EMPTY", "no content (512 bytes)"),
        (b"\xff\xd8\xff\xe0 JFIF", "RUN_INFO_NOT_XML", "in line 1, column 1"),
        (SMALL[:300], "RUN_INFO_NOT_XML", "is not XML"),
        ("<RunInfo>".encode("utf-16-le") + b"<", "RUN_INFO_NOT_XML", "is not utf-16-le"),
        (
            b"<html><Run/></html>",
            "RUN_INFO_WRONG_ROOT",
            "begins with <html>, <RunInfo> was expected",
        ),
        (b"<RunParameters/>", "RUN_INFO_WRONG_ROOT", "begins with <RunParameters>"),
        (b"<RunInfo/>", "RUN_INFO_WITHOUT_RUN", "holds no <Run>"),
        (b" " * MAX_BYTES + b"<RunInfo/>", "RUN_INFO_TOO_LARGE", f"at most {MAX_BYTES}"),
        (b"<a>" * (2 * MAX_ELEMENTS + 1), "RUN_INFO_TOO_LARGE", f"than {MAX_ELEMENTS} elements"),
        (ENTITY_BOMB, "RUN_INFO_UNSAFE", "document type or entities"),
        (
            b'<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><RunInfo>&x;</RunInfo>',
            "RUN_INFO_UNSAFE",
            "document type or entities",
        ),
        (
            b'<!DOCTYPE RunInfo SYSTEM "http://x/y.dtd"><RunInfo/>',
            "RUN_INFO_UNSAFE",
            "document type",
        ),
    ],
)
def test_what_is_no_run_info_is_one_error_that_says_why_and_what_to_do(data, code, said):
    info, problems = parse_run_info(data)

    assert info is None
    assert [(problem.code, problem.severity) for problem in problems] == [(code, Severity.ERROR)]
    assert said in problems[0].message
    assert problems[0].fix.endswith(".")


def test_a_parse_error_names_the_line():
    _, problems = parse_run_info(b"<RunInfo>\n<Run>\n</RunInfo>")

    assert problems[0].line == 3
    assert "mismatched tag in line 3, column 3" in problems[0].message


def test_a_value_that_is_no_number_or_date_is_none_with_a_warning_that_quotes_it():
    info, problems = parse_run_info(
        b'<RunInfo><Run Number="-1"><Date>30.2.</Date>'
        b'<FlowcellLayout LaneCount="\xd9\xa1"/></Run></RunInfo>'
    )

    assert info is not None
    assert (info.run_number, info.date, info.lanes) == (None, None, None)
    assert [problem.message for problem in problems] == [
        'Run Number is "-1", a whole number was expected',
        (
            'Date is "30.2.", a date such as 200920, 20200920, 6/27/2018 4:59:20 PM or '
            "2020-06-24T18:29:14Z was expected"
        ),
        'LaneCount is "\u0661", a whole number was expected',
    ]


def test_a_number_that_no_database_column_holds_is_refused():
    assert codes(b'<RunInfo><Run Number="99999999999999999999"/></RunInfo>') == [
        "RUN_INFO_BAD_NUMBER"
    ]


def test_a_text_of_absurd_length_is_refused():
    info, problems = parse_run_info(b'<RunInfo><Run Id="' + b"x" * 501 + b'"/></RunInfo>')

    assert info is not None
    assert info.run_id is None
    assert problems[0].message == "Run Id has 501 characters, at most 500 fit"


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
