"""Read the record of a scan again."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from seqauto_pipeline.core.file_list import RootListing, RunListing
from seqauto_pipeline.disk.record.codec import (
    FORMAT,
    NOT_OURS,
    Chunk,
    Contents,
    OtherFormatError,
    read_contents,
    read_header,
    read_index,
    read_index_of_format_3,
    read_root,
    read_run,
    read_watched,
    read_watched_of_format_3,
)
from seqauto_pipeline.disk.record.parts import IndexedRun, RecordedRun, Watched
from seqauto_pipeline.disk.record.paths import id_of_record, path_of_record
from seqauto_pipeline.disk.record.record_file import RecordFile
from seqauto_pipeline.errors import ScanRecordError


class ScanRecord:
    """One record, whose whole file is checked against its SHA-256 when it is opened.

    Lines of runs may be held by one earlier record, the *holder*; that is checked when the first of
    them is read. Neither is where another process of the same scan has done so (``is_checked``).
    """

    def __init__(
        self, path: Path, holders: Path | None = None, *, is_checked: bool = False
    ) -> None:
        """Open a record. ``holders`` is the directory of the holder; None: the record's own."""
        self.path = path
        self._file = RecordFile(path)
        if not is_checked:
            self._file.check()
        try:
            self._contents = self._read_head()
        except OtherFormatError as error:
            reason = f"its format is {error.found!r}, and this program reads {FORMAT}"
            raise ScanRecordError(str(path), reason) from error
        except NOT_OURS as error:
            raise self._not_ours(error) from error
        self._holder = self._open_holder(holders or path.parent)
        self._is_holder_checked = is_checked

    def _read_head(self) -> Contents:
        start, end = self._file.end.index_at, self._file.end_at
        line = self._file.unpacked(start, end - start)
        self._is_of_format_3 = line.startswith(b'{"index"')
        contents = _contents_of_format_3(line, start, end) if self._is_of_format_3 else None
        contents = contents or read_contents(line)
        # Of text, splitlines() would part lines at U+2028 and the like, which names may hold.
        head = self._file.unpacked(0, contents.head).splitlines()
        self.header = read_header(head[0])
        self._roots = tuple(map(read_root, head[1:]))
        return contents

    def _not_ours(self, error: Exception) -> ScanRecordError:
        reason = f"it is not in the format of this program: {error!r}"
        return ScanRecordError(str(self.path), reason)

    def _open_holder(self, holders: Path) -> RecordFile | None:
        if not self.header.holder:
            return None
        try:
            holder = RecordFile(path_of_record(holders, self.header.holder))
        except ScanRecordError as error:
            raise self._without_holder(error.reason) from error
        if holder.end.sha256 != self.header.holder_sha256:
            raise self._without_holder("it was written anew since")
        return holder

    def _without_holder(self, reason: str) -> ScanRecordError:
        held = f"what it says of unchanged runs is in the record {self.header.holder}"
        return ScanRecordError(str(self.path), f"{held}, and of that: {reason}")

    def check_holder(self) -> None:
        """Raise ScanRecordError where the holder is damaged; it is looked at once."""
        if self._holder is None or self._is_holder_checked:
            return
        try:
            self._holder.check()
        except ScanRecordError as error:
            raise self._without_holder(error.reason) from error
        self._is_holder_checked = True

    @property
    def id(self) -> str:
        return id_of_record(self.path)

    def roots(self) -> tuple[RootListing, ...]:
        return self._roots

    @property
    def chunks(self) -> Sequence[Chunk]:
        """The parts of the index; few runs each, so that many runs take little memory."""
        return self._contents.chunks

    @property
    def index(self) -> Iterator[IndexedRun]:
        """Stream what the record says of each run, in the order in which they were listed."""
        for chunk in self.chunks:
            yield from self.index_of(chunk)

    def index_of(self, chunk: Chunk) -> list[IndexedRun]:
        read = read_index_of_format_3 if self._is_of_format_3 else read_index
        try:
            return read(self._file.unpacked(chunk.index_at, chunk.index_length))
        except NOT_OURS as error:
            raise self._not_ours(error) from error

    def _watched_of(self, chunk: Chunk) -> list[Watched]:
        read = read_watched_of_format_3 if self._is_of_format_3 else read_watched
        try:
            return read(self._file.unpacked(chunk.watched_at, chunk.watched_length))
        except NOT_OURS as error:
            raise self._not_ours(error) from error

    def recorded_runs(self) -> Iterator[RecordedRun]:
        """Stream the runs as a later record can take them over."""
        for chunk in self.chunks:
            yield from self.recorded_runs_of(chunk)

    def recorded_runs_of(self, chunk: Chunk) -> Iterator[RecordedRun]:
        return map(RecordedRun, self.index_of(chunk), self._watched_of(chunk))

    def runs(self) -> Iterator[RunListing]:
        """Stream the run folders in the order in which they were listed."""
        return map(self.load, self.index)

    def load(self, run: IndexedRun) -> RunListing:
        """Unpack one run folder."""
        unpacked = self._file_of(run).unpacked
        try:
            return read_run(unpacked(run.offset, run.length))
        except NOT_OURS as error:
            raise self._not_ours(error) from error

    def member(self, run: IndexedRun) -> bytes:
        """Give a run's line as it stands in the file."""
        return self._file_of(run).member(run.offset, run.length)

    def holder_of(self, run: IndexedRun) -> str:
        """Id of the record that holds the line of a run."""
        return self.header.holder if run.in_holder else self.id

    def next_holder(self, is_wanted: Callable[[IndexedRun], bool]) -> tuple[str, str]:
        """Id and SHA-256 of what a record that builds on this one should refer to.

        It is this record, or its holder: the one that has more bytes of the wanted runs. Both are
        empty where none is wanted.
        """
        lengths = Counter[bool]()
        for run in filter(is_wanted, self.index):
            lengths[run.in_holder] += run.length
        if lengths[True] > lengths[False]:
            return self.header.holder, self.header.holder_sha256
        return (self.id, self._file.end.sha256) if lengths[False] else ("", "")

    def _file_of(self, run: IndexedRun) -> RecordFile:
        if not run.in_holder or self._holder is None:
            return self._file
        self.check_holder()
        return self._holder


def _contents_of_format_3(line: bytes, start: int, end: int) -> Contents:
    index = read_index_of_format_3(line)
    chunk = Chunk(start, end - start, start, end - start)
    return Contents(index[0].offset if index else start, [chunk])
