"""Sequencing runs in short, many at once: how each stands, its samples, messages and QC figures."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from seqauto_pipeline.core.layout import Layout
from seqauto_pipeline.core.qc.limits import figures_of
from seqauto_pipeline.db.models import Message, SequencingRun
from seqauto_pipeline.db.queries.messages import MessageFilter, messages
from seqauto_pipeline.db.queries.publishing import RunContent, contents_of
from seqauto_pipeline.db.queries.runs import in_batches
from seqauto_pipeline.db.queries.scan_times import scan_times
from seqauto_pipeline.db.queries.selection import Selection
from seqauto_pipeline.views.jobs import JobLine, jobs_by_run
from seqauto_pipeline.views.known_layouts import exec_summary_types, known_layouts, ordered_types
from seqauto_pipeline.views.last_changes import ScanChanges, last_changes
from seqauto_pipeline.views.open_models import OpenModels
from seqauto_pipeline.views.readiness import is_waiting, verdict
from seqauto_pipeline.views.runs import RunLine, run_lines
from seqauto_pipeline.views.sample_states import SampleStates, sample_states

_ILLUMINA_QC = "illumina_qc"
_EXEC_SUMMARY = "exec_summary"


@dataclass(frozen=True, slots=True)
class RunDigest:
    """One sequencing run in short."""

    line: RunLine
    samples: tuple[SampleStates, ...]
    file_types: tuple[str, ...]  # of samples, in the order of the layouts
    messages: tuple[Message, ...]  # open ones, the worst first
    figures: Mapping[str, float] = field(default_factory=dict)  # QC by name
    changes: tuple[ScanChanges, ...] = ()  # the last ones, the newest first
    jobs: tuple[JobLine, ...] = ()  # the last launched first

    @property
    def run(self) -> SequencingRun:
        return self.line.run

    @property
    def verdict(self) -> str:
        return verdict(self.line)

    @property
    def is_waiting(self) -> bool:
        return is_waiting(self.line)


def run_digests(models: OpenModels, ids: Sequence[int]) -> Iterator[RunDigest]:
    """Read runs in the order of their ids, a dozen statements for each batch."""
    layouts = known_layouts(models.settings)
    times = scan_times(models.session)
    for batch in in_batches(ids):
        lines = tuple(run_lines(models, batch))
        samples = sample_states(models, {line.run.id: line.run for line in lines})
        found = _messages(models, batch)
        figures = qc_figures(models, batch, layouts)
        changes = last_changes(models, batch, times)
        jobs = jobs_by_run(models, batch)
        for line in lines:
            own = samples.get(line.run.id, ())
            types = ordered_types({kind for each in own for kind in each.states}, layouts)
            yield RunDigest(
                line,
                own,
                types,
                tuple(found.get(line.run.id, ())),
                figures.get(line.run.id, {}),
                changes.get(line.run.id, ()),
                jobs.get(line.run.id, ()),
            )


def _messages(models: OpenModels, ids: Sequence[int]) -> dict[int, list[Message]]:
    wanted = MessageFilter(Selection(runs=tuple(ids)))
    found: dict[int, list[Message]] = defaultdict(list)
    for message, run in messages(models.session, wanted, models.now):
        if run is not None:
            found[run.id].append(message)
    return found


def qc_figures(
    models: OpenModels, ids: Sequence[int], layouts: Sequence[Layout]
) -> dict[int, dict[str, float]]:
    """Sum up the QC of each run: Illumina's figures, and medians over the samples' summaries."""
    types = exec_summary_types(layouts)
    contents = contents_of(models.session, ids, (*types, _ILLUMINA_QC))
    by_run: dict[int, list[RunContent]] = defaultdict(list)
    for content in contents:
        by_run[content.sequencing_run_id].append(content)
    return {run_id: _figures(found) for run_id, found in by_run.items()}


def _figures(contents: Sequence[RunContent]) -> dict[str, float]:
    figures: dict[str, float] = {}
    of_samples: dict[str, list[float]] = defaultdict(list)
    for content in contents:
        if content.file_type == _ILLUMINA_QC:
            figures.update(figures_of(_ILLUMINA_QC, content.data))
        else:
            for name, value in figures_of(_EXEC_SUMMARY, content.data).items():
                of_samples[name].append(value)
    medians = {name: round(median(values), 3) for name, values in of_samples.items()}
    return {**figures, **medians}
