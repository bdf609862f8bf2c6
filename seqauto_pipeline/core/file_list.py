"""What one walk over the sequencing disks saw: directories, files, and what could not be read.

Names are text in a reversible escape (`escape_name`), so that a file list can be stored, shown
and compared whatever bytes a disk holds. Paths use ``/``, relative to the run folder or the root.
"""

import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

# Handed on from here: what a file list is made of should be had in one place.
from seqauto_pipeline.list_files.names import escape_name as escape_name  # noqa: PLC0414
from seqauto_pipeline.list_files.names import glob_regex as glob_regex  # noqa: PLC0414
from seqauto_pipeline.list_files.names import unescape_name as unescape_name  # noqa: PLC0414

# The modification times that databases, pandas and 64 bits of nanoseconds all hold. Those beyond
# stand in a file list as the last one that can.
FIRST_YEAR, LAST_YEAR = 1700, 2261
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_DAY_NS = 86_400 * 10**9
EARLIEST_NS = (dt.datetime(FIRST_YEAR, 1, 1, tzinfo=dt.UTC) - _EPOCH).days * _DAY_NS
LATEST_NS = (dt.datetime(LAST_YEAR + 1, 1, 1, tzinfo=dt.UTC) - _EPOCH).days * _DAY_NS


class EntryKind(StrEnum):
    """What a directory entry is, one letter each: a file list has millions."""

    FILE = "f"
    DIRECTORY = "d"
    LINK_OUT = "l"  # a symbolic link that leads out of its root, and may not be followed
    BROKEN_LINK = "b"  # a symbolic link to nothing
    OTHER = "o"  # FIFO, socket, device
    UNKNOWN = "u"  # it is listed, and its facts could not be read


class Entry(NamedTuple):  # a disk has millions
    """One name in a listed directory; a link that may be followed has its target's facts."""

    kind: EntryKind
    size: int  # bytes; 0 for what is not a file
    modified_ns: int  # since the epoch

    @property
    def is_there(self) -> bool:
        return self.kind is not EntryKind.BROKEN_LINK


@dataclass(frozen=True, slots=True)
class DirectoryListing:
    """One directory as it was when listed."""

    modified_ns: int  # the directory's own modification time, read before its names
    listed_ns: int
    entries: Mapping[str, Entry]


@dataclass(frozen=True, slots=True)
class Unreadable:
    """The first directory or file on a path that refused, and why."""

    path: str  # absolute, escaped
    errno_name: str  # EACCES, EIO, ESTALE, ENOENT for what vanished while we read, ...
    reason: str  # one clause: what the system said, and what would help
    below: str  # what it hides, relative to the run folder; "" is the whole run folder

    def hides(self, path: str) -> bool:
        return self.below in ("", path) or path.startswith(self.below + "/")


@dataclass(frozen=True, slots=True)
class SmallInput:
    """The bytes of a sample sheet or of an instrument's XML file, as the scan read them."""

    path: str
    data: bytes
    modified_ns: int

    @property
    def md5(self) -> str:
        return hashlib.md5(self.data, usedforsecurity=False).hexdigest()


class InputRole(StrEnum):
    SAMPLE_SHEET = "sample_sheet"
    RUN_INFO = "run_info"
    RUN_PARAMETERS = "run_parameters"
    RUN_COMPLETION = "run_completion"


@dataclass(frozen=True, slots=True)
class RunListing:
    """One run folder, as far as its layout looks into it."""

    root: str
    path: str  # below the root; its base name is the run's name
    is_named_like_a_run: bool
    skip_reason: str | None
    directories: Mapping[
        str, DirectoryListing
    ]  # by path; "" is the run folder; absent ones are not here
    inputs: Mapping[InputRole, SmallInput]
    unreadable: tuple[Unreadable, ...]
    passed_through: Mapping[str, int] = field(default_factory=dict)  # not listed; modified, in ns
    has_links: bool = False  # a link on the way: times of directories do not tell of its target
    used_sheets: Mapping[str, SmallInput] = field(default_factory=dict)  # of conversions, by path

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]

    def find(self, path: str) -> Entry | None:
        """The entry at a path; None when it is not there or its directory was not listed."""
        folder, _, name = path.rpartition("/")
        directory = self.directories.get(folder)
        return directory.entries.get(name) if directory else None

    def what_hides(self, path: str) -> Unreadable | None:
        if not self.unreadable:  # asked of each file, and hardly ever anything refuses
            return None
        return next((refusal for refusal in self.unreadable if refusal.hides(path)), None)

    def matching(self, pattern: str) -> Iterator[tuple[str, Entry]]:
        """Entries at a path whose components may hold ``*``, ``?`` and ``[..]``, in path order."""
        folder, _, name = pattern.rpartition("/")
        fits_folder, fits_name = glob_regex(folder), glob_regex(name)
        for path in sorted(self.directories):
            if fits_folder.fullmatch(path):
                prefix = f"{path}/" if path else ""
                for entry_name, entry in sorted(self.directories[path].entries.items()):
                    if fits_name.fullmatch(entry_name):
                        yield prefix + entry_name, entry


@dataclass(frozen=True, slots=True)
class RootListing:
    """What was found below one root: the parts that are not inside a run folder."""

    path: str
    layout: str
    kits: tuple[str, ...]  # directories that were listed above run depth, relative to the root
    run_paths: tuple[str, ...]
    unreadable: tuple[Unreadable, ...]  # `below` is relative to the root here
    unavailable: str | None = None  # why the root cannot be trusted: missing, empty, not readable


@dataclass(frozen=True, slots=True)
class Scope:
    """What a scan looks at: everything, or a part that a person named."""

    roots: tuple[str, ...] = ()  # empty: all configured roots
    runs: tuple[str, ...] = ()  # run names or paths below a root; empty: all runs

    @property
    def is_everything(self) -> bool:
        return not self.roots and not self.runs

    def covers(self, root: str, path: str) -> bool:
        """Tell whether a run, by its root and its path below it, is within this scope."""
        return (not self.roots or root in self.roots) and self.covers_path(path)

    def covers_path(self, path: str) -> bool:
        """Tell the same of a run whose root is known to be within this scope."""
        return not self.runs or path in self.runs or path.rpartition("/")[2] in self.runs
