"""List one directory: its names and their facts, links followed as far as they may be."""

import errno
import os
import stat
import time
from collections.abc import Iterable
from functools import cached_property
from itertools import islice
from typing import Self

from seqauto_pipeline.core.beside import path_from
from seqauto_pipeline.core.file_list import (
    DirectoryListing,
    Entry,
    EntryKind,
    Unreadable,
    escape_name,
    unescape_name,
)
from seqauto_pipeline.disk.read import read_through_link, real_path, refusal_of
from seqauto_pipeline.disk.trusted_times import is_as_listed, modified_ns_of
from seqauto_pipeline.disk.walk.options import WalkOptions
from seqauto_pipeline.list_files.opening import OPEN_DIRECTORY

NO_ENTRY = Entry(EntryKind.UNKNOWN, 0, 0)  # told from others by being this very object
_FILE, _DIRECTORY, _OTHER = EntryKind.FILE, EntryKind.DIRECTORY, EntryKind.OTHER
_NAMES_THAT_MAY_REFUSE = 8  # of one directory, each by itself; with more it is the directory


class DirectoryLister:
    """A root that this machine sees (a `Disk`): the system is asked."""

    def __init__(self, root: str, options: WalkOptions) -> None:
        self._root = root
        self._max_entries = options.max_entries
        self._follows_links_out = options.follow_links_out_of_root

    @cached_property
    def _real_root(self) -> str:
        return os.path.realpath(self._root)  # may hang: not asked for before a thread needs it

    def why_unavailable(self) -> str | None:
        return None

    def for_run(self, below_root: str) -> Self:  # noqa: ARG002 - all are asked of the system
        return self

    def part(self, below_root: frozenset[str]) -> Self:  # noqa: ARG002 - the same
        return self

    def is_empty(self, path: str) -> bool:
        with os.scandir(path) as entries:
            return next(entries, None) is None

    def is_directory(self, path: str) -> bool:
        return os.path.isdir(path)

    def facts_of(self, path: str, *, follow_link: bool = False) -> os.stat_result:
        return os.stat(path, follow_symlinks=follow_link)

    def exists(self, path: str) -> bool:
        return os.path.lexists(path)

    def is_as_listed(
        self, path: str, listed_ns: int, *, modified_ns: int, size: int | None = None
    ) -> bool:
        return is_as_listed(path, listed_ns, modified_ns=modified_ns, size=size)

    def read(self, path: str, below: str, max_bytes: int) -> tuple[bytes, int]:
        root = None if self._follows_links_out else self._root
        return read_through_link(path, below, max_bytes=max_bytes, root=root)

    def refusal_of(
        self, path: str, below: str, error: OSError, *, of_target: bool = False
    ) -> Unreadable:
        return refusal_of(real_path(path) if of_target else path, below, error)

    def why_unknown(self, path: str, below: str) -> Unreadable:
        """Ask once more for the facts of a name, and say why they cannot be had."""
        target = real_path(path)
        try:
            os.stat(target)
        except OSError as error:
            return refusal_of(target, below, error)
        return refusal_of(target, below, FileNotFoundError(errno.ENOENT, "it came and went"))

    def names_in(self, path: str) -> dict[str, "os.DirEntry[str]"]:
        """List a directory without asking for the facts of what it holds. Raises OSError."""
        most = self._max_entries
        with os.scandir(path) as entries:
            names = {each.name: each for each in islice(entries, most + 1)}
        if len(names) > most:
            raise self._too_many()
        return names

    def list_directory(self, path: str) -> tuple[DirectoryListing, bool]:
        """List one directory, and tell whether it holds symbolic links. Raises OSError."""
        folder = os.open(path, OPEN_DIRECTORY)
        try:
            modified_ns, listed_ns = modified_ns_of(os.fstat(folder)), time.time_ns()
            with os.scandir(folder) as found:
                entries, has_links = self._entries(found, path)
        finally:
            os.close(folder)
        return DirectoryListing(modified_ns, listed_ns, entries), has_links

    def _too_many(self) -> OSError:
        return OSError(errno.EFBIG, f"more than {self._max_entries} entries")

    def _entries(
        self, found: Iterable["os.DirEntry[str]"], folder: str
    ) -> tuple[dict[str, Entry], bool]:
        """Give the facts of all names. Raises OSError where the directory itself refuses.

        The directory is open, so that the system need not follow the whole path for each name.
        """
        entries: dict[str, Entry] = {}
        has_links, refused, most = False, 0, self._max_entries
        for each in found:
            if len(entries) >= most:
                raise self._too_many()
            name = each.name
            try:
                facts = each.stat(follow_symlinks=False)
            except OSError as error:
                _raise_if_of_directory(error, is_last_chance=refused >= _NAMES_THAT_MAY_REFUSE)
                entry = NO_ENTRY
            else:
                if stat.S_ISREG(facts.st_mode):  # nearly all, and a disk has millions
                    entry = tuple.__new__(Entry, (_FILE, facts.st_size, modified_ns_of(facts)))
                elif stat.S_ISLNK(facts.st_mode):
                    entry, has_links = self._entry_of_link(f"{folder}/{name}", facts), True
                else:
                    entry = _entry_of(facts)
            refused += entry is NO_ENTRY
            is_plain = name.isascii() and "\\" not in name
            entries[name if is_plain else escape_name(name)] = entry
        return entries, has_links

    def _entry_of_link(self, path: str, link: os.stat_result) -> Entry:
        try:
            return self.resolve_link(path, link)
        except OSError:
            return NO_ENTRY

    def resolve_link(self, path: str, link: os.stat_result) -> Entry:
        """Give the facts of a link's target, when it may be followed; else those of the link.

        Raises OSError for a target that refuses: it may well be there.
        """
        try:
            target = os.stat(path)
        except (FileNotFoundError, NotADirectoryError):
            return Entry(EntryKind.BROKEN_LINK, 0, modified_ns_of(link))
        except OSError as error:
            if error.errno != errno.ELOOP:
                raise
            return Entry(EntryKind.BROKEN_LINK, 0, modified_ns_of(link))
        if self._follows_links_out or self._is_below_root(path):
            return _entry_of(target)
        return Entry(EntryKind.LINK_OUT, 0, modified_ns_of(link))

    def _is_below_root(self, path: str) -> bool:
        real = os.path.realpath(path)
        return real == self._real_root or real.startswith(self._real_root.rstrip("/") + "/")


def _entry_of(facts: os.stat_result) -> Entry:
    kind = stat.S_IFMT(facts.st_mode)
    if kind == stat.S_IFREG:
        return Entry(_FILE, facts.st_size, modified_ns_of(facts))
    return Entry(_DIRECTORY if kind == stat.S_IFDIR else _OTHER, 0, modified_ns_of(facts))


def _raise_if_of_directory(error: OSError, *, is_last_chance: bool) -> None:
    """Raise an error again that is of the directory, and not of the one name in it."""
    if isinstance(error, FileNotFoundError):
        return
    if is_last_chance or error.errno == errno.EACCES:
        raise error


def joined(folder: str, escaped: str) -> str:
    """Give the path of what has an escaped path relative to a folder; "" is the folder itself."""
    return path_from(folder, unescape_name(escaped))


def child_of(path: str, name: str) -> str:
    """Give a relative path one level deeper."""
    return f"{path}/{name}" if path else name
