"""What to read of one run, dealt out to threads."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import Self

from seqauto_pipeline.core.expectation.expected_files import ExpectedFile
from seqauto_pipeline.core.file_list import Entry, RunListing, unescape_name
from seqauto_pipeline.core.qc.measured_run import MeasuredRun
from seqauto_pipeline.core.verdict.file_contents import Contents
from seqauto_pipeline.core.verdict.stored_run import StoredRun
from seqauto_pipeline.disk.contents.options import ContentOptions
from seqauto_pipeline.disk.contents.paths import paths_of, paths_read_for
from seqauto_pipeline.disk.contents.reading import ContentReader
from seqauto_pipeline.disk.open_folders import OpenFolders
from seqauto_pipeline.disk.parallel.known_roots import KnownRoots
from seqauto_pipeline.disk.parallel.workers import Watch, supervised_map

_FILES_PER_PART = 6  # of one thread: taking turns file by file costs as much as reading them
_FILES_PER_PART_ALONE = 24  # of a thread that shares them with no other: nobody waits for a part
_BUSY_SHARE = 0.9  # of its time: a process that works less has waited for the disk, or a core
_LARGE_BYTES = 8 << 20  # no more than one file of more than that is held at a time


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

    def load(self, roots: KnownRoots, /) -> Contents:
        """Read what is new or changed.

        A file in error is read again when it changes, when its reading was refused, and always
        where ``retry_errors`` is set. One that does not answer in time is named, and costs the time
        limit once. When more do not, their file server is down: what was not begun is left for the
        next scan. ``roots`` remembers such roots from run to run.
        """
        root = self.listing.root
        found, left, stuck = self._read(self._parts(roots.threads(root)), roots)
        if stuck == 1 and left and root not in roots.silent:
            more, _, again = self._read(left, roots)
            found, stuck = _together([found, more]), stuck + again
        if stuck > 1:
            roots.silent.add(root)
        elif not stuck and found.read:
            roots.silent.discard(root)
        return found

    def _read(
        self, parts: Iterable[list[ExpectedFile]], roots: KnownRoots
    ) -> tuple[Contents, list[list[ExpectedFile]], int]:
        """Read until a file does not answer. Gives also what was left, and how many hung."""
        left: list[list[ExpectedFile]] = []
        stuck: list[str] = []

        def load(reader: ContentReader, watch: Watch) -> Contents:
            if not stuck:
                return reader.load(watch)
            left.append(list(reader.expected))
            return reader.leave()

        def give_up(reader: ContentReader, path: str) -> Contents:
            stuck.append(path)
            left.append(reader.behind(path))
            return reader.without(path)

        root, folders = self.listing.root, self._folders()
        readers = [self._reader_of(files, folders) for files in parts]
        at_first = min(roots.threads(root), len(readers))
        results = supervised_map(
            load,
            readers,
            threads=1 if root in roots.silent else self.options.threads,
            seconds=self.options.seconds_per_file,
            when_stuck=give_up,
            at_first=at_first,
            tell=self._note_in(roots, at_first),
        )
        found = _together(list(results))
        return found, [files for files in left if files], len(stuck)

    def _note_in(self, roots: KnownRoots, at_first: int) -> Callable[[int], None]:
        """Begin to measure; give what is to be told how many threads there were at the end."""
        began, worked_before = time.monotonic(), time.process_time()

        def note(ended: int) -> None:
            worked, took = time.process_time() - worked_before, time.monotonic() - began
            is_busy = worked > _BUSY_SHARE * took
            roots.used_threads(self.listing.root, at_first, ended, is_busy=is_busy)

        return note

    def _folders(self) -> OpenFolders:
        follows = self.options.follow_links_out_of_root
        return OpenFolders(None if follows else unescape_name(self.listing.root))

    def _reader_of(self, files: list[ExpectedFile], folders: OpenFolders) -> ContentReader:
        return ContentReader(
            files,
            self.listing,
            self.stored,
            self.options,
            retry_errors=self.retry_errors,
            measured=self.measured,
            folders=folders,
        )

    def _parts(self, threads: int) -> Iterator[list[ExpectedFile]]:
        """Deal the files out to threads; what has to be read in order stays together."""
        files_per_part = _FILES_PER_PART if threads > 1 else _FILES_PER_PART_ALONE
        by_slot: dict[str, list[ExpectedFile]] = {}
        for file in self.expected:
            by_slot.setdefault(file.slot, []).append(file)
        large: list[ExpectedFile] = []
        part: list[ExpectedFile] = []
        for files in by_slot.values():
            if any(map(self._is_large, files)):
                large += files
                continue
            part += files
            if len(part) >= files_per_part:
                yield part
                part = []
        yield from filter(None, (part, large))

    def _is_large(self, file: ExpectedFile) -> bool:
        found = map(self.listing.find, paths_of(file))
        return any(entry.size > _LARGE_BYTES for entry in found if entry is not None)


def _together(parts: Sequence[Contents]) -> Contents:
    return Contents(
        {key: result for part in parts for key, result in part.read.items()},
        {key: problems for part in parts for key, problems in part.problems.items()},
        any(part.pending for part in parts),
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
