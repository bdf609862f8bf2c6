"""Bad content of one file, as data: stored, counted, shown; the scan goes on."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much it matters, least first."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, where, and what to do about it."""

    code: str  # stable, UPPER_CASE: people and programs filter on it
    severity: Severity
    message: str  # what was found and what was expected, one sentence without the path
    fix: str  # what to do next, one sentence
    path: str | None = None  # of the file, relative to its run folder where it has one
    line: int | None = None  # counted from 1, as an editor shows it
    column: str | None = None  # the column's name as the sheet writes it
