"""What holds for every reader, by example and by property."""

import gzip
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seqauto_pipeline.core.layout import CONTENT_KINDS
from seqauto_pipeline.core.qc import gene_table
from seqauto_pipeline.core.qc.readers import (
    read_exec_summary,
    read_gene_list,
)
from seqauto_pipeline_tests.core.qc.examples import (
    EXAMPLES,
    READERS,
    content,
    example,
    is_sound,
    mutated,
    only,
    read_stats,
    stats,
)


def test_every_kind_of_content_has_its_reader():
    assert set(READERS) == set(EXAMPLES) == set(CONTENT_KINDS)


@pytest.mark.parametrize("kind", sorted(READERS))
def test_the_example_of_each_kind_is_read_without_a_problem(kind):
    loaded = READERS[kind](example(EXAMPLES[kind]))

    assert loaded.problems == ()
    assert loaded.data


@pytest.mark.parametrize("kind", sorted(READERS))
def test_line_ends_and_a_byte_order_mark_make_no_difference(kind):
    data = example(EXAMPLES[kind])

    plain = READERS[kind](data)

    assert READERS[kind](b"\xef\xbb\xbf" + data) == plain
    assert READERS[kind](data.replace(b"\n", b"\r\n")) == plain
    assert READERS[kind](data.replace(b"\n", b"\r")) == plain


@pytest.mark.parametrize("kind", sorted(READERS))
@pytest.mark.parametrize(
    ("data", "found"),
    [
        (gzip.compress(b"x" * 50, mtime=0), "gzip-compressed data inside"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "a JPEG picture"),
        ("Name\tValue".encode("utf-16"), "UTF-16 text"),
        (b"\x00" * 100, "binary data"),
        (b"caf\x81", "binary data"),
    ],
)
def test_what_is_not_text_is_one_error_that_says_what_it_is(kind, data, found):
    loaded = READERS[kind](data)

    assert loaded.data is None
    assert only(loaded).code == "QC_NOT_TEXT"
    assert only(loaded).message == (f"Found {found}, expected plain text (UTF-8 or Windows-1252)")


def test_the_line_of_the_first_byte_that_is_not_text_is_named():
    loaded = read_gene_list(b"ACADM\nPLOD1\nCA\x00LM2\n")

    assert only(loaded).line == 3


def test_bytes_that_are_not_utf_8_are_windows_1252():
    loaded = read_stats(stats()).data
    with_note = stats(Note="na\u00efve \u2013 ok").encode("cp1252")

    values = content(read_exec_summary(with_note, sample_name="A"))["values"]

    assert values == {**loaded["values"], "Note": "na\u00efve \u2013 ok"}


def test_a_line_of_more_than_a_million_characters_is_an_error():
    problem = only(read_gene_list(b"ACADM\n" + b"A" * 1_000_001 + b"\n"))

    assert problem.code == "QC_LINE_TOO_LONG"
    assert problem.line == 2
    assert problem.message == "A line has 1,000,001 characters, expected at most 1,000,000"


def test_more_lines_than_any_sample_has_are_an_error():
    problem = only(read_gene_list(b"A\n" * 300_001))

    assert problem.code == "QC_TOO_MANY_LINES"
    assert problem.message == (
        "The file has more than 300,000 lines; no QC file of one sample is that long"
    )


def test_thousands_of_problems_in_one_file_are_counted_and_the_errors_kept():
    figures = {f"x{n}": "inf" for n in range(60)} | {"Reads": "many"}

    problems = read_stats(stats(**figures)).problems

    assert len(problems) == 51
    assert problems[0].code == "EXEC_SUMMARY_NOT_A_NUMBER"
    assert problems[-1].message == "The file has 61 problems, the first 50 are listed"


@pytest.mark.parametrize("kind", sorted(READERS))
@given(data=st.data())
@settings(max_examples=200, deadline=None)
def test_no_bytes_make_a_reader_raise_or_give_what_is_not_json(kind, data):
    whole = example(EXAMPLES[kind])

    assert is_sound(READERS[kind](data.draw(mutated(data=whole) | st.binary(max_size=200))))


def test_every_code_is_in_the_docs_and_every_code_of_the_docs_is_given():
    package = Path(gene_table.__file__).parent
    source = "".join(module.read_text() for module in package.glob("*.py"))
    docs = (Path(__file__).parents[3] / "docs" / "qc_content.md").read_text()
    code = "(?:QC|EXEC_SUMMARY|GENE_LIST|GENE_COVERAGE|FASTQC|FLAGSTAT|ILLUMINA_QC)_[A-Z_]+"

    assert set(re.findall(f'"({code})"', source)) == set(re.findall(f"`({code})`", docs))
