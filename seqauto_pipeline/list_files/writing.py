"""Write a list: gzip members, each a line of JSON, with a last one that tells a whole list."""

import gzip
import hashlib
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

from seqauto_pipeline.list_files.opening import is_below, real_path

_GZIP_LEVEL = 1


class OutputError(Exception):
    """A list that cannot be written where it should be."""


class ListWriter:
    """Writes one list to a stream, which need not be a file."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream, self._size, self._digest = stream, 0, hashlib.sha256()
        self._runs: list[tuple[str, int, int]] = []

    def line(self, facts: dict[str, Any]) -> tuple[int, int]:
        """Write a line; give the offset and length of its member."""
        text = json.dumps(facts, ensure_ascii=False, separators=(",", ":")) + "\n"
        data = text.encode("utf-8", "backslashreplace")
        member = gzip.compress(data, _GZIP_LEVEL)
        offset = self._size
        self._digest.update(member)
        self._stream.write(member)
        self._size += len(member)
        return offset, len(member)

    def run(self, path: str, facts: dict[str, Any]) -> None:
        self._runs.append((path, *self.line({"run": path, **facts})))

    def end(self, levels: tuple[int, int], ended: float) -> None:
        """Write the index and the last line, without which a list is not whole.

        ``levels`` are offset and length of the line of what is above the run folders.
        """
        index_at, _ = self.line({"index": self._runs})
        sha256 = self._digest.hexdigest()
        runs = len(self._runs)
        where = {"levels": levels, "index_at": index_at}
        self.line({**where, "runs": runs, "ended": ended, "sha256": sha256})
        self._stream.flush()


@contextmanager
def whole_file(path: str, root: str) -> Iterator[BinaryIO]:
    """Open a file that gets its name when it is whole. Raises OutputError for one in the root."""
    real = real_path(os.path.abspath(path))
    if is_below(real, root):
        raise OutputError(f"{path} is below {root}: nothing is ever written there")
    partial = f"{real}.partial-{os.getpid()}"
    try:
        with open(partial, "wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(partial, real)
    finally:
        if os.path.lexists(partial):
            os.unlink(partial)
