"""What is done to the models database while no scan can run."""

from collections.abc import Iterator
from contextlib import closing, contextmanager

from seqauto_pipeline.db.lock import scan_lock
from seqauto_pipeline.errors import ScanBusyError


@contextmanager
def no_scan_at_work(url: str, command: str) -> Iterator[None]:
    """Hold the scan lock, under the name of a command that waiting scans are told.

    Raises ScanBusyError where a scan has it.
    """
    with closing(scan_lock(url, command)) as lock:
        holder = lock.take()
        if holder is not None:
            raise ScanBusyError(holder)
        yield
