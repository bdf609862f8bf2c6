"""The options that choose what a list has: the same in every command that lists."""

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

import click

from seqauto_pipeline.cli.options import WordOf
from seqauto_pipeline.core.archived import ARCHIVED
from seqauto_pipeline.core.data_state import DataState, RunState
from seqauto_pipeline.db.models.sequencing import FLAGS
from seqauto_pipeline.views.selecting import Asked

_AS_OF = (
    "As it was after this scan (number, id or latest), at the end of a day (yesterday, "
    "2026-11-24), or at a time."
)
_SINCE = (
    "Only what scans changed after this one (number, id or latest), or since a day (yesterday, "
    "2026-11-24) or time."
)


def selection_options(
    what: str, states: type[DataState | RunState] = DataState, leave_out: Iterable[str] = ()
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Add the options; the command receives all together as ``asked``.

    ``what`` the command lists, for the help. ``leave_out``: names of fields of `Asked`.
    """
    added = {
        name: option for name, option in _options(what, states).items() if name not in leave_out
    }

    def decorate(command: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(command)
        def with_asked(*given: object, **values: Any) -> object:
            chosen = {name: values.pop(name) for name in added}
            return command(*given, asked=Asked(**chosen), **values)

        decorated: Callable[..., Any] = with_asked
        for option in reversed(added.values()):
            decorated = option(decorated)
        return decorated

    return decorate


def as_of_option() -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Add ``--as-of``: what was known when a scan had ended."""
    return click.option("--as-of", metavar="SCAN|DAY", help=_AS_OF)


def _state_words(states: type[DataState | RunState]) -> list[str]:
    words = [*map(str, states)]
    return [*words, ARCHIVED] if states is DataState else words


def _options(
    what: str, states: type[DataState | RunState]
) -> dict[str, Callable[[Callable[..., Any]], Callable[..., Any]]]:
    def several(flag: str, name: str, text: str, **more: Any) -> Any:
        help_text = f"Only {what} {text} Repeatable."
        return click.option(flag, name, multiple=True, help=help_text, **more)

    return {
        "runs": several(
            "--run", "runs", "of this run: name, part of it, flowcell or path.", metavar="RUN"
        ),
        "kits": several("--kit", "kits", "of this enrichment kit.", metavar="KIT"),
        "projects": several(
            "--project", "projects", "of this project of the sheet.", metavar="PROJECT"
        ),
        "samples": several("--sample", "samples", "of this sample: name or id.", metavar="SAMPLE"),
        "types": several("--type", "types", "of this file type of the layout.", metavar="TYPE"),
        "states": several(
            "--state", "states", "in this state.", type=WordOf("state", _state_words(states))
        ),
        "flags": several("--flag", "flags", "of runs with this flag.", type=WordOf("flag", FLAGS)),
        "since": click.option("--since", metavar="SCAN|DAY", help=_SINCE),
    }
