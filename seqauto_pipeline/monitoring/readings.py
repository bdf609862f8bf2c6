"""What a reading is: one thing that was looked at, how it stands, and what is to be done."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from shlex import quote

from seqauto_pipeline.monitoring.checks import CHECKS

NAMED_OF_A_KIND = 5  # of more things of one kind only the number is told


class Standing(StrEnum):
    """How one thing stands, best first."""

    OK = "ok"
    NOTE = "note"  # worth knowing, and perhaps meant so
    UNKNOWN = "unknown"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Reading:
    """One thing that was looked at."""

    area: str
    standing: Standing
    text: str
    check: str = ""  # a code of CHECKS, unless it is well
    fix: str = ""


def worst(readings: Sequence[Reading]) -> Standing:
    """Sum up: wrong before unknown, and a note is well."""
    standings = {each.standing for each in readings}
    for standing in (Standing.WRONG, Standing.UNKNOWN):
        if standing in standings:
            return standing
    return Standing.OK


def wrong(area: str, check: str, text: str, **names: object) -> Reading:
    return reading_of(Standing.WRONG, area, check, text, **names)


def reading_of(standing: Standing, area: str, check: str, text: str, **names: object) -> Reading:
    """Make the reading of a known failure; ``names`` are those that its fix has room for."""
    quoted = {key: quote(str(name)) if key == "path" else name for key, name in names.items()}
    return Reading(area, standing, text, check, CHECKS[check].fix.format(**quoted))


def well(area: str, text: str) -> Reading:
    return Reading(area, Standing.OK, text)
