"""The options that keep a command to a part of the disks."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

_Command = TypeVar("_Command", bound=Callable[..., Any])


def scope_options(does: str) -> Callable[[_Command], _Command]:
    """Add ``--root`` and ``--run``; ``does`` is what the command does, for their help."""
    root = click.option(
        "--root",
        "roots",
        metavar="PATH",
        multiple=True,
        type=click.Path(path_type=Path),
        help=f"{does} this root, one of the configured ones. May be given several times.",
    )
    run = click.option(
        "--run",
        "runs",
        metavar="NAME",
        multiple=True,
        help=f"{does} this sequencing run: its name, or its path below a root. May be given "
        "several times.",
    )
    return lambda command: root(run(command))
