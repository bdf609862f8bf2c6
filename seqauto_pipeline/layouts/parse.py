"""A layout file, TOML to a `Layout`: checked when it is loaded."""

import hashlib
import tomllib
from collections.abc import Iterator
from functools import lru_cache

from pydantic import ValidationError

from seqauto_pipeline.core.beside import split_ups
from seqauto_pipeline.core.display import counted
from seqauto_pipeline.core.layout import Layout, RunParts
from seqauto_pipeline.errors import LayoutError
from seqauto_pipeline.layouts.checks import Misfit
from seqauto_pipeline.layouts.complaints import first_misfit
from seqauto_pipeline.layouts.file_types import file_types, kits
from seqauto_pipeline.layouts.tables import LayoutTable
from seqauto_pipeline.toml_input.lines import line_of, line_of_error


@lru_cache(maxsize=8)  # each step of a scan asks anew
def parse_layout(text: str, where: str) -> Layout:
    """Read and check a layout file. ``where`` names it in errors.

    Raises LayoutError for the first thing wrong: unknown fields, types without patterns, patterns
    that leave the run folder or cannot tell two samples apart.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = f"{where}:{line_of_error(text, error)}"
        raise LayoutError(place, f"this is not TOML: {error}") from error
    try:
        md5 = hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
        return _layout(LayoutTable.model_validate(table), md5)
    except (ValidationError, Misfit) as error:
        misfit = error if isinstance(error, Misfit) else first_misfit(error)
        is_in_file = misfit.location and misfit.location[0] in table
        line = f":{line_of(text, misfit.location)}" if is_in_file else ""
        raise LayoutError(f"{where}{line}", misfit.reason) from error


def _layout(table: LayoutTable, md5: str) -> Layout:
    types = file_types(table.file_types)
    depth = table.run_depth
    made = {
        "enrichment_kit_level": min(1, max(depth - 1, 0)),
        **table.given(),
        "run": RunParts(**table.run.given()),
        "file_types": types,
        "kits": kits(table.kits, types),
    }
    level = made["enrichment_kit_level"]
    if level >= depth:
        reason = f"run folders at depth {depth} leave no level {level} for kits above them"
        raise Misfit(reason, "run_depth")
    layout = Layout(**made, source_md5=md5)
    _check_beside(layout, table)
    return layout


def _check_beside(layout: Layout, table: LayoutTable) -> None:
    """Refuse directories beside the run folder that are not below the root."""
    for path, location in _paths_of_conversions(table):
        if split_ups(path)[0] > layout.run_depth:
            depth = counted(layout.run_depth, "level")
            reason = f"{path!r} leaves the scan root: run folders lie {depth} below it"
            raise Misfit(reason, *location)


def _paths_of_conversions(table: LayoutTable) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    for name, file_type in table.file_types.items():
        for number, conversion in enumerate(file_type.conversions):
            for key in ("directories", "sheets", "ended_by"):
                for path in getattr(conversion, key):
                    yield path, ("file_types", name, "conversions", number, key)
