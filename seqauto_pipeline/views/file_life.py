"""The life of a file, a sample's files, or a sequencing run: all changes that scans recorded."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from seqauto_pipeline.core.display import shown
from seqauto_pipeline.db.models import Annotation, ExpectedFile, Scan, SequencingRun
from seqauto_pipeline.db.queries.annotations import annotations_of_runs
from seqauto_pipeline.db.queries.history import (
    FileChange,
    RunChange,
    changes_of_files,
    changes_of_run,
    files_at,
    files_by_id,
    files_of_samples,
    last_scan_of,
    run_changes_of,
    scans_by_id,
)
from seqauto_pipeline.db.queries.runs import path_in_run, run_by_id, run_folder
from seqauto_pipeline.db.queries.selection import Selection
from seqauto_pipeline.db.queries.sheets import names_of_sample
from seqauto_pipeline.views.annotations import annotation_as_json
from seqauto_pipeline.views.finding import (
    NotFoundError,
    escaped_absolute,
    run_and_path_below,
    runs_called,
    unknown_run,
)
from seqauto_pipeline.views.open_models import OpenModels
from seqauto_pipeline.views.values import Json, iso, iso_ns


@dataclass(frozen=True, slots=True)
class FileLife:
    """One expected file with all its changes, oldest first."""

    file: ExpectedFile
    run: SequencingRun
    changes: tuple[FileChange, ...]
    last_seen: int | None  # scan
    scans: Mapping[int, Scan]  # those of the changes, and the first and last that saw it

    @property
    def path(self) -> str:
        return path_in_run(self.run, self.file.path)

    def as_json(self) -> Json:
        return {
            "path": self.path,
            "sequencing_run": self.run.name,
            "file_type": self.file.file_type,
            "sample_name": self.file.sample_name,
            "data_state": self.file.data_state,
            "retired": self.file.retired,
            "first_seen_scan": self.file.first_seen_scan_id,
            "last_seen_scan": self.last_seen,
            "changes": [_change_as_json(change, self.scans) for change in self.changes],
        }


@dataclass(frozen=True, slots=True)
class RunLife:
    """One sequencing run with all changes of its state and of its files, oldest first."""

    run: SequencingRun
    run_changes: tuple[RunChange, ...]
    file_changes: tuple[FileChange, ...]
    scans: Mapping[int, Scan]  # those of the changes
    annotations: tuple[Annotation, ...]  # what people said of it, oldest first

    def as_json(self) -> Json:
        return {
            "sequencing_run": self.run.name,
            "path": run_folder(self.run),
            "data_state": self.run.data_state,
            "run_changes": [
                {
                    "scan": change.scan_id,
                    "time": _time_of(self.scans.get(change.scan_id)),
                    "old_state": change.old_state,
                    "new_state": change.new_state,
                    "detail": change.detail,
                }
                for change in self.run_changes
            ],
            "file_changes": [_change_as_json(change, self.scans) for change in self.file_changes],
            "annotations": [annotation_as_json(each) for each in self.annotations],
        }


def run_life(models: OpenModels, run: SequencingRun, chosen: Selection | None = None) -> RunLife:
    """Read the chosen changes of a sequencing run; narrowed by files, only theirs.

    States are those to which files changed.
    """
    chosen = chosen or Selection()
    files = tuple(
        each for each in changes_of_run(models.session, run.id) if _is_chosen(each, chosen)
    )
    states = tuple(
        each
        for each in run_changes_of(models.session, (run.id,))
        if not (chosen.types or chosen.states) and _is_after(each.scan_id, chosen)
    )
    ids = {*(each.scan_id for each in files), *(each.scan_id for each in states)}
    said = annotations_of_runs(models.session, (run.id,)).get(run.id, ())
    return RunLife(run, states, files, scans_by_id(models.session, ids), said)


def _is_chosen(change: FileChange, chosen: Selection) -> bool:
    return (
        (not chosen.types or change.file_type in chosen.types)
        and (not chosen.states or change.new_state in chosen.states)
        and _is_after(change.scan_id, chosen)
    )


def _is_after(scan_id: int, chosen: Selection) -> bool:
    return chosen.since is None or scan_id > chosen.since


def file_lives(
    models: OpenModels, what: str, chosen: Selection | None = None
) -> tuple[FileLife, ...] | None:
    """Read the lives of the files that a path or sample means; None where a run has that name.

    Of the chosen runs, types and states as they are now, and with the chosen changes.
    """
    if runs_called(models, what):
        return None
    chosen = chosen or Selection()
    files = files_by_id(models.session, _file_ids(models, what))
    return tuple(_life(models, file, chosen) for file in files if _is_wanted(file, chosen))


def _is_wanted(file: ExpectedFile, chosen: Selection) -> bool:
    return (
        (chosen.runs is None or file.sequencing_run_id in chosen.runs)
        and (not chosen.types or file.file_type in chosen.types)
        and (not chosen.states or file.data_state in chosen.states)
    )


def _file_ids(models: OpenModels, what: str) -> tuple[int, ...]:
    session = models.session
    path = escaped_absolute(what)
    found = run_and_path_below(models, path)
    ids = () if found is None else files_at(session, found[0].id, found[1])
    if not ids:
        names = names_of_sample(session, what)
        ids = files_of_samples(session, names) if names else ()
    if not ids and found is not None:
        raise NotFoundError(
            f"No sheet row ever called for {shown(path)}. "
            "What is expected instead, and why: seqauto explain PATH"
        )
    if not ids:
        raise NotFoundError(
            f"{shown(what)!r} is no file, run or sample that is known. " + unknown_run(models, what)
        )
    return ids


def _life(models: OpenModels, file: ExpectedFile, chosen: Selection) -> FileLife:
    run = run_by_id(models.session, file.sequencing_run_id)
    if run is None:
        raise LookupError(file.sequencing_run_id)
    last_seen = file.last_seen_scan_id
    if file.first_seen_scan_id is not None and last_seen is None:
        covering = last_scan_of(models.session, run)
        last_seen = None if covering is None else covering.id
    changes = tuple(
        each
        for each in changes_of_files(models.session, (file.id,))
        if _is_after(each.scan_id, chosen)
    )
    numbers = (file.first_seen_scan_id, last_seen, *(change.scan_id for change in changes))
    return FileLife(file, run, changes, last_seen, _scans(models, numbers))


def _scans(models: OpenModels, numbers: Iterable[int | None]) -> Mapping[int, Scan]:
    return scans_by_id(models.session, {number for number in numbers if number is not None})


def _time_of(scan: Scan | None) -> str | None:
    """Time of a scan for programs: when the disks were listed."""
    return None if scan is None else iso(scan.as_of or scan.started_at)


def _change_as_json(change: FileChange, scans: Mapping[int, Scan]) -> Json:
    return {
        "scan": change.scan_id,
        "time": _time_of(scans.get(change.scan_id)),
        "old_state": change.old_state,
        "new_state": change.new_state,
        "size": change.size,
        "modified": iso_ns(change.modified_ns),
        "path": change.event_path or change.path,
    }
