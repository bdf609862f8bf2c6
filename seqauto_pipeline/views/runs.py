"""The sequencing runs as a list: each with its facts, its files counted, and its open messages."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

from seqauto_pipeline.core.problems import Severity
from seqauto_pipeline.db.models import SequencingRun
from seqauto_pipeline.db.queries.files import FileCount, count_files
from seqauto_pipeline.db.queries.ledger import (
    RunStateThen,
    count_files_at_scan,
    run_states_at,
)
from seqauto_pipeline.db.queries.messages import count_messages
from seqauto_pipeline.db.queries.runs import in_batches, run_folder, runs_by_id
from seqauto_pipeline.db.queries.scan_times import scan_times
from seqauto_pipeline.db.queries.sheets import SampleFacts, sample_facts
from seqauto_pipeline.views.archive import counted_as_archived
from seqauto_pipeline.views.known_layouts import known_layouts
from seqauto_pipeline.views.open_models import OpenModels
from seqauto_pipeline.views.since_when import SinceWhen, ledger_of
from seqauto_pipeline.views.tallies import Tally, tallies
from seqauto_pipeline.views.values import Json, Value, iso_date

RUN_COLUMNS = (
    "name",
    "path",
    "data_state",
    "state_reason",
    "date",
    "sequencer",
    "sequencer_model",
    "experiment",
    "enrichment_kit",
    "flags",
    "found",
    "expected",
    "files",
    "errors",
    "warnings",
    "flowcell",
    "projects",
    "since",
    "since_scan",
    "first_seen",
    "last_seen",
)


@dataclass(frozen=True, slots=True)
class RunLine:
    """One sequencing run with its counts."""

    run: SequencingRun
    data_state: str
    state_reason: str | None
    files: tuple[Tally, ...]
    open_messages: Mapping[str, int]  # by severity
    projects: tuple[str, ...]  # of the samples in its current sheet
    when: SinceWhen

    @property
    def files_words(self) -> str:
        return ", ".join(tally.words for tally in self.files)

    def messages_of(self, severity: str) -> int:
        return self.open_messages.get(severity, 0)

    def as_json(self) -> dict[str, Json]:
        return {
            **self._facts(),
            "flags": list(self.run.flags),
            "files": {tally.file_type: tally.as_json() for tally in self.files},
            "open_messages": {
                severity: self.messages_of(severity) for severity in reversed(Severity)
            },
            "flowcell": self.run.flowcell,
            "projects": list(self.projects),
            **asdict(self.when),
        }

    def values(self) -> tuple[Value, ...]:
        """Give the values of RUN_COLUMNS."""
        return (
            *self._facts().values(),
            " ".join(self.run.flags),
            sum(tally.found for tally in self.files),
            sum(tally.expected for tally in self.files),
            self.files_words,
            self.messages_of("error"),
            self.messages_of("warning"),
            self.run.flowcell,
            " ".join(self.projects),
            *asdict(self.when).values(),
        )

    def _facts(self) -> dict[str, Value]:
        run = self.run
        return {
            "name": run.name,
            "path": run_folder(run),
            "data_state": self.data_state,
            "state_reason": self.state_reason,
            "date": iso_date(run.date),
            "sequencer": run.sequencer,
            "sequencer_model": run.sequencer_model,
            "experiment": run.experiment,
            "enrichment_kit": run.enrichment_kit,
        }


def run_lines(
    models: OpenModels, ids: Sequence[int], as_of: int | None = None
) -> Iterator[RunLine]:
    """Count what belongs to some runs, now or as a scan left it: six statements for each batch."""
    if not ids:
        return
    times = scan_times(models.session)
    states = {} if as_of is None else run_states_at(models.session, as_of)
    for batch in in_batches(ids):
        runs = {run.id: run for run in runs_by_id(models.session, batch)}
        counts = counted_as_archived(models.archive, _counts(models, batch, as_of), runs)
        layouts = known_layouts(models.settings, {run.layout for run in runs.values()})
        files = tallies(counts, layouts)
        open_messages = _open_messages(models, batch, as_of)
        ledger = ledger_of(models, batch, times, as_of, of_files=False)
        samples = sample_facts(models.session, batch)
        for run in runs.values():
            now = RunStateThen(run.data_state, run.state_reason)
            then = now if as_of is None else states.get(run.id, now)
            yield RunLine(
                run,
                then.data_state,
                then.reason,
                files.get(run.id, ()),
                open_messages.get(run.id, {}),
                _projects(samples[run.id].values()),
                ledger.of_run(run, then.data_state),
            )


def _counts(models: OpenModels, ids: Sequence[int], as_of: int | None) -> tuple[FileCount, ...]:
    if as_of is None:
        return count_files(models.session, ids)
    return count_files_at_scan(models.session, ids, as_of)


def _open_messages(
    models: OpenModels, ids: Sequence[int], as_of: int | None
) -> dict[int, dict[str, int]]:
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    for count in count_messages(models.session, ids, models.now, as_of):
        counts[count.sequencing_run_id][count.severity] = count.messages
    return counts


def _projects(samples: Iterable[SampleFacts]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.sample_project for each in samples if each.sample_project))
