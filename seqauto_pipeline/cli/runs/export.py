"""`seqauto export`: what is known, for other programs. Described in docs/export.md."""

import datetime as dt
import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import TextIO

import click

from seqauto_pipeline.cli.models_db import reading
from seqauto_pipeline.cli.options import format_option
from seqauto_pipeline.cli.selection import selection_options
from seqauto_pipeline.cli.tables import write_csv, write_json_list
from seqauto_pipeline.core.display import counted, shown
from seqauto_pipeline.db.queries.runs import run_ids
from seqauto_pipeline.views.export import (
    EXPORT_COLUMNS,
    ExportedRun,
    exported_rows,
    exported_run_as_json,
    exported_runs,
)
from seqauto_pipeline.views.selecting import Asked, selection_of


@click.command()
@format_option("json", "csv", required=True)
@selection_options("files", leave_out=("since",))
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write to a file, which gets its name when it is whole. [standard output]",
)
def export(*, form: str, asked: Asked, output: Path | None) -> None:
    """Write what is known for other programs."""
    with reading() as models:
        chosen = selection_of(models, asked)
        ids = run_ids(models.session, chosen)
        with _stream(output) as stream:
            if form == "json":
                _write_json(stream, exported_runs(models, ids, chosen), models.now)
            else:
                runs = exported_runs(models, ids, chosen)
                rows = (row for run in runs for row in exported_rows(run))
                write_csv(stream, chain((EXPORT_COLUMNS,), rows))
    if output is not None:
        click.echo(f"Wrote {counted(len(ids), 'sequencing run')} to {shown(str(output))}", err=True)


@contextmanager
def _stream(output: Path | None) -> Iterator[TextIO]:
    """Give what to write to; a file stands under its name only when all of it was written."""
    if output is None:
        yield sys.stdout
        return
    partial = output.with_name(f"{output.name}.partial-{os.getpid()}")
    try:
        with partial.open("w", encoding="utf-8", newline="") as file:
            yield file
        partial.replace(output)
    except OSError as error:
        reason = error.strerror or str(error)
        raise click.ClickException(
            f"Cannot write {shown(str(output))}: {reason}. Give --output a place that you may "
            "write to."
        ) from error
    finally:
        partial.unlink(missing_ok=True)


def _write_json(stream: TextIO, runs: Iterable[ExportedRun], now: dt.datetime) -> None:
    """Write the one JSON object, a sequencing run a line."""
    stream.write('{"sequencing_runs": ')
    write_json_list(stream, (exported_run_as_json(run, now) for run in runs))
    stream.write("}\n")
