"""A record that a scan applies to the models, from its beginning to its end."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from seqauto_pipeline.core.display import local_time
from seqauto_pipeline.db.fence import Fence
from seqauto_pipeline.db.store.values import ScanRow
from seqauto_pipeline.delivery.configured import outbox_for
from seqauto_pipeline.disk.record.parsed_runs import ParsedRuns
from seqauto_pipeline.disk.record.paths import parsed_path, record_path
from seqauto_pipeline.disk.record.reader import ScanRecord
from seqauto_pipeline.errors import OlderRecordError, ScanRecordError, VanishedError
from seqauto_pipeline.scan import moment
from seqauto_pipeline.scan.model_update import ModelUpdate
from seqauto_pipeline.scan.progress import Progress
from seqauto_pipeline.scan.request import ScanRequest
from seqauto_pipeline.scan.setup import scan_setup
from seqauto_pipeline.scan.store import prepared_store
from seqauto_pipeline.scan.summaries import ModelsSummary
from seqauto_pipeline.settings import Settings

if TYPE_CHECKING:
    from seqauto_pipeline.delivery.filling import Outbox


@dataclass(frozen=True, slots=True)
class RecordBeingApplied:
    """One record, the scan that applies it, and the models."""

    update: ModelUpdate
    dagster_run_id: str
    outbox: "Outbox | None"
    fence: Fence | None

    def planned(self, progress: Progress) -> ModelsSummary | None:
        """Say what a list that is older than what the models show would change, or refuse it.

        It changes nothing, or it is refused. None: it is as new, or is forced, or later scans
        looked at parts only, which stay as they are.
        """
        update, engine = self.update, self.update.store.engine
        newest = update.store.scans.newest_as_of()
        if newest is None or update.request.force or not update.is_of_old:
            return None
        planned = update.dry_run(progress)
        if planned.changes.runs:
            if self.fence is not None and not self.fence.is_newest(engine):
                raise self.fence.loss(engine)  # it stood still: its successor's list was applied
            zone = update.setup.time_zone
            raise OlderRecordError(
                local_time(update.as_of, zone), local_time(newest, zone), planned.in_words()
            )
        return planned

    def begun(self) -> ScanRow:
        """Begin the scan, unless an earlier step has, and note which record it applies."""
        update, store = self.update, self.update.store
        header = update.record.header
        store.scans.begin(self.dagster_run_id, moment.now(), header.scope, full=header.full)
        scan = self.scan()
        store.scans.set_record(scan.id, update.record_id, update.as_of)
        return scan

    def scan(self) -> ScanRow:
        scan = self.update.store.scans.find(self.dagster_run_id)
        if scan is None:
            reason = f"scan {self.dagster_run_id} is not in the models database"
            raise ScanRecordError(self.update.record_id, reason)
        return scan

    @property
    def parsed(self) -> Path:
        """Where an earlier step may have kept what it parsed."""
        return parsed_path(self.update.setup.home, self.dagster_run_id)

    def stored(self, scan: ScanRow, progress: Progress) -> ModelsSummary:
        """Plan and store all changes."""
        return self.update.store_changes(scan, ParsedRuns(self.parsed), progress)

    def ended(self, scan: ScanRow, summary: ModelsSummary) -> ModelsSummary:
        """Note that all is stored. Raises VanishedError where the brake holds a part."""
        store = self.update.store
        self.parsed.unlink(missing_ok=True)
        if self.outbox is not None:
            from seqauto_pipeline.delivery.messages import (  # noqa: PLC0415  (not where it is off)
                complete_outbox,
            )

            complete_outbox(self.outbox, store.engine)
        store.scans.finish(scan.id, moment.now(), summary.stored_counts())
        if summary.held:
            raise VanishedError(summary.held, summary.metadata())
        return summary


@contextmanager
def being_applied(
    settings: Settings,
    home: Path,
    dagster_run_id: str,
    record_id: str,
    request: ScanRequest,
    fence: Fence | None,
) -> Iterator[RecordBeingApplied]:
    """Open the models, and the record that a scan applies to them."""
    setup, outbox = scan_setup(settings, home), outbox_for(settings)
    after_save = outbox.fill if outbox else None
    with prepared_store(settings, home, fence, after_save) as store:
        record = ScanRecord(record_path(home, record_id))
        update = ModelUpdate(setup, store, record, record_id, request)
        yield RecordBeingApplied(update, dagster_run_id, outbox, fence)
