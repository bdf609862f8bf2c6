"""What to read of one run."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from itertools import chain
from typing import Self

from seqauto_pipeline.core.expectation.expected_files import ExpectedFile
from seqauto_pipeline.core.file_list import Entry, RunListing
from seqauto_pipeline.core.qc.measured_run import MeasuredRun
from seqauto_pipeline.core.verdict.stored_run import StoredRun
from seqauto_pipeline.disk.contents.options import ContentOptions
from seqauto_pipeline.disk.contents.paths import paths_read_for


@dataclass(frozen=True, slots=True)
class ContentRequest:
    """What to read of one run: no more than that, since it may go to another process."""

    expected: tuple[ExpectedFile, ...]  # those that have content
    listing: RunListing  # as far as they stand in it
    stored: StoredRun | None  # as far as it tells of contents
    options: ContentOptions
    retry_errors: bool  # read files in error again, though they have not changed
    measured: MeasuredRun | None = None  # None: no figures are computed of it

    @classmethod
    def of(
        cls,
        expected: Iterable[ExpectedFile],
        listing: RunListing,
        stored: StoredRun | None,
        options: ContentOptions,
        *,
        retry_errors: bool,
        measured: MeasuredRun | None = None,
    ) -> Self:
        """Keep the files that have content, and what the listing and the store say of these."""
        wanted = tuple(file for file in expected if _has_content(file))
        paths = chain.from_iterable(paths_read_for(file, listing, measured) for file in wanted)
        return cls(
            wanted,
            _only(listing, paths),
            replace(stored, samples=(), files={}, messages=(), unexpected={}) if stored else None,
            options,
            retry_errors,
            measured,
        )


def _has_content(file: ExpectedFile) -> bool:
    return file.file_type.content is not None and not file.skipped


def _only(listing: RunListing, paths: Iterable[str]) -> RunListing:
    """Keep the entries at some paths."""
    kept: dict[str, dict[str, Entry]] = {}
    for path in paths:
        entry = listing.find(path)
        if entry is not None:
            folder, _, name = path.rpartition("/")
            kept.setdefault(folder, {})[name] = entry
    directories = {
        folder: replace(listing.directories[folder], entries=entries)
        for folder, entries in kept.items()
    }
    return replace(listing, directories=directories, inputs={}, passed_through={})
