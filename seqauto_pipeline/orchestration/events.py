"""What an op found, as metadata of its output: numbers, texts, small tables."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Protocol

import dagster as dg

from seqauto_pipeline.orchestration.failures import as_failure
from seqauto_pipeline.orchestration.step_tables import Row, key_words, stored_figure, stored_table

SECONDS_KEY = "seconds"


class Summary(Protocol):
    """What a step of the pipeline gives back."""

    def metadata(self) -> Mapping[str, int | float | str]: ...

    def tables(self) -> Mapping[str, Sequence[Row]]: ...


@contextmanager
def reported(
    context: dg.OpExecutionContext, output: str | None = None
) -> Iterator[Callable[[Summary], None]]:
    """Report an op's summary and time as its output's metadata, or its error as a failure.

    ``output`` names one of several.
    """
    start = time.monotonic()

    def report(summary: Summary) -> None:
        metadata = to_metadata(summary, time.monotonic() - start)
        context.add_output_metadata(metadata, output_name=output)

    with as_failure():
        yield report


def figures_of(summary: Summary) -> dict[str, dg.MetadataValue]:
    """Write the numbers of a summary, which the catalog plots from scan to scan."""
    return {
        key_words(key): stored_figure(key, value)
        for key, value in summary.metadata().items()
        if not isinstance(value, str)
    }


def to_metadata(summary: Summary, seconds: float) -> dict[str, dg.MetadataValue]:
    """Write a summary as Dagster stores it. A table without rows is left out: it has no columns."""
    figures = summary.metadata()
    values = {key_words(key): stored_figure(key, value) for key, value in figures.items()}
    tables = {
        key_words(f"{name}_in_detail" if name in figures else name): stored_table(name, rows)
        for name, rows in summary.tables().items()
        if rows
    }
    return {**values, **tables, SECONDS_KEY: dg.MetadataValue.float(round(seconds, 3))}
