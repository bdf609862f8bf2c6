"""The scan in its steps, in their order: scan files, parse sheets, build models, launch jobs.

Dagster is not met here. Each step translates the settings once, and hands on the id of the scan's
record only, so that any of them can be run again later. The ``fence`` is that of the scan lock;
who gives none sees to it that there is no other scan.
"""

import datetime as dt
import tempfile
from dataclasses import replace
from pathlib import Path

from seqauto_pipeline.db.fence import Fence
from seqauto_pipeline.delivery.configured import outbox_for
from seqauto_pipeline.disk.record.parsed_runs import write_parsed
from seqauto_pipeline.disk.record.paths import parsed_path, record_path, records_folder
from seqauto_pipeline.disk.record.reader import ScanRecord
from seqauto_pipeline.errors import ScanRecordError
from seqauto_pipeline.garbage import collecting_rarely
from seqauto_pipeline.jobs.configured import job_rules
from seqauto_pipeline.jobs.summary import JobsSummary
from seqauto_pipeline.scan import moment
from seqauto_pipeline.scan.applying import being_applied
from seqauto_pipeline.scan.basis import walk_basis
from seqauto_pipeline.scan.begun_walk import begun_walk
from seqauto_pipeline.scan.counters import SheetCounter, WalkCounter
from seqauto_pipeline.scan.listed_runs import changed_runs
from seqauto_pipeline.scan.model_update import ModelUpdate
from seqauto_pipeline.scan.parsing import parsed_runs
from seqauto_pipeline.scan.progress import Progress, ignore_progress
from seqauto_pipeline.scan.request import ScanRequest
from seqauto_pipeline.scan.setup import scan_setup
from seqauto_pipeline.scan.store import prepared_store, store_for_reading
from seqauto_pipeline.scan.summaries import FilesSummary, ModelsSummary, SheetsSummary
from seqauto_pipeline.scan.walking import walk_disks
from seqauto_pipeline.settings import Settings


@collecting_rarely()
def scan_files(
    settings: Settings,
    home: Path,
    dagster_run_id: str,
    request: ScanRequest,
    progress: Progress = ignore_progress,
    fence: Fence | None = None,
) -> FilesSummary:
    """List what the layouts look into below the scan roots, and keep it as this scan's record."""
    with begun_walk(settings, home, dagster_run_id, request, fence) as walk:
        return walk.all_listed(walk.found(), progress)


def reuse_files(
    settings: Settings,
    home: Path,
    dagster_run_id: str,
    record_id: str,
    fence: Fence | None = None,
    *,
    start_over: bool = False,
) -> FilesSummary:
    """Take what an earlier scan saw in place of a walk."""
    with prepared_store(settings, home, fence, start_over=start_over) as store:
        path = record_path(home, record_id)
        record = ScanRecord(path)
        scan_id = store.scans.begin(dagster_run_id, moment.now(), record.header.scope, full=True)
        store.scans.set_record(
            scan_id, record_id, dt.datetime.fromisoformat(record.header.started_at)
        )
        counter = WalkCounter()
        for run in record.index:
            counter.add(run)
        return counter.summary(record_id, (), path)


@collecting_rarely()
def parse_sample_sheets(
    settings: Settings,
    home: Path,
    dagster_run_id: str,
    record_id: str,
    progress: Progress = ignore_progress,
    fence: Fence | None = None,
) -> SheetsSummary:
    """Read the sheets and metadata of new and changed runs, and keep that beside the record."""
    setup = scan_setup(settings, home)
    with prepared_store(settings, home, fence) as store:
        record = ScanRecord(record_path(home, record_id))
        changed, counter = changed_runs(record, store, setup), SheetCounter()
        parsed = parsed_runs(record, changed, setup.parsing, counter, progress)
        write_parsed(parsed_path(home, dagster_run_id), parsed)
        return counter.summary()


@collecting_rarely()
def create_models(
    settings: Settings,
    home: Path,
    dagster_run_id: str,
    record_id: str,
    request: ScanRequest,
    progress: Progress = ignore_progress,
    fence: Fence | None = None,
) -> ModelsSummary:
    """Bring the file models in line with what the record saw.

    Raises VanishedError, after all else was stored, where the brake holds a part of the disks, and
    OlderRecordError, before anything is, for a list older than the last applied that is not forced.
    """
    with being_applied(settings, home, dagster_run_id, record_id, request, fence) as applied:
        planned, scan = applied.planned(progress), applied.begun()
        return applied.ended(scan, planned or applied.stored(scan, progress))


def scripts_and_jobs(
    settings: Settings,
    home: Path,
    dagster_run_id: str,
    request: ScanRequest,
    fence: Fence | None = None,
) -> JobsSummary:
    """Launch jobs that make missing files, and note what became of those in flight."""
    rules, outbox = job_rules(settings, home), outbox_for(settings)
    if not rules.is_used:
        return JobsSummary.nothing_configured()
    if request.reuse_prev_scan_id:
        return JobsSummary("An earlier file list was applied: no job is launched by what it says.")
    from seqauto_pipeline.jobs import launching, stage  # noqa: PLC0415  (not where none are used)

    launch = launching.Launch(request.only_launch_types, is_dry=request.dry_run_jobs)
    with prepared_store(settings, home, fence, outbox.fill if outbox else None) as store:
        scan = store.scans.find(dagster_run_id)
        if scan is None:
            raise ScanRecordError(dagster_run_id, "this scan is not in the models database")
        return stage.scripts_and_jobs(rules, store, scan, launch)


def plan(
    settings: Settings, home: Path, request: ScanRequest, progress: Progress = ignore_progress
) -> ModelsSummary:
    """Walk the disks and work out what a scan would change; nothing that lasts is written."""
    setup = scan_setup(settings, home)
    with (
        store_for_reading(settings, home, start_over=request.start_over) as store,
        tempfile.TemporaryDirectory(prefix="seqauto-plan-") as folder,
    ):
        path = Path(folder) / "record.jsonl.gz"
        basis = walk_basis(setup, request, store, moment.now())
        seen = walk_disks(setup, request, store.known.runs(), basis, path, progress)
        record = ScanRecord(path, records_folder(home))
        summary = ModelUpdate(setup, store, record, "", request).dry_run(progress)
        return replace(summary, unknown_runs=seen.unknown_runs, notes=seen.notes)
