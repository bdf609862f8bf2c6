"""Write the record of a scan.

A record is one file of gzip members (``zcat`` reads it), a line of JSON each: one for the scan, one
for each root, one for each run folder, after some of these what a later scan watches of them and an
index of them, one that says where all this is, and a last one with the offset of that line and a
SHA-256 over the compressed bytes before it. It is written under another name, and gets its own when
it is whole. The index tells, without unpacking anything else, which runs have changed since.

What has not changed is not written again: the index refers to its line in an earlier record, the
*holder*. A record has one holder at most, and refers to lines that the holder has itself, so there
are no chains. Lines of other earlier records are copied.
"""

import hashlib
import os
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from seqauto_pipeline.core.file_list import RootListing
from seqauto_pipeline.disk.record.codec import (
    Chunk,
    Contents,
    End,
    compressed,
    contents_line,
    end_line,
    header_line,
    index_line,
    root_line,
    watched_line,
)
from seqauto_pipeline.disk.record.parts import (
    IndexedRun,
    PackedRun,
    RecordedRun,
    ScanHeader,
    Watched,
)
from seqauto_pipeline.disk.record.reader import ScanRecord

_RUNS_PER_CHUNK = 250  # of the index: bounds memory, here and where it is read


class ScanRecordWriter:
    """Writes one record; nothing stands under its name until the block ends without an error."""

    def __init__(self, path: Path, header: ScanHeader) -> None:
        self._path, self._header = path, header
        self._digest, self._size = hashlib.sha256(), 0
        self._index: list[IndexedRun] = []  # of runs whose chunk is not yet written
        self._watched: list[Watched] = []
        self._contents = Contents(0, [])

    def __enter__(self) -> Self:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._partial = self._path.with_name(f"{self._path.name}.partial-{os.getpid()}")
        self._file = self._partial.open("wb")
        self._write(compressed(header_line(self._header)))
        self._contents.head = self._size
        return self

    def add_root(self, root: RootListing) -> None:
        """Add a root; all of them come before the first run."""
        self._write(compressed(root_line(root)))
        self._contents.head = self._size

    def add_run(self, run: PackedRun) -> None:
        self._add_member(run.member, run.entry, run.watched)

    def copy_run(self, run: RecordedRun, record: ScanRecord) -> None:
        """Add a run as it stands in an earlier record: refer to it in the holder, or copy it."""
        if self._header.holder and record.holder_of(run.entry) == self._header.holder:
            self._add_entry(msgspec.structs.replace(run.entry, in_holder=True), run.watched)
        else:
            self._add_member(record.member(run.entry), run.entry, run.watched)

    def _add_member(self, member: bytes, run: IndexedRun, watched: Watched) -> None:
        at, length = self._write(member)
        entry = msgspec.structs.replace(run, offset=at, length=length, in_holder=False)
        self._add_entry(entry, watched)

    def _add_entry(self, run: IndexedRun, watched: Watched) -> None:
        self._index.append(run)
        self._watched.append(watched)
        if len(self._index) >= _RUNS_PER_CHUNK:
            self._end_chunk()

    def _end_chunk(self) -> None:
        if self._index:
            watched = self._write(compressed(watched_line(self._watched)))
            index = self._write(compressed(index_line(self._index)))
            self._contents.chunks.append(Chunk(*index, *watched))
            self._index.clear()
            self._watched.clear()

    def _write(self, member: bytes) -> tuple[int, int]:
        """Write a member, and give its offset and length."""
        offset = self._size
        self._digest.update(member)
        self._file.write(member)
        self._size += len(member)
        return offset, len(member)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if kind is None:
            self._end_chunk()
            at, _ = self._write(compressed(contents_line(self._contents)))
            self._write(compressed(end_line(End(at, self._digest.hexdigest()))))
            self._file.flush()
            os.fsync(self._file.fileno())
        self._file.close()
        if kind is None:
            self._partial.replace(self._path)
        else:
            self._partial.unlink(missing_ok=True)
