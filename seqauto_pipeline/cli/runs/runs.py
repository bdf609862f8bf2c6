"""`seqauto runs` and `seqauto run`: the sequencing runs, and one of them in full."""

import itertools
from collections.abc import Iterator, Sequence

import click

from seqauto_pipeline.cli.fit import flowed, wrapped
from seqauto_pipeline.cli.models_db import reading
from seqauto_pipeline.cli.options import format_option
from seqauto_pipeline.cli.selection import as_of_option, selection_options
from seqauto_pipeline.cli.tables import (
    STATE_STYLES,
    Column,
    print_csv,
    print_json,
    print_json_list,
    print_table,
    state_word,
    width,
)
from seqauto_pipeline.core.data_state import RunState
from seqauto_pipeline.core.display import counted, shown
from seqauto_pipeline.db.queries.runs import run_ids
from seqauto_pipeline.views.finding import nothing_found, one_run
from seqauto_pipeline.views.moments import scan_at
from seqauto_pipeline.views.open_models import OpenModels
from seqauto_pipeline.views.runs import RUN_COLUMNS, RunLine, run_lines
from seqauto_pipeline.views.selecting import Asked, run_selection_of
from seqauto_pipeline.views.values import Value, iso_date

_PAGE_RUNS = 50  # in text; a list for programs has all runs unless a limit is asked for

_COLUMNS = (
    Column("Sequencing run", is_name=True),
    Column("Date", is_name=True),
    Column("Kit"),
    Column("State"),
    Column("Found/expected"),
    Column("Errors", is_number=True),
    Column("Warnings", is_number=True),
    Column("Flags"),
    Column("Since", is_name=True),
    Column("First seen", is_name=True),
    Column("Last seen", is_name=True),
    Column("Projects"),
    Column("Reason"),
)


@click.command()
@selection_options("runs", RunState)
@as_of_option()
@click.option("--all", "with_hidden", is_flag=True, help="Hidden runs too.")
@click.option("--limit", type=click.IntRange(min=1), help=f"At most so many. [text: {_PAGE_RUNS}]")
@click.option("--offset", type=click.IntRange(min=0), default=0, help="Leave out so many first.")
@format_option("text", "json", "csv")
def runs(
    *,
    asked: Asked,
    as_of: str | None,
    with_hidden: bool,
    limit: int | None,
    offset: int,
    form: str,
) -> None:
    """List the sequencing runs, newest first."""
    limit = _PAGE_RUNS if limit is None and form == "text" else limit
    with reading() as models:
        then = None if as_of is None else scan_at(models, as_of).id
        chosen = run_selection_of(models, asked, then)
        ids = run_ids(models.session, chosen, with_hidden=with_hidden)
        page = ids[offset : None if limit is None else offset + limit]
        if form == "json":
            print_json_list(line.as_json() for line in run_lines(models, page, then))
        elif form == "csv":
            rows = (line.values() for line in run_lines(models, page, then))
            print_csv(itertools.chain((RUN_COLUMNS,), rows))
        else:
            _print_page(models, tuple(run_lines(models, page, then)), len(ids), offset)
            if not with_hidden:
                _tell_of_hidden(len(run_ids(models.session, chosen)) - len(ids))


@click.command()
@click.argument("name")
@as_of_option()
@format_option("text", "json")
def run(*, name: str, as_of: str | None, form: str) -> None:
    """Show one sequencing run in full.

    NAME is the run's name, or its path where the name is in several places.
    """
    from seqauto_pipeline.cli.runs.run_page import print_run  # noqa: PLC0415  (not for the list)
    from seqauto_pipeline.views.run_page import run_page, run_page_as_json  # noqa: PLC0415

    with reading() as models:
        then = None if as_of is None else scan_at(models, as_of).id
        page = run_page(models, one_run(models, name), then)
        if form == "json":
            print_json(run_page_as_json(models, page))
        else:
            print_run(models, page)


def _print_page(models: OpenModels, lines: Sequence[RunLine], total: int, offset: int) -> None:
    if not lines:
        click.echo(_nothing(models, total))
    else:
        if width() is not None:
            for line in lines:
                click.echo("\n".join(_block(models, line)))
        else:
            print_table(_COLUMNS, [_table_row(models, line) for line in lines])
        click.echo(f"\n{_position(total, len(lines), offset)}")


def _tell_of_hidden(number: int) -> None:
    if number:
        click.echo(f"{counted(number, 'hidden run')} left out; --all shows them.")


def _position(total: int, number: int, offset: int) -> str:
    if number == total:
        return f"{counted(total, 'sequencing run')}. One of them in full: seqauto run NAME"
    more = f" The next: --offset {offset + number}" if offset + number < total else ""
    return f"{offset + 1:,} to {offset + number:,} of {total:,} sequencing runs.{more}"


def _nothing(models: OpenModels, total: int) -> str:
    if total:
        return f"There are only {counted(total, 'sequencing run')}: give a smaller --offset."
    return nothing_found(
        models, "sequencing run like that" if run_ids(models.session) else "sequencing run is known"
    )


def _block(models: OpenModels, line: RunLine) -> Iterator[str]:
    """Write a run on some lines: a table of all types is wider than most terminals."""
    run = line.run
    head = (
        click.style(shown(run.name), bold=True),
        iso_date(run.date) or "no date   ",
        shown(run.enrichment_kit or "no kit"),
        state_word(line.data_state),
        *(
            click.style(counted(number, severity), fg=STATE_STYLES[severity])
            for severity in ("error", "warning")
            if (number := line.messages_of(severity))
        ),
        *run.flags,
    )
    columns = width()
    yield from flowed(head, columns)
    words = [
        click.style(tally.words, fg=None if tally.found == tally.expected else "yellow")
        for tally in line.files
    ]
    for text in flowed(words, None if columns is None else columns - 4, indent=0):
        yield f"    {text}"
    remark = "; ".join(map(shown, _remarks(models, line)))
    yield from wrapped(remark, columns, first="    ")


def _remarks(models: OpenModels, line: RunLine) -> Iterator[str]:
    """Say since when a run is in its state, why, when scans saw it, and of which projects it is."""
    if line.when.since is not None:
        yield f"{line.data_state} since {models.local_day(line.when.since)}"
    if line.state_reason:
        yield line.state_reason
    if line.when.first_seen is not None:
        first, last = map(models.local_day, (line.when.first_seen, line.when.last_seen))
        yield f"seen {first} to {last}"
    if line.projects:
        yield f"project {', '.join(line.projects)}"


def _table_row(models: OpenModels, line: RunLine) -> tuple[Value, ...]:
    when = line.when
    return (
        line.run.name,
        iso_date(line.run.date),
        line.run.enrichment_kit,
        line.data_state,
        line.files_words,
        line.messages_of("error"),
        line.messages_of("warning"),
        ", ".join(line.run.flags),
        *map(models.local_day, (when.since, when.first_seen, when.last_seen)),
        ", ".join(line.projects),
        line.state_reason,
    )
