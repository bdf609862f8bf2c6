import io

import pytest

from seqauto_pipeline.cli.fitted_table import fitted_lines
from seqauto_pipeline.cli.runs.run_page import legend, symbol_lines
from seqauto_pipeline.cli.tables import Column, aligned_lines, csv_cell, styled_states, write_csv
from seqauto_pipeline.core.data_state import DataState
from seqauto_pipeline.views.matrix import MatrixRow
from seqauto_pipeline_tests.views.file_rows import file_row


@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
def test_text_that_a_spreadsheet_would_run_gets_an_apostrophe(start: str) -> None:
    assert csv_cell(f"{start}1+1") == f"'{start}1+1"


@pytest.mark.parametrize(("value", "cell"), [(-5, -5), (0.5, 0.5), (None, ""), (True, "true")])
def test_what_is_no_text_stays_as_it_is(value: float | None, cell: object) -> None:
    assert csv_cell(value) == cell


def test_a_leading_tab_or_return_is_escaped_and_neutralised() -> None:
    assert csv_cell("\t=1") == "'\\t=1"
    assert csv_cell("\r=1") == "'\\r=1"


def test_csv_lines_end_with_a_newline_and_quote_what_needs_it() -> None:
    stream = io.StringIO()

    write_csv(stream, [("a,b", 1), ('say "x"', None)])

    assert stream.getvalue() == '"a,b",1\n"say ""x""",\n'


def test_rich_markup_in_a_cell_is_shown_and_not_obeyed() -> None:
    rows = styled_states([["[red]x[/red]"], ["complete"]])
    text = "\n".join(fitted_lines([Column("Name")], rows, 120))

    assert "[red]x[/red]" in text
    assert "\x1b[32mcomplete" in text


def test_the_matrix_has_a_symbol_for_each_file_and_a_legend() -> None:
    files = (file_row("complete", 1), file_row("non_existent", 2))
    row = MatrixRow(1, "[b]s", "s", False, True, False, None, {"fastq": files})  # noqa: FBT003

    text = "\n".join((*symbol_lines([row], ["fastq", "bam"], 120), *legend()))

    assert "[b]s" in text
    assert "\x1b[32m✔" in text
    assert "\x1b[33m✘" in text
    assert "failed" in text
    for state in DataState:
        assert state.value in text


def test_plain_tables_put_numbers_to_the_right_and_end_no_line_in_blanks() -> None:
    columns = (Column("Name"), Column("Files", is_number=True), Column("Remark"))

    lines = list(aligned_lines(columns, [("a", "1", ""), ("long name", "12,345", "x")]))

    assert lines == [
        "Name        Files  Remark",
        "a               1",
        "long name  12,345  x",
    ]


def test_a_plain_table_without_rows_is_its_titles() -> None:
    assert list(aligned_lines((Column("Name"), Column("Files")), [])) == ["Name  Files"]
