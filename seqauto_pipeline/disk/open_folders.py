"""Directories that stay open while files in them are read, so that each is opened by its name.

To walk down a long path, and to ask the kernel where the file lies that was opened, takes longer
than to read a small file.
"""

import os
import weakref

from seqauto_pipeline.list_files.opening import OPEN_DIRECTORY, OPEN_FLAGS, is_opened_below

_MOST_OPEN = 16  # for one object; files in further directories are opened by their paths


class OpenFolders:
    """Directories of one run folder, opened when a second file in them is asked for.

    The kernel tells once of each whether it lies below ``root`` (None: it may lie anywhere). A file
    that is opened in it by name, and is no link, lies there too, whatever became of the path. They
    are closed when nobody has this object any more: a thread that hangs may still come back to it.
    """

    def __init__(self, root: str | None) -> None:
        self._root = root
        self._handles: dict[str, int | None] = {}  # None: it was asked for once, or is not used

    def open_file(self, path: str) -> int | None:
        """Give a file's descriptor; None where it has to be opened by its path, or is refused."""
        folder, _, name = path.rpartition("/")
        if folder not in self._handles:
            self._handles[folder] = None
            return None
        handle = self._handles[folder] or self._opened(folder)
        try:
            return None if handle is None else os.open(name, OPEN_FLAGS, dir_fd=handle)
        except OSError:  # who opens it by its path learns why
            return None

    def _opened(self, folder: str) -> int | None:
        if sum(handle is not None for handle in self._handles.values()) >= _MOST_OPEN:
            return None
        try:
            handle = os.open(folder, OPEN_DIRECTORY)
        except OSError:
            return None
        weakref.finalize(self, os.close, handle)
        if self._root is None or is_opened_below(self._root, handle, folder):
            self._handles[folder] = handle
        return self._handles[folder]
