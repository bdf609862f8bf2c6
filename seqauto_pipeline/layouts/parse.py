"""A layout file, TOML to a `Layout`: checked when it is loaded.

The fields of the file, their meaning and their defaults are in ``docs/layouts.md``.
"""

import hashlib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import fields, replace

from seqauto_pipeline.core.layout import Lanes, Layout, RunParts
from seqauto_pipeline.core.pattern import fields_of
from seqauto_pipeline.errors import LayoutError
from seqauto_pipeline.layouts.checks import check_glob, check_path
from seqauto_pipeline.layouts.file_types import file_types, kits
from seqauto_pipeline.layouts.toml_reader import Reader


def parse_layout(text: str, where: str) -> Layout:
    """Read and check a layout file. ``where`` names it in errors.

    Raises LayoutError for the first thing wrong: unknown fields, types without patterns, patterns
    that leave the run folder or cannot tell two samples apart.
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d+)", str(error))
        place = f"{where}:{line[1] if line else len(text.splitlines())}"
        raise LayoutError(place, f"this is not TOML: {error}") from error
    reader = Reader(text, where)
    md5 = hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
    return _layout(reader, table, md5)


_TOP_FIELDS = frozenset(each.name for each in fields(Layout)) - {"source_md5"} | {"description"}
_GLOBS = frozenset({"basecalls", "interop"})  # the others name one place
_RUN_FIELDS = frozenset(each.name for each in fields(RunParts))


def _layout(reader: Reader, table: Mapping[str, object], md5: str) -> Layout:
    reader.only("", table, _TOP_FIELDS)
    name = reader.text("", table, "name")
    if name is None:
        raise reader.fail("", "name", "the layout has no name")
    types = file_types(reader, table.get("file_types", {}))
    never_searched = reader.texts("", table, "never_searched")
    for glob in never_searched:
        check_glob(reader, "", "never_searched", glob)
    depth = reader.number("", table, "run_depth", 2)
    kit_level = reader.number("", table, "enrichment_kit_level", min(1, max(depth - 1, 0)))
    if depth == 0 or kit_level >= depth:
        raise reader.fail(
            "",
            "run_depth",
            f"run folders at depth {depth} leave no level {kit_level} for kits above them",
        )
    ignored = (
        reader.texts("", table, "ignored_directories") if "ignored_directories" in table else None
    )
    layout = Layout(
        name=name,
        run=_run_parts(reader, table.get("run", {})),
        file_types=types,
        run_depth=depth,
        enrichment_kit_level=kit_level,
        lanes=Lanes(reader.choice("", table, "lanes", Lanes, "sheet")),
        never_unexpected=reader.texts("", table, "never_unexpected"),
        never_searched=never_searched,
        kits=kits(reader, table.get("kits", {}), types),
        source_md5=md5,
    )
    return layout if ignored is None else replace(layout, ignored_directories=ignored)


def _run_parts(reader: Reader, value: object) -> RunParts:
    table = reader.table("run", value)
    reader.only("run", table, _RUN_FIELDS)
    paths = {
        key: reader.texts("run", table, key) for key in _RUN_FIELDS - {"markers_by_instrument"}
    }
    for key, patterns in paths.items():
        for pattern in patterns:
            check = check_glob if key in _GLOBS else check_path
            check(reader, "run", key, pattern)
            if fields_of(pattern):
                raise reader.fail(
                    "run",
                    key,
                    f"{pattern!r} should have no {{field}}: it is the same for every run",
                )
    parts = RunParts(
        markers_by_instrument=reader.flag("run", table, "markers_by_instrument"), **paths
    )
    if bool(parts.markers) == parts.markers_by_instrument:
        raise reader.fail(
            "run",
            "markers",
            "give either markers or markers_by_instrument = true: "
            "without one no run is ever complete",
        )
    if not parts.sample_sheet:
        raise reader.fail(
            "run", "sample_sheet", "sample_sheet is missing: nothing says what to expect"
        )
    return parts
