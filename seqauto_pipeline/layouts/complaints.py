"""What pydantic finds wrong with a layout, in the words of layouts."""

import re
from collections.abc import Mapping

from pydantic import ValidationError

from seqauto_pipeline.layouts.checks import Misfit
from seqauto_pipeline.toml_input.complaints import EXPECTED_BY_ERROR_TYPE, expected, name_of
from seqauto_pipeline.toml_input.wording import found

_TABLES = frozenset({"model_type", "dict_type"})
_EXPECTED: Mapping[str, str] = {
    **EXPECTED_BY_ERROR_TYPE,
    **dict.fromkeys(_TABLES, "a table"),
    **dict.fromkeys(("string_type", "string_too_short"), "text"),
    **dict.fromkeys(("int_type", "greater_than_equal", "less_than_equal"), "a number from 0 to 8"),
    "too_short": "a list that is not empty",
}
_CHOICE = re.compile(r"'([^']*)'")  # pydantic's: 'sheet' or 'sheet_or_run_info'
_LISTS = {"conversions": "tables", "namings": "tables", "holds": "lists"}


def first_misfit(error: ValidationError) -> Misfit:
    """Put the first of the findings in plain words: which field, what was found, and expected."""
    details = error.errors(include_url=False)[0]
    kind, location, limits = details["type"], details["loc"], details.get("ctx", {})
    cause = limits.get("error")
    if isinstance(cause, Misfit):
        return Misfit(cause.reason, *location, *cause.location)
    if kind == "missing":
        owner = name_of(location[:-1]) or "the layout"
        return Misfit(f"{owner} has no {location[-1]}", *location)
    if kind == "tuple_type":
        wanted = f"a list of {_LISTS.get(str(location[-1]), 'texts')}"
    elif kind == "enum":
        wanted = f"one of {', '.join(_CHOICE.findall(str(limits['expected'])))}"
    else:
        wanted = expected(kind, limits, _EXPECTED)
    name = name_of(location if kind in _TABLES else _from_field(location))
    return Misfit(f"{name} should be {wanted}, found {found(details['input'])}", *location)


def _from_field(location: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """Leave out the tables around a field: the line says where it is."""
    field = max(at for at, part in enumerate(location) if isinstance(part, str))
    return location[field:]
