"""Expected files as a list, by state, type, run or sample; and files that no sheet explains."""

from collections.abc import Iterator
from dataclasses import dataclass

from seqauto_pipeline.db.models import SequencingRun
from seqauto_pipeline.db.queries.files import files_of, unexpected_files_of
from seqauto_pipeline.db.queries.runs import in_batches, run_folder, run_ids, runs_by_id
from seqauto_pipeline.db.queries.selection import Selection
from seqauto_pipeline.views.open_models import OpenModels
from seqauto_pipeline.views.values import Json, Value, iso_ns

_UNEXPECTED = "unexpected"
FILE_COLUMNS = (
    "data_state",
    "file_type",
    "path",
    "sequencing_run",
    "sample_name",
    "lane",
    "read",
    "reason",
    "size",
    "modified",
)


@dataclass(frozen=True, slots=True)
class FileLine:
    """One file as it is listed."""

    data_state: str  # or `unexpected`
    file_type: str | None
    path: str  # absolute
    sequencing_run: str
    sample_name: str | None = None
    lane: int | None = None
    read: int | None = None
    reason: str | None = None
    size: int | None = None
    modified: str | None = None

    def values(self) -> tuple[Value, ...]:
        """Give the values of FILE_COLUMNS."""
        return tuple(getattr(self, name) for name in FILE_COLUMNS)

    def as_json(self) -> Json:
        return dict(zip(FILE_COLUMNS, self.values(), strict=True))


@dataclass(frozen=True, slots=True)
class WantedFiles:
    """Which files a list has."""

    chosen: Selection
    retired: bool = False  # records that no current sheet row asks for, in place of the others
    unexpected: bool = False  # files that no sheet explains, in place of expected ones


def file_lines(models: OpenModels, wanted: WantedFiles) -> Iterator[FileLine]:
    """Stream the files, run by run, newest run first."""
    for batch in in_batches(run_ids(models.session, wanted.chosen.of_runs)):
        found = {run.id: run for run in runs_by_id(models.session, batch)}
        by_run: dict[int, list[FileLine]] = {run_id: [] for run_id in found}
        for run_id, line in _lines_of(models, wanted, found):
            by_run[run_id].append(line)
        for lines in by_run.values():
            yield from lines


def _lines_of(
    models: OpenModels, wanted: WantedFiles, runs: dict[int, SequencingRun]
) -> Iterator[tuple[int, FileLine]]:
    folders = {run_id: run_folder(run) for run_id, run in runs.items()}
    if wanted.unexpected:
        for odd in unexpected_files_of(models.session, tuple(runs)):
            run_id = odd.sequencing_run_id
            path = f"{folders[run_id]}/{odd.path}"
            size, modified = odd.size, iso_ns(odd.modified_ns)
            name = runs[run_id].name
            yield run_id, FileLine(_UNEXPECTED, None, path, name, size=size, modified=modified)
        return
    for file in files_of(models.session, tuple(runs), wanted.chosen, retired=wanted.retired):
        run_id = file.sequencing_run_id
        yield (
            run_id,
            FileLine(
                file.data_state,
                file.file_type,
                f"{folders[run_id]}/{file.path}",
                runs[run_id].name,
                file.sample_name,
                file.lane,
                file.read,
                file.reason,
                file.size,
                iso_ns(file.modified_ns),
            ),
        )
