"""What one scan makes of one run folder: state, record, expected files, problems."""

from dataclasses import dataclass, field, replace

from seqauto_pipeline.core.archived import Archive
from seqauto_pipeline.core.data_state import RunState
from seqauto_pipeline.core.expectation.expected_files import ExpectedFile, expected_files
from seqauto_pipeline.core.expectation.run_layout import layout_of_run
from seqauto_pipeline.core.expectation.samples import ExpectingRun, SheetFacts
from seqauto_pipeline.core.file_list import InputRole, RunListing, Unreadable
from seqauto_pipeline.core.layout import Layout
from seqauto_pipeline.core.metadata.run_info import ReadInfo
from seqauto_pipeline.core.problems import Problem, Severity
from seqauto_pipeline.core.verdict.accounting import about_nothing_expected, account
from seqauto_pipeline.core.verdict.completion import (
    Markers,
    about_lost_markers,
    find_markers,
    has_changed,
)
from seqauto_pipeline.core.verdict.endless_analyses import waits, without_endless
from seqauto_pipeline.core.verdict.odd_times import about_odd_times
from seqauto_pipeline.core.verdict.parsed_run import JudgedSample, ParsedRun
from seqauto_pipeline.core.verdict.refusals import refusal_of_whole_run, unreadable_problems
from seqauto_pipeline.core.verdict.run_end import (
    about_run_end,
    what_went_wrong,
    without_consequences,
)
from seqauto_pipeline.core.verdict.run_record import KnownRun, RunRecord, new_run_record
from seqauto_pipeline.core.verdict.sample_rows import expected_samples, sheet_facts, used_sheet
from seqauto_pipeline.core.verdict.sheet_absence import about_absent_sheet
from seqauto_pipeline.core.verdict.unexpected_files import UnexpectedEntry, unexpected_files


@dataclass(frozen=True, slots=True)
class RunJudgement:
    """One scan's verdict on one run folder."""

    record: RunRecord
    expected: tuple[ExpectedFile, ...] = ()
    unexpected: tuple[UnexpectedEntry, ...] = ()
    samples: tuple[JudgedSample, ...] = ()
    problems: tuple[Problem, ...] = ()
    markers: Markers = field(default_factory=Markers)
    files_are_known: bool = False  # False: no file record is made or changed
    is_final: bool = True  # False: judge it again at the next scan though nothing has changed
    was_looked_into: bool = True  # False: messages of earlier scans stay open
    is_metadata_hidden: bool = False  # True: what is known of the run itself stays
    archive: Archive = field(default_factory=Archive)  # what may be gone from it

    @property
    def analyses(self) -> tuple[str, ...]:
        """The analyses on the instrument that files are expected of, such as Analysis/2."""
        return tuple(sorted({file.analysis for file in self.expected if file.analysis}))


def judge_run(
    listing: RunListing,
    parsed: ParsedRun,
    layout: Layout,
    known: KnownRun | None,
    *,
    young_ns: range | None = None,
    busy_ns: range | None = None,
    archive: Archive | None = None,
) -> RunJudgement:
    """Find a run's state and what it should hold.

    A run is still incomplete while one of its top-level files has a modification time in
    ``young_ns``, unless it was complete before. An analysis on the instrument in which nothing has
    one in ``busy_ns`` will make no more files. None of that needs a disk or a clock: listing and
    times are given.
    """
    own_layout = layout_of_run(layout, listing.name)
    judge = _Judge(listing, parsed, own_layout, known, young_ns, busy_ns)
    return replace(judge.verdict(), archive=archive or Archive())


@dataclass(frozen=True, slots=True)
class _Judge:
    listing: RunListing
    parsed: ParsedRun
    layout: Layout
    known: KnownRun | None
    young_ns: range | None
    busy_ns: range | None

    def verdict(self) -> RunJudgement:
        if self.listing.skip_reason is not None:
            return RunJudgement(self._kept(RunState.SKIPPED, self.listing.skip_reason))
        refusal = refusal_of_whole_run(self.listing, self.layout, was_complete=self._was_complete())
        if refusal is not None:
            return self._unreadable(refusal)
        markers = find_markers(self.listing, self.layout, self.parsed.facts.instrument)
        is_whole = not markers.lacking or self._was_complete()
        problems = (
            *self._about_run_end(is_whole=is_whole),
            *self.parsed.problems,
            *unreadable_problems(self.listing.unreadable),
            *about_odd_times(self.listing),
        )
        if markers.lacking and is_whole:
            lost = about_lost_markers(self.listing, self.layout, markers)
            return self._whole((*problems, *lost), markers)
        if markers.lacking:
            return self._incomplete(f"it lacks {', '.join(markers.lacking)}", problems, markers)
        if self._is_settling():
            settling = self._incomplete("its files are still changing", problems, markers)
            return replace(settling, is_final=False)
        return self._whole(problems, markers)

    def _about_run_end(self, *, is_whole: bool) -> tuple[Problem, ...]:
        found = self.listing.inputs.get(InputRole.RUN_COMPLETION)
        path = found.path if found is not None else None
        return about_run_end(self.parsed.completion, path, is_whole=is_whole)

    def _reason(self, reason: str | None = None) -> str | None:
        """Put how the run ended before any other reason for its state."""
        reasons = (what_went_wrong(self.parsed.completion), reason)
        return "; ".join(each for each in reasons if each is not None) or None

    def _is_metadata_hidden(self) -> bool:
        """Tell whether the files that say what the run is were known once and refuse now."""
        parts = self.layout.run
        paths = (*parts.run_info, *parts.run_parameters)
        return self.known is not None and any(map(self.listing.what_hides, paths))

    def _record(self, state: RunState, reason: str | None = None) -> RunRecord:
        if self._is_metadata_hidden():
            return replace(self._kept(state, reason), enrichment_kit=self._kit())
        return self._new_record(state, reason)

    def _new_record(self, state: RunState, reason: str | None) -> RunRecord:
        return new_run_record(self.listing, self.parsed, self.layout, self._kit(), state, reason)

    def _kit(self) -> str | None:
        """Find the one kit that all samples share, else the directory's."""
        kits = {sample.enrichment_kit for sample in self._samples()}
        return next(iter(kits)) if len(kits) == 1 else self.parsed.directory_kit

    def _samples(self) -> tuple[JudgedSample, ...]:
        if self.parsed.sheet is not None:
            return self.parsed.sheet.samples
        return self.known.samples if self.known is not None else ()

    def _kept(self, state: RunState, reason: str | None) -> RunRecord:
        """Keep what is known of a run that was not looked into."""
        if self.known is None:
            return self._new_record(state, reason)
        return replace(
            self.known.record,
            root=self.listing.root,
            path=self.listing.path,
            data_state=state,
            state_reason=reason,
        )

    def _unreadable(self, refusal: Unreadable) -> RunJudgement:
        problems = unreadable_problems(self.listing.unreadable)
        old = self.known.record if self.known is not None else None
        if old is None or old.data_state in (RunState.SKIPPED, RunState.DELETED):
            reason = f"{refusal.path} cannot be read: {refusal.errno_name}"
            record = self._kept(RunState.ERROR, reason)
        else:
            record = self._kept(old.data_state, old.state_reason)
        return RunJudgement(record, problems=problems, is_final=False, was_looked_into=False)

    def _was_complete(self) -> bool:
        return self.known is not None and self.known.record.data_state is RunState.COMPLETE

    def _is_settling(self) -> bool:
        if self.young_ns is None or self._was_complete():
            return False
        return has_changed(self.listing, self.young_ns)

    def _incomplete(
        self, reason: str, problems: tuple[Problem, ...], markers: Markers
    ) -> RunJudgement:
        record = self._record(RunState.INCOMPLETE, self._reason(reason))
        return RunJudgement(record, samples=self._samples(), problems=problems, markers=markers)

    def _whole(self, problems: tuple[Problem, ...], markers: Markers) -> RunJudgement:
        """Judge a run folder that is whole: in error without a sheet, else by its files."""
        is_one_stored = self.known is not None and self.known.sheet_md5 is not None
        problems = (
            *problems,
            *about_absent_sheet(
                self.listing, self.parsed, self.layout.run.sample_sheet, is_one_stored=is_one_stored
            ),
        )
        if self.parsed.sheet is None and not is_one_stored:
            return self._without_sheet(problems, markers)
        return self._complete(problems, markers)

    def _without_sheet(self, problems: tuple[Problem, ...], markers: Markers) -> RunJudgement:
        sheets = self.layout.run.sample_sheet
        errors = (each for each in problems if each.severity is Severity.ERROR)
        reasons = (each.message for each in errors if each.path in sheets)
        record = self._record(
            RunState.ERROR, self._reason(next(reasons, "its sample sheet cannot be looked at"))
        )
        is_final = not self.listing.unreadable
        return RunJudgement(record, problems=problems, markers=markers, is_final=is_final)

    def _complete(self, problems: tuple[Problem, ...], markers: Markers) -> RunJudgement:
        record = self._record(RunState.COMPLETE, self._reason())
        expected, endless = without_endless(self._expected(record), self.listing, self.busy_ns)
        unexpected = unexpected_files(expected, self.layout, self.listing)
        return RunJudgement(
            record=record,
            expected=expected,
            unexpected=unexpected,
            samples=self._samples(),
            problems=(*problems, *self._accounted(expected, unexpected, endless)),
            markers=markers,
            files_are_known=True,
            is_final=not self.listing.unreadable and not waits(expected, self.listing),
            is_metadata_hidden=self._is_metadata_hidden(),
        )

    def _accounted(
        self,
        expected: tuple[ExpectedFile, ...],
        unexpected: tuple[UnexpectedEntry, ...],
        endless: tuple[Problem, ...],
    ) -> tuple[Problem, ...]:
        nothing = about_nothing_expected(expected, self._samples(), self.layout)
        found = (*endless, *account(expected, unexpected, self.listing), *nothing)
        return without_consequences(found) if self._reason() else found

    def _expected(self, record: RunRecord) -> tuple[ExpectedFile, ...]:
        lanes, reads = self._lanes_and_reads()
        run = ExpectingRun(
            name=record.name,
            enrichment_kit=record.enrichment_kit,
            flowcell_id=record.flowcell_id,
            flowcell=record.flowcell,
            lanes=lanes,
            reads=reads,
            model=record.sequencer_model,
            sheet=self._sheet_facts(),
            secondary_analysis=self._secondary_analysis(),
        )
        known = self.known
        return expected_files(
            run,
            expected_samples(self._samples()),
            self.layout,
            self.listing,
            known.seen_paths if known is not None else frozenset(),
            {each.path: used_sheet(each) for each in self.parsed.used_sheets},
            known.retired_paths if known is not None else frozenset(),
        )

    def _sheet_facts(self) -> SheetFacts:
        if self.parsed.sheet is not None:
            return sheet_facts(self.parsed.sheet.sheet)
        return self.known.sheet if self.known is not None else SheetFacts()

    def _secondary_analysis(self) -> str | None:
        if self.known is not None and self._is_metadata_hidden():
            return self.known.secondary_analysis
        return self.parsed.facts.secondary_analysis

    def _lanes_and_reads(self) -> tuple[int | None, tuple[ReadInfo, ...]]:
        """Give what RunInfo says, or what it said while it could be read."""
        known, facts = self.known, self.parsed.facts
        if known is not None and known.reads is not None and self._is_metadata_hidden():
            return known.lanes, known.reads
        return facts.lanes, facts.reads
