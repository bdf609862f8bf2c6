"""Since when files and runs are in their state, and when scans first and last saw them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from seqauto_pipeline.core.data_state import DataState, RunState
from seqauto_pipeline.db.models import SequencingRun
from seqauto_pipeline.db.queries.files import FileRow
from seqauto_pipeline.db.queries.ledger import file_states_since, run_states_since
from seqauto_pipeline.db.queries.scan_times import ScanTimes
from seqauto_pipeline.views.open_models import OpenModels
from seqauto_pipeline.views.values import iso

_NOT_THERE = frozenset({DataState.NON_EXISTENT, DataState.DELETED, DataState.RUNNING})


@dataclass(frozen=True, slots=True)
class SinceWhen:
    """Three moments, each the time at which a scan listed the disks; ISO 8601 in UTC."""

    since: str | None = None  # in this state
    since_scan: int | None = None
    first_seen: str | None = None  # None: no scan ever saw it
    last_seen: str | None = None


@dataclass(frozen=True, slots=True)
class Ledger:
    """What is needed to tell since when the files of some runs are in their state."""

    times: ScanTimes
    files_since: Mapping[int, int]
    runs_since: Mapping[int, int]
    as_of: int | None  # a scan: as it was then

    def of_file(self, file: FileRow, run: SequencingRun) -> SinceWhen:
        since = self.files_since.get(file.id)
        first = self._by_then(file.first_seen_scan_id)
        last = None if first is None else self._last_seen(file, run, since)
        return self._told(since, first, last)

    def of_run(self, run: SequencingRun, state: str) -> SinceWhen:
        since = self.runs_since.get(run.id)
        if state != RunState.DELETED:
            last = self.times.last_look(run, self.as_of)
        elif self.as_of is None and run.last_seen_scan_id is not None:
            last = run.last_seen_scan_id
        else:
            last = self._look_before(run, since)
        return self._told(since, self._by_then(run.first_scan_id), last)

    def _by_then(self, scan_id: int | None) -> int | None:
        if scan_id is None or self.as_of is None or scan_id <= self.as_of:
            return scan_id
        return None

    def _last_seen(self, file: FileRow, run: SequencingRun, since: int | None) -> int | None:
        if self.as_of is None and file.last_seen_scan_id is not None:
            return file.last_seen_scan_id
        if self.as_of is not None and file.data_state in _NOT_THERE:
            return self._look_before(run, since)
        return self.times.last_look(run, self.as_of)

    def _look_before(self, run: SequencingRun, scan_id: int | None) -> int | None:
        return None if scan_id is None else self.times.last_look(run, scan_id - 1)

    def _told(self, since: int | None, first: int | None, last: int | None) -> SinceWhen:
        since_time, first_time, last_time = map(self.times.time, (since, first, last))
        return SinceWhen(iso(since_time), since, iso(first_time), iso(last_time))


def ledger_of(
    models: OpenModels,
    ids: Collection[int],
    times: ScanTimes,
    as_of: int | None = None,
    *,
    of_files: bool = True,
) -> Ledger:
    """Read what the ledger says of some sequencing runs and, where asked for, of their files."""
    session = models.session
    return Ledger(
        times,
        file_states_since(session, ids, as_of) if of_files else {},
        run_states_since(session, ids, as_of),
        as_of,
    )
