"""The parts of a record: its header, its index, and a run as one line of it."""

from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from seqauto_pipeline.core.file_list import Scope

NOT_THERE = -1  # in place of the modification time of a directory that may come to be


@dataclass(frozen=True, slots=True)
class ScanHeader:
    """Facts of the scan itself."""

    started_at: str  # ISO 8601, UTC
    scope: Scope
    scanner: str  # version of this package
    basis: str = ""  # digest of the settings that decide what is listed; equal: can be built on
    full_since: str = ""  # when a scan last listed everything; ISO 8601
    holder: str = ""  # id of the one earlier record that holds lines of this one's runs
    holder_sha256: str = ""  # what the bytes of that record sum up to

    @property
    def full(self) -> bool:
        """Whether this scan listed everything itself."""
        return self.full_since in ("", self.started_at)


class IndexedRun(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """What a record says of a run beside its line: few bytes, for there are many runs."""

    root: str
    path: str
    digest: str  # of the listing
    offset: int  # of its line, in this record or in the holder
    length: int
    in_holder: bool
    listed_ns: int  # when the listing began
    newest_ns: int  # modification time of what changed last
    can_be_trusted: bool  # nothing refused, no links, and no directory too young when listed
    directories: int  # on the way
    entries: int  # names in the listed directories
    size: int  # bytes of the files among them
    refusals: int

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]


class Watched(msgspec.Struct, array_like=True, frozen=True, gc=False):
    """What tells a later scan whether a run is as it was."""

    directories: Mapping[str, int]  # on the way: modification time in ns, or NOT_THERE
    files: Mapping[str, tuple[int, int]]  # markers, sheet and metadata: size and time


@dataclass(frozen=True, slots=True)
class RecordedRun:
    """A run of an earlier record."""

    entry: IndexedRun
    watched: Watched


@dataclass(frozen=True, slots=True)
class PackedRun:
    """A listed run as a record holds it, before it is written to one."""

    member: bytes  # its line, compressed
    entry: IndexedRun  # without offset and length
    watched: Watched
