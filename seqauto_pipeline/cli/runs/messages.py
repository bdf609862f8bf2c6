"""`seqauto messages`: what is wrong and what to do."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import chain

import click

from seqauto_pipeline.cli.fit import shortened, wrapped
from seqauto_pipeline.cli.models_db import reading
from seqauto_pipeline.cli.options import WordOf, format_option
from seqauto_pipeline.cli.runs.acknowledge import ack, one_message, unack
from seqauto_pipeline.cli.runs.message_lines import message_block
from seqauto_pipeline.cli.runs.message_selection import AskedMessages, message_options
from seqauto_pipeline.cli.tables import print_csv, print_json, width
from seqauto_pipeline.core.display import counted, shown
from seqauto_pipeline.core.problems import Severity
from seqauto_pipeline.db.models import Message, SequencingRun
from seqauto_pipeline.db.queries.annotations import history_of_message
from seqauto_pipeline.db.queries.messages import MessageFilter, message_codes
from seqauto_pipeline.db.queries.messages import messages as find_messages
from seqauto_pipeline.db.queries.runs import run_by_id, run_folder
from seqauto_pipeline.views.annotations import acknowledgement_as_json, annotation_line
from seqauto_pipeline.views.finding import nothing_found
from seqauto_pipeline.views.messages import MESSAGE_COLUMNS, message_as_json, message_row
from seqauto_pipeline.views.open_models import OpenModels

_ADVICE = "When one needs nothing more: seqauto messages ack ID --why TEXT (ID: in brackets)"


@click.group(invoke_without_command=True)
@message_options()
@click.option(
    "--severity",
    type=WordOf("severity", [each.value for each in Severity]),
    help="Only of this severity.",
)
@click.option("--all", "with_closed", is_flag=True, help="Closed and acknowledged ones too.")
@format_option("text", "json", "csv")
@click.pass_context
def messages(
    ctx: click.Context,
    *,
    chosen: AskedMessages,
    severity: str | None,
    with_closed: bool,
    form: str,
) -> None:
    """List, show and acknowledge messages.

    Without a command: the open messages that nobody has acknowledged, errors first.
    """
    if ctx.invoked_subcommand is not None:
        return
    with reading() as models:
        wanted = replace(chosen.resolve(models), severity=severity, with_closed=with_closed)
        found = find_messages(models.session, wanted, models.now)
        if form == "json":
            print_json([message_as_json(message, run, models.now) for message, run in found])
        elif form == "csv":
            rows = (message_row(message, run, models.now) for message, run in found)
            print_csv(chain((MESSAGE_COLUMNS,), rows))
        elif found:
            _print_list(models, found)
            words = f"{counted(len(found), 'message')}. {_ADVICE}"
            click.echo("\n" + "\n".join(wrapped(words, width(), indent=0)))
        else:
            narrows = chosen.narrows or severity is not None
            click.echo(
                nothing_found(models, _nothing(wanted, narrows=narrows))
                + _code_hint(models, wanted)
            )


@messages.command()
@click.argument("number", type=int, metavar="ID")
@format_option("text", "json")
def show(*, number: int, form: str) -> None:
    """Show one message, closed and acknowledged ones too."""
    with reading() as models:
        message = one_message(models, number)
        about = message.sequencing_run_id
        run = None if about is None else run_by_id(models.session, about)
        history = history_of_message(models.session, number)
        if form == "json":
            said = [acknowledgement_as_json(each) for each in history]
            print_json({**message_as_json(message, run, models.now), "acknowledgements": said})
        else:
            _print_list(models, ((message, run),))
            for each in history:
                click.echo(f"      {annotation_line(models, each)}")


messages.add_command(ack)
messages.add_command(unack)


def _print_list(models: OpenModels, found: Sequence[tuple[Message, SequencingRun | None]]) -> None:
    last: int | None = -1
    for message, run in _by_run(found):
        if message.sequencing_run_id != last:
            last = message.sequencing_run_id
            name = "The scan as a whole" if run is None else shown(run_folder(run))
            click.secho(shortened(name, width()), bold=True)
        click.echo(message_block(models, message))


def _by_run(
    found: Sequence[tuple[Message, SequencingRun | None]],
) -> list[tuple[Message, SequencingRun | None]]:
    """Keep the order of each run's messages, and put the run with the worst one first."""
    rank: dict[int | None, int] = {}
    for message, _ in found:
        rank.setdefault(message.sequencing_run_id, len(rank))
    return sorted(found, key=lambda row: rank[row[0].sequencing_run_id])


def _nothing(wanted: MessageFilter, *, narrows: bool) -> str:
    kind = "message" if wanted.with_closed else "open message"
    return f"{kind} of that kind" if narrows else kind


def _code_hint(models: OpenModels, wanted: MessageFilter) -> str:
    codes = message_codes(models.session) if wanted.codes else ()
    unknown = [code for code in wanted.codes if code not in codes]
    if not codes or not unknown:
        return ""
    words = shown(" or ".join(unknown))
    return f" No message has the code {words}; there are {', '.join(codes)}."
