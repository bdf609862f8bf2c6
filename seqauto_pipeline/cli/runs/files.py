"""`seqauto files`: expected files by state, type, run or sample; and files that none explains."""

from collections.abc import Iterable
from itertools import chain, islice

import click

from seqauto_pipeline.cli.models_db import reading
from seqauto_pipeline.cli.options import format_option
from seqauto_pipeline.cli.tables import print_csv, print_json_list, state_word
from seqauto_pipeline.core.data_state import DataState
from seqauto_pipeline.core.display import counted, shown
from seqauto_pipeline.db.queries.files import FileFilter, file_types
from seqauto_pipeline.db.queries.sheets import names_of_sample
from seqauto_pipeline.views.files import FILE_COLUMNS, FileLine, WantedFiles, file_lines
from seqauto_pipeline.views.finding import nothing_found
from seqauto_pipeline.views.open_models import OpenModels


@click.command()
@click.option(
    "--state",
    "states",
    multiple=True,
    type=click.Choice([state.value for state in DataState]),
    help="Repeatable.",
)
@click.option("--type", "types", multiple=True, help="File type of the layout. Repeatable.")
@click.option("--run", "run_name", metavar="RUN", help="Only of one run (name or path).")
@click.option("--sample", help="Only of one sample, by its name or id.")
@click.option("--unexpected", is_flag=True, help="Files that no sheet explains, instead.")
@click.option("--retired", is_flag=True, help="Records that no sheet row asks for now, instead.")
@click.option("--limit", type=click.IntRange(min=1), help="At most so many.")
@format_option("text", "json", "csv")
def files(  # noqa: PLR0913  (one for each option)
    *,
    states: tuple[str, ...],
    types: tuple[str, ...],
    run_name: str | None,
    sample: str | None,
    unexpected: bool,
    retired: bool,
    limit: int | None,
    form: str,
) -> None:
    """List expected files by state, type or run."""
    if unexpected and (states or types or sample or retired):
        raise click.UsageError(
            "--unexpected goes with --run only: these files have no state, type or sample."
        )
    with reading() as models:
        names = () if sample is None else names_of_sample(models.session, sample)
        chosen = FileFilter(states, types, names, retired)
        wanted = WantedFiles(chosen, run_name, sample, unexpected)
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
        click.echo(_nothing(models, wanted))
    else:
        click.echo(counted(number, "file"), err=True)


def _nothing(models: OpenModels, wanted: WantedFiles) -> str:
    words = nothing_found(models, "unexpected file" if wanted.unexpected else "file like that")
    known = file_types(models.session) if wanted.files.types else ()
    if set(wanted.files.types) - set(known):
        words += f" Known file types: {', '.join(map(shown, known)) or 'none'}."
    if wanted.sample is not None and not wanted.files.samples:
        words += f" No sample has the name or id {shown(wanted.sample)!r}."
    return words
