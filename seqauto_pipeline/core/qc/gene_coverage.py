"""Per-gene coverage of one sample: a table with one row a gene and transcript.

Whole columns as plain lists. pandas reads tables of an exome three times faster than that, those
of a panel several times slower, and importing it costs half a second: it has the long ones.
"""

import csv
import io
import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import compress
from operator import mul
from typing import Literal, TypeAlias

from seqauto_pipeline.core.problems import Problem
from seqauto_pipeline.core.qc.text import text_lines
from seqauto_pipeline.core.qc.values import (
    JsonObject,
    JsonValue,
    Loaded,
    error,
    further,
    listed,
    loaded,
    parse_number,
    shown,
    warning,
    whole,
)

Keep: TypeAlias = Literal["summary", "gene_list", "all"]

_FIXED = ("name", "size", "mean", "stddev", "max", "min")
_REQUIRED = ("name", "size", "mean")
_WHOLE = frozenset({"size", "max", "min"})
# `% >=20X` of today; `% bases >20x` and `% bases <10x` of the older form.
_PERCENT = re.compile(r"%\s*(?:bases\s*)?(>=|≥|<=|>|<)\s*(\d{1,7})\s*x", re.IGNORECASE | re.ASCII)
_PERCENT_KEY = re.compile(r"(?:>=|<=|>|<)\d+", re.ASCII)
_PANDAS_FROM = 1_000  # rows
_ROUNDING = 0.01  # of percentages, by the programs that write them
_REWRITE = "Write the table again with the QC pipeline."


@dataclass(frozen=True, slots=True)
class _Table:
    keys: tuple[str, ...]  # `name`, `size`, `mean`, ..., `>=20`, ...; else the column's own name
    line_numbers: Sequence[int]
    rows: Sequence[str]  # lines, each with one tab less than there are keys


@dataclass(frozen=True, slots=True)
class _Cell:
    position: int  # of its row
    text: str


@dataclass(frozen=True, slots=True)
class _Column:
    values: list[float]  # NaN where there is none
    absent: Sequence[_Cell] = ()  # NotAvail, NaN and the like
    wrong: Sequence[_Cell] = ()  # no number at all
    texts: Sequence[str] = ()  # the whole column, if any is wrong


@dataclass(frozen=True, slots=True)
class _Content:
    genes: Sequence[str]
    transcripts: Sequence[str | None]
    columns: Mapping[str, _Column]  # all but the name


def read_gene_coverage(data: bytes, *, genes: frozenset[str] | None, keep: Keep) -> Loaded:
    """Read the table into ``{"summary": {...}, "columns": [...], "rows": [[...], ...]}``.

    ``genes`` are the symbols of the sample's gene list, None when it has none. ``keep`` says whose
    rows are returned; the summary is of all rows, its means weighted by size in bases.
    """
    lines = text_lines(data)
    table = lines if isinstance(lines, Problem) else _split(lines)
    if isinstance(table, Problem):
        return Loaded(None, (table,))
    content = _read_columns(table)
    wanted_genes = {gene.upper() for gene in genes or ()}
    is_wanted = [gene.upper() in wanted_genes for gene in content.genes]
    summary = _summary(content)
    if genes is not None:
        with_rows = {gene.upper() for gene in compress(content.genes, is_wanted)}
        summary["genes_without_rows"] = sorted(g for g in genes if g.upper() not in with_rows)
    kept = {"summary": [], "gene_list": is_wanted, "all": [True] * len(is_wanted)}[keep]
    return loaded({"summary": summary, **_rows(content, kept)}, _check(table, content))


def _split(lines: list[str]) -> _Table | Problem:
    line_numbers = [n for n, line in enumerate(lines, start=1) if line.strip()]
    if not line_numbers:
        return error("GENE_COVERAGE_EMPTY", "The file is empty, expected a table", _REWRITE)
    header_line = line_numbers.pop(0)
    header = lines[header_line - 1]
    keys = tuple(_key(cell) for cell in header.rstrip().removeprefix("#").split("\t"))
    problem = _check_header(keys, header, header_line)
    if problem is not None:
        return problem
    rows = [lines[n - 1] for n in line_numbers]
    tabs = len(keys) - 1
    if any(row.count("\t") != tabs for row in rows):
        rows = [_without_blank_end(row, tabs) for row in rows]
    return _check_widths(rows, tabs, line_numbers) or _Table(keys, line_numbers, rows)


@lru_cache(maxsize=1024)  # the tables of one pipeline share their columns
def _key(cell: str) -> str:
    name = cell.strip()
    percent = _PERCENT.fullmatch(name)
    if percent:
        return percent[1].replace("≥", ">=") + str(int(percent[2]))
    plain = name.lower().replace(" ", "").replace("_", "")
    return plain if plain in _FIXED else name


def _check_header(keys: tuple[str, ...], header: str, line: int) -> Problem | None:
    absent = [name.capitalize() for name in _REQUIRED if name not in keys]
    if absent:
        return error(
            "GENE_COVERAGE_NO_HEADER",
            f"The header has no column {listed(absent)}: found {shown(header)}, expected Name, "
            "Size, Mean and the like, separated by tabs",
            _REWRITE,
            line,
        )
    if len({"gene", "transcript", *keys}) == len(keys) + 2:
        return None
    uses = Counter(("gene", "transcript", *keys))
    repeated = [shown(key) for key, count in uses.items() if count > 1]
    return error(
        "GENE_COVERAGE_DUPLICATE_COLUMN",
        f"The header has more than one column {listed(repeated)}",
        _REWRITE,
        line,
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
        f"The file may have been cut short. {_REWRITE}",
        number,
    )


def _read_columns(table: _Table) -> _Content:
    found = _with_pandas(table) if len(table.rows) >= _PANDAS_FROM else None
    names, columns = found or _without_pandas(table)
    parts = [name.partition(";") for name in names]
    return _Content(
        genes=[gene.strip() for gene, _, _ in parts],
        transcripts=[transcript.strip() or None for _, _, transcript in parts],
        columns=columns,
    )


def _with_pandas(table: _Table) -> tuple[Sequence[str], dict[str, _Column]] | None:
    """Read a table of finite numbers; None for any other, which is to be read cell by cell."""
    import pandas as pd  # noqa: PLC0415  # half a second, which only long tables are worth

    frame = pd.read_csv(
        io.StringIO("\n".join(table.rows)),
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
    columns = dict(zip(numbers, map(_Column, values.T.tolist()), strict=True))
    return frame["name"].tolist(), {str(key): column for key, column in columns.items()}


def _without_pandas(table: _Table) -> tuple[Sequence[str], dict[str, _Column]]:
    width = len(table.keys)
    cells = "\t".join(table.rows).split("\t") if table.rows else []
    by_key = {key: cells[at::width] for at, key in enumerate(table.keys)}
    names = by_key.pop("name")
    del cells[table.keys.index("name") :: width]
    values = _plain_numbers(cells)  # all at once: most tables have nothing but numbers
    if values is None:
        return names, {key: _numbers(texts) for key, texts in by_key.items()}
    return names, {key: _Column(values[at :: width - 1]) for at, key in enumerate(by_key)}


def _plain_numbers(cells: Sequence[str]) -> list[float] | None:
    joined = "".join(cells)
    if not joined.isascii() or "_" in joined:  # float() takes other digits, and 1_000
        return None
    try:
        values = list(map(float, cells))
    except ValueError:
        return None
    return values if math.isfinite(sum(values)) else None


def _numbers(cells: Sequence[str]) -> _Column:
    values = _plain_numbers(cells)
    return _checked_numbers(cells) if values is None else _Column(values)


def _checked_numbers(cells: Sequence[str]) -> _Column:
    values: list[float] = []
    absent: list[_Cell] = []
    wrong: list[_Cell] = []
    for position, cell in enumerate(cells):
        number = parse_number(cell.strip())
        if isinstance(number, float):
            values.append(number)
            continue
        values.append(math.nan)
        is_absent = number.absent or not number.finite
        (absent if is_absent else wrong).append(_Cell(position, cell))
    return _Column(values, absent, wrong, cells if wrong else ())


def _summary(content: _Content) -> JsonObject:
    columns = content.columns
    sizes, means = columns["size"], columns["mean"]
    bases = sum(_present(sizes), start=0.0)
    return {
        "genes": len(set(content.genes)),
        "transcripts": len(content.genes),
        "bases": whole(bases) if math.isfinite(bases) else None,
        "mean": _weighted_mean(means, sizes),
        "median_of_means": _median(means),
        "min": _extreme(min, columns.get("min")),
        "max": _extreme(max, columns.get("max")),
        "percent_of_bases": {
            key: _weighted_mean(column, sizes)
            for key, column in columns.items()
            if _PERCENT_KEY.fullmatch(key)
        },
    }


def _present(column: _Column) -> list[float]:
    if column.absent or column.wrong:
        return [value for value in column.values if not math.isnan(value)]
    return column.values


def _weighted_mean(column: _Column, sizes: _Column) -> float | None:
    """Four decimals; None when no gene with a size has a value."""
    values, weights = column.values, sizes.values
    if column.absent or column.wrong or sizes.absent or sizes.wrong:
        known = [not math.isnan(v + weight) for v, weight in zip(values, weights, strict=True)]
        values, weights = list(compress(values, known)), list(compress(weights, known))
    total = sum(weights)
    mean = sum(map(mul, values, weights)) / total if total else math.nan
    return round(mean, 4) if math.isfinite(mean) else None


def _median(column: _Column) -> float | None:
    ordered = sorted(_present(column))
    if not ordered:
        return None
    low, high = ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2]
    return round(low / 2 + high / 2, 4)  # halves first: their sum could be infinite


def _extreme(choose: Callable[[list[float]], float], column: _Column | None) -> int | float | None:
    values = _present(column) if column else []
    return whole(choose(values)) if values else None


def _rows(content: _Content, kept: Sequence[bool]) -> JsonObject:
    """Name the columns and list the rows kept: the fixed columns first, the rest as in the file."""
    columns = content.columns
    keys = [key for key in _FIXED if key in columns]
    keys += [key for key in columns if key not in _FIXED]
    cells = [_cells(key, columns[key], kept) for key in keys]
    names = compress(content.genes, kept), compress(content.transcripts, kept)
    return {
        "columns": ["gene", "transcript", *keys],
        "rows": [list(row) for row in zip(*names, *cells, strict=True)],
    }


def _cells(key: str, column: _Column, kept: Sequence[bool]) -> Iterable[JsonValue]:
    if column.texts:
        return compress(column.texts, kept)
    values = compress(column.values, kept)
    if key in _WHOLE or column.absent:
        return (_cell(value, is_whole=key in _WHOLE) for value in values)
    return values


def _cell(value: float, *, is_whole: bool) -> JsonValue:
    if math.isnan(value):
        return None
    return whole(value) if is_whole else value


def _check(table: _Table, content: _Content) -> list[Problem]:
    if not table.rows:
        message = "The table has a header and no genes"
        return [warning("GENE_COVERAGE_NO_ROWS", message, _REWRITE)]
    known = {
        key: column
        for key, column in content.columns.items()
        if key in _FIXED or _PERCENT_KEY.fullmatch(key)
    }
    found = (
        _check_names(table, content.genes),
        _not_a_number(table, {key: column.wrong for key, column in known.items()}),
        _bad_size(table, {"size": _outside(known["size"], 0, math.inf)}),
        _not_available(table, {key: column.absent for key, column in known.items()}),
        _bad_percentage(
            table,
            {
                key: _outside(column, -_ROUNDING, 100 + _ROUNDING)
                for key, column in known.items()
                if key not in _FIXED
            },
        ),
    )
    return [problem for problem in found if problem]


def _check_names(table: _Table, genes: Sequence[str]) -> Problem | None:
    nameless = [number for number, gene in zip(table.line_numbers, genes, strict=True) if not gene]
    if not nameless:
        return None
    return error(
        "GENE_COVERAGE_NO_GENE",
        f"The row names no gene, expected GENE;TRANSCRIPT{further(len(nameless))}",
        _REWRITE,
        nameless[0],
    )


def _outside(column: _Column, low: float, high: float) -> list[_Cell]:
    present = _present(column)
    if not present or (min(present) >= low and max(present) <= high):
        return []
    return [
        _Cell(position, f"{value:g}")
        for position, value in enumerate(column.values)
        if value < low or value > high
    ]


def _not_a_number(table: _Table, cells: Mapping[str, Sequence[_Cell]]) -> Problem | None:
    expected = "expected a number or NotAvail"
    return _cell_problem(error, "GENE_COVERAGE_NOT_A_NUMBER", table, cells, expected)


def _bad_size(table: _Table, cells: Mapping[str, Sequence[_Cell]]) -> Problem | None:
    return _cell_problem(error, "GENE_COVERAGE_BAD_SIZE", table, cells, "expected 0 or more bases")


def _not_available(table: _Table, cells: Mapping[str, Sequence[_Cell]]) -> Problem | None:
    expected = "expected a number; it is kept as null and left out of the summary"
    return _cell_problem(warning, "GENE_COVERAGE_NOT_AVAILABLE", table, cells, expected)


def _bad_percentage(table: _Table, cells: Mapping[str, Sequence[_Cell]]) -> Problem | None:
    expected = "expected a percentage from 0 to 100"
    return _cell_problem(warning, "GENE_COVERAGE_BAD_PERCENTAGE", table, cells, expected)


def _cell_problem(
    report: Callable[[str, str, str, int], Problem],
    code: str,
    table: _Table,
    cells: Mapping[str, Sequence[_Cell]],
    expected: str,
) -> Problem | None:
    """Report the topmost of the cells, by column, and count the others."""
    flawed = [(of_column[0].position, key) for key, of_column in cells.items() if of_column]
    if not flawed:
        return None
    position, key = min(flawed)
    count = sum(map(len, cells.values()))
    also = f"; the same in {count - 1} further cell{'s' if count > 2 else ''}" if count > 1 else ""
    text = cells[key][0].text
    message = f"Column {key} is {shown(text)}, {expected}{also}"
    return replace(report(code, message, _REWRITE, table.line_numbers[position]), column=key)
