"""Read the record of a scan again."""

import gzip
import hashlib
from collections.abc import Iterator
from pathlib import Path

from seqauto_pipeline.core.file_list import RootListing, RunListing
from seqauto_pipeline.disk.record.codec import (
    FORMAT,
    MEMBER_START,
    NOT_OURS,
    End,
    OtherFormatError,
    read_end,
    read_header,
    read_index,
    read_root,
    read_run,
)
from seqauto_pipeline.disk.record.parts import IndexedRun
from seqauto_pipeline.errors import ScanRecordError

_END_BYTES = 1024  # the last member is far shorter: no more is searched for it


class ScanRecord:
    """One record, whose whole file is checked against its SHA-256 when it is opened."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._data = path.read_bytes()
        except OSError as error:
            raise ScanRecordError(str(path), f"it cannot be read: {error.strerror}") from error
        end_at, end = self._find_end()
        if hashlib.sha256(self._data[:end_at]).hexdigest() != end.sha256:
            reason = "its checksum does not fit: it was changed or is damaged"
            raise ScanRecordError(str(path), reason)
        try:
            self._read_index(end.index_at, end_at)
        except OtherFormatError as error:
            reason = f"its format is {error.found!r}, and this program reads {FORMAT}"
            raise ScanRecordError(str(path), reason) from error
        except NOT_OURS as error:
            reason = f"it is not in the format of this program: {error!r}"
            raise ScanRecordError(str(path), reason) from error

    def _find_end(self) -> tuple[int, End]:
        """Find the last member, which alone holds an ``end``."""
        size = len(self._data)
        first = max(0, size - _END_BYTES)
        start = self._data.rfind(MEMBER_START, first)
        while start >= 0:
            try:
                return start, read_end(self._unpacked(start, size))
            except NOT_OURS:
                start = self._data.rfind(MEMBER_START, first, start)
        raise ScanRecordError(str(self._path), "it has no end: it is not whole")

    def _read_index(self, start: int, end: int) -> None:
        self.index = read_index(self._unpacked(start, end))
        first_run = self.index[0].offset if self.index else start
        # Of text, splitlines() would part lines at U+2028 and the like, which names may hold.
        head = self._unpacked(0, first_run).splitlines()
        self.header = read_header(head[0])
        self._roots = tuple(map(read_root, head[1:]))

    def _unpacked(self, start: int, end: int) -> bytes:
        return gzip.decompress(self._data[start:end])

    def roots(self) -> tuple[RootListing, ...]:
        return self._roots

    def runs(self) -> Iterator[RunListing]:
        """Stream the run folders in the order in which they were listed."""
        return map(self.load, self.index)

    def load(self, run: IndexedRun) -> RunListing:
        """Unpack one run folder."""
        return read_run(self._unpacked(run.offset, run.offset + run.length))

    def member(self, run: IndexedRun) -> bytes:
        """Give a run's line as it stands in the file."""
        return self._data[run.offset : run.offset + run.length]
