"""Files that are there, in directories of the run that scans do not search."""

from collections.abc import Collection, Iterator
from posixpath import basename

from seqauto_pipeline.core.beside import is_beside
from seqauto_pipeline.core.display import shown
from seqauto_pipeline.core.expectation.near_names import (
    Difference,
    difference_words,
    nearest_names,
)
from seqauto_pipeline.views.explanation.evidence import Evidence
from seqauto_pipeline.views.explanation.facts import Fact


def unsearched_name_facts(
    evidence: Evidence, path: str, file_type: str, taken: Collection[str]
) -> Iterator[Fact]:
    """Look once through the run folder for a missing file's name, or one that is nearly it.

    ``taken``: names of other expected files, which are no near miss.
    """
    below = evidence.below
    listed = evidence.listing.directories if evidence.listing is not None else {}
    folders = {folder: names for folder, names in below.names.items() if folder not in listed}
    found = tuple(_found(folders, basename(path), taken))
    layout = shown(evidence.run.layout)
    for place, words in found:
        yield Fact("elsewhere", f"{shown(place)}: {words}; layout {layout} does not search there")
    if found:
        yield from layout_facts(evidence, found[0][0].rpartition("/")[0], file_type)
    if not found:
        where = "no other name like it was there, nor is there now in the rest of the run folder"
        yield Fact("nearest", f"{where}; names of other expected files are left out")
    if not below.is_whole:
        yield Fact("", "the run folder is large: not all of it was looked through")


def _found(
    folders: dict[str, tuple[str, ...]], wanted: str, taken: Collection[str]
) -> Iterator[tuple[str, str]]:
    """List the paths with the name; else those that a person would take for the same."""
    same = [folder for folder, names in folders.items() if wanted in names]
    for folder in same:
        yield f"{folder}/{wanted}".lstrip("/"), "the same name"
    if same:
        return
    folder_of = {
        name: folder for folder, names in folders.items() for name in names if name not in taken
    }
    for near in nearest_names(wanted, folder_of):
        if near.differences != (Difference.SIMILAR,):
            place = f"{folder_of[near.name]}/{near.name}".lstrip("/")
            yield place, f"differs in {difference_words(near)}"


def layout_facts(evidence: Evidence, folder: str, type_name: str | None) -> Iterator[Fact]:
    """Say which line of the layout would make scans find files of a type in a directory."""
    file_type = evidence.file_type(type_name) if type_name else None
    if file_type is None or not folder:
        return
    if file_type.conversions or is_beside(folder):
        name = evidence.run.name
        place = folder.replace(name, "{sequencing_run}") if is_beside(folder) else folder
        line = f'[[file_types.{type_name}.conversions]] with directories = ["{shown(place)}"]'
    else:
        pattern = file_type.patterns[0].rpartition("/")[2]
        line = f'"{shown(folder)}/{pattern}" among the patterns of [file_types.{type_name}]'
    yield Fact("layout", f"this would make scans find it: {line}")
