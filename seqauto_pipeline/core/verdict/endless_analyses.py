"""Analyses on the instrument that have begun, and of which no end will come any more.

A stopped analysis leaves no sign of its end, and some copies of a run folder leave it out.
"""

from collections.abc import Collection, Iterator

from seqauto_pipeline.core.display import counted
from seqauto_pipeline.core.expectation.expected_files import ExpectedFile
from seqauto_pipeline.core.file_list import RunListing
from seqauto_pipeline.core.problems import Problem, Severity

QUIET_DAYS = 7  # far longer than any analysis on an instrument takes


def waits(expected: Collection[ExpectedFile], listing: RunListing) -> bool:
    """Tell whether files are awaited that are not there yet."""
    return next(_awaited(expected, listing), None) is not None


def without_endless(
    expected: tuple[ExpectedFile, ...], listing: RunListing, busy_ns: range | None
) -> tuple[tuple[ExpectedFile, ...], tuple[Problem, ...]]:
    """Await nothing more of analyses in which nothing has changed lately, and tell of them."""
    if busy_ns is None or listing.unreadable:
        return expected, ()
    awaited = list(_awaited(expected, listing))
    names = {each.analysis for each in awaited if each.analysis is not None}
    quiet = {each for each in names if _is_quiet(each, listing, busy_ns)}
    if not quiet:
        return expected, ()
    missing = [each for each in awaited if each.analysis in quiet]
    problem = Problem(
        "ANALYSIS_WITHOUT_END",
        Severity.WARNING,
        f"the instrument's analysis {' and '.join(sorted(quiet))} has begun and never ended: "
        f"{counted(len(missing), 'file')} of it not there, and nothing in it has changed in the "
        f"last {QUIET_DAYS} days",
        "Queue it again on the instrument, or convert the run. Where it did end, copy what says "
        "so from the instrument, with whatever else the copy left out.",
    )
    left = (
        each._replace(is_awaited=False) if each.analysis in quiet else each for each in expected
    )
    return tuple(left), (problem,)


def _awaited(expected: Collection[ExpectedFile], listing: RunListing) -> Iterator[ExpectedFile]:
    for each in expected:
        if each.is_awaited and not each.skipped:
            entry = listing.find(each.path)
            if entry is None or not entry.is_there:
                yield each


def _is_quiet(analysis: str, listing: RunListing, busy_ns: range) -> bool:
    times = tuple(_times(analysis, listing))
    return bool(times) and not any(each in busy_ns for each in times)


def _times(analysis: str, listing: RunListing) -> Iterator[int]:
    below = f"{analysis}/"
    for path, directory in listing.directories.items():
        if path == analysis or path.startswith(below):
            yield directory.modified_ns
            yield from (entry.modified_ns for entry in directory.entries.values())
