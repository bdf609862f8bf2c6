"""`seqauto files`: expected files by state, type, run or sample; and files that none explains."""

from collections.abc import Iterable
from dataclasses import replace
from itertools import chain, islice

import click

from seqauto_pipeline.cli.models_db import reading
from seqauto_pipeline.cli.options import format_option
from seqauto_pipeline.cli.selection import selection_options
from seqauto_pipeline.cli.tables import print_csv, print_json_list, state_word
from seqauto_pipeline.core.display import counted, shown
from seqauto_pipeline.views.files import FILE_COLUMNS, FileLine, WantedFiles, file_lines
from seqauto_pipeline.views.finding import nothing_found
from seqauto_pipeline.views.open_models import OpenModels
from seqauto_pipeline.views.selecting import Asked, selection_of


@click.command()
@selection_options("files")
@click.option("--unexpected", is_flag=True, help="Files that no sheet explains, instead.")
@click.option("--retired", is_flag=True, help="Records that no sheet row asks for now, instead.")
@click.option("--limit", type=click.IntRange(min=1), help="At most so many.")
@format_option("text", "json", "csv")
def files(
    *,
    asked: Asked,
    unexpected: bool,
    retired: bool,
    limit: int | None,
    form: str,
) -> None:
    """List expected files by state, type or run."""
    if unexpected and (retired or replace(asked, runs=(), flags=()).narrows):
        raise click.UsageError(
            "--unexpected goes with --run and --flag only: these files have no state, type "
            "or sample."
        )
    with reading() as models:
        wanted = WantedFiles(selection_of(models, asked), retired, unexpected)
        lines = islice(file_lines(models, wanted), limit)
        if form == "json":
            print_json_list(line.as_json() for line in lines)
        elif form == "csv":
            print_csv(chain((FILE_COLUMNS,), (line.values() for line in lines)))
        else:
            _print_lines(models, wanted, lines)


def _print_lines(models: OpenModels, wanted: WantedFiles, lines: Iterable[FileLine]) -> None:
    """Write lines as they come: a disk has millions of files."""
    number = 0
    for number, line in enumerate(lines, 1):  # noqa: B007  (the last one is the count)
        kind = "" if line.file_type is None else f"{shown(line.file_type):<13} "
        reason = f"  {shown(line.reason)}" if line.reason else ""
        click.echo(f"{state_word(line.data_state, 12)} {kind}{shown(line.path)}{reason}")
    if not number:
        kind = "unexpected file" if wanted.unexpected else "file like that"
        click.echo(nothing_found(models, kind))
    else:
        click.echo(counted(number, "file"), err=True)
