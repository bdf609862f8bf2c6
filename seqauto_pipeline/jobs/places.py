"""Places on scanned disks, asked for with patience: a disk that hangs holds nobody up for long."""

import os
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from posixpath import dirname
from typing import TypeVar

from seqauto_pipeline.core.display import shown
from seqauto_pipeline.disk.parallel.workers import Watch, supervised_map

_SECONDS = 10.0
_SHOWN = 300  # characters of a path

_Result = TypeVar("_Result")


@dataclass(slots=True)
class WritablePlaces:
    """Where jobs may write: below some directories, wherever links lead."""

    directories: Sequence[Path]
    _allowed: list[Path] | None = None
    _reasons: dict[str, str] = field(default_factory=dict)  # by directory; "": it may be written
    _silent: set[str] = field(default_factory=set)  # roots that did not answer

    def why_not(self, output: str, root: str) -> str:
        """Say why a file may not be written; nothing where it may.

        ``output``: its absolute path, as the disk has it, below a root.
        """
        directory = dirname(output)
        if directory not in self._reasons:
            self._reasons[directory] = self._judged(directory, root)
        return self._reasons[directory]

    def _judged(self, directory: str, root: str) -> str:
        if self._allowed is None:
            found = (_real(str(each)) for each in self.directories)
            self._allowed = [each for each in found if each is not None]
        real = None if root in self._silent else _real(directory)
        if real is None:
            self._silent.add(root)
            return f"{shown(root, limit=_SHOWN)} does not answer"
        if any(real.is_relative_to(each) for each in self._allowed):
            return ""
        place = shown(str(real), limit=_SHOWN)
        return f"{place} is below no directory of jobs_may_write_below"


def remove_directory(path: str) -> None:
    """Remove a directory with all in it, where it is there and its disk answers."""
    _answer(lambda: shutil.rmtree(path, ignore_errors=True), None)


def _real(path: str) -> Path | None:
    return _answer(lambda: Path(os.path.realpath(path)), None)


def _answer(call: Callable[[], _Result], otherwise: _Result) -> _Result:
    """Give what a call comes to, or something else when the disk does not answer."""

    def watched(_item: None, watch: Watch) -> _Result:
        watch.begin("a place of jobs")
        return call()

    (answer,) = supervised_map(
        watched, [None], threads=1, seconds=_SECONDS, when_stuck=lambda _item, _what: otherwise
    )
    return answer
