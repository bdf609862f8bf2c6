"""Which missing files of a run a job is to make now: decided from what is stored alone."""

import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from seqauto_pipeline.core.beside import path_from
from seqauto_pipeline.core.clock import recent
from seqauto_pipeline.core.data_state import DataState
from seqauto_pipeline.core.expectation.paths import (
    run_values,
    sample_values,
    usable_values,
    values_of_row,
)
from seqauto_pipeline.core.expectation.samples import ExpectedSample, ExpectingRun
from seqauto_pipeline.core.file_list import unescape_name
from seqauto_pipeline.core.recipes import Recipe
from seqauto_pipeline.core.verdict.reconcile import FileRecord
from seqauto_pipeline.core.verdict.run_record import RunRecord
from seqauto_pipeline.core.verdict.sample_rows import expected_samples
from seqauto_pipeline.core.verdict.stored_run import StoredRun
from seqauto_pipeline.db.jobs.values import StoredJob
from seqauto_pipeline.db.store.values import LoadedRun
from seqauto_pipeline.jobs.backend import JobState
from seqauto_pipeline.jobs.commands import Values

_NS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class DueJob:
    """A job to launch."""

    run_id: int
    place: tuple[str, str]  # root of the run, and its path below it
    file_id: int
    record: FileRecord
    recipe: Recipe
    values: Values
    output: str  # absolute, as the disk has it
    shown_output: str  # the same, escaped
    input_fingerprint: str
    again: int | None = None  # the number of the job that is tried again


@dataclass(frozen=True, slots=True)
class Moment:
    """When it is judged, and for how long inputs must have been left alone."""

    now: dt.datetime
    settle_minutes: int

    def is_past(self, file: FileRecord, seconds: float) -> bool:
        """Tell whether a file has been left alone for so long."""
        now_ns = int(self.now.timestamp() * _NS)
        return (file.modified_ns or 0) not in recent(now_ns, int(seconds * _NS))


def due_jobs(
    loaded: LoadedRun,
    recipes: Sequence[Recipe],
    last_jobs: Mapping[int, StoredJob],
    moment: Moment,
) -> Iterator[DueJob]:
    """Give the jobs that are due in one run; ``last_jobs`` by the number of their record."""
    run = loaded.stored
    samples = {each.sample_name: each for each in expected_samples(run.samples)}
    processed = _processed(run)
    for key, record in sorted(run.files.items()):
        if record.data_state is not DataState.NON_EXISTENT or record.retired:
            continue
        sample = samples.get(record.sample_name or "")
        recipe = _recipe_for(record, run.record, sample, recipes)
        if recipe is None or not _is_processed(record, processed):
            continue
        inputs = _inputs(run, record, recipe)
        if inputs is None or not _are_settled(loaded, inputs, recipe, last_jobs, moment):
            continue
        due = _due(loaded, record, recipe, inputs, sample)
        last = last_jobs.get(loaded.file_ids[key])
        if last is None or _differs(last, due):
            yield due
        elif last.next_try_at is not None and last.next_try_at <= moment.now:
            yield replace(due, again=last.id)


def _are_settled(
    loaded: LoadedRun,
    inputs: Sequence[FileRecord],
    recipe: Recipe,
    last_jobs: Mapping[int, StoredJob],
    moment: Moment,
) -> bool:
    """Tell whether inputs are whole: what a job made is, all else may still be copied."""

    def wait(file: FileRecord) -> float:
        job = last_jobs.get(loaded.file_ids[file.key])
        is_made = job is not None and job.state == JobState.DONE.value
        return max(3600.0 * recipe.after_hours, 0.0 if is_made else 60.0 * moment.settle_minutes)

    return all(moment.is_past(file, wait(file)) for file in inputs)


def _differs(last: StoredJob, due: DueJob) -> bool:
    """Tell whether an input or the recipe changed since a job; one in flight is left alone."""
    known = (last.recipe_digest, last.input_fingerprint)
    return not last.is_in_flight and known != (due.recipe.digest, due.input_fingerprint)


def _processed(run: StoredRun) -> dict[str, bool]:
    """Tell by the name of each sample whether jobs may make files for it."""
    found: dict[str, bool] = {}
    for each in run.samples:
        name = each.sample.sample_name
        found[name] = found.get(name, True) and each.automatically_process
    return found


def _is_processed(record: FileRecord, processed: Mapping[str, bool]) -> bool:
    if record.sample_name is None:
        return any(processed.values())
    return processed.get(record.sample_name, False)


def _recipe_for(
    record: FileRecord, run: RunRecord, sample: ExpectedSample | None, recipes: Sequence[Recipe]
) -> Recipe | None:
    kit = run.enrichment_kit if sample is None else sample.enrichment_kit
    fits = (each for each in recipes if each.file_type == record.file_type and each.is_for(kit))
    return next(fits, None)


def _inputs(run: StoredRun, record: FileRecord, recipe: Recipe) -> tuple[FileRecord, ...] | None:
    """Give the files that a job needs, in order of type, lane and read; None: they are not there.

    What is of no sample, lane or read is made from those of all.
    """
    has = {"basecalls": run.record.has_basecalls, "interop": run.record.has_interop}
    if not all(has.get(each, True) for each in recipe.inputs):
        return None
    found: list[FileRecord] = []
    for file_type in recipe.input_types:
        files = [
            file
            for file in run.files.values()
            if file.file_type == file_type and not file.retired and _belongs(file, record)
        ]
        wanted = [file for file in files if file.data_state is not DataState.SKIPPED]
        if not wanted or any(file.data_state is not DataState.COMPLETE for file in wanted):
            return None
        found += sorted(wanted, key=lambda file: (file.lane or 0, file.read or 0, file.path))
    return tuple(found)


def _belongs(file: FileRecord, record: FileRecord) -> bool:
    pairs = (
        (file.sample_name, record.sample_name),
        (file.lane, record.lane),
        (file.read, record.read),
    )
    return all(ours is None or theirs in (None, ours) for theirs, ours in pairs)


def _due(
    loaded: LoadedRun,
    record: FileRecord,
    recipe: Recipe,
    inputs: Sequence[FileRecord],
    sample: ExpectedSample | None,
) -> DueJob:
    run = loaded.stored.record
    shown_output = path_from(_folder(run), record.path)
    facts = [(file.key, file.path, file.size, file.modified_ns) for file in inputs]
    return DueJob(
        run_id=loaded.id,
        place=(run.root, run.path),
        file_id=loaded.file_ids[record.key],
        record=record,
        recipe=recipe,
        values=_values(run, record, recipe, inputs, sample),
        output=unescape_name(shown_output),
        shown_output=shown_output,
        input_fingerprint=hashlib.md5(repr(facts).encode(), usedforsecurity=False).hexdigest(),
    )


def _values(
    run: RunRecord,
    record: FileRecord,
    recipe: Recipe,
    inputs: Sequence[FileRecord],
    sample: ExpectedSample | None,
) -> Values:
    """Give what the fields of a command stand for: names as the disk has them."""
    folder = _folder(run)
    named = {name: (unescape_name(text),) for name, text in _names(run, record, sample).items()}
    files: dict[str, tuple[str, ...]] = {}
    for file in inputs:
        path = unescape_name(path_from(folder, file.path))
        files[file.file_type] = (*files.get(file.file_type, ()), path)
    return {
        **named,
        "root": (unescape_name(run.root),),
        "run_folder": (unescape_name(folder),),
        "cores": (str(recipe.cores),),
        "memory_mb": (str(recipe.memory_mb),),
        **files,
    }


def _folder(run: RunRecord) -> str:
    return f"{run.root.rstrip('/')}/{run.path}"


def _names(run: RunRecord, record: FileRecord, sample: ExpectedSample | None) -> dict[str, str]:
    """Give the fields of path patterns, escaped, as far as they have one value."""
    expecting = ExpectingRun(run.name, run.enrichment_kit, run.flowcell_id, run.flowcell, None)
    values = run_values(expecting)
    if record.read is not None:
        values["read"] = str(record.read)
    if sample is None:
        return usable_values(values)
    of_sample = usable_values(values | sample_values(sample))
    rows = [row for row in sample.rows if record.lane in (None, row.lane)]
    return values_of_row(of_sample, rows[0]) if len(rows) == 1 else of_sample
