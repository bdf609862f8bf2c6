"""What the store hands to scans."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from seqauto_pipeline.core.data_state import RunState
from seqauto_pipeline.core.file_list import Scope
from seqauto_pipeline.core.verdict.reconcile import FileKey
from seqauto_pipeline.core.verdict.stored_run import StoredRun


@dataclass(frozen=True, slots=True)
class KnownRow:
    """What every scan must know of every run: one small row each."""

    id: int
    root: str
    path: str
    name: str
    data_state: RunState
    legacy: bool
    fingerprint: str | None
    run_info_id: str | None
    flowcell: str | None
    flowcell_id: str | None
    skip_reason: str | None = None  # of a person who skips it


@dataclass(frozen=True, slots=True)
class ScanRow:
    """What is stored of a scan."""

    id: int
    dagster_run_id: str
    started_at: dt.datetime
    record_id: str | None
    as_of: dt.datetime | None
    scope: Scope
    applied_at: dt.datetime | None

    def covers(self, root: str, path: str) -> bool:
        return self.scope.covers(root, path)


@dataclass(frozen=True, slots=True)
class Totals:
    """How much of everything the models hold."""

    runs: Mapping[str, int]  # by state
    files: Mapping[tuple[str, str], int]  # by type and state, without retired ones
    messages: Mapping[tuple[str, str], int]  # open ones, by severity and code


@dataclass(frozen=True, slots=True)
class LoadedRun:
    """A stored run with the numbers of its records."""

    id: int
    stored: StoredRun
    file_ids: Mapping[FileKey, int]
    sheet_ids: Mapping[str, int]  # by MD5
    current_sheet_id: int | None
