"""What a scan saw, kept: file list and the bytes of the small inputs, for re-use and for people.

A record is one file of gzip members (``zcat`` reads it): a line of JSON for the scan, one for each
root, one for each run folder, and a last one with the number of runs and a SHA-256 over the
compressed bytes before it. It is written under another name, and gets its own when it is whole.
"""

import base64
import gzip
import hashlib
import json
import os
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
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

FORMAT = 1
_LEVEL = 1  # a scan waits for it; higher levels save a tenth of the size for twice the time


@dataclass(frozen=True, slots=True)
class ScanHeader:
    """Facts of the scan itself."""

    started_at: str  # ISO 8601, UTC
    scope: Scope
    scanner: str  # version of this package
    full: bool = True


class ScanRecordWriter:
    """Writes one record; nothing stands under its name until the block ends without an error."""

    def __init__(self, path: Path, header: ScanHeader) -> None:
        self._path, self._header = path, header
        self._digest, self._runs = hashlib.sha256(), 0

    def __enter__(self) -> Self:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._partial = self._path.with_name(f"{self._path.name}.partial-{os.getpid()}")
        self._file = self._partial.open("wb")
        self._add({"seqauto_scan": FORMAT, **asdict(self._header)})
        return self

    def add_root(self, root: RootListing) -> None:
        self._add({"root": asdict(root)})

    def add_run(self, run: RunListing) -> None:
        self._add({"run": _run_to_json(run)})
        self._runs += 1

    def _add(self, line: Mapping[str, object]) -> None:
        text = json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n"
        member = gzip.compress(text.encode("utf-8"), _LEVEL, mtime=0)
        self._digest.update(member)
        self._file.write(member)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self._add({"end": {"runs": self._runs, "sha256": self._digest.hexdigest()}})
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
        self._check()
        lines = self._lines()
        first = next(lines, {})
        if first.get("seqauto_scan") != FORMAT:
            raise ScanRecordError(
                str(path), f"its format is {first.get('seqauto_scan')!r}, not {FORMAT}"
            )
        scope = _table(first["scope"])
        self.header = ScanHeader(
            started_at=str(first["started_at"]),
            scope=Scope(_texts(scope["roots"]), _texts(scope["runs"])),
            scanner=str(first["scanner"]),
            full=bool(first["full"]),
        )

    def _check(self) -> None:
        """Read to the last member and hold its checksum against the bytes before it."""
        try:
            data = self._path.read_bytes()
        except OSError as error:
            raise ScanRecordError(
                str(self._path), f"it cannot be read: {error.strerror}"
            ) from error
        start = data.rfind(b"\x1f\x8b\x08")
        while start >= 0:
            end = _end_of(data[start:])
            if end is not None:
                break
            start = data.rfind(b"\x1f\x8b\x08", 0, start)
        else:
            raise ScanRecordError(str(self._path), "it has no end: it is not whole")
        if hashlib.sha256(data[:start]).hexdigest() != end:
            raise ScanRecordError(
                str(self._path), "its checksum does not fit: it was changed or is damaged"
            )

    def roots(self) -> tuple[RootListing, ...]:
        return tuple(
            _root_from_json(_table(line["root"])) for line in self._lines() if "root" in line
        )

    def runs(self) -> Iterator[RunListing]:
        """Stream the run folders in the order in which they were listed."""
        for line in self._lines():
            if "run" in line:
                yield _run_from_json(_table(line["run"]))

    def _lines(self) -> Iterator[dict[str, Json]]:
        with gzip.open(self._path, "rt", encoding="utf-8") as lines:
            for line in lines:
                yield json.loads(line)


def _end_of(member: bytes) -> str | None:
    try:
        line = json.loads(gzip.decompress(member))
    except (OSError, EOFError, zlib.error, ValueError):
        return None
    return str(line["end"]["sha256"]) if isinstance(line, dict) and "end" in line else None


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


def _run_to_json(run: RunListing) -> dict[str, Json]:
    return {
        "root": run.root,
        "path": run.path,
        "named": run.is_named_like_a_run,
        "skip": run.skip_reason,
        "dirs": {path: _directory_to_json(each) for path, each in sorted(run.directories.items())},
        "inputs": {
            role.value: [each.path, each.modified_ns, base64.b64encode(each.data).decode("ascii")]
            for role, each in sorted(run.inputs.items())
        },
        "unreadable": [_unreadable_to_json(each) for each in run.unreadable],
    }


def _directory_to_json(listing: DirectoryListing) -> list[Json]:
    entries: dict[str, Json] = {
        name: [entry.kind.value, entry.size, entry.modified_ns]
        for name, entry in sorted(listing.entries.items())
    }
    return [listing.modified_ns, listing.listed_ns, entries]


def _unreadable_to_json(each: Unreadable) -> list[Json]:
    return [each.path, each.errno_name, each.reason, each.below]


def _run_from_json(line: dict[str, Json]) -> RunListing:
    skip = line["skip"]
    return RunListing(
        root=str(line["root"]),
        path=str(line["path"]),
        is_named_like_a_run=bool(line["named"]),
        skip_reason=None if skip is None else str(skip),
        directories={path: _directory(each) for path, each in _table(line["dirs"]).items()},
        inputs={InputRole(role): _input(each) for role, each in _table(line["inputs"]).items()},
        unreadable=tuple(_unreadable(each) for each in _list(line["unreadable"])),
    )


_KINDS = {kind.value: kind for kind in EntryKind}


def _directory(value: Json) -> DirectoryListing:
    modified_ns, listed_ns, entries = _list(value)
    listed = {name: _entry(entry) for name, entry in _table(entries).items()}
    return DirectoryListing(_number(modified_ns), _number(listed_ns), listed)


def _entry(value: Json) -> Entry:
    kind, size, modified_ns = _list(value)
    return Entry(_KINDS[str(kind)], _number(size), _number(modified_ns))


def _input(value: Json) -> SmallInput:
    path, modified_ns, data = _list(value)
    return SmallInput(str(path), base64.b64decode(str(data)), _number(modified_ns))


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
