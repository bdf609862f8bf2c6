"""A scan that has begun and has not listed the disks yet."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from seqauto_pipeline.core.clock import behind
from seqauto_pipeline.core.display import local_time
from seqauto_pipeline.db.fence import Fence
from seqauto_pipeline.db.store.model_store import ModelStore
from seqauto_pipeline.db.store.values import KnownRow, ScanRow
from seqauto_pipeline.disk.record.paths import record_path
from seqauto_pipeline.jobs.configured import job_rules
from seqauto_pipeline.scan import moment
from seqauto_pipeline.scan.basis import WalkBasis, walk_basis
from seqauto_pipeline.scan.progress import Progress
from seqauto_pipeline.scan.request import ScanRequest, is_part
from seqauto_pipeline.scan.setup import ScanSetup, scan_setup
from seqauto_pipeline.scan.store import prepared_store
from seqauto_pipeline.scan.summaries import FilesSummary
from seqauto_pipeline.scan.walking import FoundDisks, find_disks, list_disks
from seqauto_pipeline.settings import Settings


@dataclass(frozen=True, slots=True)
class BegunWalk:
    """All that a walk over the disks starts from."""

    setup: ScanSetup
    store: ModelStore
    request: ScanRequest
    known: tuple[KnownRow, ...]
    basis: WalkBasis
    scan_id: int
    dagster_run_id: str

    def found(self) -> FoundDisks:
        """Find the run folders."""
        return find_disks(self.setup, self.request, self.known, self.basis)

    def all_listed(self, found: FoundDisks, progress: Progress) -> FilesSummary:
        """List the run folders into this scan's record."""
        path = record_path(self.setup.home, self.dagster_run_id)
        summary = self.noted(list_disks(found, self.request.scope, self.basis, path, progress))
        started = self.basis.started
        self.store.scans.set_record(self.scan_id, self.dagster_run_id, started)
        return replace(summary, record_id=self.dagster_run_id)

    def noted(self, summary: FilesSummary) -> FilesSummary:
        """Add what a person should know of how the walk began."""
        paths = [row.path for row in self.known]
        unknown = tuple(each for each in summary.unknown_runs if not is_part(each, paths))
        before = self.store.scans.before(self.scan_id)
        clock = _notes_on_the_clock(before, self.basis.started, self.setup)
        return replace(summary, unknown_runs=unknown, notes=(*summary.notes, *clock))


@contextmanager
def begun_walk(
    settings: Settings, home: Path, dagster_run_id: str, request: ScanRequest, fence: Fence | None
) -> Iterator[BegunWalk]:
    """Begin a scan, and ask what became of jobs before its disks are listed."""
    setup = scan_setup(settings, home)
    with prepared_store(settings, home, fence, start_over=request.start_over) as store:
        started = moment.now()
        known = store.known.runs()
        request = request.with_whole_names([row.path for row in known])
        basis = walk_basis(setup, request, store, started)
        scan_id = store.scans.begin(dagster_run_id, started, request.scope, full=basis.is_full)
        _note_ended_jobs(settings, home, store, scan_id)
        yield BegunWalk(setup, store, request, known, basis, scan_id, dagster_run_id)


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
