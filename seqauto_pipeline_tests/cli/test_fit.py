import click

from seqauto_pipeline.cli.fit import flowed, shortened, wrapped
from seqauto_pipeline.cli.fitted_table import fitted_lines
from seqauto_pipeline.cli.tables import Column

_NAME = "Exome_20_022_200920_NB501009_0410_AHNLYFBGXG"


def test_a_long_name_loses_its_middle() -> None:
    assert shortened("abcdefghij", 7) == "abc…hij"
    assert shortened("abcdefg", 7) == "abcdefg"
    assert shortened(_NAME, None) == _NAME


def test_parts_that_do_not_fit_stand_on_the_next_line_with_their_styles() -> None:
    red = click.style("two", fg="red")

    assert list(flowed(["one", red, "three"], 10)) == [f"one  {red}", "    three"]
    assert list(flowed(["one", red], None)) == [f"one  {red}"]


def test_a_sentence_is_broken_at_blanks_and_a_path_in_it_is_shortened() -> None:
    lines = wrapped("it is in /a/very/long/path/to/a/folder there", 28, first="state  ", indent=7)

    assert lines == ["state  it is in", "       /a/very/lo…o/a/folder", "       there"]


def test_columns_give_way_the_widest_first() -> None:
    columns = (Column("Name", is_name=True), Column("N", is_number=True), Column("Remark"))
    rows = [(_NAME, "12", "not processed automatically")]

    lines = list(fitted_lines(columns, rows, 50))
    assert max(map(len, lines)) <= 50
    assert any("…" in line for line in lines)
    assert any(line.endswith("not processed") for line in lines)
    assert any(line.strip() == "automatically" for line in lines)


def test_where_columns_cannot_give_way_each_row_is_a_block() -> None:
    columns = (
        Column("Name", is_name=True),
        *(Column(f"Number{n}", is_number=True) for n in range(6)),
    )
    rows = [("a", *("12345",) * 6)]

    assert list(fitted_lines(columns, rows, 40)) == [
        "a  Number0 12345  Number1 12345",
        "    Number2 12345  Number3 12345",
        "    Number4 12345  Number5 12345",
    ]
