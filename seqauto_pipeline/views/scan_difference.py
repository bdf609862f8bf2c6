"""What one scan changed, or what is different between two: by sequencing run."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from seqauto_pipeline.db.models import Scan, SequencingRun
from seqauto_pipeline.db.queries.history import (
    NetChange,
    RunChange,
    net_changes,
    previous_scan_id,
    run_changes_between,
)
from seqauto_pipeline.db.queries.runs import run_by_id, run_folder
from seqauto_pipeline.views.open_models import OpenModels
from seqauto_pipeline.views.values import Json, iso_ns


@dataclass(frozen=True, slots=True)
class RunDifference:
    """What is different of one sequencing run."""

    run: SequencingRun
    run_changes: tuple[RunChange, ...]
    file_changes: tuple[NetChange, ...]

    def as_json(self) -> Json:
        folder = run_folder(self.run)
        return {
            "sequencing_run": self.run.name,
            "path": folder,
            "run_changes": [
                {"old_state": each.old_state, "new_state": each.new_state, "detail": each.detail}
                for each in self.run_changes
            ],
            "file_changes": [
                {
                    "file_type": each.file_type,
                    "path": f"{folder}/{each.path}",
                    "old_state": each.old_state,
                    "new_state": each.new_state,
                    "size": each.size,
                    "modified": iso_ns(each.modified_ns),
                }
                for each in self.file_changes
            ],
        }


def scan_difference(models: OpenModels, first: Scan | None, last: Scan) -> Iterator[RunDifference]:
    """Stream what is different after a scan from what it was after another, run by run.

    Without a first scan: what the last one changed. Runs of which files changed come first.
    """
    session = models.session
    after = previous_scan_id(session, last.id) if first is None else first.id
    of_runs: dict[int, list[RunChange]] = defaultdict(list)
    for change in run_changes_between(session, after, last.id):
        of_runs[change.sequencing_run_id].append(change)
    changes = net_changes(session, after, last.id)
    for run_id, files in groupby(changes, key=lambda each: each.sequencing_run_id):
        yield from _difference(models, run_id, of_runs.pop(run_id, ()), files)
    for run_id, states in of_runs.items():
        yield from _difference(models, run_id, states, ())


def _difference(
    models: OpenModels, run_id: int, states: Iterable[RunChange], files: Iterable[NetChange]
) -> Iterator[RunDifference]:
    run = run_by_id(models.session, run_id)
    if run is not None:
        yield RunDifference(run, tuple(states), tuple(files))
