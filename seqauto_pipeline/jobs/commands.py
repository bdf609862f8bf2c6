"""A recipe's command with the values of one job: arguments, or a script of the shell.

Values come from disks and sheets. In a list of arguments each is one argument. In a script each
stands in a variable of its own, set from text that `shlex` has quoted: wherever the script uses it,
the shell never reads it as anything but a value.
"""

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence

from seqauto_pipeline.core.recipes import template_parts

Values = Mapping[str, tuple[str, ...]]  # of each field; an input has one for each of its files


class NoValueError(Exception):
    """A command needs a field that has no value for this job."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


def filled_arguments(command: Sequence[str], values: Values) -> tuple[str, ...]:
    """Put values into arguments. One with an input of several files is repeated for each."""
    return tuple(text for each in command for text in _filled(each, values))


def _filled(argument: str, values: Values) -> Iterator[str]:
    texts = [""]
    for before, field in template_parts(argument):
        found = ("",) if field is None else _values_of(field, values)
        texts = [f"{text}{before}{value}" for text in texts for value in found]
    yield from texts


def filled_script(script: str, values: Values) -> str:
    """Put values into a script, each by a variable that is set at the top."""
    first, newline, rest = script.partition("\n")
    shebang = f"{first}{newline}" if first.startswith("#!") else "#!/bin/sh\n"
    body = rest if first.startswith("#!") else script
    names: dict[str, tuple[str, ...]] = {}
    made = []
    for before, field in template_parts(body):
        made.append(before)
        if field is not None:
            names.setdefault(field, tuple(_variables(field, len(_values_of(field, values)))))
            made.append(" ".join(f'"${{{name}}}"' for name in names[field]))
    settings = (
        f"{name}={shlex.quote(value)}\n"
        for field, of_field in names.items()
        for name, value in zip(of_field, values[field], strict=True)
    )
    return f"{shebang}{''.join(settings)}{''.join(made)}\n"


def _values_of(field: str, values: Values) -> tuple[str, ...]:
    found = values.get(field, ())
    if not found:
        raise NoValueError(field)
    return found


def _variables(field: str, number: int) -> Iterator[str]:
    name = re.sub(r"[^A-Za-z0-9]", "_", field)
    for each in range(1, number + 1):
        yield f"seqauto_{name}_{each}"
