"""Per-gene coverage of one sample: a table with one row a gene and transcript."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import compress
from operator import mul
from typing import Literal, TypeAlias

from seqauto_pipeline.core.problems import Problem
from seqauto_pipeline.core.qc.gene_table import (
    FIXED,
    NO_CELLS,
    REWRITE,
    Cell,
    Cells,
    Column,
    GeneColumns,
    GeneTable,
    is_measure,
    is_percentage,
    present_values,
    read_gene_columns,
    split_gene_table,
)
from seqauto_pipeline.core.qc.text import text_lines
from seqauto_pipeline.core.qc.values import (
    LARGEST_EXACT,
    JsonObject,
    JsonValue,
    Loaded,
    error,
    further,
    loaded,
    shown,
    warning,
    whole,
)

Keep: TypeAlias = Literal["summary", "gene_list", "all"]

_WHOLE = frozenset({"size", "max", "min"})
_ROUNDING = 0.01  # of percentages, by the programs that write them
_MOST_PERCENT = 100 + _ROUNDING


def read_gene_coverage(data: bytes, *, genes: frozenset[str] | None, keep: Keep) -> Loaded:
    """Read the table into ``{"summary": {...}, "columns": [...], "rows": [[...], ...]}``.

    ``genes`` are the symbols of the sample's gene list, None when it has none. ``keep`` says whose
    rows are returned; the summary is of all rows, its means weighted by size in bases.
    """
    lines = text_lines(data)
    table = lines if isinstance(lines, Problem) else split_gene_table(lines)
    if isinstance(table, Problem):
        return Loaded(None, (table,))
    content = read_gene_columns(table)
    names = content.names
    summary = _summary(content)
    is_wanted: Sequence[bool] = ()
    if genes is not None:
        wanted = {gene.upper() for gene in genes}
        is_wanted = [gene in wanted for gene in names.compared]
        with_rows = set(names.compared)
        summary["genes_without_rows"] = sorted(g for g in genes if g.upper() not in with_rows)
    kept = {"summary": (), "gene_list": is_wanted, "all": [True] * len(names.genes)}[keep]
    return loaded({"summary": summary, **_rows(content, kept)}, _check(table, content))


def _summary(content: GeneColumns) -> JsonObject:
    columns = content.columns
    sizes, means = columns["size"], columns["mean"]
    bases = sum(present_values(sizes), start=0.0)
    percentages = [key for key in columns if is_percentage(key)]
    weighted = _weighted_means([means, *(columns[key] for key in percentages)], sizes)
    return {
        "genes": content.names.different_genes,
        "transcripts": len(content.names.genes),
        "bases": whole(bases) if math.isfinite(bases) else None,
        "mean": weighted[0],
        "median_of_means": _median(means),
        "min": _extreme(min, columns.get("min")),
        "max": _extreme(max, columns.get("max")),
        "percent_of_bases": dict(zip(percentages, weighted[1:], strict=True)),
    }


def _weighted_means(columns: Sequence[Column], sizes: Column) -> list[float | None]:
    """Four decimals; None when no gene with a size has a value."""
    weights: Sequence[float] = sizes.values
    total = sum(weights)
    means = []
    for column in columns:
        if column.is_complete and sizes.is_complete:
            means.append(_mean(sum(map(mul, column.values, weights)), total))
        else:
            means.append(_mean_of_known(column.values, weights))
    return means


def _mean_of_known(values: Sequence[float], weights: Sequence[float]) -> float | None:
    known = [not math.isnan(v + weight) for v, weight in zip(values, weights, strict=True)]
    values, weights = list(compress(values, known)), list(compress(weights, known))
    return _mean(sum(map(mul, values, weights)), sum(weights))


def _mean(total: float, weight: float) -> float | None:
    mean = total / weight if weight else math.nan
    return round(mean, 4) if math.isfinite(mean) else None


def _median(column: Column) -> float | None:
    ordered = sorted(present_values(column))
    if not ordered:
        return None
    low, high = ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2]
    return round(low / 2 + high / 2, 4)  # halves first: their sum could be infinite


def _extreme(
    choose: Callable[[Sequence[float]], float], column: Column | None
) -> int | float | None:
    values = present_values(column) if column else []
    return whole(choose(values)) if values else None


def _rows(content: GeneColumns, kept: Sequence[bool]) -> JsonObject:
    """Name the columns and list the rows kept: the fixed columns first, the rest as in the file."""
    columns = content.columns
    keys = [key for key in FIXED if key in columns]
    keys += [key for key in columns if key not in FIXED]
    chosen = tuple(compress(range(len(kept)), kept))
    cells = [_cells(key, columns[key], chosen) for key in keys] if chosen else []
    genes, transcripts = content.names.genes, content.names.transcripts
    names = [genes[at] for at in chosen], [transcripts[at] for at in chosen]
    return {
        "columns": ["gene", "transcript", *keys],
        "rows": [list(row) for row in zip(*names, *cells, strict=True)],
    }


def _cells(key: str, column: Column, chosen: Sequence[int]) -> Sequence[JsonValue]:
    if column.texts:
        return [column.texts[at] for at in chosen]
    values = list(map(column.values.__getitem__, chosen))
    if column.is_complete:
        return _as_whole(values) if key in _WHOLE else values
    return [_cell(value, is_whole=key in _WHOLE) for value in values]


def _as_whole(values: list[float]) -> Sequence[int | float]:
    """Apply `whole` to finite numbers; nearly always all can be turned at once."""
    integers = list(map(int, values))
    if integers == values and max(map(abs, integers)) < LARGEST_EXACT:
        return integers
    return list(map(whole, values))


def _cell(value: float, *, is_whole: bool) -> JsonValue:
    if math.isnan(value):
        return None
    return whole(value) if is_whole else value


def _check(table: GeneTable, content: GeneColumns) -> list[Problem]:
    if not table.rows:
        message = "The table has a header and no genes"
        return [warning("GENE_COVERAGE_NO_ROWS", message, REWRITE)]
    found = (
        _check_names(table, content.names.genes),
        *(() if content.is_plain else _check_cells(table, content)),
        _check_percentages(table, content),
    )
    return [problem for problem in found if problem]


def _check_cells(table: GeneTable, content: GeneColumns) -> Iterator[Problem | None]:
    known = {key: column for key, column in content.columns.items() if is_measure(key)}
    yield _not_a_number(table, {key: column.wrong for key, column in known.items()})
    yield _bad_size(table, {"size": _outside(known["size"], 0, math.inf)})
    yield _not_available(table, {key: column.absent for key, column in known.items()})


def _check_percentages(table: GeneTable, content: GeneColumns) -> Problem | None:
    columns = {key: column for key, column in content.columns.items() if is_percentage(key)}
    if content.is_plain and all(max(each.values) <= _MOST_PERCENT for each in columns.values()):
        return None
    outside = {key: _outside(each, -_ROUNDING, _MOST_PERCENT) for key, each in columns.items()}
    return _bad_percentage(table, outside)


def _check_names(table: GeneTable, genes: Sequence[str]) -> Problem | None:
    if all(genes):
        return None
    nameless = [number for number, gene in zip(table.line_numbers, genes, strict=True) if not gene]
    return error(
        "GENE_COVERAGE_NO_GENE",
        f"The row names no gene, expected GENE;TRANSCRIPT{further(len(nameless))}",
        REWRITE,
        nameless[0],
    )


def _outside(column: Column, low: float, high: float) -> Cells:
    present = present_values(column)
    if not present or (min(present) >= low and max(present) <= high):
        return NO_CELLS
    values = column.values
    first = next(at for at, value in enumerate(values) if value < low or value > high)
    count = sum(value < low or value > high for value in present)
    return Cells(count, Cell(first, f"{values[first]:g}"))


def _not_a_number(table: GeneTable, cells: Mapping[str, Cells]) -> Problem | None:
    expected = "expected a number or NotAvail"
    return _cell_problem(error, "GENE_COVERAGE_NOT_A_NUMBER", table, cells, expected)


def _bad_size(table: GeneTable, cells: Mapping[str, Cells]) -> Problem | None:
    return _cell_problem(error, "GENE_COVERAGE_BAD_SIZE", table, cells, "expected 0 or more bases")


def _not_available(table: GeneTable, cells: Mapping[str, Cells]) -> Problem | None:
    expected = "expected a number; it is kept as null and left out of the summary"
    return _cell_problem(warning, "GENE_COVERAGE_NOT_AVAILABLE", table, cells, expected)


def _bad_percentage(table: GeneTable, cells: Mapping[str, Cells]) -> Problem | None:
    expected = "expected a percentage from 0 to 100"
    return _cell_problem(warning, "GENE_COVERAGE_BAD_PERCENTAGE", table, cells, expected)


def _cell_problem(
    report: Callable[[str, str, str, int], Problem],
    code: str,
    table: GeneTable,
    cells: Mapping[str, Cells],
    expected: str,
) -> Problem | None:
    """Report the topmost of the cells, by column, and count the others."""
    firsts = [(each.first, key) for key, each in cells.items() if each.first is not None]
    if not firsts:
        return None
    first, key = min(firsts, key=lambda each: (each[0].position, each[1]))
    count = sum(each.count for each in cells.values())
    also = f"; the same in {count - 1} further cell{'s' if count > 2 else ''}" if count > 1 else ""
    message = f"Column {key} is {shown(first.text)}, {expected}{also}"
    return replace(report(code, message, REWRITE, table.line_numbers[first.position]), column=key)
