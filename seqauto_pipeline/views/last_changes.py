"""What scans changed of sequencing runs, in the words of people; the last of it for many runs."""

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from seqauto_pipeline.core.data_state import RETIRED
from seqauto_pipeline.core.display import shown
from seqauto_pipeline.db.queries.changes import ChangedFiles, changed_files
from seqauto_pipeline.db.queries.history import RunChange, run_changes_of
from seqauto_pipeline.db.queries.scan_times import ScanTimes
from seqauto_pipeline.views.open_models import OpenModels
from seqauto_pipeline.views.words import file_state_words, run_state_words, type_words

_SCANS_OF_A_RUN = 5


@dataclass(frozen=True, slots=True)
class ScanChanges:
    """What one scan changed of one sequencing run, as sentences."""

    scan_id: int
    when: dt.datetime | None  # the disks were listed
    sentences: tuple[str, ...]


def last_changes(
    models: OpenModels, ids: Sequence[int], times: ScanTimes
) -> Mapping[int, tuple[ScanChanges, ...]]:
    """Tell what the last scans that changed each run changed of it, the newest first.

    Two statements for all of the runs.
    """
    told: dict[int, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    for change in run_changes_of(models.session, ids):
        told[change.sequencing_run_id][change.scan_id].append(run_change_words(change))
    for files in changed_files(models.session, ids):
        told[files.sequencing_run_id][files.scan_id].append(files_change_words(files))
    return {
        run_id: tuple(
            ScanChanges(scan_id, times.time(scan_id), tuple(scans[scan_id]))
            for scan_id in sorted(scans, reverse=True)[:_SCANS_OF_A_RUN]
        )
        for run_id, scans in told.items()
    }


def run_change_words(change: RunChange) -> str:
    if change.moved_from is not None:
        return f"The folder was moved from {shown(change.moved_from)}."
    detail = f": {shown(change.detail)}" if change.detail else ""
    before = f" (before: {run_state_words(change.old_state)})" if change.old_state else ""
    return f"The run folder is {run_state_words(change.new_state)}{before}{detail}."


def files_change_words(files: ChangedFiles) -> str:
    what = f"{files.files:,} {type_words(files.file_type)}"
    if files.new_state == RETIRED:
        return f"{what}: no longer asked for by the sample sheet."
    before = f" (before: {ledger_state_words(files.old_state)})" if files.old_state else ""
    return f"{what}: {ledger_state_words(files.new_state)}{before}."


def ledger_state_words(state: str) -> str:
    """Say the state of a file before or after a change."""
    return "no longer asked for" if state == RETIRED else file_state_words(state)
