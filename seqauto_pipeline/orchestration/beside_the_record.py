"""What a scan does beside its record (log, metrics, retention): trouble with it fails no scan."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import dagster as dg

NOTED = ("Log: ", "Metrics: ", "Retention: ")  # how the notes on such trouble begin


@contextmanager
def beside_the_record(
    what: str,
    instance: dg.DagsterInstance,
    scan: dg.DagsterRun,
    tell: Callable[[str], None] | None = None,
) -> Iterator[None]:
    """Note on the scan what went wrong in the block, and go on behind it.

    ``what`` is one of NOTED and the clause that the reason follows; ``tell`` is told as well.
    """
    try:
        yield
    except Exception as error:  # the boundary of what no record depends on
        reason = error.strerror if isinstance(error, OSError) else None
        words = str(reason or error).strip().split("\n", 1)[0] or type(error).__name__
        note(f"{what}: {words}", instance, scan)
        if tell is not None:
            tell(f"{what}: {words}")


def note(trouble: str, instance: dg.DagsterInstance, scan: dg.DagsterRun) -> None:
    """Tell of trouble where people look at the scan, if that can still be stored."""
    with suppress(Exception):  # where not even this can be, the scan itself ends in that error
        instance.report_engine_event(trouble, scan)
