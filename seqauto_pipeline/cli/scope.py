"""The options of a scan on the command line, as `ScanRequest` declares them."""

import os
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import click

from seqauto_pipeline.scan.request import LAUNCH_OPTIONS, LaunchOption

_Command = TypeVar("_Command", bound=Callable[..., Any])


def scope_options(does: str) -> Callable[[_Command], _Command]:
    """Add the options that keep a command to a part of the disks.

    ``does`` is what the command does, for their help.
    """
    return _added((each for each in LAUNCH_OPTIONS if each.texts.narrows), does)


def other_scan_options() -> Callable[[_Command], _Command]:
    """Add all other options of a scan."""
    return _added((each for each in LAUNCH_OPTIONS if not each.texts.narrows), "")


def _added(options: Iterable[LaunchOption], does: str) -> Callable[[_Command], _Command]:
    decorators = [_decorator(option, does) for option in options]

    def decorate(command: _Command) -> _Command:
        for decorator in reversed(decorators):  # the last one that is added is shown first
            command = decorator(command)
        return command

    return decorate


def _decorator(option: LaunchOption, does: str) -> Callable[[_Command], _Command]:
    texts = option.texts
    return click.option(
        texts.flag,
        option.name,
        metavar=texts.metavar,
        help=texts.on_command_line.format(does=does),
        is_flag=isinstance(option.default, bool),
        multiple=isinstance(option.default, tuple),
        default=option.default,
        type=click.Path() if texts.is_directory else None,
        callback=_absolute if texts.is_directory else None,
    )


def _absolute(
    _context: click.Context, _option: click.Parameter, paths: tuple[str, ...]
) -> tuple[str, ...]:
    return tuple(map(os.path.abspath, paths))  # links stay as they are named
