"""Options that several commands have, declared once."""

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import click

_Command = TypeVar("_Command", bound=Callable[..., Any])


def format_option(
    *formats: str, explained: str | None = None, required: bool = False
) -> Callable[[_Command], _Command]:
    """Add ``--format``, which the command receives as ``form``. The first format is the default.

    ``explained`` is its help text, where the names of the formats do not say enough. A required
    option has no default.
    """
    declare = partial(click.option, "--format", "form", type=click.Choice(formats), help=explained)
    return declare(required=True) if required else declare(default=formats[0], show_default=True)
