"""Gene coverage by example, and each problem by its message."""

import pytest
from hypothesis import example as example_of
from hypothesis import given
from hypothesis import strategies as st

from seqauto_pipeline.core.problems import Severity
from seqauto_pipeline.core.qc import gene_table
from seqauto_pipeline.core.qc.readers import (
    Loaded,
    read_gene_coverage,
)
from seqauto_pipeline_tests.core.qc.examples import content, example, only


def coverage(*rows: str, header: str = "Name\tSize\tMean\tMax\tMin\t% >=20X") -> bytes:
    return ("\n".join((header, *rows)) + "\n").encode()


def read_all(data: bytes) -> Loaded:
    return read_gene_coverage(data, genes=None, keep="all")


def test_a_coverage_summary_is_weighted_by_the_size_of_the_genes():
    data = coverage("A;NM_1\t3000\t100\t200\t10\t90", "B;NM_2\t1000\t60\t90\t5\t50")

    summary = content(read_gene_coverage(data, genes=None, keep="summary"))["summary"]

    assert summary == {
        "genes": 2,
        "transcripts": 2,
        "bases": 4000,
        "mean": 90.0,
        "median_of_means": 80.0,
        "min": 5,
        "max": 200,
        "percent_of_bases": {">=20": 80.0},
    }


def test_the_older_form_has_its_own_percentages():
    loaded = read_all(example("old.per_gene_coverage.tsv"))

    assert content(loaded)["summary"]["percent_of_bases"] == {">20": 80.0, "<10": 3.0}
    assert content(loaded)["columns"][-2:] == [">20", "<10"]
    assert loaded.problems == ()


def test_the_rows_kept_are_those_of_the_gene_list_by_name_whatever_the_case():
    data = example("sample.per_gene_coverage.tsv")
    genes = frozenset({"alpl", "SDHB", "TTN"})

    loaded = content(read_gene_coverage(data, genes=genes, keep="gene_list"))

    assert loaded["columns"][:8] == [
        "gene", "transcript", "size", "mean", "stddev", "max", "min", ">=1",
    ]  # fmt: skip
    assert [row[:8] for row in loaded["rows"]] == [
        ["ALPL", "NM_000478.6", 3058, 294.12, 48.21, 540, 2, 100.0],
        ["SDHB", "NM_003000.2", 4909, 217.37, 56.0, 481, 5, 100.0],
    ]
    assert loaded["summary"]["genes"] == 5
    assert loaded["summary"]["genes_without_rows"] == ["TTN"]


@pytest.mark.parametrize(
    ("genes", "keep", "rows"),
    [
        (None, "gene_list", 0),
        (frozenset(), "gene_list", 0),
        (frozenset({"ALPL"}), "summary", 0),
        (frozenset({"ALPL"}), "all", 5),
        (None, "all", 5),
    ],
)
def test_the_setting_says_which_rows_are_kept(genes, keep, rows):
    data = example("sample.per_gene_coverage.tsv")

    loaded = content(read_gene_coverage(data, genes=genes, keep=keep))

    assert len(loaded["rows"]) == rows
    assert ("genes_without_rows" in loaded["summary"]) == (genes is not None)


def test_columns_may_come_in_any_order_and_case_and_others_are_kept_as_they_are():
    header = "#MEAN\tLab note\t% bases ≥ 020x\tSIZE\tScore\tstd dev\tname\t"
    data = coverage("50.5\tok\t99\t10\t7\t2\tTTN\t", header=header)

    loaded = read_all(data)

    assert loaded.problems == ()
    assert content(loaded)["columns"] == [
        "gene", "transcript", "size", "mean", "stddev", "Lab note", ">=20", "Score",
    ]  # fmt: skip
    assert content(loaded)["rows"] == [["TTN", None, 10, 50.5, 2.0, "ok", 99.0, 7.0]]
    assert content(loaded)["summary"]["min"] is None


@pytest.mark.parametrize("text", ["NotAvail", "NaN", "", "1e999"])
def test_a_coverage_figure_that_is_not_there_is_null_and_left_out_of_the_summary(text):
    loaded = read_all(coverage("A;1\t10\t50\t9\t1\t80", f"B;2\t30\t{text}\t{text}\t1\t40"))

    assert content(loaded)["rows"][1] == ["B", "2", 30, None, None, 1, 40.0]
    assert content(loaded)["summary"]["mean"] == 50.0
    assert content(loaded)["summary"]["max"] == 9
    assert content(loaded)["summary"]["percent_of_bases"] == {">=20": 50.0}
    assert only(loaded).severity is Severity.WARNING
    assert (only(loaded).line, only(loaded).column) == (3, "max")
    assert only(loaded).message == (
        f"Column max is {text!r}, expected a number; it is kept as null and left out of the "
        "summary; the same in 1 further cell"
    )


def test_a_gene_whose_size_is_not_there_counts_in_no_mean():
    loaded = read_all(coverage("A;1\t10\t50\t9\t1\t80", "B;2\tNotAvail\t70\t9\t1\t40"))

    assert content(loaded)["summary"]["mean"] == 50.0
    assert content(loaded)["summary"]["bases"] == 10


def test_genes_without_any_bases_have_no_mean():
    summary = content(read_all(coverage("A;1\t0\tNaN\t0\t0\tNaN")))["summary"]

    assert summary["mean"] is summary["median_of_means"] is None
    assert summary["percent_of_bases"] == {">=20": None}


def test_sums_beyond_what_json_can_hold_are_null():
    loaded = read_all(coverage("A;1\t1e308\t1e308\t0\t0\t1", "B;1\t1e308\t1e308\t0\t0\t1"))

    assert content(loaded)["summary"]["bases"] is None
    assert content(loaded)["summary"]["mean"] is None
    assert content(loaded)["summary"]["median_of_means"] == 1e308


@pytest.mark.parametrize("text", ["n.a", "1_000", "\u0661\u0662", "1 2", "0x10"])
def test_a_cell_that_is_no_number_is_an_error_with_its_line_and_column(text):
    loaded = read_all(
        coverage("A;1\t10\t50\t9\t1\t80", "", f"B;2\t10\t50\t9\t1\t{text}", "C;3\tx\t50\t9\ty\t1")
    )

    assert loaded.data is None
    assert only(loaded).code == "GENE_COVERAGE_NOT_A_NUMBER"
    assert (only(loaded).line, only(loaded).column) == (4, ">=20")
    assert only(loaded).message == (
        f"Column >=20 is {text!r}, expected a number or NotAvail; the same in 2 further cells"
    )


def test_a_size_below_zero_is_an_error():
    loaded = read_all(coverage("A;1\t-10\t50\t9\t1\t80"))

    assert loaded.data is None
    assert only(loaded).message == "Column size is '-10', expected 0 or more bases"


def test_percentages_beyond_their_range_are_a_warning():
    loaded = read_all(coverage("A;1\t10\t50\t9\t1\t100.01", "B;1\t10\t50\t9\t1\t101"))

    assert content(loaded)["rows"][1][-1] == 101.0
    assert only(loaded).severity is Severity.WARNING
    assert only(loaded).line == 3
    assert only(loaded).message == "Column >=20 is '101', expected a percentage from 0 to 100"


def test_a_row_without_a_gene_is_an_error():
    loaded = read_all(coverage(";NM_1\t10\t50\t9\t1\t80", " \t10\t50\t9\t1\t80"))

    assert loaded.data is None
    assert only(loaded).line == 2
    assert only(loaded).message == (
        "The row names no gene, expected GENE;TRANSCRIPT; the same on 1 further line"
    )


def test_a_row_cut_short_is_an_error_with_its_line():
    loaded = read_all(coverage("A;1\t10\t50\t9\t1\t80", "B;2\t10\t50"))

    assert loaded.data is None
    assert only(loaded).code == "GENE_COVERAGE_RAGGED_ROW"
    assert only(loaded).line == 3
    assert only(loaded).message == "The row has 3 columns, expected 6 as in the header"


def test_a_row_with_more_than_the_header_is_an_error_unless_the_rest_is_blank():
    assert read_all(coverage("A;1\t10\t50\t9\t1\t80\t \t")).problems == ()
    assert only(read_all(coverage("A;1\t10\t50\t9\t1\t80\t5"))).message == (
        "The row has 7 columns, expected 6 as in the header"
    )


@pytest.mark.parametrize("data", [b"", b"\n\n"])
def test_an_empty_coverage_file_is_an_error(data):
    assert only(read_all(data)).message == "The file is empty, expected a table"


def test_a_coverage_table_without_genes_is_content_with_a_warning():
    loaded = read_all(coverage())

    assert content(loaded)["summary"]["genes"] == 0
    assert content(loaded)["rows"] == []
    assert only(loaded).message == "The table has a header and no genes"


def test_a_coverage_table_without_its_header_is_an_error():
    problem = only(read_all(b"A;1\t10\t50\n"))

    assert problem.code == "GENE_COVERAGE_NO_HEADER"
    assert problem.message == (
        "The header has no column Name, Size, Mean: found 'A;1\\t10\\t50', "
        "expected Name, Size, Mean and the like, separated by tabs"
    )


@pytest.mark.parametrize(
    ("header", "repeated"),
    [
        ("Name\tSize\tMean\t% >=20X\t% bases >=20x", "'>=20'"),
        ("Name\tSize\tMean\tgene", "'gene'"),
    ],
)
def test_a_column_given_twice_is_an_error(header, repeated):
    problem = only(read_all(coverage(header=header)))

    assert problem.code == "GENE_COVERAGE_DUPLICATE_COLUMN"
    assert problem.message == f"The header has more than one column {repeated}"


ROWS = st.lists(
    st.tuples(
        st.integers(0, 10**6),
        st.floats(0, 1e6, width=32),
        st.sampled_from(["0", "100.00", "99.5", ".5", "5.", "1e2", "NotAvail", "True", "inf", "x"]),
    ),
    min_size=1,
    max_size=20,
)


@given(rows=ROWS)
def test_long_tables_are_read_as_short_ones_are(rows):
    lines = [
        f"G{n};NM_{n}\t{size}\t{mean!r}\t1\t0\t{pct}" for n, (size, mean, pct) in enumerate(rows)
    ]
    data = coverage(*lines)

    with pytest.MonkeyPatch.context() as patch:
        short = read_all(data)
        patch.setattr(gene_table, "_ROWS_AT_ONCE", 1)
        long = read_all(data)

    assert long == short


NUMBERS = st.one_of(
    st.floats(0, allow_nan=False, allow_infinity=False).map(repr),
    st.decimals(0, 10**9, places=3).map(str),
    st.from_regex(r"[+-]?[0-9]{0,25}[.,]?[0-9]{0,25}([eE][+-]?[0-9]{1,3})?", fullmatch=True),
    st.sampled_from(
        ["-0", "-0.0", "007", "1,5", "[1]", '"1"', "null", "true", " 1 ", "1 2", "1_0"]
    ),
)


@given(cells=st.lists(NUMBERS, min_size=4, max_size=4))
@example_of(cells=["1,5", "6", "7", "8"])
def test_numbers_are_the_same_whether_read_as_json_or_cell_by_cell(cells):
    data = coverage("A;1\t" + "\t".join(("10", *cells)), header="Name\tSize\tMean\tMax\tMin\tX")

    with pytest.MonkeyPatch.context() as patch:
        as_json = read_all(data)
        patch.setattr(gene_table, "_as_json", lambda _: None)
        by_cell = read_all(data)

    assert repr(as_json) == repr(by_cell)  # which tells 0.0 from -0.0


def test_a_table_of_an_exome_is_read_whole():
    rows = [f"G{n};NM_{n}\t1000\t{n}\t{n}\t0\t50.5" for n in range(20_000)]

    loaded = content(read_gene_coverage(coverage(*rows), genes=None, keep="summary"))

    assert loaded["summary"]["transcripts"] == 20_000
    assert loaded["summary"]["mean"] == 9999.5


def test_a_table_of_more_cells_than_any_sample_has_is_an_error(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(gene_table, "MAX_CELLS", 8)

    problem = only(
        read_gene_coverage(b"Name\tSize\tMean\n" + b"A\t1\t2\n" * 3, genes=None, keep="all")
    )

    assert problem.code == "GENE_COVERAGE_TOO_LARGE"
    assert problem.message == "The table has 9 cells, expected at most 8"


def test_rows_that_are_read_in_parts_give_the_same_cells(monkeypatch: pytest.MonkeyPatch):
    rows = b"".join(b"G%d\t%d\t1\t%s\n" % (n, n, b"x" if n == 7 else b"5") for n in range(10))
    table = b"Name\tSize\tMean\tNote\n" + rows + b"G10\t1\tNotAvail\t5\n"
    whole = read_gene_coverage(table, genes=None, keep="all")
    monkeypatch.setattr(gene_table, "_ROWS_AT_ONCE", 3)

    assert read_gene_coverage(table, genes=None, keep="all") == whole
    assert whole.data is not None
