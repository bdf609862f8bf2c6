"""The file of one record: its bytes, read where they are wanted, and what they sum up to."""

import gzip
import hashlib
import os
import weakref
from pathlib import Path

from seqauto_pipeline.disk.record.codec import MEMBER_START, NOT_OURS, End, read_end
from seqauto_pipeline.errors import ScanRecordError

_END_BYTES = 1024  # the last member is far shorter: no more is searched for it
_BLOCK = 1 << 20  # bytes that are summed up at a time


class RecordFile:
    """An open record. It stays readable when its name goes meanwhile."""

    def __init__(self, path: Path) -> None:
        """Find its end. Raises ScanRecordError where it cannot be read, or has none."""
        self._path = path
        try:
            self._handle = os.open(path, os.O_RDONLY)
            weakref.finalize(self, os.close, self._handle)
            self._size = os.fstat(self._handle).st_size
            self.end_at, self.end = self._find_end()
        except OSError as error:
            raise ScanRecordError(str(path), f"it cannot be read: {error.strerror}") from error

    def _find_end(self) -> tuple[int, End]:
        """Find the last member, which alone holds an ``end``."""
        first = max(0, self._size - _END_BYTES)
        tail = os.pread(self._handle, _END_BYTES, first)
        start = tail.rfind(MEMBER_START)
        while start >= 0:
            try:
                return first + start, read_end(gzip.decompress(tail[start:]))
            except NOT_OURS:
                start = tail.rfind(MEMBER_START, 0, start)
        raise ScanRecordError(str(self._path), "it has no end: it is not whole")

    def check(self) -> None:
        """Raise ScanRecordError where the bytes are not those that were written."""
        digest, at = hashlib.sha256(), 0
        while at < self.end_at:
            block = self.member(at, min(_BLOCK, self.end_at - at))
            if not block:
                break
            digest.update(block)
            at += len(block)
        if digest.hexdigest() != self.end.sha256:
            reason = "its checksum does not fit: it was changed or is damaged"
            raise ScanRecordError(str(self._path), reason)

    def member(self, offset: int, length: int) -> bytes:
        try:
            return os.pread(self._handle, length, offset)
        except OSError as error:
            reason = f"it cannot be read: {error.strerror}"
            raise ScanRecordError(str(self._path), reason) from error

    def unpacked(self, offset: int, length: int) -> bytes:
        return gzip.decompress(self.member(offset, length))
