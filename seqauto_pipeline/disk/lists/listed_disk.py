"""A root that a list tells of: what a walk asks of a disk, answered from the list."""

import errno
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self, TypeVar

from seqauto_pipeline.core.beside import path_from
from seqauto_pipeline.core.file_list import (
    DirectoryListing,
    Entry,
    EntryKind,
    Unreadable,
    escape_name,
    unescape_name,
)
from seqauto_pipeline.disk.lists.contents import bytes_of
from seqauto_pipeline.disk.lists.lines import Bytes, Directory, Header, Link, ListError, Look, Run
from seqauto_pipeline.disk.lists.list_file import ListFile
from seqauto_pipeline.disk.lists.refusals import (
    RefusedThereError,
    damaged,
    error_of,
    not_listed,
    unreadable,
)
from seqauto_pipeline.disk.read import ReadRefused, refusal_of
from seqauto_pipeline.disk.trusted_times import as_held, modified_ns_of, was_touched

_Facts = TypeVar("_Facts")
_MODES = {
    EntryKind.FILE: stat.S_IFREG,
    EntryKind.DIRECTORY: stat.S_IFDIR,
    EntryKind.LINK_OUT: stat.S_IFLNK,
}


def _stat_of(entry: Entry, changed_ns: int) -> os.stat_result:
    """Make facts of a file as the system gives them."""
    mode, modified_ns = _MODES.get(entry.kind, stat.S_IFIFO), as_held(entry.modified_ns)
    times = (modified_ns, modified_ns, as_held(changed_ns))
    seconds = [time // 10**9 for time in times]
    return os.stat_result((mode, 0, 0, 1, 0, 0, entry.size, *seconds, *seconds, *times))


@dataclass(frozen=True, slots=True)
class ListedName:
    """One name in a directory above the run folders."""

    path: str
    kind: EntryKind

    def is_symlink(self) -> bool:
        if self.kind is EntryKind.UNKNOWN:
            raise OSError(errno.EIO, "its facts could not be read")
        return self.kind is EntryKind.LINK_OUT

    def is_dir(self, *, follow_symlinks: bool) -> bool:  # noqa: ARG002 - no link is asked
        return self.kind is EntryKind.DIRECTORY

    def stat(self, *, follow_symlinks: bool) -> os.stat_result:  # noqa: ARG002 - the name's own
        return _stat_of(Entry(self.kind, 0, 0), 0)


@dataclass(frozen=True, slots=True)
class ListedDisk:
    """The levels above the run folders of a root, or one run folder. Paths are absolute."""

    root: str  # as this machine calls it
    file: ListFile
    follows_links_out: bool
    directories: Mapping[str, Directory] = field(default_factory=dict)
    looks: Mapping[str, Look | None] = field(default_factory=dict)
    inputs: Mapping[str, Bytes] = field(default_factory=dict)
    trouble: str = ""  # why the part of the list that is asked cannot be used
    unavailable: str | None = None  # why there is no list

    @classmethod
    def of_root(cls, root: str, file: ListFile, *, follows_links_out: bool) -> Self:
        """Open the levels above the run folders. Raises ListError."""
        levels = _absolute(root, file.levels())
        return cls(root, file, follows_links_out, directories=levels)

    @classmethod
    def without_list(cls, root: str, reason: str) -> Self:
        """Stand for a root of which nothing can be told."""
        no_list = ListFile.without_runs(Path(root))
        return cls(root, no_list, follows_links_out=False, unavailable=reason)

    @property
    def _header(self) -> Header:
        return self.file.header

    def why_unavailable(self) -> str | None:
        return self.unavailable

    def part(self, below_root: frozenset[str]) -> "ListedDisk":
        return ListedDisk(self.root, self.file.part(below_root), self.follows_links_out)

    def for_run(self, below_root: str) -> "ListedDisk":
        trouble, run = "", Run()
        try:
            run = self.file.run(below_root)
        except KeyError:
            trouble = "the list does not tell of it"
        except ListError as error:
            trouble = str(error)
        folder = path_from(self.root, unescape_name(below_root))
        return ListedDisk(
            self.root,
            self.file,
            self.follows_links_out,
            _absolute(folder, run.directories),
            _absolute(folder, run.looked_at),
            _absolute(folder, run.inputs),
            trouble,
        )

    def is_empty(self, path: str) -> bool:
        return not self._directory(path).entries

    def names_in(self, path: str) -> Mapping[str, ListedName]:
        entries = self._directory(path).entries
        names = ((unescape_name(name), entry.kind) for name, entry in entries.items())
        return {name: ListedName(f"{path}/{name}", kind) for name, kind in names}

    def list_directory(self, path: str) -> tuple[DirectoryListing, bool]:
        directory = self._directory(path)
        entries = {
            name: self._followed(directory, name, entry)
            if entry.kind is EntryKind.LINK_OUT
            else entry
            for name, entry in directory.entries.items()
        }
        listing = DirectoryListing(directory.modified, directory.listed, entries)
        return listing, bool(directory.links)

    def _followed(self, directory: Directory, name: str, link: Entry) -> Entry:
        leads = directory.links.get(name)
        if leads is None or leads.leads == "u":
            return Entry(EntryKind.UNKNOWN, 0, 0)
        return self._target(leads, link.modified_ns)

    def _target(self, leads: Link, link_ns: int) -> Entry:
        if leads.leads == "b":
            return Entry(EntryKind.BROKEN_LINK, 0, link_ns)
        if self.follows_links_out or leads.below:
            return Entry(EntryKind(leads.leads), leads.size, leads.modified)
        return Entry(EntryKind.LINK_OUT, 0, link_ns)

    def resolve_link(self, path: str, link: os.stat_result) -> Entry:
        leads = self._link(path)
        if leads is not None and leads.refused is not None:
            raise error_of(leads.refused)
        if leads is None or leads.leads == "u":
            raise not_listed(path)
        return self._target(leads, modified_ns_of(link))

    def is_directory(self, path: str) -> bool:
        leads = self._link(path)
        if leads is not None:
            return leads.leads == "d"
        entry = self._entry(path)
        return entry is not None and entry.kind is EntryKind.DIRECTORY

    def facts_of(self, path: str, *, follow_link: bool = False) -> os.stat_result:  # noqa: ARG002 - it was asked as it is here
        look = self.looks.get(path)
        if look is not None and look.refused is not None:
            raise error_of(look.refused)
        entry = self._entry(path)
        if entry is None:
            raise FileNotFoundError(errno.ENOENT, "it is not there")
        directory = self.directories.get(path)
        changed = directory.changed if directory is not None else look.changed if look else 0
        return _stat_of(entry, changed)

    def exists(self, path: str) -> bool:
        return self._entry(path) is not None

    def is_as_listed(
        self, path: str, listed_ns: int, *, modified_ns: int, size: int | None = None
    ) -> bool:
        directory = self.directories.get(path)
        if size is None and directory is not None and directory.refused is None:
            is_same = directory.modified == modified_ns
            return is_same and not was_touched(directory.changed, listed_ns)
        facts = self.facts_of(path)
        if modified_ns_of(facts) != modified_ns or size not in (None, facts.st_size):
            return False
        small = self.inputs.get(path)
        changed_ns = small.changed if small is not None else facts.st_ctime_ns
        return not was_touched(changed_ns, listed_ns)

    def read(self, path: str, below: str, max_bytes: int) -> tuple[bytes, int]:
        found = self.inputs.get(path)
        if found is None:
            raise ReadRefused(self.refusal_of(path, below, self._missing(path)))
        return bytes_of(found, path, below, self._header, max_bytes)

    def why_unknown(self, path: str, below: str) -> Unreadable:
        folder, _, _ = path.rpartition("/")
        directory = self.directories.get(folder, Directory())
        name = below.rpartition("/")[2]
        refused = directory.unknown.get(name)
        if refused is None:
            leads = directory.links.get(name)
            refused = leads.refused if leads is not None else None
        return self.refusal_of(path, below, error_of(refused) if refused else not_listed(path))

    def refusal_of(
        self,
        path: str,
        below: str,
        error: OSError,
        *,
        of_target: bool = False,  # noqa: ARG002 - the list names what refused
    ) -> Unreadable:
        if isinstance(error, RefusedThereError):
            return unreadable(error.refused, below, self._header)
        return refusal_of(path, below, error)

    def _missing(self, path: str) -> RefusedThereError:
        return damaged(path, self.trouble) if self.trouble else not_listed(path)

    def _directory(self, path: str) -> Directory:
        directory = self.directories.get(path)
        if directory is None:
            raise self._missing(path)
        if directory.refused is not None:
            raise error_of(directory.refused)
        return directory

    def _link(self, path: str) -> Link | None:
        look = self.looks.get(path)
        if look is not None:
            return look.link
        folder, _, name = path.rpartition("/")
        directory = self.directories.get(folder)
        return directory.links.get(escape_name(name)) if directory is not None else None

    def _entry(self, path: str) -> Entry | None:
        """Give the entry at a path; None where nothing is. Raises OSError where nobody looked."""
        if path in self.looks:
            look = self.looks[path]
            return look.entry if look is not None else None
        folder, _, name = path.rpartition("/")
        directory = self.directories.get(folder)
        if directory is None:
            raise self._missing(path)
        if directory.refused is not None:
            raise error_of(directory.refused)
        return directory.entries.get(escape_name(name))


def _absolute(folder: str, by_path: Mapping[str, _Facts]) -> dict[str, _Facts]:
    return {path_from(folder, unescape_name(path)): facts for path, facts in by_path.items()}
