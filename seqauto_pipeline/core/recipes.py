"""Recipes: how a laboratory has the missing files of a type made."""

import hashlib
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, fields
from functools import lru_cache
from string import Formatter

from seqauto_pipeline.core.layout import PATTERN_FIELDS
from seqauto_pipeline.core.pattern import OPEN_FIELDS

# What a run folder may have besides files of its types, by its word in `inputs`.
RUN_INPUTS = ("basecalls", "interop")
# What only jobs know; all else in a command is as in the patterns of paths.
JOB_FIELDS = {
    "output": "where the command has to write the file, a name that is taken away afterwards",
    "scratch": "the directory of that: what else is left in it is put beside the file",
    "run_folder": "the run folder",
    "root": "the scan root",
    "cores": "of the recipe",
    "memory_mb": "of the recipe",
}
_SHEBANG = re.compile(r"#!\s*/\S*sh(\s.*)?")
_QUOTES = re.compile(r"\\.|\"|'")


@dataclass(frozen=True, slots=True)
class Recipe:
    """How the files of one type are made. The command is a list of arguments, or a script."""

    file_type: str
    inputs: tuple[str, ...]  # file types, or RUN_INPUTS
    command: tuple[str, ...] = ()
    script: str = ""
    prints_output: bool = False  # what the command prints is the file
    kits: tuple[str, ...] = ()  # empty: every kit
    cores: int = 1
    memory_mb: int = 1024
    seconds: int = 3600  # the limit of its time
    environment: tuple[tuple[str, str], ...] = ()
    after_hours: float = 0.0  # since the newest of its inputs
    retries: int = 0
    retry_seconds: int = 300  # doubled with each retry
    backend: str = "local"

    @property
    def input_types(self) -> tuple[str, ...]:
        return tuple(each for each in self.inputs if each not in RUN_INPUTS)

    @property
    def digest(self) -> str:
        """Sum up what a job is made from: one that failed is tried again when this changes."""
        named = [(each.name, getattr(self, each.name)) for each in fields(self)]
        made = [pair for pair in named if pair[0] not in _NOT_OF_A_JOB]
        return hashlib.md5(repr(made).encode(), usedforsecurity=False).hexdigest()

    def is_for(self, kit: str | None) -> bool:
        return not self.kits or (kit or "").casefold() in {each.casefold() for each in self.kits}


_NOT_OF_A_JOB = ("kits", "after_hours", "retries", "retry_seconds")


@lru_cache(maxsize=1024)
def template_parts(text: str) -> tuple[tuple[str, str | None], ...]:
    """Split a text into what stands before each field, and the field; ``{{`` stands for ``{``.

    Raises ValueError for braces that do not belong together.
    """
    return tuple((before, field) for before, field, _, _ in Formatter().parse(text))


def template_fields(text: str) -> tuple[str, ...]:
    return tuple(field for _, field in template_parts(text) if field is not None)


def template_problems(texts: Collection[str], inputs: Collection[str]) -> Iterator[str]:
    """Say what is wrong with the fields of a command."""
    known = {*(PATTERN_FIELDS.keys() - OPEN_FIELDS - {"stem"}), *JOB_FIELDS, *inputs}
    for text in texts:
        try:
            found = template_fields(text)
        except ValueError as error:
            yield f"the braces in {text!r} do not fit ({error}); write {{{{ for a brace"
            continue
        for field in found:
            if field not in known:
                yield (
                    f"found the unknown field {{{field}}}, expected an input, a field of path "
                    "patterns, or one of "
                    f"{', '.join(JOB_FIELDS)}; write {{{{ for a brace"
                )


def script_problems(script: str) -> Iterator[str]:
    """Say what is wrong with a script: no shell's, or fields inside quotation marks."""
    first = script.partition("\n")[0]
    if first.startswith("#!") and not _SHEBANG.fullmatch(first):
        yield f"found the first line {first!r}, expected a shell such as '#!/bin/bash'"
    before = ""
    for text, field in template_parts(script):
        before += text
        if field is not None and _is_quoted(before):
            yield f"found {{{field}}} inside quotation marks, expected it without: it is quoted"


def _is_quoted(text: str) -> bool:
    """Tell whether a line of shell ends inside quotation marks."""
    quote = ""
    for mark in _QUOTES.findall(text.rpartition("\n")[2]):
        if mark == quote:
            quote = ""
        elif not quote and mark in "\"'":
            quote = mark
    return bool(quote)
