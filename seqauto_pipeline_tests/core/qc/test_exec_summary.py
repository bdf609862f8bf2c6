"""Exec summaries by example, and each problem by its message."""

import pytest
from hypothesis import example as example_of
from hypothesis import given
from hypothesis import strategies as st

from seqauto_pipeline.core.problems import Severity
from seqauto_pipeline.core.qc import exec_summary
from seqauto_pipeline.core.qc.readers import (
    read_exec_summary,
)
from seqauto_pipeline_tests.core.qc.examples import (
    SAMPLE,
    content,
    example,
    only,
    read_stats,
    stats,
)


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


NAMES = [
    "Sample",
    "%Reads",
    "Reads",
    "reads",
    "SNPs",
    "Ts/Tv",
    "SexMatch",
    "BAM_sex",
    " MeanDepth_Kit",
    "MedianInsert",
    "",
]
NUMBERS = [
    "1",
    "1.0",
    "2.5",
    "101",
    "-0",
    "-1",
    "1e5",
    "1e999",
    "007",
    "1,5",
    "0.1",
    "9007199254740993",
    "\u0661",
    "1\t2",
    "[1]",
]
TEXTS = ["A", " A", "other", "NotAvail", "notavail", "null", "nan", "", " "]
LINES = st.tuples(st.sampled_from(NAMES), st.sampled_from(NUMBERS + TEXTS))


@given(lines=st.lists(LINES, max_size=4))
@example_of(lines=[("Ts/Tv", "1,5"), ("BAM_sex", "2")])
def test_a_summary_is_the_same_read_at_once_or_line_by_line(lines):
    text = stats() + "".join(f"{name}\t{value}\n" for name, value in lines)

    with pytest.MonkeyPatch.context() as patch:
        at_once = read_stats(text)
        patch.setattr(exec_summary, "read_flawless", lambda *_: None)
        by_line = read_stats(text)

    assert repr(at_once) == repr(by_line)


@given(changed=st.lists(LINES, max_size=3).map(dict))
@example_of(changed={"Reads": "1.5"})
@example_of(changed={"MedianInsert": "null"})
def test_a_changed_figure_is_the_same_read_at_once_or_line_by_line(changed):
    text = stats(**changed)

    with pytest.MonkeyPatch.context() as patch:
        at_once = read_stats(text)
        patch.setattr(exec_summary, "read_flawless", lambda *_: None)
        by_line = read_stats(text)

    assert repr(at_once) == repr(by_line)


def test_a_usual_summary_is_read_at_once(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(exec_summary, "_read_any", None)

    assert content(read_stats(stats()))["values"]["Sample"] == "A"
