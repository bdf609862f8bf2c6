"""One pass over the runs that a scan listed: which are new or changed, and what they have lost."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Protocol

from seqauto_pipeline.core.expectation.expected_files import is_listed
from seqauto_pipeline.core.file_list import RunListing
from seqauto_pipeline.db.store.model_store import ModelStore
from seqauto_pipeline.db.store.values import KnownRow, LoadedRun
from seqauto_pipeline.disk.record.parts import IndexedRun
from seqauto_pipeline.disk.record.reader import ScanRecord
from seqauto_pipeline.scan.batches import BATCH_RUNS
from seqauto_pipeline.scan.fingerprints import run_fingerprint
from seqauto_pipeline.scan.parsing import ChangedRun
from seqauto_pipeline.scan.setup import ScanSetup

RunPlace = tuple[str, str]  # root, and path below it


def changed_runs(record: ScanRecord, store: ModelStore, setup: ScanSetup) -> Iterator[ChangedRun]:
    """Stream the runs whose records may have to change."""
    known = {(row.root, row.path): row for row in store.known.runs()}
    listed = (run for run in record.index if run.root in setup.layouts)
    return changed_among(listed, setup, lambda run: known.get((run.root, run.path)))


class _Known(Protocol):
    @property
    def fingerprint(self) -> str | None: ...

    @property
    def skip_reason(self) -> str | None: ...


def changed_among(
    listed: Iterable[IndexedRun],
    setup: ScanSetup,
    known_as: Callable[[IndexedRun], _Known | None],
) -> Iterator[ChangedRun]:
    """Stream those of the listed runs whose records may have to change."""
    for run in listed:
        row = known_as(run)
        skip_reason = row.skip_reason if row else None
        fingerprint = run_fingerprint(run, setup, skip_reason)
        if row is None or row.fingerprint != fingerprint:
            yield ChangedRun(run, fingerprint, skip_reason)


class ListedRuns:
    """What the listed runs tell when they are held against the known ones.

    They are added one by one, and little is kept of each; `finish` ends the pass.
    """

    def __init__(
        self,
        record: ScanRecord,
        known: Mapping[RunPlace, KnownRow],
        store: ModelStore,
        setup: ScanSetup,
    ) -> None:
        self._record, self._known, self._store, self._setup = record, known, store, setup
        self._names = {row.name for row in known.values()}
        self._changed: dict[int, IndexedRun] = {}
        self.fingerprints: dict[RunPlace, str] = {}
        self.new_runs: dict[tuple[str, str | None], list[RunPlace]] = {}  # by name and RunInfo id
        self.lost_files: dict[int, Counter[str]] = {}  # by run and file type

    def add(self, run: IndexedRun) -> None:
        place = (run.root, run.path)
        row = self._known.get(place)
        fingerprint = run_fingerprint(run, self._setup, row.skip_reason if row else None)
        if row is None:
            self.fingerprints[place] = fingerprint
            self._add_new(place, run)
            return
        # Of the many runs that are as they were, no text is held twice.
        is_same = row.fingerprint == fingerprint
        self.fingerprints[row.root, row.path] = (is_same and row.fingerprint) or fingerprint
        if not is_same and row.skip_reason is None:
            self._changed[row.id] = run
            if len(self._changed) >= BATCH_RUNS:
                self.finish()

    def _add_new(self, place: RunPlace, run: IndexedRun) -> None:
        """Note the identity of a new run, where one that vanished could have the same name."""
        if run.name in self._names:
            listing = self._record.load(run)
            parsed = self._setup.parsing.try_parsing(listing)
            if parsed is not None and listing.skip_reason is None:
                self.new_runs.setdefault((run.name, parsed.facts.run_id), []).append(place)

    def finish(self) -> None:
        """Count the files that the changed runs have lost."""
        gone: dict[int, tuple[RunListing, Counter[str]]] = {}
        for run_id, files in self._store.known.files_there(self._changed.keys()).items():
            listing = self._record.load(self._changed[run_id])
            lost = Counter(
                file_type
                for file_type, path in files
                if not is_listed(listing, path) and listing.what_hides(path) is None
            )
            if lost and listing.skip_reason is None:
                gone[run_id] = (listing, lost)
        for run_id, loaded in (self._store.load(gone.keys()) if gone else {}).items():
            listing, lost = gone[run_id]
            self.lost_files[run_id] = self._without_renamed(listing, loaded, lost)
        self._changed.clear()

    def _without_renamed(
        self, listing: RunListing, loaded: LoadedRun, lost: Counter[str]
    ) -> Counter[str]:
        """Leave out files that stand under another of their names now: they are not lost."""
        from seqauto_pipeline.core.verdict.run_judgement import (  # noqa: PLC0415  (see judging.py)
            judge_run,
        )

        parsed = self._setup.parsing.try_parsing(listing)
        if parsed is None:
            return lost
        layout, stored = self._setup.layouts[listing.root], loaded.stored
        try:
            expected = judge_run(listing, parsed, layout, stored.known).expected
        except Exception:  # it fails again, and is reported, where the run is planned
            return lost
        known = {file.path for file in stored.files.values() if not file.retired}
        renamed = Counter(
            file.file_type.name
            for file in expected
            if file.path not in known and is_listed(listing, file.path)
        )
        return lost - renamed
