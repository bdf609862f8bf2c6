"""Which times of a disk can be trusted, and what they then tell.

A directory's modification time moves when a name in it comes or goes, so one that has not moved
says that the names are those of the last listing. That holds only for a directory that was left
alone for a while before it was listed, and a modification time can be set to anything. A change
time cannot: it is the file server's own.
"""

import os

from seqauto_pipeline.core.file_list import EARLIEST_NS, LATEST_NS

# A change within the same tick of the file server's clock as the listing leaves no trace in the
# directory's time: FAT counts in 2 s, everything else is finer.
_COARSEST_TICK_NS = 2_000_000_000
# What the file server's clock may be behind: it ticks at 100 Hz or more.
_CLOCK_TICK_NS = 20_000_000


def modified_ns_of(facts: os.stat_result) -> int:
    """Give a modification time in ns as a file list holds it, whatever the disk says."""
    time = facts.st_mtime_ns
    return time if EARLIEST_NS < time < LATEST_NS else as_held(time)


def as_held(time_ns: int) -> int:
    """Give a time as a file list holds it."""
    return min(max(time_ns, EARLIEST_NS), LATEST_NS)


def will_show_changes(modified_ns: int, listed_ns: int) -> bool:
    """Tell whether any change after the listing of a directory moves its modification time."""
    return listed_ns - modified_ns > _COARSEST_TICK_NS


def was_touched(changed_ns: int, listed_ns: int) -> bool:
    """Tell whether mode, owner or a time that was set back may have changed since a listing."""
    return changed_ns > listed_ns - _CLOCK_TICK_NS


def is_as_listed(path: str, listed_ns: int, *, modified_ns: int, size: int | None = None) -> bool:
    """Tell whether a file, or a directory (without ``size``), is as it was when it was listed.

    Raises OSError where it is gone or cannot be asked.
    """
    facts = os.lstat(path)
    if modified_ns_of(facts) != modified_ns or size not in (None, facts.st_size):
        return False
    return not was_touched(facts.st_ctime_ns, listed_ns)


def change_time(path: str) -> int:
    """Give a change time in ns; 0 for what cannot be asked."""
    try:
        return os.stat(path).st_ctime_ns
    except OSError:
        return 0
