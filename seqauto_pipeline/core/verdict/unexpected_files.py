"""Files in the searched directories of a run folder that nothing explains."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from seqauto_pipeline.core.expectation.expected_files import ExpectedFile
from seqauto_pipeline.core.expectation.outputs import outputs_of
from seqauto_pipeline.core.file_list import EntryKind, RunListing
from seqauto_pipeline.core.layout import Layout
from seqauto_pipeline.core.metadata.instruments import MARKER_NAMES


@dataclass(frozen=True, slots=True)
class UnexpectedEntry:
    """A file in a searched directory that no sheet explains."""

    path: str  # relative to the run folder
    size: int  # bytes
    modified_ns: int


def unexpected_files(
    expected: Collection[ExpectedFile], layout: Layout, listing: RunListing
) -> tuple[UnexpectedEntry, ...]:
    """List files in the searched directories that nothing expects, in path order."""
    explained = set(_explained_by(expected))
    parts = layout.run
    explained |= {*parts.markers, *parts.sample_sheet, *parts.run_info, *parts.run_parameters}
    explained |= {*parts.run_completion}
    explained |= MARKER_NAMES if parts.markers_by_instrument else set()
    names = {path: each.entries for path, each in listing.directories.items()}
    is_searched = layout.searched_in(names)
    others = _other_attempts(expected, layout, listing)
    found: list[UnexpectedEntry] = []
    for folder in sorted(listing.directories):
        if any(folder == each or folder.startswith(f"{each}/") for each in others):
            continue
        if is_searched(folder):
            found.extend(_unexplained_in(folder, listing, layout, explained))
    return tuple(found)


def _other_attempts(
    expected: Collection[ExpectedFile], layout: Layout, listing: RunListing
) -> tuple[str, ...]:
    """Name the attempts of conversions of which nothing is expected: what they hold is theirs."""
    ours = {file.analysis for file in expected}
    found = (
        output.analysis
        for file_type in layout.file_types
        for output in (outputs_of(file_type, listing) if file_type.conversions else ())
    )
    return tuple({each for each in found if each is not None and each not in ours})


def _explained_by(expected: Collection[ExpectedFile]) -> Iterator[str]:
    """Give the paths of files, of their copies, of tables beside them and of their indexes."""
    for file in expected:
        yield file.path
        if file.values_path is not None:
            yield file.values_path
        if file.file_type.conversions:
            yield from file.other_paths
        if file.file_type.index_suffixes:
            yield from index_paths(file)


def index_paths(file: ExpectedFile) -> Iterator[str]:
    stem = file.path.rpartition(".")[0]
    for suffix in file.file_type.index_suffixes:
        yield file.path + suffix
        yield stem + suffix


def _unexplained_in(
    folder: str, listing: RunListing, layout: Layout, explained: Collection[str]
) -> Iterator[UnexpectedEntry]:
    for name, entry in sorted(listing.directories[folder].entries.items()):
        path = f"{folder}/{name}" if folder else name
        if entry.kind is EntryKind.DIRECTORY or path in explained:
            continue
        if not layout.may_be_unexplained(path):
            yield UnexpectedEntry(path, entry.size, entry.modified_ns)
