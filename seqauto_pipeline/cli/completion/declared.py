"""What commands declare, as data: `declared.json` is made of it, and a test compares them."""

from collections.abc import Iterator, Mapping

import click

from seqauto_pipeline.views.values import Json

_NAMES_OF_OPTIONS = {  # what stands behind an option that takes a name
    "--run": "run",
    "--kit": "kit",
    "--project": "project",
    "--sample": "sample",
    "--type": "type",
}
_NAMES_OF_ARGUMENTS = {"name": "run", "run_name": "run", "what": "run", "file_type": "type"}


def declared(command: click.Command) -> dict[str, Json]:
    """Describe the parameters of a command, and of the commands below it."""
    described: dict[str, Json] = {"parameters": list(_parameters(command))}
    if isinstance(command, click.Group):
        context = click.Context(command)
        below = {
            name: command.get_command(context, name) for name in command.list_commands(context)
        }
        described["commands"] = {
            name: {"summary": each.get_short_help_str(limit=200), **declared(each)}
            for name, each in below.items()
            if each is not None
        }
    return described


def _parameters(command: click.Command) -> Iterator[Mapping[str, Json]]:
    for parameter in command.params:
        if isinstance(parameter, click.Option) and parameter.hidden:
            continue
        choices = parameter.type.choices if isinstance(parameter.type, click.Choice) else ()
        yield {
            "names": [*parameter.opts, *parameter.secondary_opts],
            "is_option": isinstance(parameter, click.Option),
            "is_flag": isinstance(parameter, click.Option) and parameter.is_flag,
            "several": parameter.nargs == -1
            or (isinstance(parameter, click.Option) and parameter.multiple),
            "choices": [str(choice) for choice in choices],
            "is_path": isinstance(parameter.type, click.Path),
            "of": _names_of(parameter),
            "help": parameter.help or "" if isinstance(parameter, click.Option) else "",
        }


def _names_of(parameter: click.Parameter) -> str | None:
    if isinstance(parameter, click.Option):
        return next(filter(None, map(_NAMES_OF_OPTIONS.get, parameter.opts)), None)
    return _NAMES_OF_ARGUMENTS.get(parameter.name or "")
