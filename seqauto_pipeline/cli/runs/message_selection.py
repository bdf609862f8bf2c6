"""The options that choose messages, for all commands that list or acknowledge them."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial, wraps
from typing import Any

import click

from seqauto_pipeline.cli.selection import selection_options
from seqauto_pipeline.db.queries.messages import MessageFilter
from seqauto_pipeline.views.open_models import OpenModels
from seqauto_pipeline.views.selecting import Asked, selection_of


@dataclass(frozen=True, slots=True)
class AskedMessages:
    """What messages were asked for, in a person's words."""

    asked: Asked
    codes: tuple[str, ...] = ()

    @property
    def narrows(self) -> bool:
        return self.asked.narrows or bool(self.codes)

    def resolve(self, models: OpenModels) -> MessageFilter:
        """Look up what was named; raise NotFoundError for a word that nothing is called."""
        codes = tuple(code.upper() for code in self.codes)
        return MessageFilter(selection_of(models, self.asked), codes=codes)


def message_options(*leave_out: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Add the options; the command receives all together as ``chosen``.

    ``leave_out``: names of fields of `Asked`. Messages have no states: they are open or not.
    """
    return partial(_with_message_options, leave_out=("states", *leave_out))


def _with_message_options(
    command: Callable[..., Any], leave_out: tuple[str, ...]
) -> Callable[..., Any]:
    @wraps(command)
    def with_chosen(
        *given: object, asked: Asked, codes: tuple[str, ...], **values: object
    ) -> object:
        return command(*given, chosen=AskedMessages(asked, codes), **values)

    with_code = click.option(
        "--code",
        "codes",
        multiple=True,
        metavar="CODE",
        help="Only messages with this code. Repeatable.",
    )(with_chosen)
    return selection_options("messages", leave_out=leave_out)(with_code)
