"""Write the record of a scan.

A record is one file of gzip members (``zcat`` reads it): a line of JSON for the scan, one for each
root, one for each run folder, one with an index of these, and a last one with the offset of the
index and a SHA-256 over the compressed bytes before it. It is written under another name, and gets
its own when it is whole. The index tells, without unpacking anything else, which runs have changed
since: what has not is copied into the next record as it stands.
"""

import hashlib
import os
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Self

from seqauto_pipeline.core.file_list import RootListing
from seqauto_pipeline.disk.record.codec import (
    End,
    compressed,
    end_line,
    header_line,
    index_line,
    root_line,
)
from seqauto_pipeline.disk.record.parts import IndexedRun, PackedRun, ScanHeader
from seqauto_pipeline.disk.record.reader import ScanRecord


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
        self._write(compressed(header_line(self._header)))
        return self

    def add_root(self, root: RootListing) -> None:
        self._write(compressed(root_line(root)))

    def add_run(self, run: PackedRun) -> None:
        self._add_member(run.member, run.entry)

    def copy_run(self, run: IndexedRun, record: ScanRecord) -> None:
        """Add a run as it stands in an earlier record."""
        self._add_member(record.member(run), run)

    def _add_member(self, member: bytes, run: IndexedRun) -> None:
        offset = self._write(member)
        self._index.append(replace(run, offset=offset, length=len(member)))

    def _write(self, member: bytes) -> int:
        """Write a member and give its offset."""
        offset = self._size
        self._digest.update(member)
        self._file.write(member)
        self._size += len(member)
        return offset

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            index_at = self._write(compressed(index_line(self._index)))
            self._write(compressed(end_line(End(index_at, self._digest.hexdigest()))))
            self._file.flush()
            os.fsync(self._file.fileno())
        self._file.close()
        if kind is None:
            self._partial.replace(self._path)
        else:
            self._partial.unlink(missing_ok=True)
