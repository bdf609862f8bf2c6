"""`seqauto export`: what is known, for other programs. Described in docs/export.md."""

import datetime as dt
import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import TextIO

import click

from seqauto_pipeline.cli.models_db import reading
from seqauto_pipeline.cli.options import format_option
from seqauto_pipeline.cli.output_file import writing_to
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
from seqauto_pipeline.views.following import changed_since, moved_since, reach_of
from seqauto_pipeline.views.selecting import Asked, selection_of
from seqauto_pipeline.views.values import Json


@click.command()
@format_option("json", "csv", required=True)
@selection_options("files", leave_out=("since",))
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write to a file, which gets its name when it is whole. [standard output]",
)
@click.option(
    "--since",
    metavar="SCAN|DAY",
    help="Only runs that changed after this scan (number, id or latest), or since a day.",
)
def export(*, form: str, asked: Asked, output: Path | None, since: str | None) -> None:
    """Write what is known for other programs.

    With --since: what changed, whole run by whole run, and the scan to ask from next.
    """
    with reading() as models:
        reach = reach_of(models, since)
        chosen = selection_of(models, asked)
        ids = changed_since(models, reach, run_ids(models.session, chosen))
        runs = exported_runs(models, ids, chosen)
        with _stream(output) as stream:
            if form == "json":
                about = {**reach.as_json(), "moved": moved_since(models, reach, ids)}
                _write_json(stream, about, runs, models.now)
            else:
                rows = (row for run in runs for row in exported_rows(run))
                write_csv(stream, chain((EXPORT_COLUMNS,), rows))
    if output is not None:
        click.echo(f"Wrote {counted(len(ids), 'sequencing run')} to {shown(str(output))}", err=True)
    if since is not None and reach.last is not None:
        click.echo(f"Ask for what comes next with: --since {reach.last.id}", err=True)


@contextmanager
def _stream(output: Path | None) -> Iterator[TextIO]:
    """Give what to write to; a file stands under its name only when all of it was written."""
    if output is None:
        yield sys.stdout
        return
    partial = output.with_name(f"{output.name}.partial-{os.getpid()}")
    try:
        with writing_to(output):
            with partial.open("w", encoding="utf-8", newline="") as file:
                yield file
            partial.replace(output)
    finally:
        partial.unlink(missing_ok=True)


def _write_json(
    stream: TextIO, about: Mapping[str, Json], runs: Iterable[ExportedRun], now: dt.datetime
) -> None:
    """Write the one JSON object: first what it is about, then a sequencing run a line."""
    stream.write(f"{json.dumps(about)[:-1]}, ")
    stream.write('"sequencing_runs": ')
    write_json_list(stream, (exported_run_as_json(run, now) for run in runs))
    stream.write("}\n")
