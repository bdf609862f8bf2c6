"""`seqauto deliveries`: what was delivered, what waits for what, and why."""

from collections.abc import Iterable

import click

from seqauto_pipeline.cli.fit import flowed, wrapped
from seqauto_pipeline.cli.models_db import reading
from seqauto_pipeline.cli.options import WordOf, format_option
from seqauto_pipeline.cli.selection import selection_options
from seqauto_pipeline.cli.tables import (
    Column,
    print_csv,
    print_json,
    print_json_list,
    print_table,
    state_word,
    width,
)
from seqauto_pipeline.core.display import counted, shown
from seqauto_pipeline.db.outbox.queries import STATES, ThingsWanted
from seqauto_pipeline.delivery.configured import receiver_names
from seqauto_pipeline.delivery.things import Kind
from seqauto_pipeline.views.deliveries import (
    COUNT_COLUMNS,
    THING_COLUMNS,
    ThingLine,
    counted_things,
    explained_run,
    listed_things,
)
from seqauto_pipeline.views.open_models import OpenModels
from seqauto_pipeline.views.selecting import Asked, selection_of

_STATE_WIDTH = 14
_KIND_WIDTH = 18


@click.command()
@click.option(
    "--state",
    "states",
    type=WordOf("state", STATES),
    multiple=True,
    help="Things in this state. May be repeated.",
)
@click.option(
    "--kind",
    "kinds",
    type=WordOf("kind", [kind.value for kind in Kind]),
    multiple=True,
    help="Things of this kind. May be repeated.",
)
@selection_options("things", leave_out=("types", "states", "since"))
@click.option("--receiver", metavar="NAME", help="Things for this receiver.")
@click.option(
    "--explain",
    metavar="RUN",
    help="Tell of everything in a run where it is, what it waits for, and why.",
)
@format_option("text", "json", "csv")
def deliveries(
    *,
    states: tuple[str, ...],
    kinds: tuple[str, ...],
    asked: Asked,
    receiver: str | None,
    explain: str | None,
    form: str,
) -> None:
    """Show what is delivered, and what waits.

    Without options it counts; with one it lists. `seqauto deliver` sends what is due.
    """
    with reading() as models:
        if explain is not None:
            _print_things(models, explained_run(models, explain), form)
        elif states or kinds or asked.narrows or receiver is not None:
            wanted = ThingsWanted(states, kinds, receiver, selection_of(models, asked))
            _print_things(models, listed_things(models, wanted), form)
        else:
            _print_counts(models, form)


def _print_counts(models: OpenModels, form: str) -> None:
    counts = counted_things(models)
    if form == "json":
        print_json([dict(zip(COUNT_COLUMNS, row, strict=True)) for row in counts])
    elif form == "csv":
        print_csv([COUNT_COLUMNS, *counts])
    elif not counts:
        click.echo(_nothing(models))
    else:
        columns = [
            Column("Receiver"),
            Column("Kind"),
            Column("State"),
            Column("Count", is_number=True),
        ]
        print_table(columns, counts)


def _nothing(models: OpenModels) -> str:
    if not receiver_names(models.settings):
        return "Nothing is delivered: no receiver is configured. docs/delivery.md tells how."
    return "Nothing is to be delivered yet. The next scan notes what is: seqauto scan"


def _print_things(models: OpenModels, lines: Iterable[ThingLine], form: str) -> None:
    if form == "json":
        print_json_list(dict(line.as_json()) for line in lines)
        return
    if form == "csv":
        print_csv(_csv_rows(lines))
        return
    number = 0
    for number, line in enumerate(lines, 1):  # noqa: B007  (the last one is the count)
        _print_thing(models, line)
    if number:
        click.echo(counted(number, "thing"), err=True)
    else:
        click.echo("Nothing like that.")


def _csv_rows(lines: Iterable[ThingLine]) -> Iterable[tuple[str | int | float | None, ...]]:
    yield THING_COLUMNS
    for line in lines:
        values = line.as_json()
        yield tuple(
            value if isinstance(value := values[name], str | int | float) else None
            for name in THING_COLUMNS
        )


def _print_thing(models: OpenModels, line: ThingLine) -> None:
    head = f"{state_word(line.state, _STATE_WIDTH)}{line.kind:<{_KIND_WIDTH}}"
    parts = [f"{head}{shown(line.key)}", *map(str, _moments(models, line))]
    for text in flowed(parts, width(), _STATE_WIDTH):
        click.echo(text)
    if line.reason:
        text = shown(line.reason)
        indent = " " * _STATE_WIDTH
        click.echo("\n".join(wrapped(text, width(), first=indent, indent=_STATE_WIDTH)))


def _moments(models: OpenModels, line: ThingLine) -> Iterable[str]:
    stored = line.stored
    if stored is None:
        return
    if line.state == "delivered":
        yield f"({models.local(stored.delivered_at)})"
    elif stored.attempts:
        yield f"({counted(stored.attempts, 'try', 'tries')}, {models.local(stored.tried_at)})"
    if stored.next_try_at is not None and line.state not in ("delivered", "parked", "blocked"):
        yield f"(next try {models.local(stored.next_try_at)})"
