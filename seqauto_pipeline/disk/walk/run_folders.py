"""Walk the sequencing disks: find run folders and list what their layout looks into. Read only."""

import errno
import os
import re
import stat
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain, islice
from typing import TypeVar

from seqauto_pipeline.core.file_list import (
    DirectoryListing,
    Entry,
    EntryKind,
    InputRole,
    RootListing,
    RunListing,
    SmallInput,
    Unreadable,
    escape_name,
    glob_regex,
    unescape_name,
)
from seqauto_pipeline.core.layout import Layout
from seqauto_pipeline.core.metadata.instruments import MARKER_NAMES
from seqauto_pipeline.core.metadata.run_folder import parse_run_folder_name
from seqauto_pipeline.disk.parallel.workers import Watch, supervised_map
from seqauto_pipeline.disk.read import (
    ReadRefused,
    link_out_refusal,
    read_through_link,
    real_path,
    refusal_of,
)
from seqauto_pipeline.disk.record.parts import IndexedRun
from seqauto_pipeline.disk.trusted_times import is_as_listed

_T = TypeVar("_T")
_OPEN_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | os.O_NOCTTY
_NO_ENTRY = Entry(EntryKind.UNKNOWN, 0, 0)
_FEW = 8  # names of one directory that may refuse by themselves; with more it is the directory


@dataclass(frozen=True, slots=True)
class WalkOptions:
    """What a walk leaves out, and its limits."""

    skip_marker: str = ".variantgrid_skip_flowcell"
    skip_patterns: tuple[str, ...] = ()  # regular expressions on the absolute path of a run folder
    follow_links_out_of_root: bool = False
    max_input_bytes: int = 16 << 20
    max_entries: int = 200_000
    threads: int = 8
    seconds_per_directory: float = 60
    left_alone: frozenset[str] = frozenset()  # paths below the root that are only looked for


@dataclass(frozen=True, slots=True)
class _Place:
    """A directory above the run folders, or a run folder itself."""

    path: str  # below the root
    skip_reason: str | None = None


@dataclass(slots=True)
class _Above:
    """What one directory above the run folders holds."""

    place: _Place
    is_listed: bool = False
    below: list[_Place] = field(default_factory=list)
    unreadable: list[Unreadable] = field(default_factory=list)

    @property
    def is_kit(self) -> bool:
        return self.is_listed and self.place.path != ""


class RootWalk:
    """One root: `find` its run folders, then `list_runs`."""

    def __init__(
        self,
        root: str,
        layout: Layout,
        options: WalkOptions,
        known: Mapping[str, IndexedRun] | None = None,
    ) -> None:
        """Walk a root. ``known`` are cold runs of an earlier record, listed again if changed."""
        self._root, self._layout, self._options = root, layout, options
        self._known = known or {}
        self._skips = tuple(re.compile(pattern) for pattern in options.skip_patterns)
        self._candidates: tuple[_Place, ...] = ()

    @cached_property
    def _real_root(self) -> str:
        return os.path.realpath(self._root)  # may hang: not asked for before a thread needs it

    def find(self) -> RootListing:
        """List the levels above the run folders. A root that cannot be trusted says why."""
        one_root = supervised_map(
            lambda _, watch: self._why_unavailable(watch),
            [self._root],
            threads=1,
            seconds=self._options.seconds_per_directory,
            when_stuck=lambda _, what: f"{escape_name(what)} {self._timed_out()}",
        )
        unavailable = next(one_root)
        level: tuple[_Place, ...] = (_Place(""),)
        listed: list[_Above] = []
        for _ in range(0 if unavailable else self._layout.run_depth):
            found = self._list_level(level)
            listed += found
            level = tuple(place for each in found for place in each.below)
        refusals = [refusal for each in listed for refusal in each.unreadable]
        self._candidates = () if unavailable else tuple(sorted(level, key=_newest_first))
        return RootListing(
            path=escape_name(self._root),
            layout=self._layout.name,
            kits=tuple(sorted(each.place.path for each in listed if each.is_kit)),
            run_paths=tuple(sorted(place.path for place in self._candidates)),
            unreadable=tuple(sorted(refusals, key=lambda each: each.below)),
            unavailable=unavailable,
        )

    def _list_level(self, places: Sequence[_Place]) -> tuple[_Above, ...]:
        """List directories of one level, each for itself: one may be the mount of a dead server."""
        return tuple(
            supervised_map(
                self._list_above,
                places,
                threads=self._options.threads,
                seconds=self._options.seconds_per_directory,
                when_stuck=lambda place, what: _Above(
                    place, unreadable=[self._no_answer(what, place.path)]
                ),
            )
        )

    def _timed_out(self) -> str:
        limit = f"{self._options.seconds_per_directory:g} s"
        return f"did not answer within {limit}: is its file server up? (directory_timeout_seconds)"

    def _no_answer(self, what: str, below: str) -> Unreadable:
        return Unreadable(escape_name(what), "ETIMEDOUT", f"it {self._timed_out()}", below)

    def list_runs(self, wanted: frozenset[str] | None = None) -> Iterator[RunListing | IndexedRun]:
        """List the run folders that `find` found, newest first; None of ``wanted`` means all.

        A known run that has not changed is given as it is known.
        """
        return self.map_runs(lambda run: run, wanted)

    def map_runs(
        self, function: Callable[[RunListing | IndexedRun], _T], wanted: frozenset[str] | None
    ) -> Iterator[_T]:
        """Give what a function makes of each run, in the thread that listed it."""
        chosen = [
            place
            for place in self._candidates
            if place.path not in self._options.left_alone
            and (wanted is None or place.path in wanted)
        ]

        def list_one(place: _Place, watch: Watch) -> list[_T]:
            run = self._list_run(place.path, place.skip_reason, watch)
            watch.end()
            return [] if run is None else [function(run)]

        return chain.from_iterable(
            supervised_map(
                list_one,
                chosen,
                threads=self._options.threads,
                seconds=self._options.seconds_per_directory,
                when_stuck=lambda place, what: [function(self._stuck_run(place.path, what))],
            )
        )

    def part(self, wanted: frozenset[str]) -> "RootWalk":
        """Give a walk of some of the run folders, of which nothing is known, to list elsewhere."""
        part = RootWalk(self._root, self._layout, self._options)
        part._candidates = tuple(place for place in self._candidates if place.path in wanted)
        return part

    def unknown(self, wanted: frozenset[str]) -> list[str]:
        """Paths of the run folders that are listed in any case, newest first."""
        return [
            place.path
            for place in self._candidates
            if place.path in wanted and place.path not in self._known
        ]

    def _stuck_run(self, path: str, what: str) -> RunListing:
        return replace(self._empty_listing(path), unreadable=(self._no_answer(what, ""),))

    def _empty_listing(self, path: str) -> RunListing:
        return RunListing(
            root=escape_name(self._root),
            path=path,
            is_named_like_a_run=_is_named_like_a_run(path),
            skip_reason=None,
            directories={},
            inputs={},
            unreadable=(),
        )

    def _why_unavailable(self, watch: Watch) -> str | None:
        watch.begin(self._root)
        try:
            with os.scandir(self._root) as entries:
                if next(entries, None) is None:
                    return "it is empty: is the disk mounted?"
        except FileNotFoundError:
            return "it does not exist: is the disk mounted?"
        except NotADirectoryError:
            return "it is not a directory"
        except OSError as error:
            return refusal_of(self._root, "", error).reason
        return None

    def _list_above(self, place: _Place, watch: Watch) -> _Above:
        """List one directory above the run folders, without asking for the facts of what it holds.

        What such a name leads to may hang or refuse: that is its own matter, one level below.
        """
        found = _Above(place)
        absolute = self._absolute(place.path)
        watch.begin(absolute)
        try:
            names = self._names_in(absolute)
        except OSError as error:
            found.unreadable.append(refusal_of(absolute, place.path, error))
            return found
        found.is_listed = True
        self._add_below(found, names, watch)
        return found

    def _names_in(self, path: str) -> dict[str, "os.DirEntry[str]"]:
        most = self._options.max_entries
        with os.scandir(path) as entries:
            names = {each.name: each for each in islice(entries, most + 1)}
        if len(names) > most:
            raise OSError(errno.EFBIG, f"more than {most} entries")
        return names

    def _add_below(
        self, found: _Above, names: Mapping[str, "os.DirEntry[str]"], watch: Watch
    ) -> None:
        path, skip_reason = found.place.path, found.place.skip_reason
        if self._options.skip_marker in names:
            skip_reason = f"{path or 'the root'} holds {self._options.skip_marker}"
        for name, entry in sorted(names.items()):
            escaped = escape_name(name)
            below = f"{path}/{escaped}" if path else escaped
            if self._layout.is_ignored(escaped):
                continue
            watch.begin(entry.path)
            if self._is_directory(entry, below, found.unreadable):
                found.below.append(_Place(below, skip_reason))

    def _is_directory(
        self, entry: "os.DirEntry[str]", below: str, unreadable: list[Unreadable]
    ) -> bool:
        try:
            if not entry.is_symlink():
                return entry.is_dir(follow_symlinks=False)
            kind = self.resolve_link(entry.path, entry.stat(follow_symlinks=False)).kind
            if kind is EntryKind.LINK_OUT and os.path.isdir(entry.path):
                unreadable.append(link_out_refusal(entry.path, below))
        except OSError:
            unreadable.append(_why_unknown(entry.path, below))
            return False
        return kind is EntryKind.DIRECTORY

    def _absolute(self, path: str) -> str:
        return f"{self._root}/{unescape_name(path)}" if path else self._root

    def _list_run(
        self, path: str, kit_skip_reason: str | None, watch: Watch
    ) -> RunListing | IndexedRun | None:
        """List one run folder; None when the directory is no run folder."""
        known = self._known.get(path)
        if known is not None and kit_skip_reason is None and self._is_unchanged(known, watch):
            return known
        reader = _RunReader(self._absolute(path), self, watch)
        reader.list_top()
        skip_reason = kit_skip_reason or self._why_skipped(path, reader)
        if skip_reason is None or not _is_named_like_a_run(path):
            reader.list_layout(self._layout)
        inputs_at = reader.find_inputs(self._layout)
        looks_like_a_run = inputs_at or reader.has_marker(self._layout) or reader.unreadable
        if not (_is_named_like_a_run(path) or looks_like_a_run):
            return None
        if skip_reason is not None:
            return replace(self._empty_listing(path), skip_reason=skip_reason)
        return replace(
            self._empty_listing(path),
            directories=reader.directories,
            inputs=reader.read_inputs(inputs_at),
            unreadable=tuple(reader.unreadable),
            passed_through=reader.passed_through(),
            has_links=reader.has_links,
        )

    def _is_unchanged(self, known: IndexedRun, watch: Watch) -> bool:
        """Tell by times: of every directory on the way, and of markers, sheet and metadata."""
        folder = self._absolute(known.path)
        try:
            for path, modified_ns in known.directories.items():
                absolute = f"{folder}/{unescape_name(path)}" if path else folder
                watch.begin(absolute)
                if not is_as_listed(absolute, known.listed_ns, modified_ns=modified_ns):
                    return False
            for path, (size, modified_ns) in known.files.items():
                absolute = f"{folder}/{unescape_name(path)}"
                watch.begin(absolute)
                if not is_as_listed(absolute, known.listed_ns, modified_ns=modified_ns, size=size):
                    return False
        except OSError:
            return False
        return True

    def _why_skipped(self, path: str, reader: "_RunReader") -> str | None:
        top = reader.directories.get("")
        if top and self._options.skip_marker in top.entries:
            return f"it holds {self._options.skip_marker}"
        absolute = self._absolute(path)
        matching = (skip.pattern for skip in self._skips if skip.search(absolute))
        pattern = next(matching, None)
        return f"its path matches the skip pattern {pattern}" if pattern else None

    def list_directory(self, path: str) -> tuple[DirectoryListing, bool]:
        """List one directory, and tell whether it holds symbolic links."""
        folder = os.open(path, _OPEN_DIRECTORY)
        try:
            modified_ns, listed_ns = os.fstat(folder).st_mtime_ns, time.time_ns()
            with os.scandir(folder) as found:
                entries, has_links = self._entries(found, path)
        finally:
            os.close(folder)
        return DirectoryListing(modified_ns, listed_ns, entries), has_links

    def _entries(
        self, found: Iterable["os.DirEntry[str]"], folder: str
    ) -> tuple[dict[str, Entry], bool]:
        """Give the facts of all names. Raises OSError where the directory itself refuses.

        The names are those of an open directory: their facts come without the way to them.
        """
        entries: dict[str, Entry] = {}
        has_links, refused, most = False, 0, self._options.max_entries
        for each in found:
            if len(entries) >= most:
                raise OSError(errno.EFBIG, f"more than {most} entries")
            name = each.name
            try:
                facts = each.stat(follow_symlinks=False)
            except OSError as error:
                _raise_if_of_directory(error, is_last_chance=refused >= _FEW)
                entry = _NO_ENTRY
            else:
                if stat.S_ISREG(facts.st_mode):  # nearly all, and a disk has millions
                    entry = tuple.__new__(Entry, (_FILE, facts.st_size, facts.st_mtime_ns))
                elif stat.S_ISLNK(facts.st_mode):
                    entry, has_links = self._entry_of_link(f"{folder}/{name}", facts), True
                else:
                    entry = _entry_of(facts)
            refused += entry is _NO_ENTRY
            is_plain = name.isascii() and "\\" not in name
            entries[name if is_plain else escape_name(name)] = entry
        return entries, has_links

    def _entry_of_link(self, path: str, link: os.stat_result) -> Entry:
        try:
            return self.resolve_link(path, link)
        except OSError:
            return _NO_ENTRY

    def resolve_link(self, path: str, link: os.stat_result) -> Entry:
        """Give the facts of a link's target, when it may be followed; else those of the link.

        Raises OSError for a target that refuses: it may well be there.
        """
        try:
            target = os.stat(path)
        except (FileNotFoundError, NotADirectoryError):
            return Entry(EntryKind.BROKEN_LINK, 0, link.st_mtime_ns)
        except OSError as error:
            if error.errno != errno.ELOOP:
                raise
            return Entry(EntryKind.BROKEN_LINK, 0, link.st_mtime_ns)
        if self._options.follow_links_out_of_root or self._is_below_root(path):
            return _entry_of(target)
        return Entry(EntryKind.LINK_OUT, 0, link.st_mtime_ns)

    def _is_below_root(self, path: str) -> bool:
        real = os.path.realpath(path)
        return real == self._real_root or real.startswith(self._real_root.rstrip("/") + "/")

    def read_input(self, path: str, below: str) -> SmallInput:
        """Read a sheet or metadata file."""
        root = None if self._options.follow_links_out_of_root else self._root
        limit = self._options.max_input_bytes
        data, modified_ns = read_through_link(path, below, max_bytes=limit, root=root)
        return SmallInput(below, data, modified_ns)


_FILE, _DIRECTORY, _OTHER = EntryKind.FILE, EntryKind.DIRECTORY, EntryKind.OTHER


def _entry_of(facts: os.stat_result) -> Entry:
    kind = stat.S_IFMT(facts.st_mode)
    if kind == stat.S_IFREG:
        return Entry(_FILE, facts.st_size, facts.st_mtime_ns)
    return Entry(_DIRECTORY if kind == stat.S_IFDIR else _OTHER, 0, facts.st_mtime_ns)


def _raise_if_of_directory(error: OSError, *, is_last_chance: bool) -> None:
    """Raise again what tells of the directory, and not of the one name whose facts were asked."""
    if isinstance(error, FileNotFoundError):
        return
    if is_last_chance or error.errno == errno.EACCES:
        raise error


def _why_unknown(absolute: str, below: str) -> Unreadable:
    """Ask once more for the facts of a listed name that could not be had."""
    target = real_path(absolute)
    try:
        os.stat(target)
    except OSError as error:
        return refusal_of(target, below, error)
    return refusal_of(target, below, FileNotFoundError(errno.ENOENT, "it came and went"))


def _newest_first(place: _Place) -> tuple[int, str]:
    """Order by the date in the name, those that have none last, then by path."""
    name = parse_run_folder_name(place.path.rpartition("/")[2])
    return (-name.date.toordinal() if name else 0, place.path)


def _is_named_like_a_run(path: str) -> bool:
    return parse_run_folder_name(path.rpartition("/")[2]) is not None


class _RunReader:
    """Lists the directories of one run folder that its layout names, each once."""

    def __init__(self, path: str, walk: RootWalk, watch: Watch) -> None:
        self._path, self._walk, self._watch = path, walk, watch
        self.directories: dict[str, DirectoryListing] = {}
        self.unreadable: list[Unreadable] = []
        self.has_links = False
        self._looked_at: dict[str, bool] = {}
        self._modified_ns: dict[str, int] = {}
        self._lacking: set[str] = set()

    def list_top(self) -> None:
        self._list("")

    def passed_through(self) -> Mapping[str, int]:
        """Directories that were not listed and lack one on the way, with their times.

        A new one would move that time. Where none is lacking, the times of the next ones tell all.
        """
        return {
            path: modified_ns
            for path, modified_ns in self._modified_ns.items()
            if path not in self.directories and path in self._lacking
        }

    def list_layout(self, layout: Layout) -> None:
        for glob in layout.directories:
            self._list_glob("", glob, layout)

    def _list_glob(self, path: str, glob: tuple[str, ...], layout: Layout) -> None:
        if not glob:
            self._list(path)
            return
        first, *rest = glob
        if any(wildcard in first for wildcard in "*?["):
            self._list(path)
            for child in self._directories_in(path, first):
                if not layout.is_never_searched(child):
                    self._list_glob(child, tuple(rest), layout)
            return
        child = f"{path}/{first}" if path else first
        if self._is_directory(child):
            self._list_glob(child, tuple(rest), layout)

    def _directories_in(self, path: str, glob: str) -> list[str]:
        listing = self.directories.get(path)
        fits = glob_regex(glob)
        found = []
        for name, entry in sorted(listing.entries.items() if listing else ()):
            child = f"{path}/{name}" if path else name
            if not fits.fullmatch(name):
                continue
            if entry.kind is EntryKind.DIRECTORY:
                found.append(child)
            elif entry.kind is EntryKind.LINK_OUT and os.path.isdir(self._absolute(child)):
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
            if not self._looked_at[path]:
                self._lacking.add(path.rpartition("/")[0])
        return self._looked_at[path]

    def _look(self, path: str) -> bool:
        if any(refusal.hides(path) for refusal in self.unreadable):
            return False
        absolute = self._absolute(path)
        self._watch.begin(absolute)
        try:
            facts = os.lstat(absolute)
        except (FileNotFoundError, NotADirectoryError):
            return False
        except OSError as error:
            self.unreadable.append(refusal_of(absolute, path, error))
            return False
        if stat.S_ISLNK(facts.st_mode):
            self.has_links = True
            return self._leads_to_directory(path, facts)
        self._modified_ns[path] = facts.st_mtime_ns
        return stat.S_ISDIR(facts.st_mode)

    def _leads_to_directory(self, path: str, link: os.stat_result) -> bool:
        """Follow a link; one that may not be followed hides what is below it."""
        absolute = self._absolute(path)
        try:
            kind = self._walk.resolve_link(absolute, link).kind
        except OSError as error:
            self.unreadable.append(refusal_of(real_path(absolute), path, error))
            return False
        if kind is EntryKind.LINK_OUT:
            self.unreadable.append(link_out_refusal(absolute, path))
        return kind is EntryKind.DIRECTORY

    def _list(self, path: str) -> None:
        if path in self.directories or any(refusal.hides(path) for refusal in self.unreadable):
            return
        self._watch.begin(self._absolute(path))
        with self._refusing(path):
            listing, has_links = self._walk.list_directory(self._absolute(path))
            self.directories[path] = listing
            self.has_links = self.has_links or has_links
            for name, entry in listing.entries.items():
                if entry is _NO_ENTRY:
                    below = f"{path}/{name}" if path else name
                    self.unreadable.append(_why_unknown(self._absolute(below), below))

    @contextmanager
    def _refusing(self, path: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            self.unreadable.append(refusal_of(self._absolute(path), path, error))

    def _absolute(self, path: str) -> str:
        return f"{self._path}/{unescape_name(path)}" if path else self._path

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

    def read_inputs(self, places: Mapping[InputRole, str]) -> Mapping[InputRole, SmallInput]:
        inputs = {}
        for role, path in places.items():
            if self._kind_at(path) is EntryKind.LINK_OUT:
                self.unreadable.append(link_out_refusal(self._absolute(path), path))
                continue
            self._watch.begin(self._absolute(path))
            try:
                inputs[role] = self._walk.read_input(self._absolute(path), path)
            except ReadRefused as refused:
                self.unreadable.append(refused.refusal)
        return inputs
