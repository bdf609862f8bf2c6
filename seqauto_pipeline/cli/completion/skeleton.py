"""Commands that declare their options and do nothing: enough for a shell to complete them.

Importing the real ones takes a second, and a person presses a key.
"""

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import click
from click.shell_completion import CompletionItem

from seqauto_pipeline.cli.completion.names import names_of


def skeleton(name: str) -> click.Command | None:
    """Build a command of `seqauto`, with those below it; None where there is none."""
    text = files("seqauto_pipeline.cli.completion").joinpath("declared.json").read_text("utf-8")
    commands: Mapping[str, Any] = json.loads(text)["commands"]
    return _command(name, commands[name]) if name in commands else None


def _command(name: str, declared: Mapping[str, Any]) -> click.Command:
    parameters = [_parameter(each) for each in declared["parameters"]]
    summary = declared.get("summary", "")
    if "commands" not in declared:
        return click.Command(name, params=parameters, help=summary)
    below = {each: _command(each, inside) for each, inside in declared["commands"].items()}
    return click.Group(
        name, params=parameters, help=summary, commands=below, invoke_without_command=True
    )


def _parameter(declared: Mapping[str, Any]) -> click.Parameter:
    given: dict[str, Any] = {"required": False}
    if declared["choices"]:
        given["type"] = click.Choice(declared["choices"])
    elif declared["is_path"]:
        given["type"] = click.Path()
    elif declared["of"]:
        given["shell_complete"] = _complete_names(declared["of"])
    if not declared["is_option"]:
        return click.Argument(declared["names"], nargs=-1 if declared["several"] else 1, **given)
    if declared["is_flag"]:
        return click.Option(_flags(declared["names"]), is_flag=True, help=declared["help"])
    multiple = declared["several"]
    return click.Option(declared["names"], multiple=multiple, help=declared["help"], **given)


def _flags(names: list[str]) -> list[str]:
    """Write a pair of flags, such as ``--on/--off``, as click declares it."""
    return ["/".join(names)] if {"--on", "--off"} <= set(names) else names


def _complete_names(what: str) -> Any:
    def complete(
        _context: click.Context, _parameter: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        return [CompletionItem(name) for name in names_of(what, incomplete)]

    return complete
