"""The problems of sample sheets: made by their code, at the levels of a laboratory, and bounded."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from enum import StrEnum

from seqauto_pipeline.core.problems import Problem, Severity
from seqauto_pipeline.core.sheet.converter import Converter
from seqauto_pipeline.core.sheet.rule_table import RULES, Rule

__all__ = [
    "MAX_PER_CODE",
    "RULES",
    "Rule",
    "RuleLevel",
    "bounded",
    "found",
    "spoken_of",
    "with_levels",
]

_COLUMN_LENGTH = 100
MAX_PER_CODE = 100  # a sheet with 20,000 bad rows has one thing wrong with it, not 20,000


class RuleLevel(StrEnum):
    """The severity that a laboratory gives a rule, in place of its default."""

    OFF = "off"
    WARNING = "warning"
    ERROR = "error"


def found(code: str, message: str, line: int | None = None, column: str | None = None) -> Problem:
    """Make the problem of a code, with the severity and remedy of its rule."""
    rule = RULES[code]
    column = column if column is None else column[:_COLUMN_LENGTH]
    return Problem(code, rule.severity, message, rule.fix, line=line, column=column)


def spoken_of(problems: Iterable[Problem], converter: Converter | None) -> Iterator[Problem]:
    """Leave out problems that only other converters have; None: all, as it is not known which."""
    for problem in problems:
        if converter is None or RULES[problem.code].converter in (None, converter):
            yield problem


def with_levels(
    problems: Iterable[Problem], levels: Mapping[str, RuleLevel]
) -> tuple[Problem, ...]:
    """Apply a laboratory's levels: drop what is off, give the rest the severity chosen."""
    return tuple(
        _at_level(problem, levels.get(problem.code))
        for problem in problems
        if levels.get(problem.code) is not RuleLevel.OFF or not RULES[problem.code].adjustable
    )


def _at_level(problem: Problem, level: RuleLevel | None) -> Problem:
    if level is None or not RULES[problem.code].adjustable:
        return problem
    return replace(problem, severity=Severity(level.value))


def bounded(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Order by line and keep the first hundred of each code, with one that counts the rest."""
    ordered = sorted(problems, key=lambda problem: (problem.line or 0, problem.code))
    counts: Counter[str] = Counter()
    kept = []
    for problem in ordered:
        counts[problem.code] += 1
        if counts[problem.code] <= MAX_PER_CODE:
            kept.append(problem)
    last = {problem.code: problem for problem in kept}
    for code, count in sorted(counts.items()):
        if count > MAX_PER_CODE:
            more = f"At least {count - MAX_PER_CODE} more problems of this kind are not listed"
            kept.append(replace(last[code], message=more, line=None, column=None))
    return tuple(kept)
