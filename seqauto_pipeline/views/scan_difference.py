"""What one scan changed, or what is different between two: by sequencing run."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby
from typing import TypeVar

from seqauto_pipeline.db.models import Annotation, Message, SampleSheet, Scan, SequencingRun
from seqauto_pipeline.db.queries.changes import messages_between, said_between, sheets_between
from seqauto_pipeline.db.queries.history import (
    NetChange,
    RunChange,
    net_changes,
    newest_applied_scan,
    run_changes_between,
    scans_by_id,
)
from seqauto_pipeline.db.queries.runs import path_in_run, run_by_id, run_folder, run_ids
from seqauto_pipeline.db.queries.selection import Selection
from seqauto_pipeline.db.queries.sheets import sheet_at_scan
from seqauto_pipeline.views.annotations import annotation_as_json
from seqauto_pipeline.views.messages import message_path
from seqauto_pipeline.views.open_models import OpenModels
from seqauto_pipeline.views.sheet_versions import version_difference
from seqauto_pipeline.views.values import Json, iso_ns

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class SheetChange:
    """The sheet of a run, which scans saw in a new version. ``old`` is None for the first one."""

    old: int | None
    new: int
    lines: tuple[str, ...]  # what changed of its samples, for people


@dataclass(frozen=True, slots=True)
class RunDifference:
    """What is different of one sequencing run; of the scan as a whole where the run is None."""

    run: SequencingRun | None
    run_changes: tuple[RunChange, ...] = ()
    file_changes: tuple[NetChange, ...] = ()
    sheet_changes: tuple[SheetChange, ...] = ()
    said: tuple[Annotation, ...] = ()  # by people: flags, and whether scans skip the run
    opened: tuple[Message, ...] = ()
    closed: tuple[Message, ...] = ()

    def as_json(self) -> Json:
        return {
            "sequencing_run": None if self.run is None else self.run.name,
            "path": None if self.run is None else run_folder(self.run),
            "run_changes": [
                {"old_state": each.old_state, "new_state": each.new_state, "detail": each.detail}
                for each in self.run_changes
            ],
            "file_changes": [self._file_as_json(each) for each in self.file_changes],
            "sheet_changes": [
                {"old_version": each.old, "new_version": each.new, "changes": list(each.lines)}
                for each in self.sheet_changes
            ],
            "flag_changes": [annotation_as_json(each) for each in self.said],
            "messages_opened": [self._message_as_json(each) for each in self.opened],
            "messages_closed": [self._message_as_json(each) for each in self.closed],
        }

    def _file_as_json(self, change: NetChange) -> Json:
        return {
            "file_type": change.file_type,
            "path": change.path if self.run is None else path_in_run(self.run, change.path),
            "old_state": change.old_state,
            "new_state": change.new_state,
            "size": change.size,
            "modified": iso_ns(change.modified_ns),
        }

    def _message_as_json(self, message: Message) -> Json:
        return {
            "id": message.id,
            "severity": message.severity,
            "code": message.code,
            "message": message.text,
            "path": message_path(message, self.run),
        }


def scan_difference(
    models: OpenModels, after: int, last: Scan, chosen: Selection | None = None
) -> Iterator[RunDifference]:
    """Stream what is different after a scan from what it was after another, run by run.

    ``after``: the earlier scan; the one before ``last`` gives what ``last`` changed. Runs of which
    files changed come first. Narrowed by files, nothing but these is told.
    """
    chosen = chosen or Selection()
    only_files = bool(chosen.samples or chosen.types or chosen.states)
    beside = _Beside(after) if only_files else _beside_files(models, after, last, chosen)
    told: set[int] = set()
    changes = net_changes(models.session, after, last.id, chosen)
    for run_id, files in groupby(changes, key=lambda each: each.sequencing_run_id):
        told.add(run_id)
        yield beside.difference(models, run_id, tuple(files))
    for run_id in beside.run_ids:
        if run_id not in told:
            yield beside.difference(models, run_id, ())


_WHOLE_SCAN = 0  # in place of a run's id


@dataclass(frozen=True, slots=True)
class _Beside:
    """What is different beside files, by the id of the run; _WHOLE_SCAN where it is of none."""

    after: int
    runs: Mapping[int, tuple[RunChange, ...]] = field(default_factory=dict)
    sheets: Mapping[int, tuple[SheetChange, ...]] = field(default_factory=dict)
    said: Mapping[int, tuple[Annotation, ...]] = field(default_factory=dict)
    messages: Mapping[int, tuple[Message, ...]] = field(default_factory=dict)

    @property
    def run_ids(self) -> tuple[int, ...]:
        every = (*self.runs, *self.sheets, *self.said, *self.messages)
        return tuple(dict.fromkeys(every))

    def difference(
        self, models: OpenModels, run_id: int, files: tuple[NetChange, ...]
    ) -> RunDifference:
        messages = self.messages.get(run_id, ())
        return RunDifference(
            run=run_by_id(models.session, run_id),
            run_changes=self.runs.get(run_id, ()),
            file_changes=files,
            sheet_changes=self.sheets.get(run_id, ()),
            said=self.said.get(run_id, ()),
            opened=tuple(each for each in messages if each.opened_scan_id > self.after),
            closed=tuple(each for each in messages if each.opened_scan_id <= self.after),
        )


def _beside_files(models: OpenModels, after: int, last: Scan, chosen: Selection) -> _Beside:
    session = models.session
    wanted = None if chosen == Selection() else set(run_ids(session, chosen.of_runs))
    runs = run_changes_between(session, after, last.id)
    said = said_between(session, *_moments(models, after, last))
    messages = messages_between(session, after, last.id)
    return _Beside(
        after,
        _grouped(runs, lambda each: each.sequencing_run_id, wanted),
        _sheet_changes(models, after, last, wanted),
        _grouped(said, lambda each: each.sequencing_run_id or _WHOLE_SCAN, wanted),
        _grouped(messages, lambda each: each.sequencing_run_id or _WHOLE_SCAN, wanted),
    )


def _grouped(
    rows: Iterable[Row], key: Callable[[Row], int], wanted: Collection[int] | None
) -> dict[int, tuple[Row, ...]]:
    groups: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        if wanted is None or key(row) in wanted:
            groups[key(row)].append(row)
    return {run_id: tuple(each) for run_id, each in groups.items()}


def _sheet_changes(
    models: OpenModels, after: int, last: Scan, wanted: Collection[int] | None
) -> dict[int, tuple[SheetChange, ...]]:
    """Compare the last sheet of each run that scans saw in a new version with the one before."""
    versions = sheets_between(models.session, after, last.id)
    by_run = _grouped(versions, lambda each: each.sequencing_run_id, wanted)
    return {
        run_id: (_sheet_change(models, run_id, after, sheets[-1]),)
        for run_id, sheets in by_run.items()
    }


def _sheet_change(models: OpenModels, run_id: int, after: int, new: SampleSheet) -> SheetChange:
    old = sheet_at_scan(models.session, run_id, after)
    run = run_by_id(models.session, run_id)
    if old is None or run is None:
        return SheetChange(None, new.version, ())
    samples = version_difference(models, run, old.version, new.version).samples
    return SheetChange(old.version, new.version, tuple(samples.lines))


def _moments(models: OpenModels, after: int, last: Scan) -> tuple[dt.datetime | None, dt.datetime]:
    """Between what moments people spoke: up to now where no later scan was applied."""
    earlier = scans_by_id(models.session, (after,)).get(after)
    newest = newest_applied_scan(models.session)
    end = models.now if newest is None or newest.id <= last.id else last.started_at
    return None if earlier is None else earlier.started_at, end
