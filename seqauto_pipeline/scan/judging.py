"""From the listing of one run to the plan of its changes.

A run is judged first, and its contents are asked for (`reading_together.py`); it is planned when
they have been read. Whatever goes wrong in one run is that run's error, and the scan goes on.

What judges and reads is imported where a run is judged: it is a tenth of what a scan of 200 runs
costs that finds nothing new.
"""

import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from seqauto_pipeline.core.archived import Archive
from seqauto_pipeline.core.clock import recent
from seqauto_pipeline.core.data_state import RunState
from seqauto_pipeline.core.file_list import InputRole, RunListing
from seqauto_pipeline.core.qc.limits import limits_of_kit
from seqauto_pipeline.core.qc.measured_run import MeasuredRun
from seqauto_pipeline.core.verdict.parsed_run import ParsedRun
from seqauto_pipeline.core.verdict.run_plan import RunPlan, plan_failed_run, plan_run
from seqauto_pipeline.core.verdict.run_record import KnownRun, RunRecord
from seqauto_pipeline.core.verdict.stored_run import RunAsOf, StoredRun
from seqauto_pipeline.db.store.values import LoadedRun
from seqauto_pipeline.disk.contents import ContentOptions
from seqauto_pipeline.scan.changes import Changes
from seqauto_pipeline.scan.listed_roots import KeptLists
from seqauto_pipeline.scan.scan_in_progress import ScanInProgress
from seqauto_pipeline.scan.setup import ScanSetup
from seqauto_pipeline.scan.survey import Survey

if TYPE_CHECKING:
    from seqauto_pipeline.core.verdict.file_contents import Contents
    from seqauto_pipeline.core.verdict.run_judgement import RunJudgement
    from seqauto_pipeline.disk.contents.request import ContentRequest

_DAY_NS = 24 * 3600 * 1_000_000_000


def _not_asked_for() -> "Contents":
    raise RuntimeError("the contents of this run were not asked for")


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one scan makes of one run before its contents are read."""

    parsed: ParsedRun
    judgement: "RunJudgement"
    fingerprint: str
    to_read: "ContentRequest"


@dataclass(frozen=True, slots=True)
class JudgedRun:
    """A listed run with what is stored of it, and the verdict, or the traceback of its failure.

    ``contents`` waits for what is read of it (`reading_together.py`).
    """

    listing: RunListing
    loaded: LoadedRun | None
    verdict: Verdict | str
    contents: "Callable[[], Contents]" = _not_asked_for

    @property
    def stored(self) -> StoredRun | None:
        return self.loaded.stored if self.loaded is not None else None


@dataclass(frozen=True, slots=True)
class RunJudge:
    """Judges and plans the runs of one scan."""

    setup: ScanSetup
    survey: Survey
    scan: ScanInProgress
    parsed: Mapping[str, ParsedRun]  # by fingerprint; the others are parsed here
    as_of: Mapping[int, RunAsOf]  # by run; only where an old file list is applied again
    retry_errors: bool  # read the files again that could not be read, though they did not change
    lists: KeptLists  # of the roots that are listed elsewhere

    def judge(self, listing: RunListing, loaded: LoadedRun | None) -> JudgedRun:
        """Judge one run, and say which of its contents to read."""
        try:
            return JudgedRun(listing, loaded, self._verdict(listing, loaded))
        except Exception:  # the boundary of one sequencing run: rule 3 of the domain
            return JudgedRun(listing, loaded, traceback.format_exc())

    def _verdict(self, listing: RunListing, loaded: LoadedRun | None) -> Verdict:
        from seqauto_pipeline.core.verdict.endless_analyses import QUIET_DAYS  # noqa: PLC0415
        from seqauto_pipeline.core.verdict.run_judgement import judge_run  # noqa: PLC0415  (see above)
        from seqauto_pipeline.core.verdict.run_parsing import parse_run  # noqa: PLC0415
        from seqauto_pipeline.disk.contents.request import ContentRequest  # noqa: PLC0415

        setup, layout = self.setup, self.setup.layouts[listing.root]
        stored = loaded.stored if loaded is not None else None
        fingerprint = self.survey.fingerprints[listing.root, listing.path]
        # A run that a person skips may have moved, and been parsed before it was known as that run.
        kept = self.parsed.get(fingerprint) if listing.skip_reason is None else None
        parsed = kept or parse_run(listing, layout, setup.policy)
        judgement = judge_run(
            listing,
            parsed,
            layout,
            self._known(loaded),
            young_ns=self._young_ns(listing),
            busy_ns=recent(self._seen_ns(listing), QUIET_DAYS * _DAY_NS),
            archive=self._archive(),
        )
        request = ContentRequest.of(
            judgement.expected,
            listing,
            stored,
            self._content_options(listing, judgement.record.enrichment_kit),
            retry_errors=self.retry_errors,
            measured=self._measured(listing, judgement) if setup.computes_figures else None,
        )
        return Verdict(parsed, judgement, fingerprint, request)

    def _content_options(self, listing: RunListing, kit: str | None) -> ContentOptions:
        options = self.setup.contents
        return replace(
            options,
            figure_limits=limits_of_kit(options.figure_limits, kit),
            listed=self.lists.contents_of(listing.root, listing.path),
        )

    def _measured(self, listing: RunListing, judgement: "RunJudgement") -> MeasuredRun | None:
        """Say what the figures of a run are judged by; None where its reads are not known."""
        info = listing.inputs.get(InputRole.RUN_INFO)
        if info is None:
            return None
        parameters = listing.inputs.get(InputRole.RUN_PARAMETERS)
        record = judgement.record
        kit, model = record.enrichment_kit, record.sequencer_model
        return MeasuredRun(
            info.path,
            parameters.path if parameters is not None else None,
            frozenset(each.sample.sample_id for each in judgement.samples),
            tuple(each for each in self.setup.run_limits if each.apply_to(kit, model)),
        )

    def _known(self, loaded: LoadedRun | None) -> KnownRun | None:
        """What is known of a run; where an old list is applied again, what was known then."""
        if loaded is None:
            return None
        if not self.scan.is_of_old:
            return loaded.stored.known
        then = self.as_of.get(loaded.id, RunAsOf(None, had_sheet=False))
        return loaded.stored.known_as_of(then, self.scan.later)

    def _young_ns(self, listing: RunListing) -> range | None:
        """Say which modification times a run must not have that is still."""
        minutes = self.setup.settle_minutes
        return recent(self._seen_ns(listing), minutes * 60_000_000_000) if minutes else None

    def _seen_ns(self, listing: RunListing) -> int:
        """Say as of when a run is judged; one that is listed elsewhere as of its listing there."""
        top = listing.directories.get("")
        if top is not None and listing.root in self.setup.listed_elsewhere:
            return top.listed_ns
        return int(self.scan.as_of.timestamp() * 1_000_000_000)

    def _archive(self) -> Archive:
        day = self.scan.as_of.astimezone(self.setup.time_zone).date()
        return Archive(self.setup.archive_rules, day)

    def plan(self, judged: JudgedRun, changes: Changes) -> RunPlan:
        """Plan one run, and note in ``changes`` when that, or its verdict, failed."""
        if isinstance(judged.verdict, str):
            return self._plan_failure(judged, judged.verdict, changes)
        try:
            return self._plan_changes(judged, judged.verdict)
        except Exception:  # the boundary of one sequencing run: rule 3 of the domain
            return self._plan_failure(judged, traceback.format_exc(), changes)

    def _plan_changes(self, judged: JudgedRun, verdict: Verdict) -> RunPlan:
        listing = judged.listing
        plan = plan_run(
            judgement=verdict.judgement,
            parsed=verdict.parsed,
            listing=listing,
            stored=judged.stored,
            contents=judged.contents(),
            scan=self.scan.ids_for(listing.root, listing.path),
            fingerprint=verdict.fingerprint,
        )
        return replace(plan, fingerprint=None) if self.scan.is_of_old else plan

    def _plan_failure(self, judged: JudgedRun, error: str, changes: Changes) -> RunPlan:
        listing = judged.listing
        changes.failed_runs.append(f"{listing.root}/{listing.path}")
        layout = self.setup.layouts[listing.root].name
        record = RunRecord(listing.root, listing.path, listing.name, layout, RunState.ERROR)
        return plan_failed_run(record, judged.stored, error)
