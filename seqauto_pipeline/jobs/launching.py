"""Launching: due jobs are chosen within limits, noted, handed to their back-ends, noted again.

Only scans launch, one at a time. Who dies between the two notes leaves a job that is `submitting`:
the next to look asks the back-end for its key before it hands the job over again.
"""

import datetime as dt
import math
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from seqauto_pipeline.core.display import shown
from seqauto_pipeline.core.recipes import Recipe
from seqauto_pipeline.db.jobs.store import StoredJobs
from seqauto_pipeline.db.jobs.values import SUBMITTING, JobChange, NewJob, StoredJob
from seqauto_pipeline.db.store.model_store import ModelStore
from seqauto_pipeline.errors import BackendUnavailableError, JobRefusedError
from seqauto_pipeline.jobs.asking import script_of
from seqauto_pipeline.jobs.backend import Backend
from seqauto_pipeline.jobs.commands import NoValueError
from seqauto_pipeline.jobs.configured import DRY_RUN, JobRules
from seqauto_pipeline.jobs.due import DueJob, Moment, due_jobs
from seqauto_pipeline.jobs.places import WritablePlaces
from seqauto_pipeline.jobs.scripts import COMMAND, Output, write_scripts
from seqauto_pipeline.jobs.summary import JobsSummary

_RUNS_AT_A_TIME = 25  # that are loaded together
_SHOWN_REASON = 300  # characters of a back-end's words


@dataclass(frozen=True, slots=True)
class Launch:
    """What a person asked of one stage of launching."""

    only_types: tuple[str, ...] = ()  # empty: all
    is_dry: bool = False  # scripts are written, and nothing is launched


@dataclass(slots=True)
class Launcher:
    """Launches what is due, for one scan."""

    rules: JobRules
    store: ModelStore
    launch: Launch
    summary: JobsSummary = field(default_factory=JobsSummary)

    def run(self) -> None:
        """Launch as many due jobs as the limits leave room for; count the others."""
        jobs = StoredJobs(self.store.engine)
        in_flight = jobs.in_flight()
        if not self.launch.is_dry:
            self._hand_over_again([job for job in in_flight if job.state == SUBMITTING])
        room, places = _Room(self.rules, in_flight), WritablePlaces(self.rules.may_write_below)
        chosen: list[DueJob] = []
        recipes = self._recipes()
        candidates = jobs.candidates({each.file_type for each in recipes})
        for batch in _batches(tuple(candidates)):
            if room.is_full:
                for run_id in batch:  # whether they can be made is looked at when there is room
                    self.summary.waiting.update(candidates[run_id])
            else:
                chosen += self._chosen(self._due(jobs, recipes, batch), places, room)
        self._launch(chosen)

    def _recipes(self) -> tuple[Recipe, ...]:
        wanted = self.launch.only_types
        for name in wanted:
            if name not in self.rules.types:
                known = ", ".join(sorted(self.rules.types))
                self.summary.notes.append(f"No recipe makes {shown(name)}; there are {known}.")
        return tuple(each for each in self.rules.recipes if not wanted or each.file_type in wanted)

    def _due(
        self, jobs: StoredJobs, recipes: Sequence[Recipe], run_ids: Sequence[int]
    ) -> Iterator[DueJob]:
        types = {name for each in recipes for name in (each.file_type, *each.input_types)}
        loaded = self.store.load_files(run_ids, types)
        last = jobs.last_of_runs(run_ids)
        moment = Moment(dt.datetime.now(dt.UTC), self.rules.settle_minutes)
        for run_id in run_ids:
            if run_id in loaded:
                yield from due_jobs(loaded[run_id], recipes, last, moment)

    def _chosen(
        self, due_ones: Iterable[DueJob], places: WritablePlaces, room: "_Room"
    ) -> Iterator[DueJob]:
        for due in due_ones:
            reason = places.why_not(due.output, due.place[0])
            if reason:
                self._refuse(due, f"{due.recipe.file_type}: {reason}")
            elif room.take(due.recipe.backend):
                yield due
            else:
                self.summary.waiting[due.record.file_type] += 1

    def _refuse(self, due: DueJob, note: str) -> None:
        self.summary.refused[due.record.file_type] += 1
        self.summary.notes.append(note)

    def _launch(self, chosen: Sequence[DueJob]) -> None:
        written = [job for due in chosen for job in self._written(due)]
        if written and not self.launch.is_dry:
            StoredJobs(self.store.engine).begin(written)
            self._hand_over(written)

    def _written(self, due: DueJob) -> Iterator[NewJob]:
        """Write the scripts of a job, and report it; give nothing where they cannot be written."""
        is_dry = self.launch.is_dry
        parent = self.rules.directory / DRY_RUN if is_dry else self.rules.directory
        key = f"seqauto-{uuid.uuid4().hex}"
        try:
            write_scripts(parent / key, due.recipe, due.values, Output(due.output, key))
        except NoValueError as error:
            file = shown(due.shown_output)
            self._refuse(due, f"{due.recipe.file_type}: {{{error.field}}} has no value for {file}")
            return
        except OSError as error:
            self._refuse(due, f"{shown(str(parent))} cannot be written: {error.strerror}")
            return
        did, script = "would launch" if is_dry else "launched", str(parent / key / COMMAND)
        self.summary.add_row(did, due.record.file_type, due.shown_output, key, script)
        if not is_dry:
            self.summary.launched[due.record.file_type] += 1
            self.summary.runs[due.place] += 1
        yield _new_job(due, key)

    def _hand_over(self, jobs: Sequence[NewJob]) -> None:
        keys = {job.key for job in jobs}
        noted = StoredJobs(self.store.engine).in_flight()
        self._submit([job for job in noted if job.key in keys])

    def _hand_over_again(self, jobs: Sequence[StoredJob]) -> None:
        """Hand over jobs of a scan that died, those excepted that the back-end has already."""
        for name in sorted({job.backend for job in jobs}):
            of_backend = [job for job in jobs if job.backend == name]
            try:
                known = self.rules.backend(name).find([job.key for job in of_backend])
            except BackendUnavailableError as error:
                self.summary.notes.append(str(error))
                continue
            StoredJobs(self.store.engine).note_submitted(known, dt.datetime.now(dt.UTC))
            self._submit([job for job in of_backend if job.key not in known])

    def _submit(self, jobs: Sequence[StoredJob]) -> None:
        for name in sorted({job.backend for job in jobs}):
            of_backend = [job for job in jobs if job.backend == name]
            if name not in self.rules.makers:
                for job in of_backend:
                    self._note_refused(job, f"this program has no back-end {name}")
                continue
            self._submit_to(self.rules.backend(name), of_backend)

    def _submit_to(self, backend: Backend, jobs: Sequence[StoredJob]) -> None:
        """Hand jobs over, and go on without those that are refused."""
        left = {job.key: job for job in jobs}
        stored = StoredJobs(self.store.engine)
        try:
            while left:
                taken, refused = _try_to_submit(backend, self.rules, left)
                stored.note_submitted(taken, dt.datetime.now(dt.UTC))
                if refused is not None:
                    self._note_refused(left[refused.key], refused.reason)
                    taken = {**taken, refused.key: ""}
                left = {key: job for key, job in left.items() if key not in taken}
        except BackendUnavailableError as error:
            self.summary.notes.append(str(error))

    def _note_refused(self, job: StoredJob, reason: str) -> None:
        now = dt.datetime.now(dt.UTC)
        words = f"refused by {job.backend}: {reason[:_SHOWN_REASON]}"
        change = JobChange(job, "failed", now, reason=words, ended_at=now)
        StoredJobs(self.store.engine).note_changes([change])
        if self.summary.launched[job.file_type]:  # it may be one of a scan that died
            self.summary.launched[job.file_type] -= 1
        self.summary.refused[job.file_type] += 1
        self.summary.notes.append(words)


def _batches(run_ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(run_ids), _RUNS_AT_A_TIME):
        yield run_ids[start : start + _RUNS_AT_A_TIME]


def _try_to_submit(
    backend: Backend, rules: JobRules, jobs: Mapping[str, StoredJob]
) -> tuple[Mapping[str, str], JobRefusedError | None]:
    """Give the ids of the jobs that were taken, and what was refused: those before it are taken."""
    try:
        return backend.submit([script_of(rules, job) for job in jobs.values()]), None
    except JobRefusedError as error:
        return backend.find(list(jobs)), error


def _new_job(due: DueJob, key: str) -> NewJob:
    recipe = due.recipe
    return NewJob(
        sequencing_run_id=due.run_id,
        expected_file_id=due.file_id,
        file_type=due.record.file_type,
        recipe_digest=recipe.digest,
        input_fingerprint=due.input_fingerprint,
        backend=recipe.backend,
        key=key,
        cores=recipe.cores,
        memory_mb=recipe.memory_mb,
        seconds=recipe.seconds,
        output=due.shown_output,
        launched_at=dt.datetime.now(dt.UTC),
        again=due.again,
    )


class _Room:
    """How many jobs may still be launched: by this scan, in all, and of each back-end."""

    def __init__(self, rules: JobRules, in_flight: Sequence[StoredJob]) -> None:
        self._left = min(rules.per_scan, rules.in_flight - len(in_flight))
        self._most_of = rules.in_flight_of
        self._of = Counter(job.backend for job in in_flight)

    @property
    def is_full(self) -> bool:
        return self._left <= 0

    def take(self, backend: str) -> bool:
        if self._left <= 0 or self._of[backend] >= self._most_of.get(backend, math.inf):
            return False
        self._left -= 1
        self._of[backend] += 1
        return True
