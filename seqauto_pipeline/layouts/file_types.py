"""The file types of a layout, in the order in which they need each other, and those of kits."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from seqauto_pipeline.core.layout import FileType, Per
from seqauto_pipeline.layouts.checks import Misfit, below, check_file_type
from seqauto_pipeline.layouts.conversions import conversions, namings, patterns_of_all
from seqauto_pipeline.layouts.tables import FileTypeTable, KitTable, OverrideTable


def file_types(tables: Mapping[str, FileTypeTable]) -> tuple[FileType, ...]:
    if not tables:
        raise Misfit("the layout has no file types", "file_types")
    with below("file_types"):
        types = {name: _file_type(name, table) for name, table in tables.items()}
        for file_type in types.values():
            _check_references(file_type, types)
        _check_shared_patterns(types.values())
        return _in_order(types)


def _check_shared_patterns(types: Iterable[FileType]) -> None:
    owners: dict[str, str] = {}
    for file_type in types:
        for pattern in (*file_type.patterns, *file_type.patterns_if_present):
            owner = owners.setdefault(pattern, file_type.name)
            if owner != file_type.name:
                reason = f"{pattern!r} is a pattern of {owner!r} too: a file is of one type"
                raise Misfit(reason, file_type.name, "patterns")


def _file_type(name: str, table: FileTypeTable) -> FileType:
    with below(name):
        if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
            raise Misfit(f"a file type is named in lower case, like bam or joint_vcf, not {name!r}")
        names = namings(table)
        outputs = conversions(table, names)
        made = {
            "per": table.per,
            "patterns": patterns_of_all(outputs, names) if outputs else table.patterns,
            "conversions": outputs,
            "namings": names,
        }
        file_type = FileType(**{**table.given(), **made}, name=name)
        check_file_type(file_type)
        return file_type


def _check_references(file_type: FileType, types: Mapping[str, FileType]) -> None:
    with below(file_type.name):
        for key in ("of", "genes_from", "made_from"):
            other = getattr(file_type, key)
            if other is not None and other not in types:
                raise Misfit(f"{key} names {other!r}, which is no file type here", key)
        if (file_type.per is Per.FILE) != (file_type.of is not None):
            raise Misfit('of goes with per = "file", and only with it', "of")
        if file_type.of and types[file_type.of].per is Per.FILE:
            raise Misfit(f"{file_type.of!r} is made from another file itself", "of")


def _in_order(types: Mapping[str, FileType]) -> tuple[FileType, ...]:
    """Put each type behind those whose files or content it needs."""
    ordered: dict[str, FileType] = {}

    def place(file_type: FileType, waiting: tuple[str, ...]) -> None:
        if file_type.name in waiting:
            circle = " > ".join((*waiting, file_type.name))
            raise Misfit(f"types need each other in a circle: {circle}", file_type.name)
        for needed in (file_type.of, file_type.genes_from, file_type.made_from):
            if needed is not None and needed not in ordered:
                place(types[needed], (*waiting, file_type.name))
        ordered.setdefault(file_type.name, file_type)

    for file_type in types.values():
        place(file_type, ())
    return tuple(ordered.values())


def kits(
    tables: Mapping[str, KitTable], types: tuple[FileType, ...]
) -> dict[str, tuple[FileType, ...]]:
    kits: dict[str, tuple[FileType, ...]] = {}
    for kit, table in tables.items():
        with below("kits", kit):
            if kit.casefold() in kits:
                raise Misfit(f"kit {kit!r} stands here twice: case does not count")
            for name in table.file_types.keys() - {each.name for each in types}:
                reason = f"kit {kit!r} overrides {name!r}, which is no file type here"
                raise Misfit(reason, "file_types", name)
            kits[kit.casefold()] = tuple(
                _overridden(each, table.file_types[each.name])
                if each.name in table.file_types
                else each
                for each in types
            )
    return kits


def _overridden(file_type: FileType, table: OverrideTable) -> FileType:
    with below("file_types", file_type.name):
        if file_type.per is Per.FILE:
            raise Misfit(f"{file_type.name!r} follows its source in every kit: override that")
        given = table.given()
        if "patterns" in given:
            given |= {"conversions": (), "namings": ()}
        changed = replace(file_type, **given)
        check_file_type(changed)
        return changed
