"""List run folders, each as far as its layout looks into it."""

import os
import re
import stat
from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import chain
from typing import TypeVar

from seqauto_pipeline.core.beside import is_beside
from seqauto_pipeline.core.expectation.run_layout import layout_of_run
from seqauto_pipeline.core.file_list import (
    DirectoryListing,
    EntryKind,
    InputRole,
    RunListing,
    SmallInput,
    Unreadable,
    escape_name,
    glob_regex,
)
from seqauto_pipeline.core.layout import Layout
from seqauto_pipeline.core.metadata.instruments import MARKER_NAMES
from seqauto_pipeline.core.metadata.run_folder import parse_run_folder_name
from seqauto_pipeline.disk.parallel.workers import Watch
from seqauto_pipeline.disk.read import ReadRefused, link_out_refusal
from seqauto_pipeline.disk.record.parts import NOT_THERE, RecordedRun
from seqauto_pipeline.disk.trusted_times import modified_ns_of
from seqauto_pipeline.disk.walk.disk import Disk
from seqauto_pipeline.disk.walk.entries import child_of, joined
from seqauto_pipeline.disk.walk.options import WalkOptions

_Key = TypeVar("_Key", bound=str)
_WILDCARDS = frozenset("*?[")
_MAY_LEAD_DOWN = (EntryKind.DIRECTORY, EntryKind.LINK_OUT)


class RunFolderLister:
    """Lists single run folders of one root."""

    def __init__(
        self,
        root: str,
        layout: Layout,
        options: WalkOptions,
        known: Mapping[str, RecordedRun],
        disk: Disk,
    ) -> None:
        self._root, self._layout, self._options, self._known = root, layout, options, known
        self._disk = disk
        self._skips = tuple(re.compile(pattern) for pattern in options.skip_patterns)

    def list_run(
        self, path: str, kit_skip_reason: str | None, watch: Watch
    ) -> RunListing | RecordedRun | None:
        """List one run folder; None when the directory is no run folder.

        A known one that has not changed is given as it is known.
        """
        known, disk = self._known.get(path), self._disk.for_run(path)
        if known is not None and kit_skip_reason is None and self._is_unchanged(known, disk, watch):
            return known
        reader = _RunFolderReader(joined(self._root, path), disk, watch)
        reader.list_top()
        layout = layout_of_run(self._layout, path.rpartition("/")[2])
        skip_reason = kit_skip_reason or self._why_skipped(path, reader)
        if skip_reason is None or not _is_named_like_a_run(path):
            reader.list_layout(layout)
        inputs_at = reader.find_inputs(layout)
        looks_like_a_run = inputs_at or reader.has_marker(layout) or reader.unreadable
        if not (_is_named_like_a_run(path) or looks_like_a_run):
            return None
        if skip_reason is not None:
            return replace(empty_listing(self._root, path), skip_reason=skip_reason)
        return replace(
            empty_listing(self._root, path),
            directories=reader.directories,
            inputs=reader.read_inputs(inputs_at, self._options.max_input_bytes),
            used_sheets=reader.read_inputs(
                reader.find_used_sheets(layout), self._options.max_input_bytes
            ),
            unreadable=tuple(reader.unreadable),
            passed_through=reader.passed_through(),
            has_links=reader.has_links,
        )

    def _is_unchanged(self, known: RecordedRun, disk: Disk, watch: Watch) -> bool:
        """Tell by times: of every directory on the way, and of markers, sheet and metadata."""
        folder, listed_ns = joined(self._root, known.entry.path), known.entry.listed_ns
        watched = known.watched
        listed = chain(
            ((path, modified_ns, None) for path, modified_ns in watched.directories.items()),
            ((path, modified_ns, size) for path, (size, modified_ns) in watched.files.items()),
        )
        try:
            for path, modified_ns, size in listed:
                absolute = joined(folder, path)
                watch.begin(absolute)
                if modified_ns == NOT_THERE:
                    is_same = not disk.exists(absolute)
                else:
                    is_same = disk.is_as_listed(
                        absolute, listed_ns, modified_ns=modified_ns, size=size
                    )
                if not is_same:
                    return False
        except OSError:
            return False
        return True

    def _why_skipped(self, path: str, reader: "_RunFolderReader") -> str | None:
        top = reader.directories.get("")
        if top and self._options.skip_marker in top.entries:
            return f"it holds {self._options.skip_marker}"
        absolute = joined(self._root, path)
        matching = (skip.pattern for skip in self._skips if skip.search(absolute))
        pattern = next(matching, None)
        return f"its path matches the skip pattern {pattern}" if pattern else None


def empty_listing(root: str, path: str) -> RunListing:
    """Give the listing of a run folder of which nothing was seen."""
    return RunListing(
        root=escape_name(root),
        path=path,
        is_named_like_a_run=_is_named_like_a_run(path),
        skip_reason=None,
        directories={},
        inputs={},
        unreadable=(),
    )


def _is_named_like_a_run(path: str) -> bool:
    return parse_run_folder_name(path.rpartition("/")[2]) is not None


class _RunFolderReader:
    """Lists the directories of one run folder that its layout names, each once."""

    def __init__(self, path: str, disk: Disk, watch: Watch) -> None:
        self._path, self._disk, self._watch = path, disk, watch
        self.directories: dict[str, DirectoryListing] = {}
        self.unreadable: list[Unreadable] = []
        self.has_links = False
        self._looked_at: dict[str, bool] = {}
        self._modified_ns: dict[str, int] = {}
        self._lacking: set[str] = set()
        self._missing_beside: set[str] = set()
        self._without_links: set[str] = set()  # of the listed directories

    def list_top(self) -> None:
        self._list("")

    def passed_through(self) -> Mapping[str, int]:
        """Times of directories that were not listed and lack one that the layout goes into.

        Such a time moves when the missing one is made. Where none is missing, the times of the
        directories further down tell all. What is beside the run folder stands among the outputs
        of other runs, so a missing one is noted itself.
        """
        lacking = {
            path: modified_ns
            for path, modified_ns in self._modified_ns.items()
            if path not in self.directories and path in self._lacking
        }
        return lacking | dict.fromkeys(sorted(self._missing_beside), NOT_THERE)

    def list_layout(self, layout: Layout) -> None:
        for glob in layout.directories:
            self._list_glob("", glob, layout)
        names = {path: each.entries for path, each in self.directories.items()}
        for glob in layout.below_outputs(names):
            self._list_glob("", glob, layout)

    def _list_glob(self, path: str, glob: tuple[str, ...], layout: Layout) -> None:
        if not glob:
            self._list(path)
            return
        first, *rest = glob
        if not _WILDCARDS.isdisjoint(first):
            self._list(path)
            for child in self._directories_in(path, first, layout):
                if not layout.is_never_searched(child):
                    self._list_glob(child, tuple(rest), layout)
            return
        child = child_of(path, first)
        if self._is_directory(child):
            self._list_glob(child, tuple(rest), layout)

    def _directories_in(self, path: str, glob: str, layout: Layout) -> list[str]:
        listing = self.directories.get(path)
        entries = listing.entries if listing else {}
        fits = glob_regex(glob)
        found = []
        for name in sorted(name for name, each in entries.items() if each.kind in _MAY_LEAD_DOWN):
            if not fits.fullmatch(name) or layout.is_ignored(name):
                continue
            child = child_of(path, name)
            if entries[name].kind is EntryKind.DIRECTORY:
                found.append(child)
            elif self._disk.is_directory(self._absolute(child)):
                self._refuse(link_out_refusal(self._absolute(child), child))
        return found

    def _refuse(self, refusal: Unreadable) -> None:
        """Note a refusal once, however many globs lead to it."""
        if refusal not in self.unreadable:
            self.unreadable.append(refusal)

    def _is_directory(self, path: str) -> bool:
        """Look once whether a directory is there and may be entered."""
        if path not in self._looked_at:
            self._looked_at[path] = self._look(path)
            if not self._looked_at[path] and is_beside(path):
                self._missing_beside.add(path)
            elif not self._looked_at[path]:
                self._lacking.add(path.rpartition("/")[0])
        return self._looked_at[path]

    def _look(self, path: str) -> bool:
        if self._is_hidden(path):
            return False
        if self._was_listed_as_directory(path):
            return True
        absolute = self._absolute(path)
        self._watch.begin(absolute)
        try:
            # What is above the run folder was walked already, links followed or not.
            facts = self._disk.facts_of(absolute, follow_link=path.endswith(".."))
        except (FileNotFoundError, NotADirectoryError):
            return False
        except OSError as error:
            self.unreadable.append(self._disk.refusal_of(absolute, path, error))
            return False
        if stat.S_ISLNK(facts.st_mode):
            self.has_links = True
            return self._leads_to_directory(path, facts)
        self._modified_ns[path] = modified_ns_of(facts)
        return stat.S_ISDIR(facts.st_mode)

    def _was_listed_as_directory(self, path: str) -> bool:
        """Tell whether the listing of the directory above says so, which saves a call.

        A name that it lacks is asked for all the same: some disks do not distinguish upper case.
        """
        folder, _, name = path.rpartition("/")
        entry = (
            self.directories[folder].entries.get(name) if folder in self._without_links else None
        )
        if entry is None or entry.kind is not EntryKind.DIRECTORY:
            return False
        self._modified_ns[path] = entry.modified_ns
        return True

    def _leads_to_directory(self, path: str, link: os.stat_result) -> bool:
        """Follow a link; one that may not be followed hides what is below it."""
        absolute = self._absolute(path)
        try:
            kind = self._disk.resolve_link(absolute, link).kind
        except OSError as error:
            self.unreadable.append(self._disk.refusal_of(absolute, path, error, of_target=True))
            return False
        if kind is EntryKind.LINK_OUT:
            self.unreadable.append(link_out_refusal(absolute, path))
        return kind is EntryKind.DIRECTORY

    def _list(self, path: str) -> None:
        if path in self.directories or self._is_hidden(path):
            return
        absolute = self._absolute(path)
        self._watch.begin(absolute)
        try:
            listing, has_links = self._disk.list_directory(absolute)
        except OSError as error:
            self.unreadable.append(self._disk.refusal_of(absolute, path, error))
            return
        self.directories[path] = listing
        if has_links:
            self.has_links = True
        else:
            self._without_links.add(path)
        for name, entry in listing.entries.items():
            if entry.kind is EntryKind.UNKNOWN:
                below = child_of(path, name)
                self.unreadable.append(self._disk.why_unknown(self._absolute(below), below))

    def _is_hidden(self, path: str) -> bool:
        refusals = self.unreadable  # hardly ever any
        return bool(refusals) and any(refusal.hides(path) for refusal in refusals)

    def _absolute(self, path: str) -> str:
        return joined(self._path, path)

    def find_inputs(self, layout: Layout) -> Mapping[InputRole, str]:
        """Where the sheet and the metadata stand: the first place of each that holds something."""
        places = {
            InputRole.SAMPLE_SHEET: layout.run.sample_sheet,
            InputRole.RUN_INFO: layout.run.run_info,
            InputRole.RUN_PARAMETERS: layout.run.run_parameters,
            InputRole.RUN_COMPLETION: layout.run.run_completion,
        }
        found = {role: self._first_there(paths) for role, paths in places.items()}
        return {role: path for role, path in found.items() if path is not None}

    def find_used_sheets(self, layout: Layout) -> Mapping[str, str]:
        """Where conversions left a copy of the sheet that they used: each path, by itself."""
        found = {}
        for glob in layout.used_sheets:
            folder, _, name = glob.rpartition("/")
            fits = glob_regex(folder)
            for directory in self.directories:
                path = f"{directory}/{name}"
                if fits.fullmatch(directory) and self._is_there(path):
                    found[path] = path
        return found

    def _first_there(self, paths: Iterable[str]) -> str | None:
        return next((path for path in paths if self._is_there(path)), None)

    def _is_there(self, path: str) -> bool:
        return self._kind_at(path) not in (None, EntryKind.BROKEN_LINK)

    def _kind_at(self, path: str) -> EntryKind | None:
        folder, _, name = path.rpartition("/")
        listing = self.directories.get(folder)
        entry = listing.entries.get(name) if listing else None
        return None if entry is None else entry.kind

    def has_marker(self, layout: Layout) -> bool:
        if layout.run.markers_by_instrument:
            return any(self._is_there(name) for name in MARKER_NAMES)
        return self._first_there(layout.run.markers) is not None

    def read_inputs(self, places: Mapping[_Key, str], max_bytes: int) -> Mapping[_Key, SmallInput]:
        """Read these files; what refuses is noted."""
        inputs = {}
        for role, path in places.items():
            if self._kind_at(path) is EntryKind.LINK_OUT:
                self.unreadable.append(link_out_refusal(self._absolute(path), path))
                continue
            self._watch.begin(self._absolute(path))
            try:
                data, modified_ns = self._disk.read(self._absolute(path), path, max_bytes)
                inputs[role] = SmallInput(path, data, modified_ns)
            except ReadRefused as refused:
                self.unreadable.append(refused.refusal)
        return inputs
