"""Count what passes by while a step works, for its summary."""

from collections import Counter
from pathlib import Path
from typing import Self

from seqauto_pipeline.core.file_list import RunListing
from seqauto_pipeline.core.verdict.parsed_run import ParsedRun
from seqauto_pipeline.disk.record.parts import IndexedRun
from seqauto_pipeline.scan.progress import Progress, ignore_progress
from seqauto_pipeline.scan.summaries import FilesSummary, SheetsSummary


class WalkCounter:
    """Counts what passes by on its way into the record."""

    def __init__(self, progress: Progress = ignore_progress, total: int = 0) -> None:
        self._progress, self._total = progress, total
        self.runs = self._directories = self._files = self._bytes = self._unreadable = 0
        self.notes: list[str] = []  # what a person should know of how it went

    def add(self, run: IndexedRun) -> None:
        self.runs += 1
        self._directories += run.directories
        self._unreadable += run.refusals
        self._files += run.entries
        self._bytes += run.size
        self._progress("scan files", self.runs, self._total)

    def summary(self, record_id: str, unavailable: tuple[str, ...], path: Path) -> FilesSummary:
        return FilesSummary(
            record_id=record_id,
            runs=self.runs,
            directories=self._directories,
            files=self._files,
            bytes_seen=self._bytes,
            unreadable=self._unreadable,
            unavailable_roots=unavailable,
            record_bytes=path.stat().st_size,
            notes=tuple(self.notes),
        )


class SheetCounter:
    """Counts what the sheets of a scan say."""

    def __init__(self) -> None:
        self.runs = self._sheets = self._samples = self._unreadable = 0
        self._problems: Counter[tuple[str, str]] = Counter()
        self.notes: list[str] = []  # what a person should know of how it went

    def add(self, listing: RunListing, run: ParsedRun) -> None:
        self.runs += 1
        if run.sheet is not None:
            self._sheets += 1
            self._samples += len({each.sample.sample_number for each in run.sheet.samples})
        elif listing.skip_reason is None:
            self._unreadable += 1
        self._problems.update((each.severity.value, each.code) for each in run.problems)

    def include(self, other: Self) -> None:
        """Add what another counter has counted."""
        self.runs += other.runs
        self._sheets += other._sheets
        self._samples += other._samples
        self._unreadable += other._unreadable
        self._problems.update(other._problems)

    def summary(self) -> SheetsSummary:
        problems, notes = dict(self._problems), tuple(self.notes)
        return SheetsSummary(
            self.runs, self._sheets, self._samples, self._unreadable, problems, notes
        )
