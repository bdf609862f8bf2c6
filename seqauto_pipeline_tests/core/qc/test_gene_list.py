"""Gene lists by example, and each problem by its message."""

import pytest

from seqauto_pipeline.core.problems import Severity
from seqauto_pipeline.core.qc.readers import (
    Loaded,
    read_gene_list,
)
from seqauto_pipeline_tests.core.qc.examples import content, example, only


def test_a_gene_list_is_its_symbols_in_order():
    assert content(read_gene_list(example("gene_list.txt"))) == {
        "genes": ["ACADM", "PLOD1", "CALM2"]
    }


def test_blanks_blank_lines_and_comments_are_not_part_of_a_symbol():
    loaded = read_gene_list(b"# cardiac, v2\n  HLA-DRB1\t\n\n RP11-34P13.7 \n\n")

    assert loaded == Loaded({"genes": ["HLA-DRB1", "RP11-34P13.7"]}, ())


@pytest.mark.parametrize("data", [b"", b"\n", b"# nothing\n"])
def test_an_empty_gene_list_is_content_with_a_warning(data):
    loaded = read_gene_list(data)

    assert content(loaded) == {"genes": []}
    assert only(loaded).severity is Severity.WARNING
    assert only(loaded).message == "The list is empty, expected one gene symbol a line"


def test_a_gene_listed_twice_is_kept_once_and_noted():
    loaded = read_gene_list(b"ACADM\nPLOD1\nACADM\nACADM\n")

    assert content(loaded) == {"genes": ["ACADM", "PLOD1"]}
    assert only(loaded).severity is Severity.INFO
    assert only(loaded).line == 3
    assert only(loaded).message == "Listed more than once: 'ACADM'; each is kept once"


@pytest.mark.parametrize("line", ["ACADM, PLOD1", "BRCA1;BRCA2", "<script>", "A" * 65, "--"])
def test_a_line_that_is_no_symbol_is_an_error_with_its_line(line):
    loaded = read_gene_list(f"ACADM\n{line}\n".encode())

    assert loaded.data is None
    assert only(loaded).code == "GENE_LIST_NOT_A_SYMBOL"
    assert only(loaded).line == 2
    assert "expected one gene symbol a line" in only(loaded).message
