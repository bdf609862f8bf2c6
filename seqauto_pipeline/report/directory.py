"""The directory of a report: whose it is, one writer at a time, files that are whole or absent."""

import fcntl
import os
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from seqauto_pipeline.accounts import REFUSALS, not_writable
from seqauto_pipeline.errors import ReportDirectoryError
from seqauto_pipeline.report.names import ASSETS, DATA, OWN_FILE, QC, RUNS

MARKER = ".seqauto-report"  # says that the directory is ours; locked while one writes
_PARTIAL = ".partial"
_DIRECTORIES = (ASSETS, DATA, RUNS, QC)
_SECONDS_TO_WAIT = 60.0
_SECONDS_BETWEEN_TRIES = 0.2


class ReportDirectory:
    """A directory that holds a report and nothing else, or is about to."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    @contextmanager
    def opened(
        cls, path: Path, roots: Collection[Path], wait_seconds: float = _SECONDS_TO_WAIT
    ) -> Iterator["ReportDirectory"]:
        """Take a directory for a report, while nobody else writes there.

        Raises ReportDirectoryError where it lies below a scanned root, holds what is not ours, or
        another process goes on writing there.
        """
        _require_outside(path, roots)
        try:
            path.mkdir(parents=True, exist_ok=True)
            _require_ours(path)
            marker = os.open(path / MARKER, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o666)
        except OSError as error:
            raise _refused(path, error) from error
        try:
            _lock(marker, path, wait_seconds)
            for name in _DIRECTORIES:
                (path / name).mkdir(exist_ok=True)
            yield cls(path)
        except OSError as error:
            raise _refused(path, error) from error
        finally:
            os.close(marker)

    def write(self, name: str, content: bytes) -> None:
        """Put a file in the place of an older one at once: it is never read half written."""
        target = self.path / name
        partial = target.with_name(f"{target.name}{_PARTIAL}-{os.getpid()}")
        partial.write_bytes(content)
        partial.replace(target)

    def sizes(self, directory: str) -> dict[str, int]:
        """Bytes of the files in one of the report's directories, by their names below the report.

        What is no plain file, such as a link, has none: its page is written anew in its place.
        """
        with os.scandir(self.path / directory) as entries:
            return {
                f"{directory}/{entry.name}": entry.stat(follow_symlinks=False).st_size
                for entry in entries
                if entry.is_file(follow_symlinks=False)
            }

    def remove_others(self, directory: str, kept: Collection[str]) -> int:
        """Remove our own files that are no longer of the report; give their number."""
        with os.scandir(self.path / directory) as entries:
            gone = [
                entry
                for entry in entries
                if f"{directory}/{entry.name}" not in kept
                and _is_own(entry.name)
                and entry.is_file(follow_symlinks=False)
            ]
        for entry in gone:
            Path(entry.path).unlink(missing_ok=True)
        return len(gone)


def _is_own(name: str) -> bool:
    own, _, _ = name.partition(_PARTIAL)  # as a writer leaves it that was killed
    return OWN_FILE.fullmatch(own) is not None


def _require_outside(path: Path, roots: Collection[Path]) -> None:
    real = Path(os.path.realpath(path))
    for root in roots:
        if path.is_relative_to(root) or real.is_relative_to(os.path.realpath(root)):
            raise ReportDirectoryError(
                path, f"it lies below the scanned root {root}, where nothing is ever written"
            )


def _require_ours(path: Path) -> None:
    names = sorted(os.listdir(path))  # noqa: PTH208  (names are enough)
    if names and MARKER not in names:
        raise ReportDirectoryError(
            path, f"it holds other files, such as {names[0]!r}, and is no report"
        )


def _lock(marker: int, path: Path, wait_seconds: float) -> None:
    last = time.monotonic() + wait_seconds
    while True:
        try:
            fcntl.flock(marker, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= last:
                raise ReportDirectoryError(
                    path, f"another process has been writing it for {wait_seconds:.0f} seconds"
                ) from None
            time.sleep(_SECONDS_BETWEEN_TRIES)
        else:
            return


def _refused(path: Path, error: OSError) -> Exception:
    if error.errno in REFUSALS:
        return not_writable(Path(os.fsdecode(error.filename or path)))
    return ReportDirectoryError(path, error.strerror or str(error))
