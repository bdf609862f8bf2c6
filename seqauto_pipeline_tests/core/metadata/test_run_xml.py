"""The bytes of an instrument's XML file, read safely: encodings, refusals, values."""

import random
from xml.etree.ElementTree import ParseError, tostring

import pytest
from defusedxml.ElementTree import fromstring

from seqauto_pipeline.core.metadata.run_info import parse_run_info
from seqauto_pipeline.core.metadata.run_xml import MAX_BYTES, MAX_ELEMENTS, METADATA, read_xml
from seqauto_pipeline.core.problems import Severity
from seqauto_pipeline_tests.core.run_metadata_files import content

SMALL = content("01_illuminatus.RunInfo.xml")
ENTITY_BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE RunInfo [<!ENTITY a0 "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY a%d "%s">' % (n, b"&a%d;" % (n - 1) * 10) for n in range(1, 12))
    + b"]><RunInfo><Run><Flowcell>&a11;</Flowcell></Run></RunInfo>"
)


def codes(data: bytes) -> list[str]:
    return [problem.code for problem in parse_run_info(data)[1]]


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


_PIECES = ("&foo;", "&lt;", "&#0;", "&#x41;", "<", "</Run>", "]]>", "<![CDATA[x]]>", "<!--a--b-->")
_MORE_PIECES = ("<?pi x?>", "\x0b", "é", "<a b='1' b='2'/>", "<x:y/>", "&", "<!ENTITY a 'b'>")


_WHOLE = '<?xml version="1.0"?><RunInfo><Run Id="r" Number="7"><Date>200920</Date></Run></RunInfo>'


def test_a_damaged_file_without_document_type_is_read_as_defusedxml_reads_it():
    choose, told = random.Random(1), 0
    for _ in range(500):
        at, end = sorted(choose.sample(range(len(_WHOLE)), 2))
        put = choose.choice((*_PIECES, *_MORE_PIECES))
        text = _WHOLE[:at] + put + _WHOLE[choose.choice((at, end)) :]

        root, problems = read_xml(text.encode(), METADATA)

        expected = _read_by_defusedxml(text)
        if isinstance(expected, str):
            assert expected in problems[0].message
            told += 1
        else:
            assert root is None or tostring(root) == expected
    assert 100 < told < 500


def _read_by_defusedxml(text):
    try:
        return tostring(fromstring(text, forbid_dtd=True))
    except ParseError as error:
        line, column = error.position
        return f"{str(error).partition(': line')[0]} in line {line}, column {column + 1}"
