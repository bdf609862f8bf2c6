"""The table of a gene coverage file: a header row, and whole columns as plain lists.

pandas reads tables of an exome three times faster than that, those of a panel several times
slower, and importing it costs half a second: it has the long ones.
"""

import csv
import io
import math
import re
from array import array
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

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
PERCENT_KEY = re.compile(r"(?:>=|<=|>|<)\d+", re.ASCII)
_PANDAS_FROM = 1_000  # rows
_ROWS_AT_ONCE = 4_096
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


_NONE = Cells()


@dataclass(frozen=True, slots=True)
class Column:
    """The numbers of a column, and its cells that are none."""

    values: Sequence[float]  # NaN where there is none
    absent: Cells = _NONE  # NotAvail, NaN and the like
    wrong: Cells = _NONE  # no number at all
    texts: Sequence[str] = ()  # the whole column, if it is no measure and any is wrong


@dataclass(frozen=True, slots=True)
class GeneColumns:
    """The table by column."""

    genes: Sequence[str]
    transcripts: Sequence[str | None]
    columns: Mapping[str, Column]  # all but the name


def split_gene_table(lines: list[str]) -> GeneTable | Problem:
    """Read the header row, and give each row as many cells as it names."""
    line_numbers = [n for n, line in enumerate(lines, start=1) if line.strip()]
    if not line_numbers:
        return error("GENE_COVERAGE_EMPTY", "The file is empty, expected a table", REWRITE)
    header_line = line_numbers.pop(0)
    header = lines[header_line - 1]
    keys = tuple(_key(cell) for cell in header.rstrip().removeprefix("#").split("\t"))
    problem = _check_header(keys, header, header_line)
    if problem is not None:
        return problem
    rows = [lines[n - 1] for n in line_numbers]
    tabs = len(keys) - 1
    if len(rows) * len(keys) > MAX_CELLS:
        return _too_large(len(rows) * len(keys))
    if any(row.count("\t") != tabs for row in rows):
        rows = [_without_blank_end(row, tabs) for row in rows]
    return _check_widths(rows, tabs, line_numbers) or GeneTable(keys, line_numbers, rows)


@lru_cache(maxsize=1024)  # the tables of one pipeline share their columns
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
    ragged = [
        (number, row.count("\t") + 1)
        for number, row in zip(line_numbers, rows, strict=True)
        if row.count("\t") != tabs
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
    found = _with_pandas(table) if len(table.rows) >= _PANDAS_FROM else None
    names, columns = found or _without_pandas(table)
    parts = [name.partition(";") for name in names]
    return GeneColumns(
        genes=[gene.strip() for gene, _, _ in parts],
        transcripts=[transcript.strip() or None for _, _, transcript in parts],
        columns=columns,
    )


def _with_pandas(table: GeneTable) -> tuple[Sequence[str], dict[str, Column]] | None:
    """Read a table of finite numbers; None for any other, which is to be read cell by cell."""
    import pandas as pd  # noqa: PLC0415  # half a second, which only long tables are worth

    frame = pd.read_csv(
        io.BytesIO("\n".join(table.rows).encode()),  # as text it would take four times the memory
        sep="\t",
        names=list(table.keys),
        dtype={"name": str},
        quoting=csv.QUOTE_NONE,
        na_filter=False,
        low_memory=False,
    )
    numbers = frame.drop(columns="name")
    if any(dtype.kind not in "iuf" for dtype in numbers.dtypes):
        return None
    values = numbers.to_numpy(dtype=float)
    if not math.isfinite(values.sum()):
        return None
    columns = dict(zip(numbers, (Column(array("d", each)) for each in values.T), strict=True))
    return frame["name"].tolist(), {str(key): column for key, column in columns.items()}


def _without_pandas(table: GeneTable) -> tuple[Sequence[str], dict[str, Column]]:
    """Read some rows at a time: cells as texts take ten times the memory of their numbers."""
    names: list[str] = []
    is_short = len(table.rows) <= _ROWS_AT_ONCE  # lists are faster, arrays take a quarter of them
    columns = {
        key: _Gathered([] if is_short else array("d")) for key in table.keys if key != "name"
    }
    for first in range(0, len(table.rows), _ROWS_AT_ONCE):
        names += _gather(table, first, columns)
    return names, {key: each.column(table, key) for key, each in columns.items()}


def _gather(table: GeneTable, first: int, columns: Mapping[str, "_Gathered"]) -> list[str]:
    """Add some rows to the columns, and give the names in them."""
    width = len(table.keys)
    cells = "\t".join(table.rows[first : first + _ROWS_AT_ONCE]).split("\t")
    by_key = {key: cells[at::width] for at, key in enumerate(table.keys)}
    names = by_key.pop("name")
    del cells[table.keys.index("name") :: width]
    values = _plain_numbers(cells)  # all at once: most tables have nothing but numbers
    for at, (key, texts) in enumerate(by_key.items()):
        own = _plain_numbers(texts) if values is None else values[at :: width - 1]
        if own is None:
            columns[key].check(first, texts)
        else:
            columns[key].values.extend(own)
    return names


@dataclass(slots=True)
class _Gathered:
    """A column while its table is read."""

    values: "array[float] | list[float]"
    absent: Cells = _NONE
    wrong: Cells = _NONE

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
        return Column(self.values, self.absent, self.wrong, texts)


def _plain_numbers(cells: Sequence[str]) -> list[float] | None:
    joined = "".join(cells)
    if not joined.isascii() or "_" in joined:  # float() takes other digits, and 1_000
        return None
    try:
        values = list(map(float, cells))
    except ValueError:
        return None
    return values if math.isfinite(sum(values)) else None


def is_measure(key: str) -> bool:
    """Tell the columns that have to hold numbers from what else a pipeline writes."""
    return key in FIXED or PERCENT_KEY.fullmatch(key) is not None


def present_values(column: Column) -> Sequence[float]:
    """List the numbers of a column without those that are not there."""
    if column.absent or column.wrong:
        return [value for value in column.values if not math.isnan(value)]
    return column.values
