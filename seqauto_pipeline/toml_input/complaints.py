"""What is wrong with a file that an operator wrote, in plain words."""

from collections.abc import Mapping
from dataclasses import dataclass

# What pydantic's error types expect. A user of this table adds the types that it words itself.
EXPECTED_BY_ERROR_TYPE: Mapping[str, str] = {
    "bool_type": "true or false",
    "int_type": "a whole number",
    "float_type": "a number",
    "string_type": "text in quotes",
    "is_instance_of": "a path in quotes",
    "tuple_type": "a list",
    "dict_type": "a table",
    "literal_error": "{expected}",
    "greater_than": "more than {gt:g}",
    "greater_than_equal": "at least {ge:g}",
    "less_than_equal": "at most {le:g}",
    "string_too_short": "at least {min_length} character",
    "finite_number": "a finite number",
}


@dataclass(frozen=True, slots=True)
class Complaint:
    """One reason why a file or a setting cannot be used."""

    where: str  # FILE:LINE, FILE, or the name of an environment variable
    reason: str  # what was found and what was expected, without a full stop


def name_of(location: tuple[str | int, ...]) -> str:
    """Name a value as people count: scan_roots.1 is the first."""
    return ".".join(str(part + 1) if isinstance(part, int) else part for part in location)


def expected(
    error_type: str,
    limits: Mapping[str, object],
    wording: Mapping[str, str] = EXPECTED_BY_ERROR_TYPE,
) -> str:
    """Say what pydantic expected. ``limits`` is the ``ctx`` of its error."""
    return wording.get(error_type, "something else").format(**limits)
