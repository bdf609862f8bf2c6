"""`seqauto messages ack` and `unack`: somebody has seen messages, or wants them back."""

import datetime as dt
from collections.abc import Sequence

import click

from seqauto_pipeline.cli.models_db import writing
from seqauto_pipeline.cli.people import by_option, end_of_day, until_option, why_option
from seqauto_pipeline.cli.runs.message_selection import AskedMessages, message_options
from seqauto_pipeline.core.display import counted, shown
from seqauto_pipeline.db.models import Message
from seqauto_pipeline.db.queries.messages import (
    MessageFilter,
    acknowledged_messages,
    is_acknowledged,
    message_by_id,
    messages,
)
from seqauto_pipeline.db.store.annotations import (
    Acknowledgement,
    Statement,
    acknowledge,
    take_back_acknowledgement,
)
from seqauto_pipeline.views.finding import NotFoundError
from seqauto_pipeline.views.messages import acknowledgement_words
from seqauto_pipeline.views.open_models import OpenModels

# Most messages of a sample's runs are about other samples.
_TOO_WIDE = ("samples",)


@click.command()
@click.argument("numbers", type=int, nargs=-1, metavar="[ID]...")
@message_options(*_TOO_WIDE)
@by_option
@why_option(required=True)
@until_option
@click.option("--replace", is_flag=True, help="Also where somebody has acknowledged it already.")
def ack(
    *,
    numbers: tuple[int, ...],
    chosen: AskedMessages,
    by: str,
    why: str,
    until: dt.date | None,
    replace: bool,
) -> None:
    """Acknowledge messages: they are quiet until DATE, or until they are found anew.

    Name them by their numbers, or choose all that are open of a run, kit, type or code.
    """
    _require_one_way(numbers, chosen)
    with writing() as models:
        end = None if until is None else end_of_day(until, models.zone, models.now)
        found = _open_ones(models, numbers, chosen)
        if not replace:
            _refuse_acknowledged(models, found)
        for message in found:
            acknowledge(models.session, message, Acknowledgement(by, why, models.now, end))
        lines = list(map(_line, found))
    _print_done(f"Acknowledged{'' if until is None else f' until {until}'}", lines)


@click.command()
@click.argument("numbers", type=int, nargs=-1, metavar="[ID]...")
@message_options(*_TOO_WIDE)
@by_option
@why_option(required=False)
def unack(*, numbers: tuple[int, ...], chosen: AskedMessages, by: str, why: str | None) -> None:
    """Take acknowledgements back: the messages ask for somebody again.

    Name them by their numbers, or choose all that are acknowledged of a run, kit, type or code.
    """
    _require_one_way(numbers, chosen)
    with writing() as models:
        found = _acknowledged_ones(models, numbers, chosen)
        for message in found:
            take_back_acknowledgement(models.session, message, Statement(by, why, models.now))
        lines = list(map(_line, found))
    _print_done("No longer acknowledged", lines)


def one_message(models: OpenModels, number: int) -> Message:
    """Find a message by its number: open, closed or acknowledged."""
    message = message_by_id(models.session, number)
    if message is None:
        raise click.UsageError(f"No message has the number {number}. See: seqauto messages --all")
    return message


def _require_one_way(numbers: Sequence[int], chosen: AskedMessages) -> None:
    if bool(numbers) == chosen.narrows:
        raise click.UsageError(
            "Say which messages: their numbers, or else --run, --kit, --type or --code."
        )


def _open_ones(
    models: OpenModels, numbers: Sequence[int], chosen: AskedMessages
) -> tuple[Message, ...]:
    if chosen.narrows:
        found = messages(models.session, chosen.resolve(models), models.now)
        return _some(tuple(message for message, _ in found), "open message")
    named = tuple(one_message(models, number) for number in dict.fromkeys(numbers))
    for message in named:
        _refuse_closed(models, message)
    return named


def _acknowledged_ones(
    models: OpenModels, numbers: Sequence[int], chosen: AskedMessages
) -> tuple[Message, ...]:
    if chosen.narrows:
        wanted: MessageFilter = chosen.resolve(models)
        return _some(acknowledged_messages(models.session, wanted), "acknowledged message")
    named = tuple(one_message(models, number) for number in dict.fromkeys(numbers))
    for message in named:
        if message.acknowledged_at is None:
            raise click.UsageError(f"Nobody has acknowledged message {message.id}.")
    return named


def _some(found: tuple[Message, ...], what: str) -> tuple[Message, ...]:
    if not found:
        raise NotFoundError(f"There is no {what} of that kind. See: seqauto messages --all")
    return found


def _refuse_closed(models: OpenModels, message: Message) -> None:
    if message.closed_at is not None:
        raise click.UsageError(
            f"Message {message.id} was closed {models.local(message.closed_at)} by scan "
            f"{message.closed_scan_id}: there is nothing to acknowledge."
        )


def _refuse_acknowledged(models: OpenModels, found: Sequence[Message]) -> None:
    """Refuse to write over what somebody else said."""
    for message in found:
        if is_acknowledged(message, models.now):
            raise click.UsageError(
                f"Message {message.id} is {acknowledgement_words(models, message)}. To say "
                "something else in its place: --replace."
            )


def _line(message: Message) -> str:
    return f"{message.code} [{message.id}] {shown(message.text)}"


def _print_done(done: str, lines: Sequence[str]) -> None:
    """Say what was done; the changes must be stored already."""
    for line in lines:
        click.echo(f"{done}: {line}")
    if len(lines) > 1:
        click.echo(f"{counted(len(lines), 'message')}.")
