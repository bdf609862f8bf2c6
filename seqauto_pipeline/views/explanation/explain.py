"""From what a person asks, a path or a sample and type, to the explanations of the files meant."""

from collections.abc import Sequence

from seqauto_pipeline.core.display import shown
from seqauto_pipeline.core.near_words import did_you_mean
from seqauto_pipeline.db.models import SequencingRun
from seqauto_pipeline.db.queries.files import files_of
from seqauto_pipeline.db.queries.history import files_at
from seqauto_pipeline.db.queries.runs import run_folder, runs_by_id
from seqauto_pipeline.db.queries.selection import Selection
from seqauto_pipeline.db.queries.sheets import names_of_sample, runs_with_samples, sample_names
from seqauto_pipeline.views.explanation.evidence import gather
from seqauto_pipeline.views.explanation.facts import Explanation
from seqauto_pipeline.views.explanation.recorded import explain_file
from seqauto_pipeline.views.explanation.unrecorded import (
    explain_missing_record,
    explain_unexpected_path,
)
from seqauto_pipeline.views.finding import NotFoundError, one_run, run_and_path_below, unknown_run
from seqauto_pipeline.views.open_models import OpenModels


def explain_path(models: OpenModels, path: str) -> tuple[Explanation, ...]:
    """Explain the files that are, or were, expected at an absolute path; or why none is."""
    run, below = _run_and_path_below(models, path)
    evidence = gather(models, run)
    ids = set(files_at(models.session, run.id, below))
    files = files_of(models.session, (run.id,), retired=None)
    chosen = [file for file in files if file.id in ids]
    if not chosen:
        return (explain_unexpected_path(models, evidence, below, files),)
    return tuple(explain_file(models, evidence, file) for file in chosen)


def _run_and_path_below(models: OpenModels, path: str) -> tuple[SequencingRun, str]:
    found = run_and_path_below(models, path)
    if found is None:
        raise NotFoundError(
            f"{shown(path)} lies in no sequencing run that is known. {unknown_run(models, path)}\n"
            "For a file of a sample give the sample and the type: seqauto explain SAMPLE TYPE"
        )
    run, below = found
    if not below:
        raise NotFoundError(
            f"{shown(path)} is a run folder; all of it is shown by: seqauto run {shown(run.name)}"
        )
    return run, below


def explain_sample(
    models: OpenModels, sample: str, file_type: str, run_name: str | None
) -> tuple[Explanation, ...]:
    """Explain a sample's files of one type, or why there are none. ``sample``: its name or id."""
    names = names_of_sample(models.session, sample)
    if not names:
        otherwise = ". Its name or id is as in the sheet; the samples of a run: seqauto run RUN"
        hint = did_you_mean(sample, sample_names(models.session), otherwise)
        raise NotFoundError(f"No sheet names a sample {shown(sample)!r}{shown(hint)}")
    run = _run_of_sample(models, sample, names, run_name)
    evidence = gather(models, run)
    wanted = Selection(types=(file_type,), samples=names)
    files = files_of(models.session, (run.id,), wanted, retired=None)
    if not files:
        return (explain_missing_record(models, evidence, names, file_type),)
    return tuple(explain_file(models, evidence, file) for file in files)


def _run_of_sample(
    models: OpenModels, sample: str, names: Sequence[str], run_name: str | None
) -> SequencingRun:
    if run_name is not None:
        return one_run(models, run_name)
    runs = runs_by_id(models.session, sorted(runs_with_samples(models.session, names)))
    if len(runs) == 1:
        return runs[0]
    folders = "\n".join(f"  {shown(run_folder(run))}" for run in runs)
    raise NotFoundError(
        f"Sample {shown(sample)!r} is in {len(runs)} sequencing runs; say which with --run:\n"
        f"{folders}"
    )
