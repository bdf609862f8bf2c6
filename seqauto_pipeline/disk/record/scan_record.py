"""What a scan saw, kept: file list and the bytes of the small inputs, for re-use and for people.

A record is one file of gzip members (``zcat`` reads it): a line of JSON for the scan, one for each
root, one for each run folder, one with an index of these, and a last one with the place of the
index and a SHA-256 over the compressed bytes before it. It is written under another name, and gets
its own when it is whole. The index tells, without unpacking anything else, which runs have changed
since: what has not is copied into the next record as it stands.
"""

import base64
import gzip
import hashlib
import json
import os
import zlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Self, TypeAlias

from seqauto_pipeline.core.file_list import (
    DirectoryListing,
    Entry,
    EntryKind,
    InputRole,
    RootListing,
    RunListing,
    Scope,
    SmallInput,
    Unreadable,
)
from seqauto_pipeline.errors import ScanRecordError

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"

FORMAT = 3
_LEVEL = 1  # a scan waits for it; higher levels save a tenth of the size for twice the time


@dataclass(frozen=True, slots=True)
class ScanHeader:
    """Facts of the scan itself."""

    started_at: str  # ISO 8601, UTC
    scope: Scope
    scanner: str  # version of this package
    basis: str = ""  # sums up the settings that decide what is listed; the same can be built on
    full_since: str = ""  # when a scan last listed everything; ISO 8601

    @property
    def full(self) -> bool:
        """Whether this scan listed everything itself."""
        return self.full_since in ("", self.started_at)


@dataclass(frozen=True, slots=True)
class IndexedRun:
    """What tells whether a run is as it was, and where its line stands in the record."""

    root: str
    path: str
    digest: str  # of the listing
    offset: int
    length: int
    directories: Mapping[str, int]  # every directory on the way, with its time in ns
    files: Mapping[str, tuple[int, int]]  # markers, sheet and metadata: size and time
    listed_ns: int  # when the listing began
    newest_ns: int  # time of what changed last
    can_be_trusted: bool  # nothing refused, no links, and no directory too young when listed
    entries: int  # names in the listed directories
    size: int  # bytes of the files among them
    refusals: int

    @property
    def name(self) -> str:
        return self.path.rpartition("/")[2]


# A change within the same tick of the file server's clock as the listing leaves no trace in the
# directory's time: FAT counts in 2 s, everything else is finer.
_TOO_YOUNG_NS = 2_000_000_000


@dataclass(frozen=True, slots=True)
class PackedRun:
    """A listed run as a record holds it, before it has a place in one."""

    member: bytes
    entry: IndexedRun


def pack_run(run: RunListing, markers: Collection[str] = ()) -> PackedRun:
    """Pack a listed run; ``markers`` are the paths whose presence makes it complete."""
    facts = _json(_facts_to_json(run))
    digest = hashlib.md5(facts.encode(), usedforsecurity=False).hexdigest()
    line = f'{{"run":{facts},"times":{_json(_times_to_json(run))}}}'
    return PackedRun(_member(line), _index_entry(run, markers, digest))


def _index_entry(run: RunListing, markers: Collection[str], digest: str) -> IndexedRun:
    directories = {path: each.modified_ns for path, each in run.directories.items()}
    files = {path: run.find(path) for path in markers}
    files |= {each.path: run.find(each.path) for each in run.inputs.values()}
    times = [
        entry.modified_ns for each in run.directories.values() for entry in each.entries.values()
    ]
    listed_late = all(
        each.listed_ns - each.modified_ns > _TOO_YOUNG_NS for each in run.directories.values()
    )
    return IndexedRun(
        root=run.root,
        path=run.path,
        digest=digest,
        offset=0,
        length=0,
        directories={**directories, **run.passed_through},
        files={path: (each.size, each.modified_ns) for path, each in files.items() if each},
        listed_ns=min((each.listed_ns for each in run.directories.values()), default=0),
        newest_ns=max([*times, *directories.values(), *run.passed_through.values()], default=0),
        can_be_trusted=bool(directories)
        and listed_late
        and not (run.unreadable or run.has_links or run.skip_reason),
        entries=sum(len(each.entries) for each in run.directories.values()),
        size=sum(
            entry.size for each in run.directories.values() for entry in each.entries.values()
        ),
        refusals=len(run.unreadable),
    )


class ScanRecordWriter:
    """Writes one record; nothing stands under its name until the block ends without an error."""

    def __init__(self, path: Path, header: ScanHeader) -> None:
        self._path, self._header = path, header
        self._digest, self._size = hashlib.sha256(), 0
        self._index: list[IndexedRun] = []

    def __enter__(self) -> Self:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._partial = self._path.with_name(f"{self._path.name}.partial-{os.getpid()}")
        self._file = self._partial.open("wb")
        self._add({"seqauto_scan": FORMAT, **asdict(self._header)})
        return self

    def add_root(self, root: RootListing) -> None:
        self._add({"root": asdict(root)})

    def add_run(self, run: PackedRun) -> None:
        self._add_member(run.member, run.entry)

    def copy_run(self, run: IndexedRun, record: "ScanRecord") -> None:
        """Add a run as it stands in an earlier record."""
        self._add_member(record.member(run), run)

    def _add_member(self, member: bytes, run: IndexedRun) -> None:
        offset, length = self._write(member)
        self._index.append(replace(run, offset=offset, length=length))

    def _add(self, line: Mapping[str, object]) -> tuple[int, int]:
        return self._write(_member(_json(line)))

    def _write(self, member: bytes) -> tuple[int, int]:
        place = (self._size, len(member))
        self._digest.update(member)
        self._file.write(member)
        self._size += len(member)
        return place

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            index_at, _ = self._add({"index": [_indexed_to_json(each) for each in self._index]})
            sha256 = self._digest.hexdigest()
            self._add({"end": {"index_at": index_at, "sha256": sha256}})
            self._file.flush()
            os.fsync(self._file.fileno())
        self._file.close()
        if kind is None:
            self._partial.replace(self._path)
        else:
            self._partial.unlink(missing_ok=True)


class ScanRecord:
    """Reads a record again; the whole file is checked against its SHA-256 when it is opened."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._data = path.read_bytes()
        except OSError as error:
            raise ScanRecordError(str(path), f"it cannot be read: {error.strerror}") from error
        end_at, end = self._find_end()
        if hashlib.sha256(self._data[:end_at]).hexdigest() != end.get("sha256"):
            reason = "its checksum does not fit: it was changed or is damaged"
            raise ScanRecordError(str(path), reason)
        try:
            self._read_index(_number(end["index_at"]), end_at)
        except _NOT_OURS as error:
            reason = f"it is not in the format of this program: {error!r}"
            raise ScanRecordError(str(path), reason) from error

    def _find_end(self) -> tuple[int, dict[str, Json]]:
        """Find the last member, which alone holds an ``end``."""
        size = len(self._data)
        first = max(0, size - _END_BYTES)
        start = self._data.rfind(_MAGIC, first)
        while start >= 0:
            try:
                return start, _table(self._line(start, size)["end"])
            except _NOT_OURS:
                start = self._data.rfind(_MAGIC, first, start)
        raise ScanRecordError(str(self._path), "it has no end: it is not whole")

    def _read_index(self, start: int, end: int) -> None:
        index = _list(self._line(start, end)["index"])
        self.index = tuple(map(_indexed_from_json, index))
        first_run = self.index[0].offset if self.index else start
        # Of text, splitlines() would part lines at U+2028 and the like, which names may hold.
        head = gzip.decompress(self._data[:first_run]).splitlines()
        self.header = _header(_table(json.loads(head[0])), self._path)
        self._roots = tuple(_root_from_json(_table(json.loads(line)["root"])) for line in head[1:])

    def _line(self, start: int, end: int) -> dict[str, Json]:
        return _table(json.loads(gzip.decompress(self._data[start:end])))

    def roots(self) -> tuple[RootListing, ...]:
        return self._roots

    def runs(self) -> Iterator[RunListing]:
        """Stream the run folders in the order in which they were listed."""
        return map(self.load, self.index)

    def load(self, run: IndexedRun) -> RunListing:
        """Unpack one run folder."""
        line = self._line(run.offset, run.offset + run.length)
        return _run_from_json(_table(line["run"]), _table(line["times"]))

    def member(self, run: IndexedRun) -> bytes:
        """Give a run's line as it stands in the file."""
        return self._data[run.offset : run.offset + run.length]


_MAGIC = b"\x1f\x8b\x08"
_END_BYTES = 1024  # the last member is far shorter: a damaged end is told at once
_NOT_OURS = (KeyError, TypeError, ValueError, IndexError, OSError, EOFError, zlib.error)


def _header(first: dict[str, Json], path: Path) -> ScanHeader:
    if first.get("seqauto_scan") != FORMAT:
        found = first.get("seqauto_scan")
        raise ScanRecordError(
            str(path), f"its format is {found!r}, and this program reads {FORMAT}"
        )
    scope = _table(first["scope"])
    return ScanHeader(
        started_at=str(first["started_at"]),
        scope=Scope(_texts(scope["roots"]), _texts(scope["runs"])),
        scanner=str(first["scanner"]),
        basis=str(first["basis"]),
        full_since=str(first["full_since"]),
    )


def _indexed_to_json(run: IndexedRun) -> list[Json]:
    files: dict[str, Json] = {path: [size, time] for path, (size, time) in run.files.items()}
    directories: dict[str, Json] = dict(run.directories)
    place: list[Json] = [run.offset, run.length]
    identity: list[Json] = [run.root, run.path, run.digest]
    times: list[Json] = [run.listed_ns, run.newest_ns]
    counts: list[Json] = [run.entries, run.size, run.refusals]
    return [*identity, place, directories, files, times, run.can_be_trusted, counts]


def _indexed_from_json(value: Json) -> IndexedRun:
    root, path, digest, place, directories, files, times, trusted, counts = _list(value)
    offset, length = map(_number, _list(place))
    listed_ns, newest_ns = map(_number, _list(times))
    entries, size, refusals = map(_number, _list(counts))
    return IndexedRun(
        root=str(root),
        path=str(path),
        digest=str(digest),
        offset=offset,
        length=length,
        directories={name: _number(time) for name, time in _table(directories).items()},
        files={name: _size_and_time(each) for name, each in _table(files).items()},
        listed_ns=listed_ns,
        newest_ns=newest_ns,
        can_be_trusted=bool(trusted),
        entries=entries,
        size=size,
        refusals=refusals,
    )


def _size_and_time(value: Json) -> tuple[int, int]:
    size, time = map(_number, _list(value))
    return size, time


def _table(value: Json) -> dict[str, Json]:
    if not isinstance(value, dict):
        raise TypeError(value)
    return value


def _list(value: Json) -> list[Json]:
    if not isinstance(value, list):
        raise TypeError(value)
    return value


def _texts(value: Json) -> tuple[str, ...]:
    return tuple(str(each) for each in _list(value))


def _number(value: Json) -> int:
    if not isinstance(value, int):
        raise TypeError(value)
    return value


def _member(line: str) -> bytes:
    return gzip.compress(f"{line}\n".encode(), _LEVEL, mtime=0)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _facts_to_json(run: RunListing) -> dict[str, object]:
    """Give all that a judgement depends on, in an order: two listings that say the same are one."""
    return {
        "root": run.root,
        "path": run.path,
        "named": run.is_named_like_a_run,
        "skip": run.skip_reason,
        "dirs": {
            path: dict(sorted(each.entries.items()))
            for path, each in sorted(run.directories.items())
        },
        "inputs": {
            role.value: [each.path, each.modified_ns, _bytes_to_json(each.data)]
            for role, each in sorted(run.inputs.items())
        },
        "unreadable": [_unreadable_to_json(each) for each in run.unreadable],
        "links": run.has_links,
    }


def _times_to_json(run: RunListing) -> dict[str, object]:
    """Give the times of directories: what they tell stands in the facts."""
    times = {path: [each.modified_ns, each.listed_ns] for path, each in run.directories.items()}
    return {"dirs": times, "passed": dict(run.passed_through)}


def _bytes_to_json(data: bytes) -> dict[str, Json]:
    """Keep text as it is: it packs far better than base64."""
    try:
        return {"text": data.decode("utf-8")}
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(data).decode("ascii")}


def _bytes_from_json(value: Json) -> bytes:
    stored = _table(value)
    if "text" in stored:
        return str(stored["text"]).encode("utf-8")
    return base64.b64decode(str(stored["base64"]))


def _unreadable_to_json(each: Unreadable) -> list[Json]:
    return [each.path, each.errno_name, each.reason, each.below]


def _run_from_json(line: dict[str, Json], times: dict[str, Json]) -> RunListing:
    skip, listed = line["skip"], _table(times["dirs"])
    return RunListing(
        root=str(line["root"]),
        path=str(line["path"]),
        is_named_like_a_run=bool(line["named"]),
        skip_reason=None if skip is None else str(skip),
        directories={
            path: _directory(each, listed[path]) for path, each in _table(line["dirs"]).items()
        },
        inputs={InputRole(role): _input(each) for role, each in _table(line["inputs"]).items()},
        unreadable=tuple(_unreadable(each) for each in _list(line["unreadable"])),
        passed_through={path: _number(time) for path, time in _table(times["passed"]).items()},
        has_links=bool(line["links"]),
    )


_KINDS = {kind.value: kind for kind in EntryKind}


def _directory(entries: Json, times: Json) -> DirectoryListing:
    modified_ns, listed_ns = map(_number, _list(times))
    listed = {name: _entry(entry) for name, entry in _table(entries).items()}
    return DirectoryListing(modified_ns, listed_ns, listed)


def _entry(value: Json) -> Entry:
    kind, size, modified_ns = _list(value)
    if not (isinstance(kind, str) and isinstance(size, int) and isinstance(modified_ns, int)):
        raise TypeError(value)
    return tuple.__new__(Entry, (_KINDS[kind], size, modified_ns))  # millions of them


def _input(value: Json) -> SmallInput:
    path, modified_ns, data = _list(value)
    return SmallInput(str(path), _bytes_from_json(data), _number(modified_ns))


def _unreadable(value: Json) -> Unreadable:
    return Unreadable(*_texts(value))


def _root_from_json(line: dict[str, Json]) -> RootListing:
    unavailable = line["unavailable"]
    refusals = (_table(each) for each in _list(line["unreadable"]))
    return RootListing(
        path=str(line["path"]),
        layout=str(line["layout"]),
        kits=_texts(line["kits"]),
        run_paths=_texts(line["run_paths"]),
        unreadable=tuple(Unreadable(**{k: str(v) for k, v in each.items()}) for each in refusals),
        unavailable=None if unavailable is None else str(unavailable),
    )
