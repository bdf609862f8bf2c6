"""One list in a file: checked whole when it is opened, read run by run."""

import hashlib
import os
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO, Self

from seqauto_pipeline.disk.lists.lines import (
    FORMAT,
    Content,
    Directory,
    End,
    Header,
    Index,
    ListError,
    Run,
    read_levels,
    read_line,
    read_run,
    require_path,
    unpacked,
)

_MEMBER_START = b"\x1f\x8b\x08"
_END_BYTES = 1024  # the last member is far shorter: no more is searched for it
_HEADER_BYTES = 1 << 20
_MOST_BYTES = 1 << 28  # of one line, unpacked
_MORE_THAN_CONTENT = 1 << 16
_CHUNK = 1 << 20
_USER = re.compile(r"[\w.@+\\-]{1,64}\$?")
_HOST = re.compile(r"[\w.-]{1,253}")


@dataclass(frozen=True, slots=True)
class ListFile:
    """A list that was checked; ``runs`` are offset and length of the lines of its run folders."""

    path: Path
    header: Header
    ended: float  # seconds since 1970, by the clock of the machine that listed
    levels_at: tuple[int, int]
    runs: Mapping[str, tuple[int, int]]

    @classmethod
    def without_runs(cls, path: Path) -> Self:
        """Give what stands for a list that cannot be used."""
        return cls(path, Header(root="", host="", user="", started=0, depth=0), 0, (0, 0), {})

    def levels(self) -> Mapping[str, Directory]:
        """Raises ListError, as all that reads."""
        return read_levels(self._line(self.levels_at, _MOST_BYTES), self.header.depth)

    def run(self, path: str) -> Run:
        """Raises KeyError for a run folder that the list does not have."""
        return read_run(self._line(self.runs[path], _MOST_BYTES), path)

    def content(self, at: tuple[int, int], max_bytes: int) -> Content:
        # As base64 or escaped text of JSON it is longer than the file.
        return read_line(self._line(at, 6 * max_bytes + _MORE_THAN_CONTENT), Content)

    def part(self, wanted: frozenset[str]) -> "ListFile":
        """Give the same list with some of its run folders."""
        runs = {path: self.runs[path] for path in wanted if path in self.runs}
        return replace(self, runs=runs)

    def _line(self, at: tuple[int, int], most: int) -> bytes:
        offset, length = at
        try:
            with self.path.open("rb") as file:
                if not 0 <= offset < offset + length <= os.fstat(file.fileno()).st_size:
                    raise ListError("a line of it is where it does not reach")
                file.seek(offset)
                return unpacked(file.read(length), most)
        except OSError as error:
            raise ListError(f"it cannot be read: {error.strerror}") from error


def open_list(path: Path, *, was_checked: bool = False) -> ListFile:
    """Check a list and read its index. Raises ListError.

    One that was checked when it was kept is not read as a whole again: each of its lines has a
    checksum of its own.
    """
    try:
        with path.open("rb") as file:
            return _opened(path, file, was_checked=was_checked)
    except OSError as error:
        raise ListError(f"it cannot be read: {error.strerror}") from error


def host_and_end(path: Path) -> tuple[str, float]:
    """Say who made a list and when it was ended, of a list that is not checked as a whole.

    Raises ListError, and OSError where there is none.
    """
    with path.open("rb") as file:
        return _header(file.read(_HEADER_BYTES)).host, _end(file)[1].ended


def ended_at(path: Path) -> float | None:
    """Say when a list was ended, in seconds since 1970; None where there is none to read."""
    try:
        with path.open("rb") as file:
            return _end(file)[1].ended
    except (OSError, ListError):
        return None


def _opened(path: Path, file: BinaryIO, *, was_checked: bool) -> ListFile:
    header = _header(file.read(_HEADER_BYTES))
    end_at, end = _end(file)
    if not was_checked and _digest(file, end_at) != end.sha256:
        raise ListError("its checksum does not fit: it was changed or is damaged")
    if not 0 <= end.index_at < end_at:
        raise ListError("its index is where it does not reach")
    file.seek(end.index_at)
    index = read_line(unpacked(file.read(end_at - end.index_at), _MOST_BYTES), Index).index
    runs = {run: (offset, length) for run, offset, length in index}
    if not len(runs) == len(index) == end.runs:
        raise ListError(f"it has {len(runs)} run folders, and its end speaks of {end.runs}")
    for run in runs:
        require_path(run)
        if run.count("/") + 1 != header.depth:
            raise ListError(f"{run[:80]!r} is not where run folders are")
    return ListFile(path, header, end.ended, end.levels, runs)


def _header(start: bytes) -> Header:
    header = read_line(unpacked(start, _HEADER_BYTES), Header)
    if header.seqauto_list != FORMAT:
        raise ListError(
            f"its format is {header.seqauto_list!r}, and this program reads {FORMAT}: carry the "
            "program there anew (`seqauto list-files --write-program FILE`)"
        )
    # Both are shown to people, the user within a command that they may run.
    if not _USER.fullmatch(header.user) or not _HOST.fullmatch(header.host):
        raise ListError(f"it is of {header.user[:80]!r} on {header.host[:80]!r}: no such names")
    return header


def _end(file: BinaryIO) -> tuple[int, End]:
    """Find the last line, which alone is an end."""
    size = file.seek(0, os.SEEK_END)
    first = max(0, size - _END_BYTES)
    file.seek(first)
    tail = file.read()
    start = tail.rfind(_MEMBER_START)
    while start >= 0:
        with suppress(ListError):
            return first + start, read_line(unpacked(tail[start:], _END_BYTES), End)
        start = tail.rfind(_MEMBER_START, 0, start)
    raise ListError("it has no end: it was cut off, or is still being written")


def _digest(file: BinaryIO, size: int) -> str:
    digest = hashlib.sha256()
    file.seek(0)
    while size > 0 and (chunk := file.read(min(_CHUNK, size))):
        digest.update(chunk)
        size -= len(chunk)
    return digest.hexdigest()
