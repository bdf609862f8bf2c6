"""All names below a directory, looked at once for a person who waits for the answer."""

import os
import re
import time
from collections import deque
from functools import cached_property

from seqauto_pipeline.core.file_list import escape_name

_SECONDS = 5.0
_MOST_NAMES = 200_000
# Instruments write thousands of directories of lanes, cycles and images: none is of samples.
_OF_THE_INSTRUMENT = re.compile(r"L\d{3}|C\d+\.\d+|Images|Thumbnail_Images|InterOp")


class NamesBelow:
    """What is below a directory, level by level: looked at when first asked, no link followed."""

    def __init__(self, folder: str, seconds: float = _SECONDS, most: int = _MOST_NAMES) -> None:
        self._folder, self._seconds, self._most = folder, seconds, most

    @property
    def names(self) -> dict[str, tuple[str, ...]]:
        """The names of files by directory, both escaped, the directory relative to the top."""
        return self._looked[0]

    @property
    def is_whole(self) -> bool:
        """Whether nothing was left out because it would have taken too long."""
        return self._looked[1]

    @cached_property
    def _looked(self) -> tuple[dict[str, tuple[str, ...]], bool]:
        until = time.monotonic() + self._seconds
        names: dict[str, tuple[str, ...]] = {}
        count, waiting = 0, deque([""])
        while waiting:
            if count > self._most or time.monotonic() > until:
                return names, False
            below = waiting.popleft()
            files, folders = _listed(os.path.join(self._folder, below))
            count += len(files) + len(folders)
            names[escape_name(below)] = tuple(sorted(map(escape_name, files)))
            waiting.extend(os.path.join(below, each) for each in sorted(folders))
        return names, True


def _listed(folder: str) -> tuple[list[str], list[str]]:
    """List the files and directories in a directory; what cannot be read has none."""
    files, folders = [], []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if not entry.is_dir(follow_symlinks=False):
                    files.append(entry.name)
                elif not _OF_THE_INSTRUMENT.fullmatch(entry.name):
                    folders.append(entry.name)
    except OSError:
        return [], []
    return files, folders
