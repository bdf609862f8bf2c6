"""The scan in its steps, in their order: scan files, parse sheets, build models, launch jobs.

Dagster is not met here. Each step translates the settings once, and hands on the id of the scan's
record only, so that any of them can be run again later. The ``fence`` is that of the scan lock;
who gives none sees to it that there is no other scan.
"""

import datetime as dt
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from seqauto_pipeline.core.clock import behind
from seqauto_pipeline.core.display import local_time
from seqauto_pipeline.core.verdict.parsed_run import ParsedRun
from seqauto_pipeline.db.fence import Fence
from seqauto_pipeline.db.store.model_store import ModelStore
from seqauto_pipeline.db.store.values import ScanRow
from seqauto_pipeline.delivery.configured import outbox_for
from seqauto_pipeline.disk.parallel.garbage import collecting_rarely
from seqauto_pipeline.disk.record.parsed_runs import ParsedRuns, write_parsed
from seqauto_pipeline.disk.record.paths import parsed_path, record_path, records_folder
from seqauto_pipeline.disk.record.reader import ScanRecord
from seqauto_pipeline.errors import OlderRecordError, ScanRecordError, VanishedError
from seqauto_pipeline.jobs.configured import job_rules
from seqauto_pipeline.jobs.summary import JobsSummary
from seqauto_pipeline.scan.basis import walk_basis
from seqauto_pipeline.scan.counters import SheetCounter, WalkCounter
from seqauto_pipeline.scan.listed_runs import changed_runs, try_parsing
from seqauto_pipeline.scan.model_update import ModelUpdate
from seqauto_pipeline.scan.progress import Progress, ignore_progress
from seqauto_pipeline.scan.request import ScanRequest, is_part
from seqauto_pipeline.scan.setup import ScanSetup, scan_setup
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
    setup = scan_setup(settings, home)
    with prepared_store(settings, home, fence, start_over=request.start_over) as store:
        started = _now()
        known = store.known.runs()
        paths = [row.path for row in known]
        request = request.with_whole_names(paths)
        basis = walk_basis(setup, request, store, started)
        scan_id = store.scans.begin(dagster_run_id, started, request.scope, full=basis.is_full)
        _note_ended_jobs(settings, home, store, scan_id)
        path = record_path(home, dagster_run_id)
        summary = walk_disks(setup, request, known, basis, path, progress)
        store.scans.set_record(scan_id, dagster_run_id, started)
        unknown = tuple(each for each in summary.unknown_runs if not is_part(each, paths))
        notes = (*summary.notes, *_notes_on_the_clock(store.scans.before(scan_id), started, setup))
        return replace(summary, record_id=dagster_run_id, unknown_runs=unknown, notes=notes)


def _note_ended_jobs(settings: Settings, home: Path, store: ModelStore, scan_id: int) -> None:
    rules = job_rules(settings, home)
    if rules.is_used:
        from seqauto_pipeline.jobs.stage import ask_before_walk  # noqa: PLC0415  (not for all)

        ask_before_walk(rules, store, scan_id)


def _notes_on_the_clock(
    before: ScanRow | None, started: dt.datetime, setup: ScanSetup
) -> tuple[str, ...]:
    """Say once that the clock disagrees with the scan before: its number is larger all the same."""
    apart = None if before is None else behind(before.started_at, started)
    if before is None or apart is None:
        return ()
    began = local_time(before.started_at, setup.time_zone)
    seconds = f"{apart.total_seconds():,.0f}"
    note = (
        f"Scan {before.id}, the one before, began at {began}, {seconds} s after this one: one of "
        "the two clocks is wrong. Compare `timedatectl` on the hosts that scan."
    )
    return (note,)


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
        scan_id = store.scans.begin(dagster_run_id, _now(), record.header.scope, full=True)
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
        counter = SheetCounter()

        def parsed() -> Iterator[tuple[str, ParsedRun]]:
            for listing, fingerprint in changed_runs(record, store, setup):
                run = try_parsing(listing, setup)
                if run is not None:
                    counter.add(listing, run)
                    progress("parse sample sheets", counter.runs, None)
                    yield fingerprint, run

        write_parsed(parsed_path(home, dagster_run_id), parsed())
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
    setup, outbox = scan_setup(settings, home), outbox_for(settings)
    after_save = outbox.fill if outbox else None
    with prepared_store(settings, home, fence, after_save) as store:
        record = ScanRecord(record_path(home, record_id))
        update = ModelUpdate(setup, store, record, record_id, request)
        planned = _plan_of_older_record(update, progress, fence)
        path = parsed_path(home, dagster_run_id)
        scan = _begun_scan(update, dagster_run_id, record_id)
        summary = planned or update.store_changes(scan, ParsedRuns(path), progress)
        path.unlink(missing_ok=True)
        if outbox is not None:
            from seqauto_pipeline.delivery.messages import (  # noqa: PLC0415  (not where it is off)
                complete_outbox,
            )

            complete_outbox(outbox, store.engine)
        store.scans.finish(scan.id, _now(), summary.stored_counts())
        if summary.held:
            raise VanishedError(summary.held, summary.metadata())
        return summary


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


def _plan_of_older_record(
    update: ModelUpdate, progress: Progress, fence: Fence | None
) -> ModelsSummary | None:
    """Say what a list that is older than what the models show would change: nothing, or refuse it.

    None: it is as new, or is forced, or later scans looked at parts only, which stay as they are.
    """
    newest = update.store.scans.newest_as_of()
    if newest is None or update.request.force or not update.is_of_old:
        return None
    planned = update.dry_run(progress)
    if planned.changes.runs:
        engine = update.store.engine
        if fence is not None and not fence.is_newest(engine):
            raise fence.loss(engine)  # it stood still, and the list of its successor was applied
        zone = update.setup.time_zone
        raise OlderRecordError(
            local_time(update.as_of, zone), local_time(newest, zone), planned.in_words()
        )
    return planned


def _begun_scan(update: ModelUpdate, dagster_run_id: str, record_id: str) -> ScanRow:
    """Begin the scan, unless an earlier step has, and note which record it applies."""
    store, header = update.store, update.record.header
    store.scans.begin(dagster_run_id, _now(), header.scope, full=header.full)
    scan = store.scans.find(dagster_run_id)
    if scan is None:
        raise ScanRecordError(record_id, f"scan {dagster_run_id} is not in the models database")
    store.scans.set_record(scan.id, record_id, update.as_of)
    return scan


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
        setup = replace(setup, lists_folder=Path(folder))
        basis = walk_basis(setup, request, store, _now())
        seen = walk_disks(setup, request, store.known.runs(), basis, path, progress)
        record = ScanRecord(path, records_folder(home))
        summary = ModelUpdate(setup, store, record, "", request).dry_run(progress)
        return replace(summary, unknown_runs=seen.unknown_runs, notes=seen.notes)


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
