"""Plans the changes of a whole scan, in batches, and has them written."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from seqauto_pipeline.core.file_list import RunListing
from seqauto_pipeline.core.verdict.messages import (
    MessageChanges,
    OpenMessage,
    message_keys,
    reconcile_messages,
)
from seqauto_pipeline.core.verdict.run_plan import CROSS_RUN_CODES, RunPlan, plan_deleted_run
from seqauto_pipeline.db.store.model_store import ModelStore
from seqauto_pipeline.db.store.values import LoadedRun
from seqauto_pipeline.disk.parallel.second_process import Submit, second_process
from seqauto_pipeline.disk.record.parts import IndexedRun
from seqauto_pipeline.disk.record.reader import ScanRecord
from seqauto_pipeline.scan.batches import batches, one_ahead
from seqauto_pipeline.scan.changes import Changes
from seqauto_pipeline.scan.judging import JudgedRun, RunJudge
from seqauto_pipeline.scan.reading_together import with_contents
from seqauto_pipeline.scan.scan_messages import duplicate_problems, root_problems
from seqauto_pipeline.scan.skipped_by_people import as_skipped
from seqauto_pipeline.scan.writers import PlannedRun, Writer

# The contents of fewer runs are read before another process has started.
_RUNS_FOR_SECOND_PROCESS = 20


class ModelBuilder:
    """Brings the models in line with what a record saw."""

    def __init__(
        self, record: ScanRecord, store: ModelStore, judge: RunJudge, writer: Writer
    ) -> None:
        self._record, self._store, self._judge, self._writer = record, store, judge, writer
        self._survey = judge.survey
        self.changes = Changes()

    def build(self, progress: Callable[[int, int], None]) -> None:
        """Plan and write every run that may have changed, then what vanished, then messages."""
        self.build_runs(progress)
        self.finish()

    def build_runs(
        self,
        progress: Callable[[int, int], None],
        runs: Iterable[IndexedRun] | None = None,
        *,
        is_alone: bool = True,
    ) -> None:
        """Plan and write every run that may have changed, of the whole record or of ``runs``.

        Where other processes do so, too, and this is not ``is_alone``, it starts no second one.
        """
        indexed = self._record.index if runs is None else runs
        total = sum(map(self._survey.needs_planning, self._survey.fingerprints))
        done = 0
        is_worth_it, tell = total >= _RUNS_FOR_SECOND_PROCESS, self.changes.notes.append
        with second_process(is_worth_it=is_worth_it, tell=tell, is_alone=is_alone) as submit:
            # The next batch is judged, and its contents read, while this one is stored.
            for batch in one_ahead(
                self._judge_batch(listings, submit) for listings in batches(self._listings(indexed))
            ):
                self._write([(each.loaded, self._judge.plan(each, self.changes)) for each in batch])
                done += len(batch)
                progress(done, total)

    def finish(self) -> None:
        """Write what only the whole can tell: what vanished, and messages across runs."""
        self._mark_vanished()
        self._write_messages()

    def _listings(self, runs: Iterable[IndexedRun]) -> Iterator[RunListing]:
        for run in runs:
            place = (run.root, run.path)
            if place in self._survey.fingerprints and self._survey.needs_planning(place):
                yield self._record.load(run)

    def _judge_batch(self, listings: Sequence[RunListing], submit: Submit) -> list[JudgedRun]:
        rows = [self._survey.known_as(each.root, each.path) for each in listings]
        known_ids = [row.id for row in rows if row is not None]
        loaded = self._store.load(known_ids) if known_ids else {}
        judged = (
            self._judge.judge(
                as_skipped(listing, row), loaded.get(row.id) if row is not None else None
            )
            for listing, row in zip(listings, rows, strict=True)
        )
        return list(with_contents(judged, submit))

    def _write(self, planned: Sequence[PlannedRun]) -> None:
        changed = [
            (loaded, plan)
            for loaded, plan in planned
            if plan.changes_something or self._is_judged_anew(loaded, plan)
        ]
        self._writer.write_runs(changed, self.changes)

    def _is_judged_anew(self, loaded: LoadedRun | None, plan: RunPlan) -> bool:
        """Tell whether a run is as it was, and only its fingerprint has to be stored."""
        place = (plan.record.root, plan.record.path)
        return loaded is None or not self._survey.is_judged_as(place, plan.fingerprint)

    def _mark_vanished(self) -> None:
        survey, scan = self._survey, self._judge.scan
        gone = [row.id for row in survey.vanished if not survey.is_held(row.root, row.path)]
        for batch in batches(iter(gone)):
            planned = []
            for loaded in self._store.load(batch).values():
                record = loaded.stored.record
                ids = scan.ids_for(record.root, record.path)
                given_up = record.root not in self._judge.setup.layouts
                plan = plan_deleted_run(loaded.stored, ids, is_given_up=given_up)
                planned.append((loaded, plan))
            self._write(planned)

    def _write_messages(self) -> None:
        """Write messages about roots, and about runs that have a name or flowcell in common."""
        stored = self._store.known.open_messages().get(None, ())
        is_of_all_runs = not self._record.header.scope.runs
        found = message_keys(root_problems(self._survey, is_of_all_runs=is_of_all_runs))
        changes = reconcile_messages(found, stored, keep=self._is_elsewhere)
        messages = [(None, changes), *self._duplicates()]
        for _, each in messages:
            self.changes.add_messages(each)
        self._writer.write_messages(messages)

    def _is_elsewhere(self, message: OpenMessage) -> bool:
        """Tell whether a message is about a part that this scan did not look at.

        What is below no configured root is looked at by none: nothing of it stays open.
        """
        path = message.problem.path or ""
        is_looked_at = _is_below(path, self._survey.roots)
        is_to_be_scanned = _is_below(path, self._judge.setup.layouts)
        return is_to_be_scanned and (not is_looked_at or bool(self._record.header.scope.runs))

    def _duplicates(self) -> Iterator[tuple[int | None, MessageChanges]]:
        found = duplicate_problems(self._store.known.runs())
        stored = self._store.known.open_messages(CROSS_RUN_CODES)
        for run_id in found.keys() | {run_id for run_id in stored if run_id is not None}:
            problems = message_keys(found.get(run_id, ()))
            changes = reconcile_messages(problems, stored.get(run_id, ()))
            if changes:
                yield run_id, changes


def _is_below(path: str, roots: Iterable[str]) -> bool:
    return any(path == root or path.startswith(f"{root}/") for root in roots)
