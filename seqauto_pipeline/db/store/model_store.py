"""What a scan reads from and writes to the file models."""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import TypeAlias

from sqlalchemy import Connection, Engine

from seqauto_pipeline.core.verdict.messages import MessageChanges
from seqauto_pipeline.core.verdict.reconcile import ScanIds
from seqauto_pipeline.core.verdict.run_plan import RunPlan
from seqauto_pipeline.db.session import read_connection, write_connection
from seqauto_pipeline.db.store.batch import Batch, BatchBuilder
from seqauto_pipeline.db.store.known_runs import KnownRuns
from seqauto_pipeline.db.store.load import RunLoader
from seqauto_pipeline.db.store.next_ids import NextIds
from seqauto_pipeline.db.store.save import write_batch, write_messages
from seqauto_pipeline.db.store.scans import StoredScans
from seqauto_pipeline.db.store.values import LoadedRun

Planned: TypeAlias = tuple[LoadedRun | None, RunPlan]  # what is stored of a run, and its changes
AfterSave = Callable[[Connection, Batch], None]  # in the same transaction


class ModelStore:
    """The file models, for one scan at a time: scans, what is known, and whole runs in batches."""

    def __init__(self, engine: Engine, after_save: AfterSave | None = None) -> None:
        self.scans = StoredScans(engine)
        self.known = KnownRuns(engine)
        self.engine, self._after_save = engine, after_save
        self._ids = NextIds()

    def load(self, run_ids: Collection[int]) -> dict[int, LoadedRun]:
        """Load all that a scan needs of some runs, in a handful of queries."""
        with read_connection(self.engine) as connection:
            return RunLoader(connection, run_ids).load()

    def load_files(self, run_ids: Collection[int], types: Collection[str]) -> dict[int, LoadedRun]:
        """Load what says which files of some types could be made now."""
        with read_connection(self.engine) as connection:
            return RunLoader(connection, run_ids).load_files(types)

    def save(self, plans: Sequence[Planned], scan: ScanIds, at: dt.datetime) -> None:
        """Store the changes of some runs together, or none of them."""
        with write_connection(self.engine) as connection:
            self._write(connection, self._ids, plans, scan, at)

    def _write(
        self,
        connection: Connection,
        ids: NextIds,
        plans: Sequence[Planned],
        scan: ScanIds,
        at: dt.datetime,
    ) -> None:
        with ids.for_batch(connection):
            builder = BatchBuilder(ids, scan, at)
            for loaded, plan in plans:
                builder.add(loaded, plan)
            write_batch(connection, builder.batch, scan, at)
            if self._after_save is not None:
                self._after_save(connection, builder.batch)

    def save_messages(
        self,
        changes: Iterable[tuple[int | None, MessageChanges]],
        scan: ScanIds,
        at: dt.datetime,
    ) -> None:
        """Store messages that are about a root (no run), or about more than one run."""
        batch = Batch()
        for run_id, each in changes:
            batch.add_messages(run_id, each, scan, at)
        if batch.messages or batch.reworded or batch.closed:
            with write_connection(self.engine) as connection:
                write_messages(connection, batch, scan, at)
