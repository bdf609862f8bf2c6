"""A layout for one run: its name stands in the paths that lead beside its folder."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from seqauto_pipeline.core.beside import is_beside, own_directory
from seqauto_pipeline.core.layout import Conversion, FileType, Layout
from seqauto_pipeline.core.metadata.run_folder import flowcell_id_of
from seqauto_pipeline.core.pattern import PATTERN_FIELD

_NOT_PLAIN = re.compile(r"[\[\]{}*?]")  # a name that has these would be taken for a pattern


def layout_of_run(layout: Layout, run_name: str) -> Layout:
    """Put a run's name into the paths that lead beside its folder.

    A run whose name cannot stand in a path of a layout has nothing beside its folder.
    """
    if not layout.beside:
        return layout
    values = _values(run_name)
    return replace(
        layout,
        file_types=_types(layout.file_types, values),
        kits={kit: _types(types, values) for kit, types in layout.kits.items()},
    )


def directories_beside(layout: Layout, run_name: str) -> tuple[str, ...]:
    """Name the directories that a run may have beside its folder."""
    return tuple(_filled(layout.beside, _values(run_name))) if layout.beside else ()


def _values(run_name: str) -> dict[str, str]:
    values = {"sequencing_run": run_name, "flowcell_id": flowcell_id_of(run_name)}
    return {
        field: value for field, value in values.items() if value and not _NOT_PLAIN.search(value)
    }


def _types(types: Iterable[FileType], values: Mapping[str, str]) -> tuple[FileType, ...]:
    return tuple(_type(each, values) if each.conversions else each for each in types)


def _type(file_type: FileType, values: Mapping[str, str]) -> FileType:
    found = (_conversion(each, values) for each in file_type.conversions)
    conversions = tuple(each for each in found if each.directories)
    patterns = file_type.patterns if conversions else ()
    return replace(file_type, conversions=conversions, patterns=patterns)


def _conversion(conversion: Conversion, values: Mapping[str, str]) -> Conversion:
    return replace(
        conversion,
        directories=tuple(_filled(conversion.directories, values)),
        sheets=tuple(_filled(conversion.sheets, values)),
        ended_by=tuple(_filled(conversion.ended_by, values)),
    )


def _filled(paths: Iterable[str], values: Mapping[str, str]) -> Iterator[str]:
    """Fill the fields of paths beside the run folder; those without a value are left out."""
    for path in paths:
        if not is_beside(path):
            yield path
            continue
        filled = PATTERN_FIELD.sub(lambda field: values.get(field[1], field[0]), path)
        if own_directory(filled) is None:
            yield filled
