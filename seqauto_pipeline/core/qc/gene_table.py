"""The table of a gene coverage file: a header row, and whole columns as plain lists.

Rows of nothing but a name and plain numbers are read as if they were JSON, which takes a sixth of
the time of reading them cell by cell; pandas, too, takes several times as long for the table of
a panel, and half a second to be imported.
"""

import math
import re
from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import repeat
from typing import NamedTuple

import msgspec

from seqauto_pipeline.core.problems import Problem
from seqauto_pipeline.core.qc.values import (
    error,
    further,
    listed,
    parse_number,
    shown,
)

FIXED = ("name", "size", "mean", "stddev", "max", "min")
_REQUIRED = ("name", "size", "mean")
# `% >=20X` of today; `% bases >20x` and `% bases <10x` of the older form.
_PERCENT = re.compile(r"%\s*(?:bases\s*)?(>=|≥|<=|>|<)\s*(\d{1,7})\s*x", re.IGNORECASE | re.ASCII)
_PERCENT_KEY = re.compile(r"(?:>=|<=|>|<)\d+", re.ASCII)
_ROWS_AT_ONCE = 4_096
_NUMBERS = msgspec.json.Decoder(list[float])
MAX_CELLS = 1_500_000  # twice what the transcripts of an exome have
REWRITE = "Write the table again with the QC pipeline."


@dataclass(frozen=True, slots=True)
class GeneTable:
    """The lines of a file, with the meaning of its columns."""

    keys: tuple[str, ...]  # `name`, `size`, `mean`, ..., `>=20`, ...; else the column's own name
    line_numbers: Sequence[int]
    rows: Sequence[str]  # lines, each with one tab less than there are keys


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell that holds no number."""

    position: int  # of its row
    text: str


@dataclass(frozen=True, slots=True)
class Cells:
    """How many cells have something in common, and the topmost of them."""

    count: int = 0
    first: Cell | None = None

    def __bool__(self) -> bool:
        return self.count > 0

    def and_more(self, below: Sequence[Cell]) -> "Cells":
        return Cells(self.count + len(below), self.first or next(iter(below), None))


NO_CELLS = Cells()


class Column(NamedTuple):
    """The numbers of a column, and its cells that are none."""

    values: Sequence[float]  # NaN where there is none
    absent: Cells = NO_CELLS  # NotAvail, NaN and the like
    wrong: Cells = NO_CELLS  # no number at all
    texts: Sequence[str] = ()  # the whole column, if it is no measure and any is wrong
    is_complete: bool = True  # no cell is absent or wrong


@dataclass(frozen=True, slots=True)
class GeneNames:
    """What the rows are about."""

    genes: Sequence[str]
    transcripts: Sequence[str | None]
    compared: Sequence[str]  # the genes, as they are compared with those of a list
    different_genes: int


@dataclass(frozen=True, slots=True)
class GeneColumns:
    """The table by column."""

    names: GeneNames
    columns: Mapping[str, Column]  # all but the name
    is_plain: bool  # known to hold nothing but finite numbers, none below 0


def split_gene_table(lines: list[str]) -> GeneTable | Problem:
    """Read the header row, and give each row as many cells as it names."""
    line_numbers = [n for n, text in enumerate(map(str.strip, lines), start=1) if text]
    if not line_numbers:
        return error("GENE_COVERAGE_EMPTY", "The file is empty, expected a table", REWRITE)
    header_line = line_numbers.pop(0)
    header = lines[header_line - 1]
    keys = _keys(header)
    problem = _check_header(keys, header, header_line)
    if problem is not None:
        return problem
    rows = [lines[n - 1] for n in line_numbers]
    tabs = len(keys) - 1
    if len(rows) * len(keys) > MAX_CELLS:
        return _too_large(len(rows) * len(keys))
    if set(map(str.count, rows, repeat("\t"))) <= {tabs}:
        return GeneTable(keys, line_numbers, rows)
    rows = [_without_blank_end(row, tabs) for row in rows]
    return _check_widths(rows, tabs, line_numbers) or GeneTable(keys, line_numbers, rows)


@lru_cache(maxsize=8)  # the tables of one pipeline share their header
def _keys(header: str) -> tuple[str, ...]:
    return tuple(_key(cell) for cell in header.rstrip().removeprefix("#").split("\t"))


def _key(cell: str) -> str:
    name = cell.strip()
    percent = _PERCENT.fullmatch(name)
    if percent:
        return percent[1].replace("≥", ">=") + str(int(percent[2]))
    plain = name.lower().replace(" ", "").replace("_", "")
    return plain if plain in FIXED else name


def _check_header(keys: tuple[str, ...], header: str, line: int) -> Problem | None:
    absent = [name.capitalize() for name in _REQUIRED if name not in keys]
    if absent:
        return error(
            "GENE_COVERAGE_NO_HEADER",
            f"The header has no column {listed(absent)}: found {shown(header)}, expected Name, "
            "Size, Mean and the like, separated by tabs",
            REWRITE,
            line,
        )
    if len({"gene", "transcript", *keys}) == len(keys) + 2:
        return None
    uses = Counter(("gene", "transcript", *keys))
    repeated = [shown(key) for key, count in uses.items() if count > 1]
    return error(
        "GENE_COVERAGE_DUPLICATE_COLUMN",
        f"The header has more than one column {listed(repeated)}",
        REWRITE,
        line,
    )


def _too_large(cells: int) -> Problem:
    return error(
        "GENE_COVERAGE_TOO_LARGE",
        f"The table has {cells:,} cells, expected at most {MAX_CELLS:,}",
        "Check what wrote the file: the transcripts of an exome fill half of that.",
    )


def _without_blank_end(row: str, tabs: int) -> str:
    cells = row.split("\t")
    return row if "".join(cells[tabs + 1 :]).strip() else "\t".join(cells[: tabs + 1])


def _check_widths(rows: list[str], tabs: int, line_numbers: Sequence[int]) -> Problem | None:
    found_tabs = map(str.count, rows, repeat("\t"))
    ragged = [
        (number, found + 1)
        for number, found in zip(line_numbers, found_tabs, strict=True)
        if found != tabs
    ]
    if not ragged:
        return None
    number, found = ragged[0]
    return error(
        "GENE_COVERAGE_RAGGED_ROW",
        f"The row has {found} columns, expected {tabs + 1} as in the header{further(len(ragged))}",
        f"The file may have been cut short. {REWRITE}",
        number,
    )


def read_gene_columns(table: GeneTable) -> GeneColumns:
    """Read the rows into columns of numbers, and take the names of gene and transcript apart."""
    plain = _plain_rows(table, 0) if len(table.rows) <= _ROWS_AT_ONCE else None
    names, columns = _plain_columns(table, *plain) if plain else _gathered(table)
    take_apart = _taken_apart_once if len(names) <= _ROWS_AT_ONCE else _taken_apart
    return GeneColumns(take_apart(tuple(names)), columns, is_plain=plain is not None)


def _taken_apart(names: tuple[str, ...]) -> GeneNames:
    parts = [name.partition(";") for name in names]
    genes = tuple([gene.strip() for gene, _, _ in parts])
    transcripts = tuple([transcript.strip() or None for _, _, transcript in parts])
    return GeneNames(genes, transcripts, tuple(map(str.upper, genes)), len(set(genes)))


# The tables of one pipeline share their genes.
_taken_apart_once = lru_cache(maxsize=8)(_taken_apart)


def _plain_rows(table: GeneTable, first: int) -> tuple[tuple[str, ...], list[float]] | None:
    """Give the names in some rows and all their numbers; None where any is no plain one."""
    rows = table.rows[first : first + _ROWS_AT_ONCE]
    if table.keys[0] != "name" or not rows:
        return None
    names, _, numbers = zip(*map(str.partition, rows, repeat("\t")), strict=True)
    values = _as_json("\t".join(numbers))
    return None if values is None else (names, values)


def _plain_columns(
    table: GeneTable, names: Sequence[str], values: list[float]
) -> tuple[Sequence[str], dict[str, Column]]:
    width = len(table.keys) - 1
    return names, {key: Column(values[at::width]) for at, key in enumerate(table.keys[1:])}


def _gathered(table: GeneTable) -> tuple[Sequence[str], dict[str, Column]]:
    """Read some rows at a time: cells as texts take ten times the memory of their numbers."""
    names: list[str] = []
    is_short = len(table.rows) <= _ROWS_AT_ONCE  # lists are faster, arrays take a quarter of them
    columns = {
        key: _Gathered([] if is_short else array("d")) for key in table.keys if key != "name"
    }
    for first in range(0, len(table.rows), _ROWS_AT_ONCE):
        names += _gather(table, first, columns)
    return names, {key: each.column(table, key) for key, each in columns.items()}


def _gather(table: GeneTable, first: int, columns: Mapping[str, "_Gathered"]) -> Sequence[str]:
    """Add some rows to the columns, and give the names in them."""
    plain = _plain_rows(table, first)
    if plain is None:
        return _gather_cells(table, first, columns)
    names, values = plain
    for at, column in enumerate(columns.values()):
        column.values.extend(values[at :: len(columns)])
    return names


def _as_json(cells: str) -> list[float] | None:
    """Read cells of plain numbers; None where any is written otherwise, as JSON may not be.

    It may have a minus, too, but takes -0 for a whole number, and so for 0.
    """
    if "," in cells or "-" in cells:
        return None
    try:
        return _NUMBERS.decode("[" + cells.replace("\t", ",") + "]")
    except msgspec.DecodeError:
        return None


def _gather_cells(table: GeneTable, first: int, columns: Mapping[str, "_Gathered"]) -> list[str]:
    width = len(table.keys)
    cells = "\t".join(table.rows[first : first + _ROWS_AT_ONCE]).split("\t")
    by_key = {key: cells[at::width] for at, key in enumerate(table.keys)}
    names = by_key.pop("name")
    for key, texts in by_key.items():
        own = _plain_numbers(texts)
        if own is None:
            columns[key].check(first, texts)
        else:
            columns[key].values.extend(own)
    return names


@dataclass(slots=True)
class _Gathered:
    """A column while its table is read."""

    values: "array[float] | list[float]"
    absent: Cells = NO_CELLS
    wrong: Cells = NO_CELLS

    def check(self, first: int, texts: Sequence[str]) -> None:
        absent: list[Cell] = []
        wrong: list[Cell] = []
        for position, text in enumerate(texts, first):
            number = parse_number(text.strip())
            if isinstance(number, float):
                self.values.append(number)
                continue
            self.values.append(math.nan)
            is_absent = number.absent or not number.finite
            (absent if is_absent else wrong).append(Cell(position, text))
        self.absent, self.wrong = self.absent.and_more(absent), self.wrong.and_more(wrong)

    def column(self, table: GeneTable, key: str) -> Column:
        at = table.keys.index(key)
        is_text = bool(self.wrong) and not is_measure(key)
        texts = [row.split("\t", at + 1)[at] for row in table.rows] if is_text else ()
        is_complete = not (self.absent or self.wrong)
        return Column(self.values, self.absent, self.wrong, texts, is_complete)


def _plain_numbers(cells: Sequence[str]) -> list[float] | None:
    joined = "".join(cells)
    if not joined.isascii() or "_" in joined:  # float() takes other digits, and 1_000
        return None
    try:
        values = list(map(float, cells))
    except ValueError:
        return None
    return values if math.isfinite(sum(values)) else None


@lru_cache(maxsize=1024)
def is_measure(key: str) -> bool:
    """Tell the columns that have to hold numbers from what else a pipeline writes."""
    return key in FIXED or is_percentage(key)


@lru_cache(maxsize=1024)
def is_percentage(key: str) -> bool:
    return _PERCENT_KEY.fullmatch(key) is not None


def present_values(column: Column) -> Sequence[float]:
    """List the numbers of a column without those that are not there."""
    if column.is_complete:
        return column.values
    return [value for value in column.values if not math.isnan(value)]
