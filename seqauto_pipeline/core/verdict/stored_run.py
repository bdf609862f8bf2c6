"""What is stored of a sequencing run when a scan comes to judge it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from seqauto_pipeline.core.data_state import RunState
from seqauto_pipeline.core.expectation.samples import SheetFacts
from seqauto_pipeline.core.metadata.run_info import ReadInfo
from seqauto_pipeline.core.problems import Problem
from seqauto_pipeline.core.verdict.messages import OpenMessage
from seqauto_pipeline.core.verdict.parsed_run import JudgedSample
from seqauto_pipeline.core.verdict.reconcile import FileKey, FileRecord
from seqauto_pipeline.core.verdict.run_record import KnownRun, RunRecord
from seqauto_pipeline.core.verdict.unexpected_files import UnexpectedEntry


@dataclass(frozen=True, slots=True)
class RunAsOf:
    """What was known of a run on the day of an old file list that is applied again."""

    data_state: RunState | None  # None: no scan had seen it
    had_sheet: bool


@dataclass(frozen=True, slots=True)
class StoredRun:
    """All that is stored of one run when a scan comes to judge it."""

    record: RunRecord
    samples: tuple[JudgedSample, ...] = ()  # of its current sheet
    sheet_md5: str | None = None
    files: Mapping[FileKey, FileRecord] = field(default_factory=dict)
    signatures: Mapping[FileKey, str] = field(default_factory=dict)  # of loaded contents
    content_problems: Mapping[FileKey, tuple[Problem, ...]] = field(default_factory=dict)
    messages: tuple[OpenMessage, ...] = ()  # open ones
    unexpected: Mapping[str, UnexpectedEntry] = field(default_factory=dict)
    genes: Mapping[str, frozenset[str]] = field(default_factory=dict)  # loaded lists, by slot
    reads: tuple[ReadInfo, ...] | None = None  # of RunInfo; None: it was never read
    lanes: int | None = None
    sheet: SheetFacts = field(default_factory=SheetFacts)  # of its current sheet
    secondary_analysis: str | None = None  # of RunParameters

    @property
    def known(self) -> KnownRun:
        return self._known(frozenset())

    def known_as_of(self, day: RunAsOf, later: frozenset[int]) -> KnownRun:
        """Leave out what ``later`` scans, those of younger file lists, have added."""
        return replace(
            self._known(later),
            record=replace(self.record, data_state=day.data_state or RunState.ERROR),
            sheet_md5=self.sheet_md5 if day.had_sheet else None,
        )

    def _known(self, later: frozenset[int]) -> KnownRun:
        return KnownRun(
            record=self.record,
            samples=self.samples,
            sheet_md5=self.sheet_md5,
            seen_paths=self._seen_paths(later, retired=False),
            retired_paths=self._seen_paths(later, retired=True),
            reads=self.reads,
            lanes=self.lanes,
            sheet=self.sheet,
            secondary_analysis=self.secondary_analysis,
        )

    def _seen_paths(self, later: frozenset[int], *, retired: bool) -> frozenset[str]:
        seen = (
            file.was_seen_at
            for file in self.files.values()
            if file.retired is retired and file.first_seen_scan_id not in later
        )
        return frozenset(path for path in seen if path is not None)
