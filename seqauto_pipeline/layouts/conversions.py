"""The conversions of a file type of a layout, and how each converter names its files."""

import re
from collections.abc import Mapping

from seqauto_pipeline.core.layout import Conversion, Naming, patterns_of
from seqauto_pipeline.core.pattern import OPEN_FIELDS, PATTERN_FIELD, alternatives_of, fields_of
from seqauto_pipeline.layouts.checks import check_glob
from seqauto_pipeline.layouts.toml_reader import Reader

_FOR_PEOPLE = frozenset({"description", "source"})
_CONVERSION_LISTS = frozenset(
    {"directories", "converters", "instruments", "compressions", "sheets", "ended_by"}
)
_CONVERSION_FIELDS = _CONVERSION_LISTS | {"holds"} | _FOR_PEOPLE
_NAMING_FIELDS = frozenset({"converter", "pattern"}) | _FOR_PEOPLE


def namings(reader: Reader, section: str, table: Mapping[str, object]) -> tuple[Naming, ...]:
    """Read ``namings``: each alternative of a pattern is one of its own, in the same order."""
    found = []
    for number, each in enumerate(reader.tables(section, table, "namings")):
        place = f"{section}.namings.{number}"
        reader.only(place, each, _NAMING_FIELDS)
        converter = reader.text(place, each, "converter")
        pattern = reader.text(place, each, "pattern")
        if converter is None or pattern is None:
            raise reader.fail(place, "", "a naming needs a converter and a pattern")
        found += [Naming(converter, one) for one in alternatives_of(pattern)]
    return tuple(found)


def conversions(
    reader: Reader, section: str, table: Mapping[str, object], names: tuple[Naming, ...]
) -> tuple[Conversion, ...]:
    """Read ``conversions``, whose converters ``names`` must know."""
    found = tuple(
        _conversion(reader, f"{section}.conversions.{number}", each)
        for number, each in enumerate(reader.tables(section, table, "conversions"))
    )
    known = {each.converter for each in names}
    for number, conversion in enumerate(found):
        for converter in conversion.converters:
            if converter not in known:
                reason = f"no naming is of the converter {converter!r}"
                raise reader.fail(f"{section}.conversions.{number}", "converters", reason)
    if bool(found) != bool(names):
        raise reader.fail(section, "conversions", "give conversions and namings, or neither")
    if found and "patterns" in table:
        reason = "give patterns, or conversions and namings, not both"
        raise reader.fail(section, "conversions", reason)
    return found


def _conversion(reader: Reader, section: str, table: Mapping[str, object]) -> Conversion:
    reader.only(section, table, _CONVERSION_FIELDS)
    lists = {key: reader.texts(section, table, key) for key in _CONVERSION_LISTS}
    for key in ("directories", "sheets", "ended_by"):
        lists[key] = tuple(one for each in lists[key] for one in alternatives_of(each))
        for directory in lists[key]:
            _check_open(reader, section, key, directory)
    for key in ("directories", "converters"):
        if not lists[key]:
            raise reader.fail(section, "", f"a conversion needs {key}")
    return Conversion(**lists, holds=_holds(reader, section, table))


def _holds(
    reader: Reader, section: str, table: Mapping[str, object]
) -> tuple[tuple[str, ...], ...]:
    value = table.get("holds", [])
    if not isinstance(value, list):
        raise reader.fail(section, "holds", f"holds should be a list of lists, found {value!r}")
    return tuple(reader.texts(section, {"holds": each}, "holds") for each in value)


def _check_open(reader: Reader, section: str, key: str, path: str) -> None:
    """Refuse what is not a path below the run folder, open only where the disk tells a name."""
    check_glob(reader, section, key, PATTERN_FIELD.sub("*", path))
    if wrong := fields_of(path) - OPEN_FIELDS:
        raise reader.fail(
            section, key, f"{path!r} has {{{min(wrong)}}}: only {{newest}} and {{timestamp}} may be"
        )
    for part in path.split("/"):
        has_wildcard = re.search(r"[*?\[]", part) is not None
        if len(PATTERN_FIELD.findall(part)) + has_wildcard > 1:
            raise reader.fail(section, key, f"{path!r} has two open parts in one name")


def patterns_of_all(
    conversions: tuple[Conversion, ...], names: tuple[Naming, ...]
) -> tuple[str, ...]:
    """Put the patterns together that conversions and namings stand for, each once."""
    patterns = (pattern for each in conversions for pattern in patterns_of(each, names))
    return tuple(dict.fromkeys(patterns))
