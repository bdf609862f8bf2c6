"""When run folders last changed, judged by a few of their directories: cheap, and not complete.

Only a scan sees a change deep inside a run folder that leaves these directories as they are.
"""

import contextlib
import os
import threading
from collections.abc import Callable, Iterator, Mapping

from seqauto_pipeline.core.beside import path_from
from seqauto_pipeline.core.expectation.run_layout import directories_beside
from seqauto_pipeline.core.file_list import escape_name, unescape_name
from seqauto_pipeline.core.layout import Layout
from seqauto_pipeline.disk.trusted_times import change_time

_WILDCARDS = frozenset("*?[")


class RootWatch:
    """Looks at roots in threads of their own, so that one that hangs holds nobody up."""

    def __init__(self) -> None:
        self._threads: dict[str, threading.Thread] = {}

    def look(
        self, root: str, find: Callable[[], Iterator[tuple[str, int]]], seconds: float
    ) -> Mapping[str, int] | None:
        """Give what ``find`` finds, or None when the root does not answer in time.

        A thread that is stuck in the kernel cannot be ended, so no other is started beside it.
        """
        earlier = self._threads.get(root)
        if earlier is not None and earlier.is_alive():
            return None
        found: list[Mapping[str, int]] = []
        thread = threading.Thread(target=lambda: found.append(dict(find())), daemon=True)
        self._threads[root] = thread
        thread.start()
        thread.join(seconds)
        return found[0] if found else None


def run_folder_times(root: str, layout: Layout, skip_marker: str = "") -> Iterator[tuple[str, int]]:
    """Give each run folder, by its path below the root, with the newest change time, in ns.

    A directory that cannot be read is left out; scans report it.
    """
    looked_at = _directories_looked_at(layout)
    for path in _run_folders(root, "", layout.run_depth, layout, skip_marker):
        beside = directories_beside(layout, escape_name(path.rpartition("/")[2]))
        places = (*looked_at, *map(unescape_name, beside))
        times = [change_time(path_from(f"{root}/{path}", each)) for each in places]
        if newest := max(times, default=0):
            yield path, newest


def _directories_looked_at(layout: Layout) -> tuple[str, ...]:
    """The run folder, the directories at its top that a scan goes into, and its marker's."""
    tops = {parts[0] for parts in layout.directories if parts and parts[0] != ".."}
    markers = {marker.rpartition("/")[0] for marker in layout.run.markers}
    return tuple(sorted({"", *(each for each in tops | markers if not _WILDCARDS & set(each))}))


def _run_folders(
    root: str, below: str, levels: int, layout: Layout, skip_marker: str
) -> Iterator[str]:
    if levels == 0:
        yield below
        return
    with contextlib.suppress(OSError):
        with os.scandir(f"{root}/{below}") as entries:
            listed = list(entries)
        if any(entry.name == skip_marker for entry in listed):
            return
        for entry in listed:
            path = f"{below}/{entry.name}" if below else entry.name
            is_none = layout.is_ignored(entry.name) or layout.is_for_outputs(escape_name(path))
            if entry.is_dir() and not is_none:
                yield from _run_folders(root, path, levels - 1, layout, skip_marker)
