"""What all listing commands share: tables for people, JSON and CSV for programs.

Text from a disk is made harmless in each: terminal escapes, rich markup, spreadsheet formulas.
"""

import csv
import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import TextIO

import click

from seqauto_pipeline.cli.fit import terminal_columns, wrapped
from seqauto_pipeline.cli.fitted_table import fitted_lines
from seqauto_pipeline.core.display import shown
from seqauto_pipeline.views.values import Json, Value

STATE_STYLES: Mapping[str, str] = {
    "complete": "green",
    "running": "blue",
    "incomplete": "cyan",
    "skipped": "bright_black",
    "retired": "bright_black",
    "non_existent": "yellow",
    "deleted": "magenta",
    "archived": "bright_black",
    "error": "red",
    "delivered": "green",
    "waiting": "cyan",
    "due": "blue",
    "in_flight": "blue",
    "importing": "blue",
    "blocked": "yellow",
    "differs": "yellow",
    "parked": "red",
    "superseded": "bright_black",
    "not_there_yet": "bright_black",
    "submitting": "cyan",
    "queued": "cyan",
    "done": "green",
    "failed": "red",
    "lost": "red",
    "cancelled": "magenta",
    "warning": "yellow",
    "info": "blue",
}
# A spreadsheet takes a cell that starts with one of these for a formula.
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True)
class Column:
    title: str
    is_number: bool = False
    is_name: bool = False  # never broken over lines: too long, it loses its middle


def is_terminal(stream: TextIO | None = None) -> bool:
    return (stream or sys.stdout).isatty()


def width() -> int | None:
    """Columns of the terminal; None where the output goes elsewhere, and is written in full."""
    return terminal_columns() if is_terminal() else None


def print_table(columns: Sequence[Column], rows: Iterable[Sequence[Value]]) -> None:
    """Print a table: on a terminal coloured and no wider than it, elsewhere in full."""
    cells = [tuple(_cell(value) for value in row) for row in rows]
    click.echo("\n".join(table_lines(columns, cells, width())))


def table_lines(
    columns: Sequence[Column], cells: Sequence[Sequence[str]], columns_there: int | None
) -> Iterator[str]:
    """Write a table with its states coloured, as wide as asked for; in full where None is given."""
    if columns_there is None:
        return aligned_lines(columns, cells)
    return fitted_lines(columns, styled_states(cells), columns_there)


def print_wrapped(
    text: str, first: str = "", indent: int = 4, *, whole_words: bool = False
) -> None:
    """Print a sentence: on a terminal on as many lines as it needs, elsewhere on one."""
    click.echo("\n".join(wrapped(text, width(), first, indent, whole_words=whole_words)))


def styled_states(rows: Iterable[Sequence[str]]) -> list[tuple[str, ...]]:
    """Give a cell that is a state or severity its colour."""
    return [
        tuple(
            click.style(cell, fg=STATE_STYLES[cell]) if cell in STATE_STYLES else cell
            for cell in row
        )
        for row in rows
    ]


def _cell(value: Value) -> str:
    if value is None:
        return ""
    return shown(value) if isinstance(value, str) else str(value)


def aligned_lines(columns: Sequence[Column], cells: Sequence[Sequence[str]]) -> Iterator[str]:
    """Write a table as plain text: its titles, then a line for each row of cells."""
    titles = tuple(column.title for column in columns)
    widths = [max(map(len, column)) for column in zip_longest(titles, *cells, fillvalue="")]
    for row in (titles, *cells):
        padded = (
            cell.rjust(width) if column.is_number else cell.ljust(width)
            for cell, width, column in zip(row, widths, columns, strict=True)
        )
        yield "  ".join(padded).rstrip()


def print_json(value: Json) -> None:
    """Print JSON in ASCII: it is unharmed, and no character of it acts on a terminal."""
    click.echo(json.dumps(value, indent=2))


def print_json_list(values: Iterable[Json]) -> None:
    """Print a JSON list value by value, one a line: it may be longer than fits in memory."""
    write_json_list(sys.stdout, values)
    click.echo()


def write_json_list(stream: TextIO, values: Iterable[Json]) -> None:
    separator = "\n"
    stream.write("[")
    for value in values:
        stream.write(separator + json.dumps(value))
        separator = ",\n"
    stream.write("\n]")


def write_csv(stream: TextIO, rows: Iterable[Sequence[Value]]) -> None:
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerows([csv_cell(value) for value in row] for row in rows)


def print_csv(rows: Iterable[Sequence[Value]]) -> None:
    write_csv(sys.stdout, rows)


def csv_cell(value: Value) -> str | int | float:
    """Make text harmless to spreadsheets and terminals; numbers stay numbers."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return value
    return f"'{shown(value)}" if value.startswith(_FORMULA_STARTS) else shown(value)


def state_word(word: str, width: int = 0) -> str:
    """Give a state or severity its colour; click takes colours off where no terminal is."""
    return click.style(word.ljust(width), fg=STATE_STYLES.get(word))
