"""In which states the files of samples are, by type, for many sequencing runs at once."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from seqauto_pipeline.db.models import SequencingRun
from seqauto_pipeline.db.queries.files import states_of
from seqauto_pipeline.db.queries.sheets import sample_facts
from seqauto_pipeline.views.open_models import OpenModels

_States = dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class SampleStates:
    """The states of the files of one sample of the current sheet, as people see them."""

    sample_name: str
    states: Mapping[str, tuple[str, ...]]  # by type; of each file one, in the order of the slots


def sample_states(
    models: OpenModels, runs: Mapping[int, SequencingRun]
) -> dict[int, tuple[SampleStates, ...]]:
    """Read them by run, samples in the order of the sheet; ``runs`` by id.

    Two statements: a matrix of files, as the page of one run has it, costs four times as much.
    """
    found = _by_sample(models, runs)
    return {
        run_id: tuple(SampleStates(name, found.get((run_id, name), {})) for name in names)
        for run_id, names in sample_facts(models.session, runs).items()
        if names
    }


def _by_sample(
    models: OpenModels, runs: Mapping[int, SequencingRun]
) -> Mapping[tuple[int, str | None], _States]:
    of_files: dict[tuple[int, str | None, str], list[str]] = defaultdict(list)
    for run_id, sample, kind, state in states_of(models.session, runs):
        of_files[run_id, sample, kind].append(state)
    archive = models.archive
    by_sample: dict[tuple[int, str | None], _States] = defaultdict(dict)
    for (run_id, sample, kind), states in of_files.items():
        run = runs[run_id]
        shown: Sequence[str] = states
        if archive.rules:
            place = kind, run.enrichment_kit, run.date
            shown = [archive.state_of(each, *place) for each in states]
        by_sample[run_id, sample][kind] = tuple(shown)
    return by_sample
