"""`seqauto files`: expected files by state, type, run or sample; and files that none explains."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice

import click

from seqauto_pipeline.cli.models_db import Models, iso_ns, nothing_found, one_run, reading
from seqauto_pipeline.cli.tables import FORMATS, Json, Value, print_csv, print_json_list, state_word
from seqauto_pipeline.core.data_state import DataState
from seqauto_pipeline.core.display import counted, shown
from seqauto_pipeline.db.models import SequencingRun
from seqauto_pipeline.db.queries.runs import (
    FileFilter,
    file_types,
    files_of,
    in_batches,
    names_of_sample,
    run_folder,
    run_ids,
    runs_by_id,
    runs_with_samples,
    unexpected_files_of,
)

UNEXPECTED = "unexpected"
_CSV_HEAD = [
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
]


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
        return tuple(getattr(self, name) for name in _CSV_HEAD)

    def as_json(self) -> Json:
        return dict(zip(_CSV_HEAD, self.values(), strict=True))


@dataclass(frozen=True, slots=True)
class _Wanted:
    files: FileFilter
    run_name: str | None
    sample: str | None
    unexpected: bool


@click.command()
@click.option(
    "--state",
    "states",
    multiple=True,
    type=click.Choice([state.value for state in DataState]),
    help="Repeatable.",
)
@click.option("--type", "types", multiple=True, help="File type of the layout. Repeatable.")
@click.option("--run", "run_name", metavar="RUN", help="Only of one run (name or path).")
@click.option("--sample", help="Only of one sample, by its name or id.")
@click.option("--unexpected", is_flag=True, help="Files that no sheet explains, instead.")
@click.option("--retired", is_flag=True, help="Records that no sheet row asks for now, instead.")
@click.option("--limit", type=click.IntRange(min=1), help="At most so many.")
@click.option("--format", "form", type=FORMATS, default="text", show_default=True)
def files(  # noqa: PLR0913  (one for each option)
    *,
    states: tuple[str, ...],
    types: tuple[str, ...],
    run_name: str | None,
    sample: str | None,
    unexpected: bool,
    retired: bool,
    limit: int | None,
    form: str,
) -> None:
    """List expected files by state, type or run."""
    if unexpected and (states or types or sample or retired):
        raise click.UsageError(
            "--unexpected goes with --run only: these files have no state, type or sample."
        )
    with reading() as models:
        names = () if sample is None else names_of_sample(models.session, sample)
        wanted = _Wanted(FileFilter(states, types, names, retired), run_name, sample, unexpected)
        lines = islice(_lines(models, wanted), limit)
        if form == "json":
            print_json_list(line.as_json() for line in lines)
        elif form == "csv":
            print_csv(chain((_CSV_HEAD,), (line.values() for line in lines)))
        else:
            _print_lines(models, wanted, lines)


def _lines(models: Models, wanted: _Wanted) -> Iterator[FileLine]:
    """Stream the files, run by run, newest run first."""
    for batch in in_batches(_runs(models, wanted)):
        found = {run.id: run for run in runs_by_id(models.session, batch)}
        by_run: dict[int, list[FileLine]] = {run_id: [] for run_id in found}
        for run_id, line in _lines_of(models, wanted, found):
            by_run[run_id].append(line)
        for lines in by_run.values():
            yield from lines


def _runs(models: Models, wanted: _Wanted) -> tuple[int, ...]:
    if wanted.sample is not None and not wanted.files.samples:
        return ()
    if wanted.run_name is not None:
        return (one_run(models, wanted.run_name).id,)
    every = run_ids(models.session)
    if wanted.sample is None:
        return every
    having = runs_with_samples(models.session, wanted.files.samples)
    return tuple(run_id for run_id in every if run_id in having)


def _lines_of(
    models: Models, wanted: _Wanted, runs: dict[int, SequencingRun]
) -> Iterator[tuple[int, FileLine]]:
    folders = {run_id: run_folder(run) for run_id, run in runs.items()}
    if wanted.unexpected:
        for odd in unexpected_files_of(models.session, tuple(runs)):
            run_id = odd.sequencing_run_id
            path = f"{folders[run_id]}/{odd.path}"
            size, modified = odd.size, iso_ns(odd.modified_ns)
            name = runs[run_id].name
            yield run_id, FileLine(UNEXPECTED, None, path, name, size=size, modified=modified)
        return
    for file in files_of(models.session, tuple(runs), wanted.files):
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


def _print_lines(models: Models, wanted: _Wanted, lines: Iterable[FileLine]) -> None:
    """Write lines as they come: a disk has millions of files."""
    number = 0
    for number, line in enumerate(lines, 1):  # noqa: B007  (the last one is the count)
        kind = "" if line.file_type is None else f"{shown(line.file_type):<13} "
        reason = f"  {shown(line.reason)}" if line.reason else ""
        click.echo(f"{state_word(line.data_state, 12)} {kind}{shown(line.path)}{reason}")
    if not number:
        click.echo(_nothing(models, wanted))
    else:
        click.echo(counted(number, "file"), err=True)


def _nothing(models: Models, wanted: _Wanted) -> str:
    words = nothing_found(models, "unexpected file" if wanted.unexpected else "file like that")
    known = file_types(models.session) if wanted.files.types else ()
    if set(wanted.files.types) - set(known):
        words += f" Known file types: {', '.join(map(shown, known)) or 'none'}."
    if wanted.sample is not None and not wanted.files.samples:
        words += f" No sample has the name or id {shown(wanted.sample)!r}."
    return words
