"""Records of files brought in line with their jobs: `running` while one is in flight, as stored.

Scans write them, by the way that all changes of a scan go: the ledger has each.
"""

import datetime as dt
from collections.abc import Collection, Mapping

from seqauto_pipeline.core.data_state import UNSEEN, DataState
from seqauto_pipeline.core.verdict.reconcile import FileChange, FileRecord, ScanIds
from seqauto_pipeline.core.verdict.run_plan import RunPlan
from seqauto_pipeline.db.jobs.store import StoredJobs
from seqauto_pipeline.db.store.model_store import ModelStore
from seqauto_pipeline.db.store.values import LoadedRun


def bring_in_line(store: ModelStore, scan_id: int) -> tuple[int, ...]:
    """Store what is made as running, and have what is no longer made be looked at.

    The record of a job that has ended is running until a scan has looked: it will judge the run.
    Gives the runs of which something was stored.
    """
    to_run, no_longer = StoredJobs(store.engine).files_out_of_line()
    ids = to_run.keys() | no_longer.keys()
    if not ids:
        return ()
    known = store.known.fingerprints(ids)
    plans = []
    for run_id, loaded in store.load(ids).items():
        begun, ended = to_run.get(run_id, ()), no_longer.get(run_id, ())
        changes = _changes(loaded, begun, ended)
        fingerprint = None if ended else known[run_id]
        plans.append((loaded, _plan(loaded, changes, fingerprint)))
    store.save(plans, ScanIds(scan_id, None), dt.datetime.now(dt.UTC))
    return tuple(sorted(ids))


def _changes(
    loaded: LoadedRun, begun: Collection[int], ended: Collection[int]
) -> tuple[FileChange, ...]:
    numbers: Mapping[tuple[str, str], int] = loaded.file_ids
    changes = []
    for key, record in sorted(loaded.stored.files.items()):
        if numbers[key] in begun:
            changes.append(FileChange(record, _running(record)))
        elif numbers[key] in ended:
            changes.append(FileChange(record, record._replace(reason=UNSEEN)))
    return tuple(changes)


def _running(record: FileRecord) -> FileRecord:
    return record._replace(data_state=DataState.RUNNING, reason=None)


def _plan(loaded: LoadedRun, changes: tuple[FileChange, ...], fingerprint: str | None) -> RunPlan:
    record = loaded.stored.record
    return RunPlan(record, record, fingerprint=fingerprint, files=changes)
