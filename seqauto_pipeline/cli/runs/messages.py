"""`seqauto messages`: what is wrong and what to do; and that somebody has seen it."""

import datetime as dt
from collections.abc import Sequence
from itertools import chain

import click

from seqauto_pipeline.cli.models_db import reading, writing
from seqauto_pipeline.cli.options import format_option
from seqauto_pipeline.cli.runs.message_lines import message_block
from seqauto_pipeline.cli.tables import print_csv, print_json
from seqauto_pipeline.core.display import counted, shown
from seqauto_pipeline.core.problems import Severity
from seqauto_pipeline.db.models import Message, SequencingRun
from seqauto_pipeline.db.queries.messages import MessageFilter, message_by_id, message_codes
from seqauto_pipeline.db.queries.messages import messages as find_messages
from seqauto_pipeline.db.queries.runs import run_by_id, run_folder
from seqauto_pipeline.db.store.annotations import Acknowledgement, acknowledge
from seqauto_pipeline.views.finding import nothing_found, one_run
from seqauto_pipeline.views.messages import MESSAGE_COLUMNS, message_as_json, message_row
from seqauto_pipeline.views.open_models import OpenModels

_DAY = dt.timedelta(days=1)
_ADVICE = (
    "When one needs nothing more: seqauto messages ack ID --by NAME --why TEXT (ID: in brackets)"
)


@click.group(invoke_without_command=True)
@click.option("--run", "run_name", metavar="RUN", help="Only of one sequencing run (name or path).")
@click.option(
    "--severity",
    type=click.Choice([each.value for each in Severity]),
    help="Only of this severity.",
)
@click.option("--code", help="Only with this code.")
@click.option("--all", "with_closed", is_flag=True, help="Closed and acknowledged ones too.")
@format_option("text", "json", "csv")
@click.pass_context
def messages(
    ctx: click.Context,
    *,
    run_name: str | None,
    severity: str | None,
    code: str | None,
    with_closed: bool,
    form: str,
) -> None:
    """List, show and acknowledge messages.

    Without a command: the open messages that nobody has acknowledged, errors first.
    """
    if ctx.invoked_subcommand is not None:
        return
    with reading() as models:
        run_ids = None if run_name is None else (one_run(models, run_name).id,)
        code = None if code is None else code.upper()
        wanted = MessageFilter(run_ids, severity, code, with_closed)
        found = find_messages(models.session, wanted, models.now)
        if form == "json":
            print_json([message_as_json(message, run, models.now) for message, run in found])
        elif form == "csv":
            rows = (message_row(message, run, models.now) for message, run in found)
            print_csv(chain((MESSAGE_COLUMNS,), rows))
        elif found:
            _print_list(models, found)
            click.echo(f"\n{counted(len(found), 'message')}. {_ADVICE}")
        else:
            click.echo(nothing_found(models, _nothing(wanted)) + _code_hint(models, wanted))


@messages.command()
@click.argument("number", type=int, metavar="ID")
@format_option("text", "json")
def show(*, number: int, form: str) -> None:
    """Show one message, closed and acknowledged ones too."""
    with reading() as models:
        message = _one_message(models, number)
        about = message.sequencing_run_id
        run = None if about is None else run_by_id(models.session, about)
        if form == "json":
            print_json(message_as_json(message, run, models.now))
        else:
            _print_list(models, ((message, run),))


@messages.command()
@click.argument("numbers", type=int, nargs=-1, required=True, metavar="ID...")
@click.option("--by", required=True, metavar="NAME", help="Who acknowledges it.")
@click.option("--why", required=True, metavar="TEXT", help="Why it needs nothing more.")
@click.option(
    "--until",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="Last day on which it stays quiet, YYYY-MM-DD. Without one: for good.",
)
def ack(*, numbers: tuple[int, ...], by: str, why: str, until: dt.datetime | None) -> None:
    """Acknowledge messages: they are quiet until DATE, or until they are found anew."""
    for name, text in (("--by", by), ("--why", why)):
        if not text.strip():
            raise click.UsageError(f"{name} is empty: say {'who' if name == '--by' else 'why'}.")
    told = []
    with writing() as models:
        end = None if until is None else _end_of(models, until.date())
        for number in dict.fromkeys(numbers):
            message = _one_message(models, number)
            _refuse_closed(models, message)
            acknowledge(message, Acknowledgement(by.strip(), why.strip(), models.now, end))
            term = "" if until is None else f" until {until.date()}"
            told.append(f"Acknowledged{term}: {message.code} [{number}] {shown(message.text)}")
    click.echo("\n".join(told))  # only now is it stored


def _one_message(models: OpenModels, number: int) -> Message:
    message = message_by_id(models.session, number)
    if message is None:
        raise click.UsageError(f"No message has the number {number}. See: seqauto messages --all")
    return message


def _refuse_closed(models: OpenModels, message: Message) -> None:
    if message.closed_at is not None:
        raise click.UsageError(
            f"Message {message.id} was closed {models.local(message.closed_at)} by scan "
            f"{message.closed_scan_id}: there is nothing to acknowledge."
        )


def _end_of(models: OpenModels, day: dt.date) -> dt.datetime:
    end = dt.datetime.combine(day + _DAY, dt.time(), models.zone)
    if end <= models.now:
        today = models.now.astimezone(models.zone).date()
        raise click.UsageError(f"--until {day} is past: today is {today}.")
    return end


def _print_list(models: OpenModels, found: Sequence[tuple[Message, SequencingRun | None]]) -> None:
    last: int | None = -1
    for message, run in _by_run(found):
        if message.sequencing_run_id != last:
            last = message.sequencing_run_id
            click.secho("The scan as a whole" if run is None else shown(run_folder(run)), bold=True)
        click.echo(message_block(models, message))


def _by_run(
    found: Sequence[tuple[Message, SequencingRun | None]],
) -> list[tuple[Message, SequencingRun | None]]:
    """Keep the order of each run's messages, and put the run with the worst one first."""
    rank: dict[int | None, int] = {}
    for message, _ in found:
        rank.setdefault(message.sequencing_run_id, len(rank))
    return sorted(found, key=lambda row: rank[row[0].sequencing_run_id])


def _nothing(wanted: MessageFilter) -> str:
    narrowed = wanted.run_ids is not None or wanted.severity or wanted.code
    kind = "message" if wanted.with_closed else "open message"
    return f"{kind} of that kind" if narrowed else kind


def _code_hint(models: OpenModels, wanted: MessageFilter) -> str:
    codes = message_codes(models.session) if wanted.code else ()
    if not codes or wanted.code in codes:
        return ""
    return f" No message has the code {shown(wanted.code or '')}; there are {', '.join(codes)}."
