"""The file types of a layout, in the order in which they need each other, and those of kits."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import fields, replace

from seqauto_pipeline.core.layout import Expect, FileType, Per
from seqauto_pipeline.core.pattern import alternatives_of
from seqauto_pipeline.layouts.checks import check_file_type
from seqauto_pipeline.layouts.conversions import conversions, namings, patterns_of_all
from seqauto_pipeline.layouts.toml_reader import Reader

_TYPE_FIELDS = frozenset(each.name for each in fields(FileType)) - {"name"} | {"description"}


def file_types(reader: Reader, value: object) -> tuple[FileType, ...]:
    tables = reader.table("file_types", value)
    if not tables:
        raise reader.fail("file_types", "", "the layout has no file types")
    types = {name: _file_type(reader, name, content) for name, content in tables.items()}
    for file_type in types.values():
        _check_references(reader, file_type, types)
    _check_shared_patterns(reader, types.values())
    return _in_order(reader, types)


def _check_shared_patterns(reader: Reader, types: Iterable[FileType]) -> None:
    owners: dict[str, str] = {}
    for file_type in types:
        for pattern in (*file_type.patterns, *file_type.patterns_if_present):
            owner = owners.setdefault(pattern, file_type.name)
            if owner != file_type.name:
                raise reader.fail(
                    f"file_types.{file_type.name}",
                    "patterns",
                    f"{pattern!r} is a pattern of {owner!r} too: a file is of one type",
                )


def _file_type(reader: Reader, name: str, value: object) -> FileType:
    section = f"file_types.{name}"
    table = reader.table(section, value)
    reader.only(section, table, _TYPE_FIELDS)
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise reader.fail(
            section, "", f"a file type is named in lower case, like bam or joint_vcf, not {name!r}"
        )
    names = namings(reader, section, table)
    outputs = conversions(reader, section, table, names)
    file_type = FileType(
        name=name,
        per=Per(reader.choice(section, table, "per", Per, "sample")),
        patterns=patterns_of_all(outputs, names) or _patterns(reader, section, table, "patterns"),
        patterns_if_present=_patterns(reader, section, table, "patterns_if_present"),
        expect=Expect(reader.choice(section, table, "expect", Expect, "always")),
        directories=reader.texts(section, table, "directories"),
        of=reader.text(section, table, "of"),
        content=reader.text(section, table, "content"),
        values=reader.text(section, table, "values"),
        genes_from=reader.text(section, table, "genes_from"),
        non_empty=reader.flag(section, table, "non_empty"),
        index_suffixes=reader.texts(section, table, "index_suffixes"),
        made_from=reader.text(section, table, "made_from"),
        conversions=outputs,
        namings=names,
    )
    check_file_type(reader, section, file_type)
    return file_type


def _patterns(
    reader: Reader, section: str, table: Mapping[str, object], key: str
) -> tuple[str, ...]:
    """Read patterns; each alternative is one of its own, in order of preference."""
    written = reader.texts(section, table, key)
    return tuple(dict.fromkeys(one for each in written for one in alternatives_of(each)))


def _check_references(reader: Reader, file_type: FileType, types: Mapping[str, FileType]) -> None:
    for key in ("of", "genes_from", "made_from"):
        other = getattr(file_type, key)
        if other is not None and other not in types:
            raise reader.fail(
                f"file_types.{file_type.name}",
                key,
                f"{key} names {other!r}, which is no file type here",
            )
    if (file_type.per is Per.FILE) != (file_type.of is not None):
        raise reader.fail(
            f"file_types.{file_type.name}", "of", 'of goes with per = "file", and only with it'
        )
    if file_type.of and types[file_type.of].per is Per.FILE:
        raise reader.fail(
            f"file_types.{file_type.name}",
            "of",
            f"{file_type.of!r} is made from another file itself",
        )


def _in_order(reader: Reader, types: Mapping[str, FileType]) -> tuple[FileType, ...]:
    """Put each type behind those whose files or content it needs."""
    ordered: dict[str, FileType] = {}

    def place(file_type: FileType, waiting: tuple[str, ...]) -> None:
        if file_type.name in waiting:
            raise reader.fail(
                f"file_types.{file_type.name}",
                "",
                f"types need each other in a circle: {' > '.join((*waiting, file_type.name))}",
            )
        for needed in (file_type.of, file_type.genes_from, file_type.made_from):
            if needed is not None and needed not in ordered:
                place(types[needed], (*waiting, file_type.name))
        ordered.setdefault(file_type.name, file_type)

    for file_type in types.values():
        place(file_type, ())
    return tuple(ordered.values())


def kits(
    reader: Reader, value: object, types: tuple[FileType, ...]
) -> dict[str, tuple[FileType, ...]]:
    kits: dict[str, tuple[FileType, ...]] = {}
    for kit, content in reader.table("kits", value).items():
        section = f"kits.{kit}"
        overrides = reader.table(section, content)
        reader.only(section, overrides, frozenset({"file_types"}))
        tables = reader.table(f"{section}.file_types", overrides.get("file_types", {}))
        if kit.casefold() in kits:
            raise reader.fail(section, "", f"kit {kit!r} stands here twice: case does not count")
        for name in tables.keys() - {each.name for each in types}:
            raise reader.fail(
                f"{section}.file_types",
                name,
                f"kit {kit!r} overrides {name!r}, which is no file type here",
            )
        kits[kit.casefold()] = tuple(_overridden(reader, section, each, tables) for each in types)
    return kits


def _overridden(
    reader: Reader, kit_section: str, file_type: FileType, tables: Mapping[str, object]
) -> FileType:
    if file_type.name not in tables:
        return file_type
    section = f"{kit_section}.file_types.{file_type.name}"
    table = reader.table(section, tables[file_type.name])
    reader.only(section, table, frozenset({"patterns", "patterns_if_present", "expect"}))
    if file_type.per is Per.FILE:
        raise reader.fail(
            section, "", f"{file_type.name!r} follows its source in every kit: override that"
        )
    changed = replace(
        file_type,
        patterns=_patterns(reader, section, table, "patterns")
        if "patterns" in table
        else file_type.patterns,
        patterns_if_present=_patterns(reader, section, table, "patterns_if_present")
        if "patterns_if_present" in table
        else file_type.patterns_if_present,
        expect=Expect(reader.choice(section, table, "expect", Expect, file_type.expect)),
        conversions=() if "patterns" in table else file_type.conversions,
        namings=() if "patterns" in table else file_type.namings,
    )
    check_file_type(reader, section, changed)
    return changed
