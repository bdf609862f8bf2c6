"""The conversions of a file type of a layout, and how each converter names its files."""

from seqauto_pipeline.core.layout import Conversion, Naming, patterns_of
from seqauto_pipeline.core.pattern import alternatives_of
from seqauto_pipeline.layouts.checks import Misfit
from seqauto_pipeline.layouts.tables import FileTypeTable


def namings(table: FileTypeTable) -> tuple[Naming, ...]:
    """Make each alternative of a pattern one of its own, in the same order."""
    return tuple(
        Naming(each.converter, pattern)
        for each in table.namings
        for pattern in alternatives_of(each.pattern)
    )


def conversions(table: FileTypeTable, names: tuple[Naming, ...]) -> tuple[Conversion, ...]:
    """Give the conversions, whose converters ``names`` must know."""
    known = {each.converter for each in names}
    for number, conversion in enumerate(table.conversions):
        for converter in conversion.converters:
            if converter not in known:
                reason = f"no naming is of the converter {converter!r}"
                raise Misfit(reason, "conversions", number, "converters")
    if bool(table.conversions) != bool(names):
        raise Misfit("give conversions and namings, or neither", "conversions")
    if table.conversions and "patterns" in table.model_fields_set:
        raise Misfit("give patterns, or conversions and namings, not both", "conversions")
    return tuple(Conversion(**each.given()) for each in table.conversions)


def patterns_of_all(
    conversions: tuple[Conversion, ...], names: tuple[Naming, ...]
) -> tuple[str, ...]:
    """Put the patterns together that conversions and namings stand for, each once."""
    patterns = (pattern for each in conversions for pattern in patterns_of(each, names))
    return tuple(dict.fromkeys(patterns))
