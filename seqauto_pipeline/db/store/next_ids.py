"""Numbers (ids) for new records.

A scan holds the scan lock and is the only one that adds records, so it gives the numbers out
itself: known numbers let thousands of rows be written in one statement. Where several processes
store runs of a scan, each learns the numbers anew when it has its turn (`side_by_side.py`).
"""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, func, select

from seqauto_pipeline.db.base import Base
from seqauto_pipeline.db.models import (
    ExpectedFile,
    FileEvent,
    SampleSheet,
    SequencingRun,
    SequencingSample,
)

_NUMBERED = (SequencingRun, SampleSheet, SequencingSample, ExpectedFile, FileEvent)


class NextIds:
    """The next free number of each table."""

    def __init__(self) -> None:
        self._next: dict[type[Base], int] = {}

    @contextmanager
    def for_batch(self, connection: Connection) -> Iterator[None]:
        """Know the numbers; when the block fails, those that it took are free again."""
        self._learn(connection)
        before = dict(self._next)
        try:
            yield
        except BaseException:
            self._next = before
            raise

    def take(self, model: type[Base]) -> int:
        number = self._next[model]
        self._next[model] = number + 1
        return number

    def _learn(self, connection: Connection) -> None:
        missing = [each for each in _NUMBERED if each not in self._next]
        if missing:
            maxima = [select(func.max(each.id)).scalar_subquery() for each in missing]
            found = connection.execute(select(*maxima)).one()
            for each, value in zip(missing, found, strict=True):
                self._next[each] = (value or 0) + 1
