"""The lines of a record: JSON, each compressed as a gzip member of its own."""

import base64
import gzip
import hashlib
import zlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from typing import TypeAlias

import msgspec

from seqauto_pipeline.core.file_list import (
    DirectoryListing,
    Entry,
    InputRole,
    RootListing,
    RunListing,
    SmallInput,
    Unreadable,
)
from seqauto_pipeline.disk.record.parts import IndexedRun, ScanHeader, Watched

FORMAT = 4
READABLE = (3, FORMAT)  # what earlier versions wrote is still read
MEMBER_START = b"\x1f\x8b\x08"
_GZIP_LEVEL = 1  # a scan waits for it; higher levels save a tenth of the size for twice the time

# What reading a line raises when it is damaged, or not one that this program wrote.
NOT_OURS = (KeyError, ValueError, IndexError, OSError, EOFError, zlib.error)

_Refusal: TypeAlias = tuple[str, str, str, str]  # the fields of Unreadable in their order


class _Bytes(msgspec.Struct, omit_defaults=True):
    """Text is kept as it is: it compresses far better than base64."""

    text: str | None = None
    base64: str | None = None

    @classmethod
    def of(cls, data: bytes) -> "_Bytes":
        is_plain = b"\x00" not in data  # which JSON writes as six characters
        with suppress(UnicodeDecodeError):
            if is_plain:
                return cls(text=data.decode("utf-8"))
        return cls(base64=base64.b64encode(data).decode("ascii"))

    def data(self) -> bytes:
        if self.text is not None:
            return self.text.encode("utf-8")
        return base64.b64decode(self.base64 or "")


class _Facts(msgspec.Struct, omit_defaults=True):
    """All that a judgement depends on, in an order: two listings that say the same are one."""

    root: str
    path: str
    named: bool
    skip: str | None
    dirs: dict[str, Mapping[str, Entry]]
    inputs: dict[InputRole, tuple[str, int, _Bytes]]  # path, modification time in ns
    unreadable: list[_Refusal]
    links: bool
    sheets: dict[str, tuple[int, _Bytes]] = {}  # that conversions used, by path


class _Times(msgspec.Struct):
    """The times of directories: what they tell of stands in the facts."""

    dirs: dict[str, tuple[int, int]]  # when it was modified and when it was listed, in ns
    passed: Mapping[str, int]


class _RunLine(msgspec.Struct):
    run: _Facts
    times: _Times


class _RootLine(msgspec.Struct):
    root: RootListing


class _IndexLine(msgspec.Struct):
    index: list[IndexedRun]


class _WatchedLine(msgspec.Struct):
    watched: list[Watched]


class _EntryOfFormat3(msgspec.Struct, array_like=True):
    root: str
    path: str
    digest: str
    at: tuple[int, int]  # offset and length
    directories: Mapping[str, int]
    files: Mapping[str, tuple[int, int]]
    times: tuple[int, int]  # of the listing, and of what changed last
    can_be_trusted: bool
    counts: tuple[int, int, int]  # entries, bytes, refusals


class _IndexOfFormat3(msgspec.Struct):
    index: list[_EntryOfFormat3]


class Chunk(msgspec.Struct, array_like=True, frozen=True):
    """Where the index of some runs stands, and what is watched of them: offsets and lengths."""

    index_at: int
    index_length: int
    watched_at: int
    watched_length: int


class Contents(msgspec.Struct):
    """Where everything of a record is."""

    head: int  # bytes of the lines of the scan and its roots
    chunks: list[Chunk]


class _ContentsLine(msgspec.Struct):
    contents: Contents


class End(msgspec.Struct):
    """The last line: where the contents are, and what the bytes before this line sum up to."""

    index_at: int  # of the line of contents; in format 3 of the only index
    sha256: str


class _EndLine(msgspec.Struct):
    end: End


_encode = msgspec.json.Encoder().encode
_encode_in_order = msgspec.json.Encoder(order="deterministic").encode  # mappings by their keys
_decode_run = msgspec.json.Decoder(_RunLine).decode
_decode_index = msgspec.json.Decoder(_IndexLine).decode
_decode_watched = msgspec.json.Decoder(_WatchedLine).decode
_decode_format_3 = msgspec.json.Decoder(_IndexOfFormat3).decode


def compressed(line: bytes) -> bytes:
    return gzip.compress(line + b"\n", _GZIP_LEVEL, mtime=0)


def header_line(header: ScanHeader) -> bytes:
    return _encode({"seqauto_scan": FORMAT, **asdict(header)})


class OtherFormatError(Exception):
    """A record of another version of this program."""

    def __init__(self, found: object) -> None:
        super().__init__(found)
        self.found = found


def read_header(line: bytes) -> ScanHeader:
    first = msgspec.json.decode(line, type=dict[str, object])
    found = first.get("seqauto_scan")
    if found not in READABLE:
        raise OtherFormatError(found)
    return msgspec.convert(first, ScanHeader)


def root_line(root: RootListing) -> bytes:
    return _encode(_RootLine(root))


def read_root(line: bytes) -> RootListing:
    return msgspec.json.decode(line, type=_RootLine).root


def run_line(run: RunListing) -> tuple[bytes, str]:
    """Give the line of a run, and the digest of what a judgement of it depends on."""
    facts = _encode_in_order(_facts_of(run))
    digest = hashlib.md5(facts, usedforsecurity=False).hexdigest()
    return b'{"run":%b,"times":%b}' % (facts, _encode(_times_of(run))), digest


def _facts_of(run: RunListing) -> _Facts:
    return _Facts(
        root=run.root,
        path=run.path,
        named=run.is_named_like_a_run,
        skip=run.skip_reason,
        dirs={path: each.entries for path, each in run.directories.items()},
        inputs={
            role: (each.path, each.modified_ns, _Bytes.of(each.data))
            for role, each in run.inputs.items()
        },
        unreadable=[_refusal_of(each) for each in run.unreadable],
        links=run.has_links,
        sheets={
            path: (each.modified_ns, _Bytes.of(each.data)) for path, each in run.used_sheets.items()
        },
    )


def _refusal_of(each: Unreadable) -> _Refusal:
    return each.path, each.errno_name, each.reason, each.below


def _times_of(run: RunListing) -> _Times:
    times = {path: (each.modified_ns, each.listed_ns) for path, each in run.directories.items()}
    return _Times(times, run.passed_through)


def read_run(line: bytes) -> RunListing:
    read = _decode_run(line)
    run, times = read.run, read.times
    return RunListing(
        root=run.root,
        path=run.path,
        is_named_like_a_run=run.named,
        skip_reason=run.skip,
        directories={
            path: DirectoryListing(*times.dirs[path], entries) for path, entries in run.dirs.items()
        },
        inputs={
            role: SmallInput(path, content.data(), modified_ns)
            for role, (path, modified_ns, content) in run.inputs.items()
        },
        unreadable=tuple(Unreadable(*each) for each in run.unreadable),
        passed_through=times.passed,
        has_links=run.links,
        used_sheets={
            path: SmallInput(path, content.data(), modified_ns)
            for path, (modified_ns, content) in run.sheets.items()
        },
    )


def index_line(runs: Sequence[IndexedRun]) -> bytes:
    return _encode(_IndexLine(list(runs)))


def watched_line(runs: Sequence[Watched]) -> bytes:
    return _encode(_WatchedLine(list(runs)))


def read_index(line: bytes) -> list[IndexedRun]:
    return _decode_index(line).index


def read_watched(line: bytes) -> list[Watched]:
    return _decode_watched(line).watched


def read_index_of_format_3(line: bytes) -> list[IndexedRun]:
    return list(map(_from_format_3, _decode_format_3(line).index))


def read_watched_of_format_3(line: bytes) -> list[Watched]:
    return [Watched(each.directories, each.files) for each in _decode_format_3(line).index]


def _from_format_3(entry: _EntryOfFormat3) -> IndexedRun:
    (offset, length), (listed_ns, newest_ns) = entry.at, entry.times
    entries, size, refusals = entry.counts
    return IndexedRun(
        root=entry.root,
        path=entry.path,
        digest=entry.digest,
        offset=offset,
        length=length,
        in_holder=False,
        listed_ns=listed_ns,
        newest_ns=newest_ns,
        can_be_trusted=entry.can_be_trusted,
        directories=len(entry.directories),
        entries=entries,
        size=size,
        refusals=refusals,
    )


def contents_line(contents: Contents) -> bytes:
    return _encode(_ContentsLine(contents))


def read_contents(line: bytes) -> Contents:
    return msgspec.json.decode(line, type=_ContentsLine).contents


def end_line(end: End) -> bytes:
    return _encode(_EndLine(end))


def read_end(line: bytes) -> End:
    return msgspec.json.decode(line, type=_EndLine).end
