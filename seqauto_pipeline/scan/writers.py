"""What becomes of planned changes: a scan stores them, a dry run lists them."""

import traceback
from collections.abc import Iterable, Sequence
from typing import Protocol

from seqauto_pipeline.core.data_state import RunState
from seqauto_pipeline.core.verdict.messages import MessageChanges
from seqauto_pipeline.core.verdict.reconcile import ScanIds
from seqauto_pipeline.core.verdict.run_plan import RunPlan, plan_failed_run
from seqauto_pipeline.core.verdict.run_record import RunRecord
from seqauto_pipeline.db.store.model_store import ModelStore
from seqauto_pipeline.db.store.values import LoadedRun
from seqauto_pipeline.errors import ScanLockLostError
from seqauto_pipeline.scan.changes import Changes
from seqauto_pipeline.scan.scan_in_progress import ScanInProgress

PlannedRun = tuple[LoadedRun | None, RunPlan]  # what is stored of a run, and what becomes of it

_MAX_LISTED_CHANGES = 1000  # of a dry run


class Writer(Protocol):
    """Takes the changes of runs, and of messages that are about no run or several."""

    def write_runs(self, planned: Sequence[PlannedRun], changes: Changes) -> None: ...

    def write_messages(self, messages: Iterable[tuple[int | None, MessageChanges]]) -> None: ...


class DryRun:
    """Writes nothing, and lists the first of the changes."""

    def write_runs(self, planned: Sequence[PlannedRun], changes: Changes) -> None:
        for _, plan in planned:
            changes.add(plan, max_listed=_MAX_LISTED_CHANGES)

    def write_messages(self, messages: Iterable[tuple[int | None, MessageChanges]]) -> None:
        """Leave the messages as they are."""


class ModelWriter:
    """Stores the changes of a scan."""

    def __init__(self, store: ModelStore, scan: ScanInProgress) -> None:
        self._store, self._scan = store, scan

    def write_runs(self, planned: Sequence[PlannedRun], changes: Changes) -> None:
        """Store a batch; when that fails, run by run, so that one cannot spoil the others."""
        if not planned:
            return
        try:
            self._save(planned, changes)
        except ScanLockLostError:
            raise
        except Exception:  # the batch is stored again, run by run
            planned = [self._write_alone(each, changes) for each in planned]
        for _, plan in planned:
            changes.add(plan, max_listed=0)

    def write_messages(self, messages: Iterable[tuple[int | None, MessageChanges]]) -> None:
        ids = self._scan.ids_across_runs()
        self._store.save_messages(messages, ids, self._scan.started_at)

    def _write_alone(self, planned: PlannedRun, changes: Changes) -> PlannedRun:
        """Store one run, or its failure. Returns what was stored."""
        loaded, plan = planned
        try:
            self._save([planned], changes)
        except ScanLockLostError:
            raise
        except Exception:  # one run that cannot be stored is that run's error
            error = traceback.format_exc()
            changes.failed_runs.append(f"{plan.record.root}/{plan.record.path}")
            stored = loaded.stored if loaded is not None else None
            failed = plan_failed_run(_without_facts(plan.record), stored, error)
            self._save([(loaded, failed)], changes)
            return loaded, failed
        return planned

    def _save(self, planned: Sequence[PlannedRun], _changes: Changes) -> None:
        self._store.save(planned, self._ids(planned[0]), self._scan.started_at)

    def _ids(self, planned: PlannedRun) -> ScanIds:
        record = planned[1].record
        return self._scan.ids_for(record.root, record.path)


def _without_facts(record: RunRecord) -> RunRecord:
    """Leave out what was read of a run: it may be what cannot be stored."""
    return RunRecord(record.root, record.path, record.name, record.layout, RunState.ERROR)
