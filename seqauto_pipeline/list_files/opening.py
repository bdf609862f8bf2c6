"""Open regular files within limits, and find out which directory on a way refuses."""

import os
from posixpath import dirname

# O_NONBLOCK: opening a FIFO that nobody writes to would wait for ever.
OPEN_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
OPEN_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC | os.O_NOCTTY
_SMALLEST_READ, _LARGEST_READ = 1 << 14, 1 << 20  # bytes asked of the system at once


def real_path(path: str) -> str:
    """Follow links as far as that can be done; the path itself where they change meanwhile."""
    try:
        return os.path.realpath(path)
    except OSError:
        return path


def is_below(real: str, root: str) -> bool:
    return real.startswith(real_path(root).rstrip("/") + "/")


def is_opened_below(root: str, handle: int, path: str) -> bool:
    """Ask the kernel where an open file is; without /proc, where its path leads by now."""
    try:
        opened = os.readlink(f"/proc/self/fd/{handle}")
    except OSError:
        opened = real_path(path)
    return opened == path or is_below(opened, root)


def read_whole(handle: int, size: int, max_bytes: int) -> "bytes | None":
    """Read an open file that should hold ``size`` bytes; None for one of more than may be."""
    # Ask for one byte more than the file should hold: a shorter answer is the whole file.
    chunks, left = [], max_bytes + 1
    asked = min(max(size + 1, _SMALLEST_READ), _LARGEST_READ, left)
    while left > 0 and (chunk := os.read(handle, min(asked, left))):
        chunks.append(chunk)
        left -= len(chunk)
        if len(chunk) == size < asked:
            break
    return None if left <= 0 else b"".join(chunks)


def first_refusing(path: str) -> str:
    """Return the first directory on the way to ``path`` that may not be entered, else the path."""
    parents = []
    folder = dirname(path)
    while folder not in ("", "/"):
        parents.append(folder)
        folder = dirname(folder)
    for parent in reversed(parents):
        if not os.access(parent, os.X_OK, effective_ids=True):
            return parent
    return path
