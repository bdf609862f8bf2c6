"""Names under which a sample sheet is found that is not where the layout looks for it."""

import re
from difflib import SequenceMatcher
from posixpath import splitext

from seqauto_pipeline.core.file_list import EntryKind, RunListing
from seqauto_pipeline.core.metadata.run_folder import parse_run_folder_name

_TABLE_ENDINGS = frozenset({".csv", ".tsv", ".txt", ".xls", ".xlsx", ".xlsm", ".ods"})
_NO_SHEETS = frozenset({".md5", ".sha1", ".sha256", ".html", ".log"})
_NO_LETTER = re.compile(r"[^a-z]")
_ENOUGH_ALIKE = 0.85  # SampleShet, SamplSheet


def sheet_like_files(listing: RunListing, names: tuple[str, ...]) -> tuple[str, ...]:
    """List files that may be the sheet under another name, the likeliest first.

    Beside the names that are looked for: what is called a sheet, or after the flowcell or the run.
    Elsewhere, such as the copy that a MiSeq keeps beside its base calls: what is called a sample
    sheet.
    """
    beside = {name.rpartition("/")[0] for name in names}
    found: list[tuple[int, str]] = []
    for folder, directory in listing.directories.items():
        for name, entry in directory.entries.items():
            rank = _likeness(name, listing.name) if entry.kind is EntryKind.FILE else None
            if rank is not None and (folder in beside or rank == 0):
                found.append((rank + (folder not in beside), f"{folder}/{name}".lstrip("/")))
    return tuple(path for _, path in sorted(found))


def _likeness(name: str, run_name: str) -> int | None:
    """Rank a name: 0 for a sample sheet, 1 for another sheet or a table named after the run."""
    stem, ending = splitext(name)
    if name.startswith((".", "~")) or name.endswith("~") or ending.casefold() in _NO_SHEETS:
        return None
    letters = _NO_LETTER.sub("", name.casefold())
    is_table = ending.casefold() in _TABLE_ENDINGS
    if "samplesheet" in letters or (is_table and _is_misspelt(stem)):
        return 0
    is_of_run = stem.casefold() in {each.casefold() for each in _names_of_run(run_name)}
    return 1 if is_table and ("sheet" in letters or is_of_run) else None


def _is_misspelt(stem: str) -> bool:
    letters = _NO_LETTER.sub("", stem.casefold())
    return SequenceMatcher(None, letters, "samplesheet").ratio() >= _ENOUGH_ALIKE


def _names_of_run(name: str) -> tuple[str, ...]:
    parts = parse_run_folder_name(name)
    if parts is None:
        return (name,)
    return name, parts.illumina_name, parts.flowcell_id, parts.flowcell
