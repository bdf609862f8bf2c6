"""What was read of the contents of a run's files, and what is wrong with them."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, Self

import msgspec

from seqauto_pipeline.core.problems import Problem, Severity
from seqauto_pipeline.core.qc.values import JsonObject
from seqauto_pipeline.core.verdict.reconcile import FileKey

_EXPONENT = re.compile("e(?<=[0-9]e)")  # of a number, or something like it in a text


class JsonText(str):
    """JSON as text: written by the reader of the file, stored without being parsed again."""

    __slots__ = ()

    @classmethod
    def of(cls, value: JsonObject) -> Self:
        """Write an object as `json.dumps` does, in a quarter of its time. Numbers are finite.

        What msgspec would write otherwise is left to `json.dumps`: letters that are not ASCII, and
        very small and very large numbers.
        """
        try:
            text = msgspec.json.format(msgspec.json.encode(value), indent=0).decode()
        except OverflowError:  # a whole number of more than 64 bits
            return cls(json.dumps(value))
        is_same = text.isascii() and "\x7f" not in text and "0.0000" not in text
        return cls(text if is_same and not _EXPONENT.search(text) else json.dumps(value))


class ContentResult(NamedTuple):  # sent between processes, which takes twice as long of a dataclass
    """What reading one file's content gave."""

    signature: str
    data: JsonText | None  # an object
    problems: tuple[Problem, ...]  # with the path of the file

    @property
    def error_code(self) -> str | None:
        errors = (each.code for each in self.problems if each.severity is Severity.ERROR)
        return next(errors, None)


@dataclass(frozen=True, slots=True)
class Contents:
    """The contents of a run's files: which were read in this scan, and what holds of the rest."""

    read: Mapping[FileKey, ContentResult] = field(default_factory=dict)
    problems: Mapping[FileKey, tuple[Problem, ...]] = field(default_factory=dict)  # of all
    pending: bool = False  # a file changed or went while it was read: judge the run again

    @property
    def error_codes(self) -> dict[FileKey, str]:
        codes = {}
        for key, problems in self.problems.items():
            errors = [each.code for each in problems if each.severity is Severity.ERROR]
            if errors:
                codes[key] = errors[0]
        return codes
