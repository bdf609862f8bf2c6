"""What values of settings must be like. Each check raises ValueError with found and expected."""

import os
import re
from collections.abc import Mapping
from itertools import combinations
from pathlib import Path
from typing import Literal, TypeAlias

from seqauto_pipeline.core.near_words import nearest
from seqauto_pipeline.core.sheet.codes import RULES
from seqauto_pipeline.toml_input.wording import found, suggestion

RuleLevelName: TypeAlias = Literal["off", "warning", "error"]

_WEB_URL = re.compile(r"https?://[^\s/?#]+[^\s]*")
_CLOCK_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


def absolute_path(value: object) -> object:
    """Make the path of text, without ``..``; what is neither text nor path is left to the model."""
    if not isinstance(value, str | Path):
        return value
    if not Path(value).is_absolute() or "\0" in str(value):
        raise ValueError(f"found {found(value)}, expected an absolute path")
    return Path(os.path.normpath(value))


def overlap(roots: tuple[Path, ...]) -> str | None:
    """Say which two directories are the same or one inside the other."""
    for one, other in combinations(roots, 2):
        if one == other:
            return f"found {found(one)} twice, expected each root once"
        for inner, outer in ((one, other), (other, one)):
            if inner.is_relative_to(outer):
                return (
                    f"found {found(inner)} below {found(outer)}, expected roots of which none "
                    "lies in another"
                )
    return None


def layout_name(value: str) -> str:
    is_path = "/" in value or value.endswith(".toml")
    if not value or (is_path and not Path(value).is_absolute()):
        raise ValueError(
            f"found {found(value)}, expected a layout's name or the absolute path of its file"
        )
    return value


def clock_time(time: str, example: str) -> str:
    if not _CLOCK_TIME.fullmatch(time):
        raise ValueError(f"found {found(time)}, expected a 24-hour time such as {example!r}")
    return time


def is_web_url(url: str) -> bool:
    return _WEB_URL.fullmatch(url) is not None


def compiled(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(
            f"found {found(pattern)}, expected a regular expression: {error}"
        ) from error
    return pattern


def known_codes(levels: Mapping[str, RuleLevelName]) -> Mapping[str, RuleLevelName]:
    for code in levels:
        if code not in RULES:
            hint = suggestion(nearest(code, RULES), "docs/sample_sheets.md")
            raise ValueError(f"found the unknown code {found(code)}{hint}")
        if not RULES[code].adjustable:
            raise ValueError(
                f"found {found(code)}, which no setting can change: expected the code of a rule "
                "that a sheet can break and still be used"
            )
    return levels


def distinct(values: tuple[str, ...]) -> tuple[str, ...]:
    twice = sorted({value for value in values if values.count(value) > 1})
    if twice:
        raise ValueError(f"found {found(twice[0])} twice, expected each once")
    return values
