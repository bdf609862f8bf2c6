"""Options that several commands have, declared once."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar

import click

from seqauto_pipeline.core.near_words import did_you_mean

_Command = TypeVar("_Command", bound=Callable[..., Any])


class WordOf(click.Choice[str]):
    """One of a few words; of a wrong one the complaint says which may be meant."""

    def __init__(self, noun: str, words: Sequence[str]) -> None:
        super().__init__(words)
        self._noun = noun

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Give the word; end the command where it is none."""
        if value not in self.choices:
            listed = f"; there are {', '.join(self.choices)}."
            meant = did_you_mean(value, self.choices, listed)
            self.fail(f"no {self._noun} is called {value!r}{meant}", param, ctx)
        return value


def format_option(
    *formats: str, explained: str | None = None, required: bool = False
) -> Callable[[_Command], _Command]:
    """Add ``--format``, which the command receives as ``form``. The first format is the default.

    ``explained`` is its help text, where the names of the formats do not say enough. A required
    option has no default.
    """
    declare = partial(click.option, "--format", "form", type=click.Choice(formats), help=explained)
    return declare(required=True) if required else declare(default=formats[0], show_default=True)
