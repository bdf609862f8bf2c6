"""Modification times that no database holds: a file list has the nearest that one does."""

from collections.abc import Iterator

from seqauto_pipeline.core.file_list import (
    EARLIEST_NS,
    FIRST_YEAR,
    LAST_YEAR,
    LATEST_NS,
    RunListing,
)
from seqauto_pipeline.core.problems import Problem, Severity


def about_odd_times(listing: RunListing) -> tuple[Problem, ...]:
    """Say of how many names the time is not what the disk says, and name the first."""
    odd = sorted(_with_odd_times(listing))
    if not odd:
        return ()
    more = f", and so are those of {len(odd) - 1} more" if len(odd) > 1 else ""
    return (
        Problem(
            "IMPOSSIBLE_TIME",
            Severity.WARNING,
            f"its modification time is before {FIRST_YEAR} or after {LAST_YEAR}{more}",
            "Give it a time that can be (touch), and look at the clock of the machine that wrote "
            "it; until then the nearest time that can be stored is shown.",
            path=odd[0],
        ),
    )


def _with_odd_times(listing: RunListing) -> Iterator[str]:
    for folder, directory in listing.directories.items():
        for name, entry in directory.entries.items():
            if entry.modified_ns >= LATEST_NS or entry.modified_ns <= EARLIEST_NS:
                yield f"{folder}/{name}" if folder else name
