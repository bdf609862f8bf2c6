"""A record held against the models: only planned in a dry run, or planned and stored."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from seqauto_pipeline.core.verdict.parsed_run import ParsedRun
from seqauto_pipeline.core.verdict.stored_run import RunAsOf
from seqauto_pipeline.db.store.model_store import ModelStore
from seqauto_pipeline.db.store.values import ScanRow
from seqauto_pipeline.disk.record.reader import ScanRecord
from seqauto_pipeline.scan.changes import Changes
from seqauto_pipeline.scan.judging import RunJudge
from seqauto_pipeline.scan.listed_roots import KeptLists
from seqauto_pipeline.scan.model_builder import ModelBuilder
from seqauto_pipeline.scan.progress import Progress
from seqauto_pipeline.scan.request import ScanRequest
from seqauto_pipeline.scan.scan_in_progress import AppliedRecord, ScanInProgress
from seqauto_pipeline.scan.scan_messages import held_text
from seqauto_pipeline.scan.setup import ScanSetup
from seqauto_pipeline.scan.summaries import ModelsSummary
from seqauto_pipeline.scan.survey import Survey, make_survey
from seqauto_pipeline.scan.writers import DryRun, ModelWriter, Writer


@dataclass(frozen=True, slots=True)
class ModelUpdate:
    """All that an update of the models starts from."""

    setup: ScanSetup
    store: ModelStore
    record: ScanRecord
    record_id: str  # "" where it is not kept
    request: ScanRequest

    @property
    def as_of(self) -> dt.datetime:
        """When the disks were listed."""
        return dt.datetime.fromisoformat(self.record.header.started_at)

    @property
    def applied(self) -> AppliedRecord:
        return AppliedRecord(self.record_id, self.as_of, self.request.force)

    @property
    def is_of_old(self) -> bool:
        """Whether later scans make the list older than what the models show."""
        zone = self.setup.time_zone
        return ScanInProgress.of_dry_run(self.store, self.applied, zone).is_of_old

    def dry_run(self, progress: Progress) -> ModelsSummary:
        """Work out what would change, and store nothing."""
        zone = self.setup.time_zone
        scan = ScanInProgress.of_dry_run(self.store, self.applied, zone)
        return self._build(scan, {}, DryRun(), progress)

    def store_changes(
        self, scan: ScanRow, parsed: Mapping[str, ParsedRun], progress: Progress
    ) -> ModelsSummary:
        """Store what changes, as of this scan. ``parsed`` are runs by fingerprint."""
        in_progress = self.in_progress(scan)
        writer = ModelWriter(self.store, in_progress)
        return self._build(in_progress, parsed, writer, progress)

    def in_progress(self, scan: ScanRow) -> ScanInProgress:
        """Describe a stored scan that stores what changes."""
        return ScanInProgress.of(scan, self.store, self.applied, self.setup.time_zone)

    def _build(
        self,
        scan: ScanInProgress,
        parsed: Mapping[str, ParsedRun],
        writer: Writer,
        progress: Progress,
    ) -> ModelsSummary:
        return self.built(self.judge(scan, parsed), writer, progress)

    def built(self, judge: RunJudge, writer: Writer, progress: Progress) -> ModelsSummary:
        """Have all changes written, run by run and those of the whole."""
        builder = ModelBuilder(self.record, self.store, judge, writer)
        builder.build(lambda done, total: progress("create models", done, total))
        return self.summary(judge, builder.changes)

    def summary(self, judge: RunJudge, changes: Changes) -> ModelsSummary:
        """Say what the models hold now, and what was changed of them."""
        totals = self.store.known.totals()
        return ModelsSummary(
            scan_id=judge.scan.id,
            as_of=self.as_of.isoformat(),
            runs=totals.runs,
            files=totals.files,
            messages=totals.messages,
            changes=changes,
            held=tuple(map(held_text, judge.survey.held)),
        )

    def judge(self, scan: ScanInProgress, parsed: Mapping[str, ParsedRun]) -> RunJudge:
        """Make the survey of the whole, and give who judges by it."""
        accepted = self.request.accepted
        survey = make_survey(self.record, self.store, self.setup, accepted, scan)
        as_of = self.store.known.runs_without(scan.later) if scan.is_of_old else {}
        return self.judge_by(survey, scan, parsed, as_of)

    def judge_by(
        self,
        survey: Survey,
        scan: ScanInProgress,
        parsed: Mapping[str, ParsedRun],
        as_of: Mapping[int, RunAsOf],
    ) -> RunJudge:
        return RunJudge(
            self.setup,
            survey,
            scan,
            parsed,
            as_of=as_of,
            retry_errors=self.record.header.full,
            lists=KeptLists.of(self.setup),
        )
