"""The rows that some plans of runs come to, collected before anything is written."""

import datetime as dt
from dataclasses import asdict, dataclass, field
from typing import Any, TypeAlias

from seqauto_pipeline.core.data_state import RunState
from seqauto_pipeline.core.verdict.messages import MessageChanges
from seqauto_pipeline.core.verdict.parsed_run import ReadSheet
from seqauto_pipeline.core.verdict.reconcile import FileChange, FileKey, ScanIds
from seqauto_pipeline.core.verdict.run_plan import RunPlan
from seqauto_pipeline.db.models import (
    ExpectedFile,
    FileEvent,
    SampleSheet,
    SequencingRun,
    SequencingSample,
)
from seqauto_pipeline.db.models.sequencing import FLAGS
from seqauto_pipeline.db.store.next_ids import NextIds
from seqauto_pipeline.db.store.rows import (
    content_row,
    file_event_row,
    message_row,
    run_event_row,
    sheet_row,
)
from seqauto_pipeline.db.store.values import LoadedRun
from seqauto_pipeline.db.stored_samples import sample_row

Rows: TypeAlias = list[dict[str, Any]]  # what SQLAlchemy takes for many rows
Values: TypeAlias = list[tuple[Any, ...]]  # what drivers take; `rows.py` names the columns


@dataclass(slots=True)
class Batch:
    """Rows to write, collected over several runs."""

    new_runs: Rows = field(default_factory=list)
    runs: Rows = field(default_factory=list)
    run_events: Rows = field(default_factory=list)
    not_current: list[int] = field(default_factory=list)
    current: list[int] = field(default_factory=list)
    replaced_samples: list[int] = field(default_factory=list)
    sheets: Rows = field(default_factory=list)
    samples: Rows = field(default_factory=list)
    new_files: Values = field(default_factory=list)
    files: Rows = field(default_factory=list)
    events: Values = field(default_factory=list)
    contents: Values = field(default_factory=list)
    replaced_contents: list[int] = field(default_factory=list)
    messages: Rows = field(default_factory=list)
    reworded: Rows = field(default_factory=list)
    closed: list[int] = field(default_factory=list)
    unexpected: Rows = field(default_factory=list)
    no_longer_unexpected: Rows = field(default_factory=list)

    @property
    def run_ids(self) -> list[int]:
        return [*(row["id"] for row in self.new_runs), *(row["b_id"] for row in self.runs)]

    @property
    def run_names(self) -> set[str]:
        return {row["name"] for row in (*self.new_runs, *self.runs)}

    def add_messages(
        self, run_id: int | None, changes: MessageChanges, scan: ScanIds, at: dt.datetime
    ) -> None:
        for key, problem in changes.opened:
            row = {**message_row(problem), "sequencing_run_id": run_id, "key": key}
            self.messages.append({**row, "opened_scan_id": scan.this, "opened_at": at})
        for number, problem in changes.reworded:
            self.reworded.append({**message_row(problem), "b_id": number})
        self.closed += changes.closed


class BatchBuilder:
    """Turns the plans of runs into the rows of one batch, with numbers for the new ones."""

    def __init__(self, ids: NextIds, scan: ScanIds, at: dt.datetime) -> None:
        self.batch = Batch()
        self._ids, self._scan, self._at = ids, scan, at

    def add(self, loaded: LoadedRun | None, plan: RunPlan) -> None:
        run_id = self._add_run(loaded, plan)
        if plan.sheet is not None:
            self._add_sheet(run_id, loaded, plan.sheet, plan.sheet_content)
        file_ids = dict(loaded.file_ids) if loaded is not None else {}
        for change in plan.files:
            self._add_file(run_id, file_ids, change)
        self._add_contents(loaded, file_ids, plan)
        self.batch.add_messages(run_id, plan.messages, self._scan, self._at)
        self._add_unexpected(run_id, plan)

    def _add_run(self, loaded: LoadedRun | None, plan: RunPlan) -> int:
        row: dict[str, Any] = {**asdict(plan.record), "fingerprint": plan.fingerprint}
        row["written_scan_id"] = self._scan.this
        if loaded is None:
            run_id = self._ids.take(SequencingRun)
            row |= dict.fromkeys(FLAGS, False)
            row |= {"id": run_id, "facts": plan.facts or {}, "first_scan_id": self._scan.this}
            self.batch.new_runs.append(row)
        else:
            run_id = loaded.id
            is_gone = plan.record.data_state is RunState.DELETED
            last_seen = self._scan.previous if is_gone else None
            row |= {"b_id": run_id, "last_seen_scan_id": last_seen}
            if plan.facts is not None:
                row["facts"] = plan.facts
            self.batch.runs.append(row)
        if plan.is_state_change:
            self.batch.run_events.append(run_event_row(run_id, plan, self._scan))
        return run_id

    def _add_sheet(
        self, run_id: int, loaded: LoadedRun | None, sheet: ReadSheet, content: bytes
    ) -> None:
        sheet_ids = loaded.sheet_ids if loaded is not None else {}
        if loaded is not None and loaded.current_sheet_id is not None:
            self.batch.not_current.append(loaded.current_sheet_id)
        sheet_id = sheet_ids.get(sheet.md5)
        if sheet_id is None:
            sheet_id = self._ids.take(SampleSheet)
            row = sheet_row(sheet_id, run_id, sheet, content)
            row |= {"version": len(sheet_ids) + 1, "first_scan_id": self._scan.this}
            self.batch.sheets.append(row)
        else:
            self.batch.current.append(sheet_id)
            self.batch.replaced_samples.append(sheet_id)
        for number, judged in enumerate(sheet.samples, 1):
            row = sample_row(sheet_id, number, judged)
            self.batch.samples.append({"id": self._ids.take(SequencingSample), **row})

    def _add_file(self, run_id: int, file_ids: dict[FileKey, int], change: FileChange) -> None:
        old, new = change
        key = new.key
        if old is None:
            file_id = file_ids[key] = self._ids.take(ExpectedFile)
            self.batch.new_files.append((file_id, run_id, *new))
        else:
            file_id = file_ids[key]
            self.batch.files.append({"b_id": file_id, **new._asdict()})
        if change.is_event:
            event_id = self._ids.take(FileEvent)
            self.batch.events.append(file_event_row(event_id, file_id, change, self._scan))

    def _add_contents(
        self, loaded: LoadedRun | None, file_ids: dict[FileKey, int], plan: RunPlan
    ) -> None:
        known = loaded.stored.signatures if loaded is not None else {}
        self.batch.replaced_contents += [file_ids[key] for key in plan.contents if key in known]
        self.batch.contents += [
            content_row(file_ids[key], result) for key, result in plan.contents.items()
        ]

    def _add_unexpected(self, run_id: int, plan: RunPlan) -> None:
        found, gone = plan.unexpected.found, plan.unexpected.gone
        common = {"sequencing_run_id": run_id, "first_scan_id": self._scan.this}
        self.batch.unexpected += [{**common, **asdict(entry)} for entry in found]
        paths = (*gone, *(entry.path for entry in found))
        self.batch.no_longer_unexpected += [{"b_run_id": run_id, "b_path": each} for each in paths]
