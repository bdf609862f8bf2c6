"""Directories of jobs, kept as long as file lists and logs of scans are."""

import shutil
from collections.abc import Collection, Iterator
from pathlib import Path

from seqauto_pipeline.jobs.configured import DRY_RUN

_NAMES = "seqauto-*"  # what their directories are called: only these are taken away


def remove_old_directories(directory: Path, in_flight: Collection[str], oldest: float) -> int:
    """Remove the directories of jobs that have ended and were last written to before a moment.

    ``oldest``: seconds since the epoch. Returns how many.
    """
    gone = 0
    for path in _directories(directory):
        if path.name not in in_flight and _is_older(path, oldest):
            shutil.rmtree(path, ignore_errors=True)
            gone += 1
    return gone


def _directories(directory: Path) -> Iterator[Path]:
    yield from directory.glob(_NAMES)
    yield from (directory / DRY_RUN).glob(_NAMES)


def _is_older(path: Path, moment: float) -> bool:
    try:
        return path.lstat().st_mtime < moment
    except OSError:
        return False
