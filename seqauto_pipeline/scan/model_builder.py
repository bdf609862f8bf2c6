"""From what a scan saw to what the models should say: survey, plans, and their storing.

Used by `pipeline` only. A survey reads the whole file list once to learn what is there, what has
vanished and what moved; then each changed run is planned and stored, in batches.
"""

import datetime as dt
import hashlib
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, islice, pairwise
from typing import TypeVar

from seqauto_pipeline.core.data_state import RunState
from seqauto_pipeline.core.expectation.expected_files import is_listed
from seqauto_pipeline.core.file_list import RootListing, RunListing, Scope
from seqauto_pipeline.core.layout import Layout
from seqauto_pipeline.core.problems import Problem, Severity
from seqauto_pipeline.core.verdict.brake import (
    BrakeLimits,
    HeldPart,
    KnownRunFolder,
    find_held_parts,
)
from seqauto_pipeline.core.verdict.file_contents import Contents
from seqauto_pipeline.core.verdict.messages import (
    MessageChanges,
    OpenMessage,
    message_keys,
    reconcile_messages,
)
from seqauto_pipeline.core.verdict.parsed_run import ParsedRun, SheetPolicy, parse_run
from seqauto_pipeline.core.verdict.reconcile import ScanIds
from seqauto_pipeline.core.verdict.run_judgement import RunJudgement, judge_run
from seqauto_pipeline.core.verdict.run_plan import (
    CROSS_RUN_CODES,
    RunPlan,
    plan_deleted_run,
    plan_failed_run,
    plan_run,
)
from seqauto_pipeline.core.verdict.run_record import KnownRun, RunRecord
from seqauto_pipeline.core.verdict.stored_run import RunAsOf, StoredRun
from seqauto_pipeline.db.store.model_store import ModelStore
from seqauto_pipeline.db.store.values import KnownRow, LoadedRun, ScanRow
from seqauto_pipeline.disk.contents import READER_VERSION, ContentOptions, ContentRequest
from seqauto_pipeline.disk.parallel.second_process import Submit, second_process
from seqauto_pipeline.disk.record.parts import IndexedRun
from seqauto_pipeline.disk.record.reader import ScanRecord

# A new number makes every run be judged again: raise it when a judgement changes.
JUDGEMENT_VERSION = "1"
_BATCH = 25  # runs planned and stored together; the next as many are judged meanwhile
_MANY = 20  # runs: the contents of fewer are read before another process has started

_T = TypeVar("_T")
Place = tuple[str, str]  # root and path below it
Planned = tuple[LoadedRun | None, RunPlan]


@dataclass(frozen=True, slots=True)
class BuildOptions:
    """What the settings say of judging and storing."""

    layouts: Mapping[str, Layout]  # by root
    policy: SheetPolicy = field(default_factory=SheetPolicy)
    contents: ContentOptions = field(default_factory=ContentOptions)
    limits: BrakeLimits = field(default_factory=BrakeLimits)
    settle_minutes: int = 0
    accepted: frozenset[str] = frozenset()

    def fingerprint(self, run: IndexedRun) -> str:
        """Sum up what a run's records are made from; the same means there is nothing to do."""
        layout = self.layouts[run.root]
        facts = (
            JUDGEMENT_VERSION,
            READER_VERSION,
            run.digest,
            layout.source_md5,
            repr(self.policy),
            self.contents.gene_rows,
            self.settle_minutes,
        )
        return hashlib.md5("|".join(map(str, facts)).encode(), usedforsecurity=False).hexdigest()


@dataclass(frozen=True, slots=True)
class Survey:
    """What a file list holds against what is known, before anything is planned."""

    roots: Mapping[str, RootListing]
    known: Mapping[Place, KnownRow]
    fingerprints: Mapping[Place, str]  # of the listed runs
    moves: Mapping[Place, KnownRow]  # new place: what moved there
    vanished: tuple[KnownRow, ...]
    held: tuple[HeldPart, ...]
    to_retry: frozenset[int]  # runs to plan though nothing of them has changed

    def is_held(self, root: str, path: str) -> bool:
        return any(part.root == root and part.holds(path) for part in self.held)

    def needs_planning(self, place: Place) -> bool:
        row = self.known.get(place)
        if self.is_held(*place) or (row is not None and row.legacy):
            return False
        if row is None or place in self.moves or row.id in self.to_retry:
            return True
        return row.fingerprint is None or row.fingerprint != self.fingerprints[place]


def changed_runs(
    record: ScanRecord, store: ModelStore, options: BuildOptions
) -> Iterator[tuple[RunListing, str]]:
    """Stream the listings whose records may have to change, with their fingerprints."""
    known = {(row.root, row.path): row.fingerprint for row in store.known_runs()}
    for run in record.index:
        if run.root in options.layouts:
            fingerprint = options.fingerprint(run)
            if known.get((run.root, run.path)) != fingerprint:
                yield record.load(run), fingerprint


def make_survey(
    record: ScanRecord, store: ModelStore, options: BuildOptions, *, of_old: bool = False
) -> Survey:
    """Read the file list once: what changed, moved, vanished, and what the brake holds.

    ``of_old`` tells that it is an old list which is applied again: then every run is planned.
    """
    known = {(row.root, row.path): row for row in store.known_runs()}
    roots = {root.path: root for root in record.roots() if root.path in options.layouts}
    first_look = _FirstLook(record, known, store, options)
    for run in record.index:
        if run.root in options.layouts:
            first_look.add(run)
    first_look.finish()
    vanished = _vanished(known.values(), roots, first_look.fingerprints, record.header.scope)
    moves = _moves(vanished, first_look.new_runs)
    moved = {row.id for row in moves.values()}
    gone = tuple(row for row in vanished if row.id not in moved)
    lost = first_look.lost_files
    held = _held_parts(roots, known, gone, lost, store, options, record.header.scope)
    retry = store.runs_with_file_errors() if record.header.full else frozenset()
    if of_old:
        retry = frozenset(row.id for row in known.values())
    return Survey(roots, known, first_look.fingerprints, moves, gone, held, retry)


def try_parsing(listing: RunListing, options: BuildOptions) -> ParsedRun | None:
    """Parse a run's small inputs. What fails here fails again, and is told, where it is judged."""
    try:
        return parse_run(listing, options.layouts[listing.root], options.policy)
    except Exception:  # the boundary of one sequencing run: rule 3 of the domain
        return None


class _FirstLook:
    """Goes over the listed runs once, keeping little of each."""

    def __init__(
        self,
        record: ScanRecord,
        known: Mapping[Place, KnownRow],
        store: ModelStore,
        options: BuildOptions,
    ) -> None:
        self._record, self._known, self._store, self._options = record, known, store, options
        self._names = {row.name for row in known.values()}
        self._changed: dict[int, IndexedRun] = {}
        self.fingerprints: dict[Place, str] = {}
        self.new_runs: dict[tuple[str, str | None], list[Place]] = {}  # by name and RunInfo id
        self.lost_files: dict[int, Counter[str]] = {}

    def add(self, run: IndexedRun) -> None:
        place = (run.root, run.path)
        fingerprint = self._options.fingerprint(run)
        self.fingerprints[place] = fingerprint
        row = self._known.get(place)
        if row is None:
            self._remember_new(place, run)
        elif row.fingerprint != fingerprint:
            self._changed[row.id] = run
            if len(self._changed) >= _BATCH:
                self.finish()

    def _remember_new(self, place: Place, run: IndexedRun) -> None:
        """Note what a new run is called, where a vanished one could have the same name."""
        if run.name in self._names:
            listing = self._record.load(run)
            parsed = try_parsing(listing, self._options)
            if parsed is not None and listing.skip_reason is None:
                self.new_runs.setdefault((run.name, parsed.facts.run_id), []).append(place)

    def finish(self) -> None:
        """Count the files that changed runs have lost."""
        gone: dict[int, tuple[RunListing, Counter[str]]] = {}
        for run_id, files in self._store.files_there(self._changed.keys()).items():
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
        parsed = try_parsing(listing, self._options)
        if parsed is None:
            return lost
        layout, stored = self._options.layouts[listing.root], loaded.stored
        try:
            expected = judge_run(listing, parsed, layout, stored.known).expected
        except Exception:  # it fails again, and is told, where the run is planned
            return lost
        known = {file.path for file in stored.files.values() if not file.retired}
        renamed = Counter(
            file.file_type.name
            for file in expected
            if file.path not in known and is_listed(listing, file.path)
        )
        return lost - renamed


def _vanished(
    known: Iterable[KnownRow],
    roots: Mapping[str, RootListing],
    listed: Mapping[Place, str],
    scope: Scope,
) -> tuple[KnownRow, ...]:
    """List known runs in scope that should have been listed and were not."""
    return tuple(
        row
        for row in known
        if row.root in roots
        and (row.root, row.path) not in listed
        and row.data_state is not RunState.DELETED
        and not row.legacy
        and scope.covers(row.root, row.path)
        and not any(refusal.hides(row.path) for refusal in roots[row.root].unreadable)
    )


def _moves(
    vanished: tuple[KnownRow, ...], new_runs: Mapping[tuple[str, str | None], list[Place]]
) -> dict[Place, KnownRow]:
    """Match what vanished with what appeared, where name and RunInfo id leave one answer."""
    by_identity: dict[tuple[str, str], list[KnownRow]] = {}
    for row in vanished:
        if row.run_info_id is not None:
            by_identity.setdefault((row.name, row.run_info_id), []).append(row)
    moves = {}
    for identity, rows in by_identity.items():
        places = new_runs.get(identity, [])
        if len(rows) == len(places) == 1:
            moves[places[0]] = rows[0]
    return moves


def _held_parts(
    roots: Mapping[str, RootListing],
    known: Mapping[Place, KnownRow],
    gone: tuple[KnownRow, ...],
    lost: Mapping[int, Mapping[str, int]],
    store: ModelStore,
    options: BuildOptions,
    scope: Scope,
) -> tuple[HeldPart, ...]:
    gone_ids = {row.id for row in gone}
    counts = store.counts_there() if gone_ids or lost else {}
    gone_files = store.files_there(gone_ids) if gone_ids else {}
    held: list[HeldPart] = []
    for root in roots.values():
        places = [
            KnownRunFolder(
                path=row.path,
                files=counts.get(row.id, 0),
                vanished=row.id in gone_ids,
                vanished_files=Counter(kind for kind, _ in gone_files[row.id])
                if row.id in gone_files
                else lost.get(row.id, {}),
            )
            for row in known.values()
            if row.root == root.path
            and row.data_state is not RunState.DELETED
            and not row.legacy
            and scope.covers(row.root, row.path)
        ]
        held += find_held_parts(root, places, options.limits, options.accepted)
    return tuple(held)


@dataclass(slots=True)
class Changes:
    """Counts of what was, or would be, changed."""

    runs: int = 0  # with any change
    run_states: Counter[str] = field(default_factory=Counter)  # by new state
    run_moves: Counter[tuple[str, str]] = field(default_factory=Counter)  # by old and new state
    file_states: Counter[tuple[str, str]] = field(default_factory=Counter)  # by type and new state
    file_moves: Counter[tuple[str, str, str]] = field(default_factory=Counter)  # and old state
    contents: int = 0
    messages_opened: int = 0
    messages_closed: int = 0
    failed_runs: list[str] = field(default_factory=list)
    lines: list[tuple[str, str, str, str, str]] = field(default_factory=list)

    def add(self, plan: RunPlan, *, max_lines: int) -> None:
        if plan.changes_something:
            self.runs += 1
        if plan.is_state_change:
            state = plan.record.data_state.value
            before = plan.old_record.data_state.value if plan.old_record is not None else ""
            self.run_states[state] += 1
            self.run_moves[before, state] += 1
        for change in plan.files:
            if change.is_event:
                state, kind = change.new.ledger_state, change.new.file_type
                old = "" if change.old is None else change.old.ledger_state
                self.file_states[kind, state] += 1
                self.file_moves[kind, old, state] += 1
                if len(self.lines) < max_lines:
                    run = f"{plan.record.root}/{plan.record.path}"
                    self.lines.append((run, kind, change.new.path, old, state))
        self.contents += len(plan.contents)
        self.messages_opened += len(plan.messages.opened)
        self.messages_closed += len(plan.messages.closed)


@dataclass(frozen=True, slots=True)
class ScanInProgress:
    """The scan that judges: its number, its moment, and the applied scans before it."""

    id: int
    started_at: dt.datetime
    as_of: dt.datetime
    earlier: tuple[ScanRow, ...]
    later: frozenset[int] = frozenset()  # applied scans whose file lists are younger

    @property
    def is_of_old(self) -> bool:
        """Whether an old file list is applied again: its verdict holds until the next scan."""
        return bool(self.later)

    def ids_for(self, root: str, path: str) -> ScanIds:
        """Say which earlier scan last looked at a run."""
        previous = (scan.id for scan in self.earlier if scan.covers(root, path))
        return ScanIds(self.id, next(previous, None), self.later)


@dataclass(frozen=True, slots=True)
class _Verdict:
    """What one scan makes of one run, its contents perhaps still on their way."""

    parsed: ParsedRun
    judgement: RunJudgement
    fingerprint: str
    contents: Callable[[], Contents]


@dataclass(frozen=True, slots=True)
class _Judged:
    """A listed run with what is stored of it, and the verdict, or the traceback of its failure."""

    listing: RunListing
    loaded: LoadedRun | None
    verdict: _Verdict | str

    @property
    def stored(self) -> StoredRun | None:
        return self.loaded.stored if self.loaded is not None else None


class ModelBuilder:
    """Plans the changes of one scan and, unless it is a dry run, stores them."""

    def __init__(
        self,
        record: ScanRecord,
        store: ModelStore,
        options: BuildOptions,
        scan: ScanInProgress,
        parsed: Mapping[str, ParsedRun],
        *,
        dry_run: bool,
    ) -> None:
        self._record, self._store, self._options = record, store, options
        self._scan, self._parsed, self._dry_run = scan, parsed, dry_run
        self.survey = make_survey(record, store, options, of_old=scan.is_of_old)
        self.changes = Changes()
        self._then = store.runs_without(scan.later) if scan.is_of_old else {}

    def build(self, progress: Callable[[int, int], None]) -> None:
        """Plan and store every run that may have changed, then what vanished."""
        total = sum(map(self.survey.needs_planning, self.survey.fingerprints))
        done = 0
        with second_process(is_worth_it=total >= _MANY) as submit:
            batches = _batches(self._listings(), _BATCH)
            # The next batch is judged, and its contents read, while this one is stored.
            for batch in _one_ahead(self._judge_batch(batch, submit) for batch in batches):
                self._save([(each.loaded, self._plan(each)) for each in batch])
                done += len(batch)
                progress(done, total)
        self._mark_vanished()
        self._store_scan_messages()

    def _listings(self) -> Iterator[RunListing]:
        for run in self._record.index:
            place = (run.root, run.path)
            if place in self.survey.fingerprints and self.survey.needs_planning(place):
                yield self._record.load(run)

    def _judge_batch(self, batch: Sequence[RunListing], submit: Submit) -> list[_Judged]:
        known_ids = [row.id for row in map(self._row_of, batch) if row is not None]
        loaded = self._store.load(known_ids) if known_ids else {}
        judged = []
        for listing in batch:
            row = self._row_of(listing)
            each = loaded.get(row.id) if row is not None else None
            judged.append(_Judged(listing, each, self._verdict(listing, each, submit)))
        return judged

    def _row_of(self, listing: RunListing) -> KnownRow | None:
        place = (listing.root, listing.path)
        return self.survey.moves.get(place) or self.survey.known.get(place)

    def _verdict(
        self, listing: RunListing, loaded: LoadedRun | None, submit: Submit
    ) -> _Verdict | str:
        """Judge one run and have its contents read. Gives the traceback where that failed."""
        try:
            return self._verdict_unguarded(listing, loaded, submit)
        except Exception:  # the boundary of one sequencing run: rule 3 of the domain
            return traceback.format_exc()

    def _verdict_unguarded(
        self, listing: RunListing, loaded: LoadedRun | None, submit: Submit
    ) -> _Verdict:
        layout = self._options.layouts[listing.root]
        stored = loaded.stored if loaded is not None else None
        fingerprint = self.survey.fingerprints[listing.root, listing.path]
        parsed = self._parsed.get(fingerprint) or parse_run(listing, layout, self._options.policy)
        judgement = judge_run(
            listing,
            parsed,
            layout,
            self._known(loaded),
            settled_before_ns=self._settled_before_ns(),
        )
        request = ContentRequest.of(
            judgement.expected,
            listing,
            stored,
            self._options.contents,
            retry_errors=self._record.header.full,
        )
        return _Verdict(parsed, judgement, fingerprint, submit(request))

    def _plan(self, judged: _Judged) -> RunPlan:
        """Plan one run. Whatever goes wrong in it is that run's error, and the scan goes on."""
        if isinstance(judged.verdict, str):
            return self._plan_failure(judged, judged.verdict)
        try:
            return self._plan_unguarded(judged, judged.verdict)
        except Exception:  # the boundary of one sequencing run: rule 3 of the domain
            return self._plan_failure(judged, traceback.format_exc())

    def _plan_failure(self, judged: _Judged, error: str) -> RunPlan:
        listing = judged.listing
        self.changes.failed_runs.append(f"{listing.root}/{listing.path}")
        layout = self._options.layouts[listing.root].name
        record = RunRecord(listing.root, listing.path, listing.name, layout, RunState.ERROR)
        return plan_failed_run(record, judged.stored, error)

    def _plan_unguarded(self, judged: _Judged, verdict: _Verdict) -> RunPlan:
        listing = judged.listing
        plan = plan_run(
            judgement=verdict.judgement,
            parsed=verdict.parsed,
            listing=listing,
            stored=judged.stored,
            contents=verdict.contents(),
            scan=self._scan.ids_for(listing.root, listing.path),
            fingerprint=verdict.fingerprint,
        )
        return replace(plan, fingerprint=None) if self._scan.is_of_old else plan

    def _known(self, loaded: LoadedRun | None) -> KnownRun | None:
        """What is known of a run; where an old list is applied again, what was known then."""
        if loaded is None:
            return None
        if not self._scan.is_of_old:
            return loaded.stored.known
        then = self._then.get(loaded.id, RunAsOf(None, had_sheet=False))
        return loaded.stored.known_as_of(then, self._scan.later)

    def _settled_before_ns(self) -> int | None:
        minutes = self._options.settle_minutes
        if not minutes:
            return None
        return int((self._scan.as_of.timestamp() - 60 * minutes) * 1_000_000_000)

    def _save(self, planned: Sequence[Planned]) -> None:
        """Store a batch; when that fails, run by run, so that one cannot spoil the others."""
        changed = [
            (loaded, plan)
            for loaded, plan in planned
            if plan.changes_something or _only_fingerprint(loaded, plan, self.survey)
        ]
        if not self._dry_run and changed:
            try:
                self._store.save(changed, self._scan_ids(changed[0]), self._scan.started_at)
            except Exception:  # the batch is stored again, run by run
                changed = [self._save_alone(each) for each in changed]
        for _, plan in changed:
            self.changes.add(plan, max_lines=1000 if self._dry_run else 0)

    def _scan_ids(self, planned: Planned) -> ScanIds:
        record = planned[1].record
        return self._scan.ids_for(record.root, record.path)

    def _save_alone(self, planned: Planned) -> Planned:
        loaded, plan = planned
        try:
            self._store.save([planned], self._scan_ids(planned), self._scan.started_at)
        except Exception:  # one run that cannot be stored is that run's error
            error = traceback.format_exc()
            self.changes.failed_runs.append(f"{plan.record.root}/{plan.record.path}")
            stored = loaded.stored if loaded is not None else None
            failed = plan_failed_run(_bare(plan.record), stored, error)
            self._store.save([(loaded, failed)], self._scan_ids(planned), self._scan.started_at)
            return loaded, failed
        return planned

    def _mark_vanished(self) -> None:
        gone = [row for row in self.survey.vanished if not self.survey.is_held(row.root, row.path)]
        for batch in _batches(iter(gone), _BATCH):
            loaded = self._store.load([row.id for row in batch])
            self._save(
                [
                    (each, plan_deleted_run(each.stored, self._scan_ids_of(each)))
                    for each in loaded.values()
                ]
            )

    def _scan_ids_of(self, loaded: LoadedRun) -> ScanIds:
        record = loaded.stored.record
        return self._scan.ids_for(record.root, record.path)

    def _store_scan_messages(self) -> None:
        """Messages about roots, and about runs that have a name or flowcell in common."""
        scan = ScanIds(self._scan.id, None)
        stored = self._store.open_messages().get(None, ())
        found = message_keys(_root_problems(self.survey, self._options))
        changes = reconcile_messages(found, stored, keep=self._is_elsewhere)
        by_run = [(None, changes), *self._duplicates()]
        for _, each in by_run:
            self.changes.messages_opened += len(each.opened)
            self.changes.messages_closed += len(each.closed)
        if not self._dry_run:
            self._store.save_many_messages(by_run, scan, self._scan.started_at)

    def _is_elsewhere(self, message: OpenMessage) -> bool:
        """Tell whether a message is about a part that this scan did not look at."""
        path = message.problem.path or ""
        roots = (root for root in self.survey.roots if path == root or path.startswith(root + "/"))
        return next(roots, None) is None or bool(self._record.header.scope.runs)

    def _duplicates(self) -> Iterator[tuple[int, MessageChanges]]:
        rows = self._store.known_runs()
        found = _duplicate_problems(rows)
        stored = self._store.open_messages(CROSS_RUN_CODES)
        for run_id in found.keys() | {run_id for run_id in stored if run_id is not None}:
            problems = message_keys(found.get(run_id, ()))
            changes = reconcile_messages(problems, stored.get(run_id, ()))
            if changes:
                yield run_id, changes


def _bare(record: RunRecord) -> RunRecord:
    """Leave out what was read of a run: it may be what cannot be stored."""
    return RunRecord(record.root, record.path, record.name, record.layout, RunState.ERROR)


def _only_fingerprint(loaded: LoadedRun | None, plan: RunPlan, survey: Survey) -> bool:
    """Tell whether a run is as it was and only has to be known as judged."""
    if loaded is None:
        return True
    place = (plan.record.root, plan.record.path)
    row = survey.known.get(place)
    return row is None or row.fingerprint != plan.fingerprint


def _root_problems(survey: Survey, options: BuildOptions) -> Iterator[Problem]:
    for root in survey.roots.values():
        for refusal in root.unreadable:
            yield Problem(
                "UNREADABLE",
                Severity.ERROR,
                f"{refusal.path} cannot be read ({refusal.errno_name}): {refusal.reason}",
                "Make it readable; until then the runs below it keep their last known state.",
                path=refusal.path,
            )
    for part in survey.held:
        yield Problem(
            "VANISHED",
            Severity.ERROR,
            held_text(part),
            "Check that the disk is mounted and scan again; if the loss is real, scan once with "
            f"--accept-vanished {part.absolute}",
            path=part.absolute,
        )
    for path in sorted({row.root for row in survey.known.values()} - options.layouts.keys()):
        yield Problem(
            "ROOT_NOT_CONFIGURED",
            Severity.WARNING,
            f"{path} is no longer among the scan roots: its records stay as they are",
            "Put it back into scan_roots, or leave its records as history.",
            path=path,
        )


def held_text(part: HeldPart) -> str:
    """Say in one line what the brake holds, and what is gone from it by type."""
    by_type = ", ".join(f"{count} {kind}" for kind, count in part.vanished_files)
    files = f" (files: {by_type})" if by_type else ""
    reason = (
        part.reason if part.reason.startswith(part.absolute) else f"{part.absolute}: {part.reason}"
    )
    return reason + files


def _duplicate_problems(rows: Iterable[KnownRow]) -> dict[int, list[Problem]]:
    """Find runs that share a name, or a flowcell under different names."""
    there = [row for row in rows if row.data_state not in (RunState.DELETED, RunState.SKIPPED)]
    found: dict[int, list[Problem]] = {}
    for name, group in _groups((row.name, row) for row in there).items():
        for row in group:
            others = [each for each in group if each.id != row.id]
            if others:
                problem = _duplicate("DUPLICATE_RUN_NAME", "run name", name, others)
                found.setdefault(row.id, []).append(problem)
    flowcells = ((row.flowcell, row) for row in there if row.flowcell is not None)
    for flowcell, group in _groups(flowcells).items():
        for row in group:
            others = [each for each in group if each.name != row.name]
            if others:
                problem = _duplicate("DUPLICATE_FLOWCELL", "flowcell", flowcell, others)
                found.setdefault(row.id, []).append(problem)
    return found


def _groups(keyed: Iterable[tuple[str, KnownRow]]) -> dict[str, list[KnownRow]]:
    groups: dict[str, list[KnownRow]] = {}
    for key, row in keyed:
        groups.setdefault(key, []).append(row)
    return groups


def _duplicate(code: str, what: str, value: str, others: Sequence[KnownRow]) -> Problem:
    places = [f"{each.root}/{each.path}" for each in others[:3]]
    return Problem(
        code,
        Severity.ERROR,
        f"the {what} {value} is also in {', '.join(places)}"
        + (f" and {len(others) - 3} more places" if len(others) > 3 else ""),
        "Keep one of the places, or skip the others with a skip marker.",
    )


def _batches(items: Iterator[_T], size: int) -> Iterator[list[_T]]:
    while batch := list(islice(items, size)):
        yield batch


def _one_ahead(items: Iterator[_T]) -> Iterator[_T]:
    """Make each item before the one before it is given."""
    ending: tuple[_T | None, ...] = (None,)
    for item, _ in pairwise(chain(items, ending)):
        if item is not None:
            yield item
