"""Several processes that store the runs of one scan, side by side.

Each transaction waits for its turn behind the scan's fence, so that numbers and things that runs
share (of the outbox) are never given twice, and nothing can lock the others out for ever. A run
that this scan has stored is left out: work that is done twice, since a process was taken for dead,
is stored once.
"""

import datetime as dt
from collections.abc import Collection, Sequence

from sqlalchemy import Connection, Engine, select, text

from seqauto_pipeline.core.verdict.reconcile import ScanIds
from seqauto_pipeline.db.fence import Fence
from seqauto_pipeline.db.lock import LOCK_CLASS
from seqauto_pipeline.db.models import SequencingRun
from seqauto_pipeline.db.session import read_connection, write_connection
from seqauto_pipeline.db.store.model_store import AfterSave, ModelStore, Planned
from seqauto_pipeline.db.store.next_ids import NextIds

_TURN = text(f"SELECT pg_advisory_xact_lock({LOCK_CLASS}, 3)")


class SideBySideStore(ModelStore):
    """The models, for one of several processes that store runs of the scan that has the fence."""

    def __init__(self, engine: Engine, fence: Fence, after_save: AfterSave | None = None) -> None:
        super().__init__(fence.guarded(engine), after_save)

    def save(self, plans: Sequence[Planned], scan: ScanIds, at: dt.datetime) -> None:
        """Store the changes of those of some runs that the scan has not stored yet."""
        with write_connection(self.engine) as connection:
            _take_turn(connection)
            places = [(plan.record.root, plan.record.path) for _, plan in plans]
            done = _stored_by(connection, scan.this, [path for _, path in places])
            left = [each for each, place in zip(plans, places, strict=True) if place not in done]
            if left:
                self._write(connection, NextIds(), left, scan, at)

    def stored_by(self, scan_id: int, paths: Collection[str]) -> frozenset[tuple[str, str]]:
        """Places of the runs at some paths of which a scan has stored what became of them."""
        with read_connection(self.engine) as connection:
            return _stored_by(connection, scan_id, paths)


def _take_turn(connection: Connection) -> None:
    """Wait until no other process stores. In SQLite the fence's check has done so already."""
    if connection.dialect.name == "postgresql":
        connection.execute(_TURN)


def _stored_by(
    connection: Connection, scan_id: int, paths: Collection[str]
) -> frozenset[tuple[str, str]]:
    query = select(SequencingRun.root, SequencingRun.path).where(
        SequencingRun.written_scan_id == scan_id, SequencingRun.path.in_(paths)
    )
    return frozenset((row.root, row.path) for row in connection.execute(query))
