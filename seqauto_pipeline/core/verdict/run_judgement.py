"""What one scan makes of one run folder: state, record, expected files, problems."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from seqauto_pipeline.core.data_state import RunState
from seqauto_pipeline.core.expectation.expected_files import (
    ExpectedFile,
    ExpectedSample,
    ExpectingRun,
    LaneRow,
    expected_files,
    is_listed,
)
from seqauto_pipeline.core.file_list import EntryKind, InputRole, RunListing, Unreadable
from seqauto_pipeline.core.layout import Layout
from seqauto_pipeline.core.metadata.instruments import completion_rule
from seqauto_pipeline.core.metadata.run_facts import RunFacts, expects_second_read
from seqauto_pipeline.core.problems import Problem, Severity
from seqauto_pipeline.core.verdict.accounting import UnexpectedEntry, account, unexpected_files
from seqauto_pipeline.core.verdict.parsed_run import JudgedSample, ParsedRun


@dataclass(frozen=True, slots=True)
class RunRecord:
    """A sequencing run as scans store it; people's flags stand beside it, not in it."""

    root: str
    path: str
    name: str
    layout: str
    data_state: RunState
    state_reason: str | None = None
    date: dt.date | None = None
    sequencer: str | None = None
    sequencer_model: str | None = None
    experiment: str | None = None
    enrichment_kit: str | None = None
    flowcell_id: str | None = None
    flowcell: str | None = None
    side: str | None = None
    run_number: int | None = None
    run_info_id: str | None = None
    has_basecalls: bool = False
    has_interop: bool = False


@dataclass(frozen=True, slots=True)
class KnownRun:
    """What is stored of a run before this scan."""

    record: RunRecord
    samples: tuple[JudgedSample, ...] = ()  # of its current sheet
    sheet_md5: str | None = None  # of its current sheet; None: it never had a readable one
    seen_paths: frozenset[str] = frozenset()  # at which a scan saw a file
    has_second_read: bool | None = None  # None: RunInfo was never read
    lanes: int | None = None  # of RunInfo


@dataclass(frozen=True, slots=True)
class RunJudgement:
    """One scan's verdict on one run folder."""

    record: RunRecord
    expected: tuple[ExpectedFile, ...] = ()
    unexpected: tuple[UnexpectedEntry, ...] = ()
    samples: tuple[JudgedSample, ...] = ()
    problems: tuple[Problem, ...] = ()
    markers: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())  # there, lacking
    files_are_known: bool = False  # False: no file record is made or changed
    is_final: bool = True  # False: judge it again at the next scan though nothing has changed
    was_looked_into: bool = True  # False: messages of earlier scans stay open
    is_metadata_hidden: bool = False  # True: what is known of the run itself stays


def judge_run(
    listing: RunListing,
    parsed: ParsedRun,
    layout: Layout,
    known: KnownRun | None,
    *,
    settled_before_ns: int | None = None,
) -> RunJudgement:
    """Find a run's state and what it should hold.

    A run whose top-level files changed after ``settled_before_ns`` is still incomplete, unless it
    was complete before. None of that needs a disk or a clock: listing and time are given.
    """
    judge = _Judge(listing, parsed, layout, known, settled_before_ns)
    return judge.verdict()


def run_facts_for_people(
    facts: RunFacts, markers: tuple[tuple[str, ...], tuple[str, ...]]
) -> dict[str, object]:
    """Facts that are stored for reading only, as JSON."""
    there, lacking = markers
    return {
        "reads": [
            {"number": read.number, "cycles": read.cycles, "is_index": read.is_index}
            for read in facts.reads
        ],
        "lanes": facts.lanes,
        "application": facts.application,
        "application_version": facts.application_version,
        "rta_version": facts.rta_version,
        "chemistry": facts.chemistry,
        "flowcell_type": facts.flowcell_type,
        "reagent_kit": facts.reagent_kit,
        "markers": {"there": list(there), "lacking": list(lacking)},
    }


@dataclass(frozen=True, slots=True)
class _Judge:
    listing: RunListing
    parsed: ParsedRun
    layout: Layout
    known: KnownRun | None
    settled_before_ns: int | None

    def verdict(self) -> RunJudgement:
        if self.listing.skip_reason is not None:
            return self._skipped(self.listing.skip_reason)
        hidden = self._hidden_whole()
        if hidden is not None:
            return self._unreadable(hidden)
        there, lacking = self._markers()
        problems = (*self.parsed.problems, *unreadable_problems(self.listing.unreadable))
        if lacking and self._was_complete():
            problems = (*problems, *self._about_markers(lacking))
        elif lacking:
            return self._incomplete(f"it lacks {', '.join(lacking)}", problems, (there, lacking))
        elif self._is_settling():
            settling = self._incomplete("its files are still changing", problems, (there, lacking))
            return replace(settling, is_final=False)
        return self._complete(problems, (there, lacking))

    def _about_markers(self, lacking: tuple[str, ...]) -> tuple[Problem, ...]:
        hidden = any(self.listing.what_hides(marker) for marker in self.layout.run.markers)
        return () if hidden else (_marker_gone(lacking),)

    def _is_metadata_hidden(self) -> bool:
        """Tell whether the files that say what the run is were known once and refuse now."""
        parts = self.layout.run
        places = (*parts.run_info, *parts.run_parameters)
        return self.known is not None and any(map(self.listing.what_hides, places))

    def _record(self, state: RunState, reason: str | None = None) -> RunRecord:
        if self._is_metadata_hidden():
            return replace(self._kept(state, reason), enrichment_kit=self._kit())
        return self._new_record(state, reason)

    def _new_record(self, state: RunState, reason: str | None) -> RunRecord:
        facts = self.parsed.facts
        return RunRecord(
            root=self.listing.root,
            path=self.listing.path,
            name=self.listing.name,
            layout=self.layout.name,
            data_state=state,
            state_reason=reason,
            date=facts.date,
            sequencer=facts.instrument,
            sequencer_model=facts.model,
            experiment=facts.experiment,
            enrichment_kit=self._kit(),
            flowcell_id=facts.flowcell_id,
            flowcell=facts.flowcell,
            side=facts.side,
            run_number=facts.run_number,
            run_info_id=facts.run_id,
            has_basecalls=self._has_any(self.layout.run.basecalls),
            has_interop=bool(self.layout.run.interop)
            and all(self._has_any((pattern,)) for pattern in self.layout.run.interop),
        )

    def _kit(self) -> str | None:
        """Find the one kit that all samples share, else the directory's."""
        kits = {sample.enrichment_kit for sample in self._samples()}
        return next(iter(kits)) if len(kits) == 1 else self.parsed.directory_kit

    def _samples(self) -> tuple[JudgedSample, ...]:
        if self.parsed.sheet is not None:
            return self.parsed.sheet.samples
        return self.known.samples if self.known is not None else ()

    def _has_any(self, patterns: Iterable[str]) -> bool:
        return any(
            entry.is_there for pattern in patterns for _, entry in self.listing.matching(pattern)
        )

    def _skipped(self, reason: str) -> RunJudgement:
        record = self._kept(RunState.SKIPPED, reason)
        return RunJudgement(record)

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

    def _hidden_whole(self) -> Unreadable | None:
        """Find the refusal that hides the run folder or all of its markers."""
        if "" not in self.listing.directories:
            return self.listing.what_hides("")
        if self.layout.run.markers_by_instrument or self._was_complete():
            return None
        if any(is_listed(self.listing, marker) for marker in self.layout.run.markers):
            return None
        hiding = (self.listing.what_hides(marker) for marker in self.layout.run.markers)
        return next((refusal for refusal in hiding if refusal is not None), None)

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

    def _markers(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        if not self.layout.run.markers_by_instrument:
            markers = self.layout.run.markers
            there = tuple(marker for marker in markers if is_listed(self.listing, marker))
            return there, () if there else (" or ".join(markers),)
        rule = completion_rule(self.parsed.facts.instrument)
        top = self.listing.directories.get("")
        present = frozenset(top.entries if top else ())
        named = (*rule.all_of, *rule.any_of, *rule.informative)
        return tuple(name for name in named if name in present), rule.lacking(present)

    def _is_settling(self) -> bool:
        if self.settled_before_ns is None or self._was_complete():
            return False
        entries = self.listing.directories[""].entries.values()
        files = (entry for entry in entries if entry.kind is EntryKind.FILE)
        newest = max((entry.modified_ns for entry in files), default=0)
        return newest > self.settled_before_ns

    def _incomplete(
        self,
        reason: str,
        problems: tuple[Problem, ...],
        markers: tuple[tuple[str, ...], tuple[str, ...]],
    ) -> RunJudgement:
        record = self._record(RunState.INCOMPLETE, reason)
        return RunJudgement(record, samples=self._samples(), problems=problems, markers=markers)

    def _complete(
        self, problems: tuple[Problem, ...], markers: tuple[tuple[str, ...], tuple[str, ...]]
    ) -> RunJudgement:
        problems = (*problems, *self._about_the_sheet())
        has_sheet = self.parsed.sheet is not None or self._has_stored_sheet()
        if not has_sheet:
            sheets = self.layout.run.sample_sheet
            errors = (each for each in problems if each.severity is Severity.ERROR)
            reasons = (each.message for each in errors if each.path in sheets)
            reason = next(reasons, "its sample sheet cannot be looked at")
            record = self._record(RunState.ERROR, reason)
            return RunJudgement(
                record, problems=problems, markers=markers, is_final=not self.listing.unreadable
            )
        record = self._record(RunState.COMPLETE)
        expected = self._expected(record)
        unexpected = unexpected_files(expected, self.layout, self.listing)
        return RunJudgement(
            record=record,
            expected=expected,
            unexpected=unexpected,
            samples=self._samples(),
            problems=(*problems, *account(expected, unexpected, self.listing)),
            markers=markers,
            files_are_known=True,
            is_final=not self.listing.unreadable,
            is_metadata_hidden=self._is_metadata_hidden(),
        )

    def _has_stored_sheet(self) -> bool:
        return self.known is not None and self.known.sheet_md5 is not None

    def _about_the_sheet(self) -> tuple[Problem, ...]:
        """Say that the sheet is missing or not readable, unless its own problems say why."""
        if self.parsed.sheet is not None:
            return ()
        kept = " The last good version stays in force." if self._has_stored_sheet() else ""
        places = self.layout.run.sample_sheet
        found = self.listing.inputs.get(InputRole.SAMPLE_SHEET)
        if found is not None and self._sheet_says_why(found.path) and not kept:
            return ()
        if found is not None:
            return (
                Problem(
                    "SHEET_NOT_READABLE",
                    Severity.ERROR,
                    f"the sample sheet could not be read, so nothing new is expected.{kept}",
                    "Correct the sheet; `seqauto sheet check FILE` shows each problem in it.",
                    path=found.path,
                ),
            )
        is_hidden = any(self.listing.what_hides(place) for place in places)
        if is_hidden and not kept:
            return ()
        if is_hidden:
            return (
                Problem(
                    "SHEET_REFUSED",
                    Severity.ERROR,
                    f"the sample sheet is there and refuses to be read.{kept}",
                    "Give the service account read permission, see the message on that path.",
                    path=places[0],
                ),
            )
        return (
            Problem(
                "SHEET_MISSING",
                Severity.ERROR,
                f"the run folder has no {' or '.join(places)}: nothing says what to expect.{kept}",
                "Copy the sample sheet into the run folder, or skip the folder with a skip marker.",
                path=places[0],
            ),
        )

    def _sheet_says_why(self, path: str) -> bool:
        """Tell whether a problem of the sheet itself is the one message that is needed."""
        errors = (each for each in self.parsed.problems if each.severity is Severity.ERROR)
        return any(each.path == path for each in errors)

    def _expected(self, record: RunRecord) -> tuple[ExpectedFile, ...]:
        lanes, has_second_read = self._lanes_and_second_read()
        run = ExpectingRun(
            name=record.name,
            enrichment_kit=record.enrichment_kit,
            flowcell_id=record.flowcell_id,
            flowcell=record.flowcell,
            lanes=lanes,
            has_second_read=has_second_read,
        )
        seen = self.known.seen_paths if self.known is not None else frozenset()
        return expected_files(
            run, expected_samples(self._samples()), self.layout, self.listing, seen
        )

    def _lanes_and_second_read(self) -> tuple[int | None, bool]:
        """Give what RunInfo says, or what it said while it could be read."""
        known, facts = self.known, self.parsed.facts
        if known is not None and known.has_second_read is not None and self._is_metadata_hidden():
            return known.lanes, known.has_second_read
        return facts.lanes, expects_second_read(facts)


def expected_samples(samples: Iterable[JudgedSample]) -> tuple[ExpectedSample, ...]:
    """Put the rows of each sample together, in sheet order."""
    rows: dict[tuple[str, str], list[JudgedSample]] = {}
    for judged in samples:
        key = (judged.sample.sample_id, judged.sample.sample_name)
        rows.setdefault(key, []).append(judged)
    first_of: dict[str, str] = {}
    for sample_id, name in rows:
        first_of.setdefault(name, sample_id)
    return tuple(
        _expected_sample(group, is_first=first_of[name] == sample_id)
        for (sample_id, name), group in rows.items()
    )


def _expected_sample(group: list[JudgedSample], *, is_first: bool) -> ExpectedSample:
    """Make one sample of its rows; the first of a name keeps its records when others come."""
    first = group[0].sample
    lanes = {row.sample.lane: row.sample for row in group}
    return ExpectedSample(
        # A slash stands in no name, so no two samples have one slot.
        slot=first.sample_name if is_first else f"{first.sample_name}/{first.sample_id}",
        sample_id=first.sample_id,
        sample_name=first.sample_name,
        sample_number=first.sample_number,
        sample_project=first.sample_project or None,
        enrichment_kit=group[0].enrichment_kit,
        rows=tuple(
            LaneRow(lane, row.index or None, row.index2 or None) for lane, row in lanes.items()
        ),
        skipped=all(row.skipped for row in group),
    )


def unreadable_problems(refusals: Iterable[Unreadable]) -> tuple[Problem, ...]:
    """One problem for each path that refused: once, however many files it hides."""
    by_path: Mapping[str, Unreadable] = {refusal.path: refusal for refusal in refusals}
    return tuple(
        Problem(
            "UNREADABLE",
            Severity.ERROR,
            f"{refusal.path} cannot be read ({refusal.errno_name}): {refusal.reason}",
            "Make it readable; until then what it hides keeps its last known state.",
            path=refusal.below or None,
        )
        for refusal in by_path.values()
    )


def _marker_gone(lacking: tuple[str, ...]) -> Problem:
    return Problem(
        "MARKER_GONE",
        Severity.WARNING,
        f"the run was complete and now lacks {', '.join(lacking)}",
        "Put the marker back; the run is still accounted for as complete.",
    )
