"""Every reader by example, each problem by its message, and all of them by property."""

import gzip
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seqauto_pipeline.core.problems import Problem, Severity
from seqauto_pipeline.core.qc import gene_coverage
from seqauto_pipeline.core.qc.readers import (
    CONTENT_KINDS,
    JsonObject,
    Loaded,
    read_exec_summary,
    read_fastqc,
    read_flagstat,
    read_gene_coverage,
    read_gene_list,
    read_illumina_qc,
)

DATA = Path(__file__).parents[2] / "data" / "qc"
SAMPLE = "S003-01_4049085A"

READERS: dict[str, Callable[[bytes], Loaded]] = {
    "exec_summary": lambda data: read_exec_summary(data, sample_name=SAMPLE),
    "gene_list": read_gene_list,
    "gene_coverage": lambda data: read_gene_coverage(data, genes=frozenset({"ALPL"}), keep="all"),
    "fastqc": read_fastqc,
    "flagstat": read_flagstat,
    "illumina_qc": read_illumina_qc,
}
EXAMPLES = {
    "exec_summary": "sample_stats.tsv",
    "gene_list": "gene_list.txt",
    "gene_coverage": "sample.per_gene_coverage.tsv",
    "fastqc": "fastqc_data.txt",
    "flagstat": "flagstat_1.17.txt",
    "illumina_qc": "illuminate_report.txt",
}


def example(name: str) -> bytes:
    return (DATA / name).read_bytes()


def content(loaded: Loaded) -> JsonObject:
    assert loaded.data is not None, loaded.problems
    return loaded.data


def only(loaded: Loaded) -> Problem:
    assert len(loaded.problems) == 1, loaded.problems
    return loaded.problems[0]


def read_stats(text: str) -> Loaded:
    return read_exec_summary(text.encode(), sample_name="A")


def stats(**figures: str) -> str:
    """A summary of sample A that has all that VariantGrid requires."""
    values = {
        "Sample": "A",
        "%ReadEnrich": "88.51",
        "MedianInsert": "381.62",
        "MeanDepth_Kit": "93.40",
        "MeanDepth_GOI": "191.90",
        "%Duplication": "10.64",
        "%UniformCov": "93.73",
    } | figures
    return "Name\tValue\n" + "".join(f"{name}\t{value}\n" for name, value in values.items())


def coverage(*rows: str, header: str = "Name\tSize\tMean\tMax\tMin\t% >=20X") -> bytes:
    return ("\n".join((header, *rows)) + "\n").encode()


def read_all(data: bytes) -> Loaded:
    return read_gene_coverage(data, genes=None, keep="all")


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


def test_more_than_a_million_lines_are_an_error():
    problem = only(read_gene_list(b"A\n" * 1_000_001))

    assert problem.code == "QC_TOO_MANY_LINES"
    assert problem.message == (
        "The file has more than 1,000,000 lines; no QC file of one sample is that long"
    )


def test_thousands_of_problems_in_one_file_are_counted_and_the_errors_kept():
    figures = {f"x{n}": "inf" for n in range(60)} | {"Reads": "many"}

    problems = read_stats(stats(**figures)).problems

    assert len(problems) == 51
    assert problems[0].code == "EXEC_SUMMARY_NOT_A_NUMBER"
    assert problems[-1].message == "The file has 61 problems, the first 50 are listed"


def test_an_exec_summary_has_the_names_of_the_file_and_typed_values():
    values = content(read_exec_summary(example("sample_stats.tsv"), sample_name=SAMPLE))["values"]

    assert values["Sample"] == SAMPLE
    assert values["SexMatch"] == "M=yes"
    assert values["%ReadEnrich"] == 88.51
    assert repr(values["Reads"]) == "1742074"
    assert repr(values["Nb_low_coverage_exons_GOI"]) == "3"
    assert repr(values["%ErrorRate"]) == "2.0"
    assert len(values) == 24


def test_not_avail_is_null_whichever_figure_it_is():
    loaded = read_stats(stats(**{"Ts/Tv": "NotAvail", "SexMatch": "NotAvail", "BAM_sex": ""}))

    values = content(loaded)["values"]

    assert values["Ts/Tv"] is values["SexMatch"] is values["BAM_sex"] is None
    assert loaded.problems == ()


def test_figures_that_variantgrid_requires_and_are_null_are_one_warning():
    loaded = read_stats(stats(MedianInsert="NotAvail", MeanDepth_GOI="NotAvail"))

    assert content(loaded)["values"]["MedianInsert"] is None
    assert only(loaded).severity is Severity.WARNING
    assert only(loaded).code == "EXEC_SUMMARY_NOT_AVAILABLE"
    assert only(loaded).line == 4
    assert only(loaded).message == (
        "There is no figure for MedianInsert, MeanDepth_GOI, which VariantGrid requires"
    )


def test_figures_that_variantgrid_requires_and_are_not_in_the_file_are_one_warning():
    loaded = read_stats("Name\tValue\nSample\tA\n%ReadEnrich\t1\n")

    assert content(loaded)["values"] == {"Sample": "A", "%ReadEnrich": 1}
    assert only(loaded).code == "EXEC_SUMMARY_MISSING_FIGURE"
    assert only(loaded).message == (
        "The file has no line for MedianInsert, MeanDepth_Kit, MeanDepth_GOI, %Duplication, "
        "%UniformCov, which VariantGrid requires"
    )


def test_the_summary_of_another_sample_is_an_error():
    loaded = read_exec_summary(stats().encode(), sample_name="B")

    assert loaded.data is None
    assert only(loaded).code == "EXEC_SUMMARY_OTHER_SAMPLE"
    assert only(loaded).line == 2
    assert only(loaded).message == ("The values are of sample 'A', the file is that of sample 'B'")


def test_a_summary_that_names_no_sample_is_an_error():
    loaded = read_stats("Name\tValue\nReads\t5\n")

    assert loaded.data is None
    assert loaded.problems[0].code == "EXEC_SUMMARY_NO_SAMPLE"
    assert loaded.problems[0].message == "No line names the sample, expected Sample<TAB>'A'"


@pytest.mark.parametrize("text", ["", "\n\n", "  \n"])
def test_an_empty_summary_is_an_error(text):
    assert only(read_stats(text)).message == "The file is empty, expected a table"


def test_a_summary_with_a_header_only_is_an_error():
    assert only(read_stats("Name\tValue\n")).message == "The table has a header and no values"


def test_a_summary_without_its_header_is_an_error():
    problem = only(read_stats("\nSample\tA\n"))

    assert problem.code == "EXEC_SUMMARY_NO_HEADER"
    assert problem.line == 2
    assert problem.message == ("The first line is 'Sample\\tA', expected the header Name<TAB>Value")


def test_the_case_of_the_header_and_of_names_that_are_known_does_not_matter():
    loaded = read_stats(stats(reads="7.00").replace("Name\tValue", "NAME\tvalue\t"))

    assert repr(content(loaded)["values"]["reads"]) == "7"


@pytest.mark.parametrize("line", ["MeanDepth", "\t5", "Reads\t5\t6"])
def test_a_line_that_is_not_a_name_and_a_value_is_an_error_with_its_line(line):
    problem = only(read_stats(f"{stats()}\n{line}\n"))

    assert problem.severity is Severity.ERROR
    assert problem.line == 10
    assert problem.message == f"Found {line!r}, expected a name, a tab and one value"


def test_ragged_lines_are_one_error_that_counts_them():
    assert only(read_stats(stats() + "a\nb\n")).message.endswith("; the same on 1 further line")
    assert only(read_stats(stats() + "a\nb\nc\n")).message.endswith("on 2 further lines")


def test_a_name_given_twice_with_two_values_is_an_error():
    loaded = read_stats(stats(Reads="5") + "Reads\t6\nReads\t7\n")

    assert loaded.data is None
    assert only(loaded).code == "EXEC_SUMMARY_DUPLICATE_NAME"
    assert only(loaded).message == (
        "'Reads' is given twice, on line 9 as '5' and on line 10 as '6'"
    )


def test_a_name_given_twice_with_one_value_is_a_warning():
    loaded = read_stats(stats(Reads="5") + "Reads\t5\n")

    assert content(loaded)["values"]["Reads"] == 5
    assert only(loaded).severity is Severity.WARNING


@pytest.mark.parametrize("text", ["many", "1,742,074", "1_000", "0x1f", "5 6", "5%"])
def test_text_where_a_number_is_due_is_an_error_with_its_line(text):
    loaded = read_stats(stats(Reads=text))

    assert loaded.data is None
    assert only(loaded).code == "EXEC_SUMMARY_NOT_A_NUMBER"
    assert only(loaded).line == 9
    assert only(loaded).message == f"Reads is {text!r}, expected a number or NotAvail"


@pytest.mark.parametrize("text", ["NaN", "-inf", "Infinity", "1e999", "9" * 400])
def test_a_number_that_json_cannot_hold_is_null_with_a_warning(text):
    loaded = read_stats(stats(Other=text))

    assert content(loaded)["values"]["Other"] is None
    assert only(loaded).code == "EXEC_SUMMARY_NOT_FINITE"
    assert "expected a finite number; it is kept as null" in only(loaded).message


def test_an_integer_too_large_to_be_exact_is_a_float():
    values = content(read_stats(stats(Other="9" * 30)))["values"]

    assert repr(values["Other"]) == "1e+30"


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("%bp20X_GOI", "100.5", "a percentage from 0 to 100"),
        ("%ErrorRate", "-1", "a percentage from 0 to 100"),
        ("Reads", "-5", "a whole number, 0 or more"),
        ("SNPs", "5.5", "a whole number, 0 or more"),
    ],
)
def test_a_figure_that_cannot_be_is_kept_with_a_warning(name, text, expected):
    loaded = read_stats(stats(**{name: text}))

    assert content(loaded)["values"][name] == float(text)
    assert only(loaded).severity is Severity.WARNING
    assert only(loaded).message == f"{name} is '{text}', expected {expected}; it is kept as it is"


def test_a_sample_name_of_digits_stays_text():
    loaded = read_exec_summary(stats(Sample="007").encode(), sample_name="007")

    assert content(loaded)["values"]["Sample"] == "007"


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
@settings(deadline=None)  # the first of them imports pandas
def test_long_tables_are_read_as_short_ones_are(rows):
    lines = [
        f"G{n};NM_{n}\t{size}\t{mean!r}\t1\t0\t{pct}" for n, (size, mean, pct) in enumerate(rows)
    ]
    data = coverage(*lines)

    with pytest.MonkeyPatch.context() as patch:
        short = read_all(data)
        patch.setattr(gene_coverage, "_PANDAS_FROM", 1)
        long = read_all(data)

    assert long == short


def test_a_table_of_an_exome_is_read_whole():
    rows = [f"G{n};NM_{n}\t1000\t{n}\t{n}\t0\t50.5" for n in range(20_000)]

    loaded = content(read_gene_coverage(coverage(*rows), genes=None, keep="summary"))

    assert loaded["summary"]["transcripts"] == 20_000
    assert loaded["summary"]["mean"] == 9999.5


def test_fastqc_gives_the_basic_statistics_and_each_verdict():
    assert content(read_fastqc(example("fastqc_data.txt"))) == {
        "version": "0.11.9",
        "total_sequences": 871037,
        "poor_quality": 0,
        "gc": 48,
        "sequence_length": "35-151",
        "shortest": 35,
        "longest": 151,
        "modules": {
            "Basic Statistics": "pass",
            "Per base sequence quality": "warn",
            "Adapter Content": "fail",
        },
    }


def test_fastqc_of_before_0_11_has_no_count_of_poor_quality():
    data = example("fastqc_data.txt").replace(b"Sequences flagged as poor", b"Filtered")

    assert content(read_fastqc(data))["poor_quality"] is None


def test_fastqc_of_reads_of_one_length_has_that_as_shortest_and_longest():
    loaded = content(read_fastqc(example("fastqc_data.txt").replace(b"35-151", b"151")))

    assert (loaded["sequence_length"], loaded["shortest"], loaded["longest"]) == ("151", 151, 151)


@pytest.mark.parametrize(
    ("data", "found"),
    [(b"", "the file is empty"), (b"\n<html>", "the file begins with '<html>'")],
)
def test_what_is_not_fastqc_text_is_an_error(data, found):
    assert only(read_fastqc(data)).message == (
        f"There is no module Basic Statistics: {found}, expected the text of FastQC"
    )


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        (b">>END_MODULE\n>>Per", b">>Per", 11, "Module 'Basic Statistics' has no end before this"),
        (b"er\n1\t0.0\n>>END_MODULE\n", b"", 18, "Module 'Adapter Content' has no end before this"),
        (b"\tfail", b"\tbad", 17, "Found module 'Adapter Content' with verdict 'bad', expected a"),
        (b"Adapter Content", b"Basic Statistics", 17, "Module 'Basic Statistics' begins a second"),
        (b"871037", b"lots", 7, "Total Sequences is 'lots', expected a number, 0 or more"),
        (b"871037", b"-1", 7, "Total Sequences is '-1', expected a number, 0 or more"),
        (b"Total Sequences", b"Total", None, "Basic Statistics has no line Total Sequences"),
        (b"35-151", b"long", 9, "Sequence length is 'long', expected 151 or 35-151"),
        (b"Sequence length", b"Length", None, "Basic Statistics has no line Sequence length"),
    ],
)
def test_a_broken_fastqc_report_is_an_error_with_its_line(old, new, line, message):
    loaded = read_fastqc(example("fastqc_data.txt").replace(old, new, 1))

    assert loaded.data is None
    assert only(loaded).message.startswith(message)
    assert only(loaded).line == line


def test_a_fastqc_figure_that_is_not_finite_is_null_with_a_warning():
    loaded = read_fastqc(example("fastqc_data.txt").replace(b"%GC\t48", b"%GC\tNaN"))

    assert content(loaded)["gc"] is None
    assert only(loaded).severity is Severity.WARNING
    assert only(loaded).message == "%GC is 'NaN', expected a number; it is kept as null"


OLD_COUNTS = {
    "total": 2000,
    "duplicates": 150,
    "mapped": 1900,
    "paired": 2000,
    "read1": 1000,
    "read2": 1000,
    "properly_paired": 1800,
    "with_mate_mapped": 1860,
    "singletons": 40,
    "mate_on_other_chromosome": 20,
    "mate_on_other_chromosome_mapq5": 12,
}
NEW_COUNTS = OLD_COUNTS | {
    "total": 2010,
    "mapped": 1910,
    "secondary": 0,
    "supplementary": 10,
    "primary": 2000,
    "primary_duplicates": 150,
    "primary_mapped": 1900,
}


def test_flagstat_of_before_failed_reads_were_told_apart_has_the_counts_of_all():
    loaded = content(read_flagstat(example("flagstat_0.1.5.txt")))

    assert loaded == {**OLD_COUNTS, "qc_failure": 0, "qc_failed": None}


def test_flagstat_counts_passed_and_failed_reads():
    loaded = content(read_flagstat(example("flagstat_0.1.19.txt")))

    assert loaded["qc_failed"]["total"] == 30
    assert loaded["qc_failed"]["mapped"] == 20
    assert {key: loaded[key] for key in OLD_COUNTS} == OLD_COUNTS


@pytest.mark.parametrize("form", ["txt", "tsv", "json"])
def test_the_three_forms_of_one_flagstat_say_the_same(form):
    loaded = read_flagstat(example(f"flagstat_1.17.{form}"))

    assert loaded.problems == ()
    assert content(loaded) == {**NEW_COUNTS, "qc_failed": dict.fromkeys(NEW_COUNTS, 0)}


def test_flagstat_of_1_9_has_no_primary_counts():
    loaded = content(read_flagstat(example("flagstat_1.9.txt")))

    assert "primary" not in loaded
    assert loaded["supplementary"] == 10


def test_a_count_of_a_newer_samtools_is_passed_over():
    data = example("flagstat_1.17.txt") + b"5 + 0 with a tail\n"

    assert read_flagstat(data) == read_flagstat(example("flagstat_1.17.txt"))


def test_a_complaint_among_the_counts_is_a_warning_that_quotes_it():
    complaint = b"[W::bam_hdr_read] EOF marker is absent. The input is probably truncated\n"

    loaded = read_flagstat(complaint + example("flagstat_1.17.txt"))

    assert content(loaded)["total"] == 2010
    assert only(loaded).severity is Severity.WARNING
    assert only(loaded).line == 1
    assert only(loaded).message.startswith("Found '[W::bam_hdr_read] EOF marker is absent. The")


@pytest.mark.parametrize("data", [b"", b"hello\n", b"10 + 0 in total\n"])
def test_a_flagstat_without_the_main_counts_is_an_error(data):
    loaded = read_flagstat(data)

    assert loaded.data is None
    assert only(loaded).code == "FLAGSTAT_INCOMPLETE"
    assert "mapped, read1, read2, properly_paired, expected the text of" in only(loaded).message


def test_a_flagstat_without_its_last_lines_is_a_warning():
    whole = example("flagstat_1.17.txt")

    loaded = read_flagstat(whole[: whole.index(b"40 + 0 singletons")])

    assert only(loaded).severity is Severity.WARNING
    assert only(loaded).message == (
        "There is no count of singletons, mate_on_other_chromosome, which every samtools writes"
    )


def test_two_flagstats_in_one_file_are_an_error():
    loaded = read_flagstat(example("flagstat_1.9.txt") * 2)

    assert loaded.data is None
    assert loaded.problems[0].line == 14
    assert loaded.problems[0].message == (
        "'in total (QC-passed reads + QC-failed reads)' is counted twice, "
        "expected one report in the file; the same on 12 further lines"
    )


@pytest.mark.parametrize(
    "data",
    [
        b"{",
        b"{}",
        b'{"QC-passed reads": [5], "QC-failed reads": 5}',
        b'{"QC-passed reads": {"total": 1}, "QC-failed reads": {}}',
        b'{"QC-passed reads": {"total": NaN}, "QC-failed reads": {"total": 1}}',
        b'{"QC-passed reads": {"total": 1}, "QC-failed reads": {"total": -1}}',
        b'{"QC-passed reads": {"total": ' + b"9" * 5000 + b'}, "QC-failed reads": {"total": 1}}',
        b'{"a":' * 100_000,
    ],
)
def test_json_that_is_not_flagstats_is_an_error(data):
    problem = only(read_flagstat(data))

    assert problem.message == "Found JSON that is not that of samtools flagstat -O json"


def test_the_illuminate_report_gives_density_quality_and_index_counts():
    assert content(read_illumina_qc(example("illuminate_report.txt"))) == {
        "mean_cluster_density": 190454,
        "mean_pf_cluster_density": 171215,
        "total_clusters": 486709723,
        "total_pf_clusters": 446518418,
        "percentage_of_clusters_pf": 91.742243,
        "aligned_to_phix": 1.331144,
        "reads": [
            {"number": 1, "is_index": False, "percent_q30": 87.901112},
            {"number": 2, "is_index": True, "percent_q30": 87.864762},
            {"number": 3, "is_index": True, "percent_q30": 86.679805},
            {"number": 4, "is_index": False, "percent_q30": 82.503342},
        ],
        "index_counts": [
            {
                "index": "AAGAGGCA+ATAGAGAG",
                "project": "default",
                "name": "S001-01_4049083A",
                "reads": 33522694,
            },
            {
                "index": "AAGAGGCA+ATAGAGAG",
                "project": "default",
                "name": "S002-01_4049084A",
                "reads": 31522694,
            },
            {
                "index": "CGTACTAG+GCGATCTA",
                "project": "research",
                "name": "S003-01_4049085A",
                "reads": 20742414,
            },
        ],
    }


def test_a_report_without_phix_has_none():
    data = example("illuminate_report.txt").replace(b"  Aligned to PhiX: 1.331144\n", b"")

    assert content(read_illumina_qc(data))["aligned_to_phix"] is None


def test_a_figure_that_illuminate_could_not_compute_is_null():
    data = example("illuminate_report.txt").replace(b"1.331144", b"nan")

    assert read_illumina_qc(data).problems == ()
    assert content(read_illumina_qc(data))["aligned_to_phix"] is None


def test_a_section_without_figures_is_a_warning():
    data = example("illuminate_report.txt").split(b"INDEXING METRICS")[0]

    loaded = read_illumina_qc(data)

    assert content(loaded)["index_counts"] == []
    assert only(loaded).severity is Severity.WARNING
    assert only(loaded).message == "The report has no figures under INDEXING METRICS"


@pytest.mark.parametrize(
    ("data", "found"),
    [(b"", "the file is empty"), (b"\nError: x\n", "the file begins with 'Error: x'")],
)
def test_what_is_not_an_illuminate_report_is_an_error(data, found):
    assert only(read_illumina_qc(data)).message == (
        "None of TILE METRICS, QUALITY METRICS, INDEXING METRICS is there: "
        f"{found}, expected Illuminate's report"
    )


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        (b"190454", b"dense", 13, "Mean Cluster Density is 'dense', expected a number"),
        (b"87.901112", b"good", 28, "Read 1 is 'good', expected a number"),
        (
            b"    20742414",
            b"    many",
            38,
            "Found 'CGTACTAG+GCGATCTA  research     S003-01_4049085A    many' under INDEXING",
        ),
        (b"default      S001-01_4049083A", b"", 36, "Found 'AAGAGGCA+ATAGAGAG      33522694'"),
    ],
)
def test_a_broken_line_of_the_report_is_an_error_with_its_line(old, new, line, message):
    loaded = read_illumina_qc(example("illuminate_report.txt").replace(old, new))

    assert loaded.data is None
    assert loaded.problems[0].message.startswith(message)
    assert loaded.problems[0].line == line


def test_rows_that_illuminate_left_out_are_a_warning():
    data = example("illuminate_report.txt").replace(b"CGTACTAG", b"...     ...  ...  ...\nCGTACTAG")

    loaded = read_illumina_qc(data)

    assert len(content(loaded)["index_counts"]) == 3
    assert only(loaded).severity is Severity.WARNING
    assert only(loaded).line == 38
    assert only(loaded).message.startswith("Dots stand for rows of the index table")


def is_sound(loaded: Loaded) -> bool:
    """Hold what every caller relies on."""
    json.dumps(loaded.data, allow_nan=False)
    has_error = any(problem.severity is Severity.ERROR for problem in loaded.problems)
    return has_error == (loaded.data is None) and all(
        len(problem.message) < 1_000 and problem.fix and problem.message.isprintable()
        for problem in loaded.problems
    )


@st.composite
def mutated(draw: st.DrawFn, data: bytes) -> bytes:
    """Cut a piece of an example out, and put another in its place."""
    start = draw(st.integers(0, len(data)))
    end = draw(st.integers(start, min(len(data), start + draw(st.sampled_from([0, 1, 5, 500])))))
    piece = draw(
        st.one_of(
            st.binary(max_size=8),
            st.text("0123456789.,;:+-%()\t\n eNnaif", max_size=12).map(str.encode),
            st.sampled_from([b"nan", b"1e999", b"\x85", b"\xe2\x80\xa8", b"9" * 5000, b"\t" * 9]),
        )
    )
    return data[:start] + piece + data[end:]


@pytest.mark.parametrize("kind", sorted(READERS))
@given(data=st.data())
@settings(max_examples=200, deadline=None)
def test_no_bytes_make_a_reader_raise_or_give_what_is_not_json(kind, data):
    whole = example(EXAMPLES[kind])

    assert is_sound(READERS[kind](data.draw(mutated(data=whole) | st.binary(max_size=200))))


@given(data=st.data())
@settings(deadline=None)
def test_no_json_makes_the_flagstat_reader_raise(data):
    whole = example("flagstat_1.17.json")

    assert is_sound(read_flagstat(data.draw(mutated(data=whole))))


def test_every_code_is_in_the_docs_and_every_code_of_the_docs_is_given():
    package = Path(gene_coverage.__file__).parent
    source = "".join(module.read_text() for module in package.glob("*.py"))
    docs = (Path(__file__).parents[3] / "docs" / "qc_content.md").read_text()
    code = "(?:QC|EXEC_SUMMARY|GENE_LIST|GENE_COVERAGE|FASTQC|FLAGSTAT|ILLUMINA_QC)_[A-Z_]+"

    assert set(re.findall(f'"({code})"', source)) == set(re.findall(f"`({code})`", docs))
