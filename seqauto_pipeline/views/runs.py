"""The sequencing runs as a list: each with its facts, its files counted, and its open messages."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from seqauto_pipeline.core.problems import Severity
from seqauto_pipeline.db.models import SequencingRun
from seqauto_pipeline.db.queries.files import count_files
from seqauto_pipeline.db.queries.messages import count_messages
from seqauto_pipeline.db.queries.runs import in_batches, run_folder, runs_by_id
from seqauto_pipeline.views.known_layouts import known_layouts
from seqauto_pipeline.views.open_models import OpenModels
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
)


@dataclass(frozen=True, slots=True)
class RunLine:
    """One sequencing run with its counts."""

    run: SequencingRun
    files: tuple[Tally, ...]
    open_messages: Mapping[str, int]  # by severity

    @property
    def files_words(self) -> str:
        return ", ".join(tally.words for tally in self.files)

    def messages_of(self, severity: str) -> int:
        return self.open_messages.get(severity, 0)

    def as_json(self) -> dict[str, Json]:
        return {
            **_facts(self.run),
            "flags": list(self.run.flags),
            "files": {tally.file_type: tally.as_json() for tally in self.files},
            "open_messages": {
                severity: self.messages_of(severity) for severity in reversed(Severity)
            },
        }

    def values(self) -> tuple[Value, ...]:
        """Give the values of RUN_COLUMNS."""
        return (
            *_facts(self.run).values(),
            " ".join(self.run.flags),
            sum(tally.found for tally in self.files),
            sum(tally.expected for tally in self.files),
            self.files_words,
            self.messages_of("error"),
            self.messages_of("warning"),
        )


def run_lines(models: OpenModels, ids: Sequence[int]) -> Iterator[RunLine]:
    """Count what belongs to some runs: three statements for each batch of them."""
    layouts = known_layouts(models.settings)
    for batch in in_batches(ids):
        found = runs_by_id(models.session, batch)
        files = tallies(count_files(models.session, batch), layouts)
        open_messages: dict[int, dict[str, int]] = defaultdict(dict)
        for count in count_messages(models.session, batch, models.now):
            open_messages[count.sequencing_run_id][count.severity] = count.messages
        for each in found:
            yield RunLine(each, files.get(each.id, ()), open_messages.get(each.id, {}))


def _facts(run: SequencingRun) -> dict[str, Value]:
    return {
        "name": run.name,
        "path": run_folder(run),
        "data_state": run.data_state,
        "state_reason": run.state_reason,
        "date": iso_date(run.date),
        "sequencer": run.sequencer,
        "sequencer_model": run.sequencer_model,
        "experiment": run.experiment,
        "enrichment_kit": run.enrichment_kit,
    }
