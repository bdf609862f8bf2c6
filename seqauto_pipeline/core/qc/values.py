"""What every QC reader returns, and how it names what it found."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from seqauto_pipeline.core.problems import Problem, Severity

JsonValue: TypeAlias = (
    "str | int | float | bool | Sequence[JsonValue] | dict[str, JsonValue] | None"
)
JsonObject: TypeAlias = dict[str, JsonValue]

_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
_NOT_FINITE = re.compile(r"[+-]?(?:nan|inf|infinity)", re.IGNORECASE)
_ABSENT = frozenset({"", "notavail", "na", "n/a", "none"})
LARGEST_EXACT = 2.0**53  # the largest integer that every JSON reader keeps exact
_SHOWN = 60
MAX_PROBLEMS = 50  # of one file: more would say nothing new


@dataclass(frozen=True, slots=True)
class Loaded:
    """The content of one QC file: ``data`` is None exactly when a problem is an error."""

    data: JsonObject | None
    problems: tuple[Problem, ...]


def loaded(data: JsonObject, problems: Sequence[Problem]) -> Loaded:
    """Keep the data only when no problem is an error: half a file is not content."""
    broken = any(problem.severity is Severity.ERROR for problem in problems)
    return Loaded(None if broken else data, _first_problems(problems))


def _first_problems(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    """Keep the first few, errors before the rest, and say how many there are."""
    if len(problems) <= MAX_PROBLEMS:
        return tuple(problems)
    errors_first = sorted(problems, key=lambda problem: problem.severity is not Severity.ERROR)
    more = Problem(
        "QC_MORE_PROBLEMS",
        Severity.INFO,
        f"The file has {len(problems):,} problems, the first {MAX_PROBLEMS} are listed",
        "Correct these first.",
    )
    return (*errors_first[:MAX_PROBLEMS], more)


@dataclass(frozen=True, slots=True)
class NotANumber:
    """Why a cell gave no number; ``absent`` when the writer said that there is none."""

    absent: bool
    finite: bool = True


def parse_number(text: str) -> float | NotANumber:
    """Read a decimal number as a program writes it: no blanks inside, no thousands separators."""
    if _NUMBER.fullmatch(text):
        value = float(text)
        return value if math.isfinite(value) else NotANumber(absent=False, finite=False)
    if _NOT_FINITE.fullmatch(text):
        return NotANumber(absent=False, finite=False)
    return NotANumber(absent=text.lower() in _ABSENT)


def whole(value: float) -> int | float:
    """Turn 42.0 into 42, where that loses nothing."""
    return int(value) if value.is_integer() and abs(value) < LARGEST_EXACT else value


def shown(text: str) -> str:
    """Quote untrusted text for a message: control characters escaped, cut when long."""
    return repr(text if len(text) <= _SHOWN else text[:_SHOWN] + "…")


def listed(names: Sequence[str], limit: int = 8) -> str:
    """Join names for a message, the first few of many."""
    rest = len(names) - limit
    return ", ".join(names[:limit]) + (f" and {rest} more" if rest > 0 else "")


def further(count: int) -> str:
    """Say that what was said of one line holds for others too."""
    if count <= 1:
        return ""
    return f"; the same on {count - 1} further line{'s' if count > 2 else ''}"


def error(code: str, message: str, fix: str, line: int | None = None) -> Problem:
    return Problem(code, Severity.ERROR, message, fix, line=line)


def warning(code: str, message: str, fix: str, line: int | None = None) -> Problem:
    return Problem(code, Severity.WARNING, message, fix, line=line)
