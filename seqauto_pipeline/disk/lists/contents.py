"""What files held, from a list."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory

from seqauto_pipeline.core.file_list import escape_name
from seqauto_pipeline.disk.lists.lines import Bytes, Header, ListError, Refusal, Refused, Run
from seqauto_pipeline.disk.lists.list_file import ListFile
from seqauto_pipeline.disk.lists.refusals import damaged, not_listed, unreadable
from seqauto_pipeline.disk.read import ReadRefused, too_large


def bytes_of(
    found: Bytes, path: str, below: str, header: Header, max_bytes: int
) -> tuple[bytes, int]:
    """Give the bytes of a file and its modification time in ns. Raises ReadRefused.

    ``path`` is absolute, for the refusal.
    """
    if found.refused is not None:
        raise ReadRefused(unreadable(found.refused, below, header, max_bytes))
    try:
        data = found.data()
    except ValueError as error:
        raise _damaged(path, below, header, str(error)) from error
    if len(data) > max_bytes:
        raise ReadRefused(too_large(path, below, max_bytes))
    return data, found.modified


def _damaged(path: str, below: str, header: Header, said: str) -> ReadRefused:
    return ReadRefused(unreadable(damaged(path, said).refused, below, header))


@dataclass(frozen=True)
class ListedContents:
    """The files of one run folder whose bytes came with a list."""

    file: ListFile
    run_path: str  # below the root

    @cached_property
    def _run(self) -> Run:
        return self.file.run(self.run_path)

    def read(self, path: str, below: str, *, max_bytes: int) -> tuple[bytes, int]:
        """Read a file as `read_file` does. Raises ReadRefused."""
        header = self.file.header
        try:
            found = self._found(path, below, max_bytes)
        except (ListError, KeyError) as error:
            raise _damaged(path, below, header, str(error)) from error
        return bytes_of(found, path, below, header, max_bytes)

    def _found(self, path: str, below: str, max_bytes: int) -> Bytes:
        if below in self._run.inputs:
            return self._run.inputs[below]
        at = self._run.contents.get(below)
        if at is None:
            folder, _, name = below.rpartition("/")
            listed = self._run.directories.get(folder)
            is_gone = listed is not None and not listed.refused and name not in listed.entries
            gone = Refusal("ENOENT", escape_name(path))
            return Bytes(refused=gone if is_gone else not_listed(path).refused)
        if isinstance(at, Refused):
            return Bytes(refused=at.refused)
        found = self.file.content(at, max_bytes)
        if found.content != f"{self.run_path}/{below}":
            raise ListError(f"the bytes of {found.content!r} stand for those of {below!r}")
        return found

    @contextmanager
    def copied(self, files: Iterable[tuple[str, str, str]], *, max_bytes: int) -> Iterator[Path]:
        """Write files to a directory for programs that need them there.

        Each is its path below that directory, and path and ``below`` as `read` takes them.
        """
        with TemporaryDirectory(prefix="seqauto-listed-") as folder:
            for name, path, below in files:
                copy = Path(folder, name)
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.write_bytes(self.read(path, below, max_bytes=max_bytes)[0])
            yield Path(folder)
