"""What is wrong with settings, in plain words."""

from collections.abc import Mapping
from dataclasses import dataclass

from pydantic_core import ErrorDetails

from seqauto_pipeline.errors import SettingsError
from seqauto_pipeline.settings.wording import found


@dataclass(frozen=True, slots=True)
class Complaint:
    """One reason why settings cannot be used."""

    where: str  # FILE:LINE, FILE, or the name of an environment variable
    reason: str  # what was found and what was expected, without a full stop


def name_of(location: tuple[str | int, ...]) -> str:
    """Name a value as people count: scan_roots.1 is the first."""
    return ".".join(str(part + 1) if isinstance(part, int) else part for part in location)


def reason_of(location: tuple[str | int, ...], kind: str, details: ErrorDetails) -> str:
    """Put one finding of the model in plain words: which setting, what was found, and expected."""
    name = name_of(location)
    if kind == "value_error":
        return f"{name}: {details['ctx']['error']}"
    if kind == "extra_forbidden":
        return f"{name}: found an unknown key, expected path or layout"
    if kind == "missing":
        return f"{name}: found nothing, expected a value"
    secret = location[0] == "database_url"
    shown = "a value that is not text" if secret else found(details["input"])
    return f"{name}: found {shown}, expected {_expected(kind, details.get('ctx', {}))}"


def _expected(kind: str, limits: Mapping[str, object]) -> str:
    wording = {
        "bool_type": "true or false",
        "int_type": "a whole number",
        "float_type": "a number",
        "string_type": "text in quotes",
        "is_instance_of": "a path in quotes",
        "tuple_type": "a list",
        "dict_type": "a table",
        "model_type": "a path, or a table with path and layout",
        "model_attributes_type": "a path, or a table with path and layout",
        "literal_error": "{expected}",
        "greater_than": "more than {gt:g}",
        "greater_than_equal": "at least {ge:g}",
        "less_than_equal": "at most {le:g}",
        "string_too_short": "at least {min_length} character",
        "finite_number": "a finite number",
    }
    return wording.get(kind, "something else").format(**limits)


def settings_error(complaints: tuple[Complaint, ...]) -> SettingsError:
    """Tell all complaints in one error, one a line."""
    first, *others = complaints
    return SettingsError(
        first.where, "\n".join((first.reason, *(f"{one.where}: {one.reason}" for one in others)))
    )
