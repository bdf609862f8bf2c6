"""`seqauto files`: expected files by state, type, run or sample; and files that none explains."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import chain, islice

import click

from seqauto_pipeline.cli.fit import flowed, shortened
from seqauto_pipeline.cli.models_db import reading
from seqauto_pipeline.cli.options import format_option
from seqauto_pipeline.cli.selection import as_of_option, selection_options
from seqauto_pipeline.cli.tables import print_csv, print_json_list, state_word, width
from seqauto_pipeline.core.display import counted, shown
from seqauto_pipeline.db.queries.runs import run_folder
from seqauto_pipeline.views.files import FILE_COLUMNS, FileLine, WantedFiles, file_lines
from seqauto_pipeline.views.finding import nothing_found
from seqauto_pipeline.views.moments import scan_at
from seqauto_pipeline.views.open_models import OpenModels
from seqauto_pipeline.views.selecting import Asked, selection_of

_STATE_WIDTH = 13


@click.command()
@selection_options("files")
@as_of_option()
@click.option("--unexpected", is_flag=True, help="Files that no sheet explains, instead.")
@click.option("--retired", is_flag=True, help="Records that no sheet row asks for now, instead.")
@click.option("--limit", type=click.IntRange(min=1), help="At most so many.")
@format_option("text", "json", "csv")
def files(
    *,
    asked: Asked,
    as_of: str | None,
    unexpected: bool,
    retired: bool,
    limit: int | None,
    form: str,
) -> None:
    """List expected files by state, type or run."""
    if unexpected and (retired or as_of or replace(asked, runs=(), flags=()).narrows):
        raise click.UsageError(
            "--unexpected goes with --run and --flag only: these files have no state, type "
            "or sample."
        )
    with reading() as models:
        then = None if as_of is None else scan_at(models, as_of).id
        wanted = WantedFiles(selection_of(models, asked), retired, unexpected, then)
        lines = islice(file_lines(models, wanted), limit)
        if form == "json":
            print_json_list(line.as_json() for line in lines)
        elif form == "csv":
            print_csv(chain((FILE_COLUMNS,), (line.values() for line in lines)))
        else:
            _print_lines(models, wanted, lines)


def _print_line(models: OpenModels, line: FileLine, *, below: bool) -> None:
    """Print a file: in a pipe on one line, in full; on a terminal on as many as it needs."""
    path = shown(line.below if below else line.path)
    state, file = state_word(line.shown_state, 12), line.file
    if file is None:
        head = f"{state} {path}"
    else:
        since = models.local_day(line.when.since) or "-"
        head = f"{state} {since:<10} {shown(file.file_type):<13} {path}"
    reason = shown(file.reason) if file is not None and file.reason else ""
    remark = "; ".join(map(shown, _remarks(models, line)))
    parts = [head, *filter(None, (reason, f"({remark})" if remark else ""))]
    for text in flowed(parts, width(), _STATE_WIDTH):
        click.echo(text)


def _remarks(models: OpenModels, line: FileLine) -> Iterator[str]:
    """Say of which sample, project, kit and day a file is, and when scans saw it."""
    if line.sample is not None:
        yield f"sample {line.sample.sample_id}"
        if line.sample.sample_project:
            yield f"project {line.sample.sample_project}"
    if line.file is not None:
        yield f"kit {line.enrichment_kit}" if line.enrichment_kit else "no kit"
        yield f"run of {line.run.date}" if line.run.date else "run without a date"
    if line.when.first_seen is not None:
        first, last = map(models.local_day, (line.when.first_seen, line.when.last_seen))
        yield f"seen {first} to {last}"


def _print_lines(models: OpenModels, wanted: WantedFiles, lines: Iterable[FileLine]) -> None:
    """Write lines as they come: a disk has millions of files."""
    number, by_run = 0, width() is not None
    last: int | None = None
    for number, line in enumerate(lines, 1):  # noqa: B007  (the last one is the count)
        if by_run and line.run.id != last:
            last = line.run.id
            click.secho(shortened(shown(run_folder(line.run)), width()), bold=True)
        _print_line(models, line, below=by_run)
    if not number:
        kind = "unexpected file" if wanted.unexpected else "file like that"
        click.echo(nothing_found(models, kind))
    else:
        click.echo(counted(number, "file"), err=True)
