"""What an op found, as metadata of its output: numbers, texts, small tables."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Protocol

import dagster as dg

from seqauto_pipeline.orchestration.failures import as_failure

SECONDS_KEY = "seconds"

Cell = str | int
Row = Mapping[str, Cell]


class Summary(Protocol):
    """What a step of the pipeline gives back."""

    def metadata(self) -> Mapping[str, int | float | str]: ...

    def tables(self) -> Mapping[str, Sequence[Row]]: ...


@contextmanager
def reported(context: dg.OpExecutionContext) -> Iterator[Callable[[Summary], None]]:
    """Report an op's summary and time as its output's metadata, or its error as a failure."""
    start = time.monotonic()

    def report(summary: Summary) -> None:
        context.add_output_metadata(to_metadata(summary, time.monotonic() - start))

    with as_failure():
        yield report


def figures_of(summary: Summary) -> dict[str, dg.MetadataValue]:
    """Write the numbers of a summary, which the catalog plots from scan to scan."""
    return {
        key.replace("_", " "): _value(value)
        for key, value in summary.metadata().items()
        if not isinstance(value, str)
    }


def to_metadata(summary: Summary, seconds: float) -> dict[str, dg.MetadataValue]:
    """Write a summary as Dagster stores it. A table without rows is left out: it has no columns."""
    values: dict[str, dg.MetadataValue] = {
        key: _value(value) for key, value in summary.metadata().items()
    }
    tables = {
        f"{name}_in_detail" if name in values else name: _table(rows)
        for name, rows in summary.tables().items()
        if rows
    }
    return {**values, **tables, SECONDS_KEY: dg.MetadataValue.float(round(seconds, 3))}


def _value(value: float | str) -> dg.MetadataValue:
    if isinstance(value, int):
        return dg.MetadataValue.int(value)
    return (
        dg.MetadataValue.float(value) if isinstance(value, float) else dg.MetadataValue.text(value)
    )


def _table(rows: Sequence[Row]) -> dg.MetadataValue:
    columns = dict.fromkeys(column for row in rows for column in row)
    schema = dg.TableSchema(
        [
            dg.TableColumn(name, _column_type(row[name] for row in rows if name in row))
            for name in columns
        ]
    )
    return dg.MetadataValue.table([dg.TableRecord(dict(row)) for row in rows], schema)


def _column_type(cells: Iterator[Cell]) -> str:
    return "int" if all(isinstance(cell, int) for cell in cells) else "string"
