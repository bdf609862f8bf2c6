"""`seqauto log` and `seqauto diff`: the life of a file, run or sample; and what scans changed."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

import click

from seqauto_pipeline.cli.models_db import (
    Models,
    escaped_absolute,
    iso,
    iso_ns,
    moment_of,
    one_run,
    one_scan,
    reading,
    runs_called,
    unknown_run,
)
from seqauto_pipeline.cli.tables import Json, print_json, print_json_list, state_word
from seqauto_pipeline.core.display import counted, shown
from seqauto_pipeline.db.models import ExpectedFile, Scan, SequencingRun
from seqauto_pipeline.db.queries.history import (
    FileChange,
    NetChange,
    RunChange,
    changes_of_files,
    changes_of_run,
    files_at,
    files_by_id,
    files_of_samples,
    last_scan_of,
    net_changes,
    previous_scan_id,
    run_changes_between,
    run_changes_of,
    scans_by_id,
)
from seqauto_pipeline.db.queries.runs import (
    names_of_sample,
    run_by_id,
    run_folder,
    run_that_holds,
)

_FEW = 5  # files of one kind of change are named; of more, only the number is told
_FORMATS = click.Choice(["text", "json"])


@dataclass(frozen=True, slots=True)
class FileLife:
    """One expected file with all its changes, oldest first."""

    file: ExpectedFile
    run: SequencingRun
    changes: tuple[FileChange, ...]
    last_seen: int | None  # scan

    @property
    def path(self) -> str:
        return f"{run_folder(self.run)}/{self.file.path}"


@click.command()
@click.argument("what", metavar="PATH|RUN|SAMPLE")
@click.option("--run", "run_name", metavar="RUN", help="Only in one sequencing run, for a sample.")
@click.option("--full", is_flag=True, help="For a run: name every file, however many.")
@click.option("--format", "form", type=_FORMATS, default="text", show_default=True)
def log(*, what: str, run_name: str | None, full: bool, form: str) -> None:
    """Tell the life of a file, run or sample.

    Each change with its scan, time, old and new state, size and modification time.
    """
    with reading() as models:
        run_id = None if run_name is None else one_run(models, run_name).id
        lives = _lives(models, what, run_id)
        if lives is None:
            _log_run(models, one_run(models, what), full=full, form=form)
            return
        scans = _scans_of(models, [change.scan_id for life in lives for change in life.changes])
        if form == "json":
            print_json([_life_as_json(life, scans) for life in lives])
            return
        for life in lives:
            _print_life(models, life, scans)


@click.command()
@click.argument("scan", metavar="SCAN")
@click.argument("other", metavar="[SCAN]", required=False)
@click.option("--full", is_flag=True, help="Name every file, however many.")
@click.option("--format", "form", type=_FORMATS, default="text", show_default=True)
def diff(*, scan: str, other: str | None, full: bool, form: str) -> None:
    """Show what changed between two scans.

    SCAN is a number, a Dagster run id or its start, or `latest`. With one: what that scan changed.
    With two: what is different after the later from what it was after the earlier.
    """
    with reading() as models:
        chosen = [one_scan(models, text) for text in (scan, other) if text is not None]
        first, last = min(chosen, key=lambda each: each.id), max(chosen, key=lambda each: each.id)
        after = previous_scan_id(models.session, last.id) if other is None else first.id
        changes = net_changes(models.session, after, last.id)
        run_changes = run_changes_between(models.session, after, last.id)
        if form == "json":
            print_json_list(_difference_as_json(models, changes, run_changes))
        else:
            click.echo(_heading(models, None if other is None else first, last))
            _print_difference(models, changes, run_changes, full=full)


def _lives(models: Models, what: str, run_id: int | None) -> tuple[FileLife, ...] | None:
    """Find the files that a path or sample means; None where the text names a run."""
    session = models.session
    if runs_called(models, what):
        return None
    path = escaped_absolute(what)
    run = run_that_holds(session, path)
    if run is not None:
        ids = files_at(session, run.id, path[len(run_folder(run)) + 1 :])
        if not ids:
            raise click.UsageError(
                f"No sheet row ever called for {shown(path)}. "
                "What is expected instead, and why: seqauto explain PATH"
            )
    else:
        names = names_of_sample(session, what)
        ids = files_of_samples(session, names) if names else ()
        if not ids:
            raise click.UsageError(
                f"{shown(what)!r} is no file, run or sample that is known. "
                + unknown_run(models, what)
            )
    return tuple(
        _life(models, file)
        for file in files_by_id(session, ids)
        if run_id is None or file.sequencing_run_id == run_id
    )


def _life(models: Models, file: ExpectedFile) -> FileLife:
    run = run_by_id(models.session, file.sequencing_run_id)
    if run is None:
        raise LookupError(file.sequencing_run_id)
    last_seen = file.last_seen_scan_id
    if file.first_seen_scan_id is not None and last_seen is None:
        covering = last_scan_of(models.session, run)
        last_seen = None if covering is None else covering.id
    return FileLife(file, run, changes_of_files(models.session, (file.id,)), last_seen)


def _scans_of(models: Models, ids: Collection[int]) -> Mapping[int, Scan]:
    return scans_by_id(models.session, set(ids))


def _time_of(scan: Scan | None) -> str | None:
    """Time of a scan for programs: when the disks were listed."""
    return None if scan is None else iso(scan.as_of or scan.started_at)


def _when(models: Models, scan: Scan | None, number: int) -> str:
    if scan is None:
        return f"scan {number}"
    return f"{models.local(scan.as_of or scan.started_at)}  scan {number:<5}"


def _print_life(models: Models, life: FileLife, scans: Mapping[int, Scan]) -> None:
    click.secho(shown(life.path), bold=True)
    file = life.file
    state = "retired" if file.retired else file.data_state
    sample = f" of sample {shown(file.sample_name)}" if file.sample_name else ""
    click.echo(f"  now {state_word(state)}: {file.file_type}{sample}")
    first, last = file.first_seen_scan_id, life.last_seen
    seen = scans_by_id(models.session, [number for number in (first, last) if number is not None])
    if first is None:
        click.echo("  no scan ever saw it")
    else:
        click.echo(f"  first seen  {_when(models, seen.get(first), first)}")
    if last is not None:
        click.echo(f"  last seen   {_when(models, seen.get(last), last)}")
    for change in life.changes:
        when = _when(models, scans.get(change.scan_id), change.scan_id)
        click.echo(f"  {when}  {_step(change)}{_size_words(models, change)}")
    if not life.changes:
        click.echo("  no change of it is recorded")


def _step(change: FileChange | RunChange | NetChange) -> str:
    if change.old_state is None:
        return f"new: {state_word(change.new_state)}"
    if change.old_state == change.new_state:
        return f"{state_word(change.new_state)}, its size or time changed"
    return f"{state_word(change.old_state)} -> {state_word(change.new_state)}"


def _size_words(models: Models, change: FileChange) -> str:
    if change.size is None:
        return ""
    path = f", at {shown(change.event_path)}" if change.event_path else ""
    modified = models.local(moment_of(change.modified_ns))
    return f"  ({counted(change.size, 'byte')}, modified {modified}{path})"


def _life_as_json(life: FileLife, scans: Mapping[int, Scan]) -> Json:
    return {
        "path": life.path,
        "sequencing_run": life.run.name,
        "file_type": life.file.file_type,
        "sample_name": life.file.sample_name,
        "data_state": life.file.data_state,
        "retired": life.file.retired,
        "first_seen_scan": life.file.first_seen_scan_id,
        "last_seen_scan": life.last_seen,
        "changes": [_change_as_json(change, scans) for change in life.changes],
    }


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


def _log_run(models: Models, run: SequencingRun, *, full: bool, form: str) -> None:
    files = changes_of_run(models.session, run.id)
    states = run_changes_of(models.session, run.id)
    ids = {*(each.scan_id for each in files), *(each.scan_id for each in states)}
    scans = _scans_of(models, ids)
    if form == "json":
        print_json(_run_log_as_json(run, files, states, scans))
        return
    click.secho(shown(run_folder(run)), bold=True)
    click.echo(f"  now {state_word(run.data_state)}")
    for number in sorted(scans):
        click.echo(f"  {_when(models, scans[number], number)}".rstrip())
        for state in (each for each in states if each.scan_id == number):
            click.echo(f"      run {_step(state)}{_detail(state)}")
        here = sorted(
            (each for each in files if each.scan_id == number),
            key=lambda each: (each.file_type, each.old_state or "", each.new_state, each.path),
        )
        _print_groups(here, full=full)
    if not scans:
        click.echo("  no change of it is recorded")


def _detail(change: RunChange) -> str:
    return f": {shown(change.detail)}" if change.detail else ""


def _print_groups(changes: Sequence[FileChange | NetChange], *, full: bool) -> None:
    """Tell changes of one kind together, with the names where they are few."""
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for change in changes:
        groups[change.file_type, _step(change)].append(change.path)
    for (kind, step), paths in groups.items():
        click.echo(f"      {shown(kind)} {step}: {counted(len(paths), 'file')}")
        if full or len(paths) <= _FEW:
            for path in paths:
                click.echo(f"          {shown(path)}")


def _run_log_as_json(
    run: SequencingRun,
    files: Sequence[FileChange],
    states: Sequence[RunChange],
    scans: Mapping[int, Scan],
) -> Json:
    return {
        "sequencing_run": run.name,
        "path": run_folder(run),
        "data_state": run.data_state,
        "run_changes": [
            {
                "scan": change.scan_id,
                "time": _time_of(scans.get(change.scan_id)),
                "old_state": change.old_state,
                "new_state": change.new_state,
                "detail": change.detail,
            }
            for change in states
        ],
        "file_changes": [_change_as_json(change, scans) for change in files],
    }


def _heading(models: Models, first: Scan | None, last: Scan) -> str:
    when = models.local(last.as_of or last.started_at)
    if first is None:
        applied = "" if last.applied_at is not None else "; it did not end well"
        return f"What scan {last.id} changed (disks as of {when}{applied})"
    before = models.local(first.as_of or first.started_at)
    return f"From scan {first.id} (disks as of {before}) to scan {last.id} (as of {when})"


def _by_run(
    models: Models, changes: Iterator[NetChange], run_changes: Sequence[RunChange]
) -> Iterator[tuple[SequencingRun, tuple[RunChange, ...], tuple[NetChange, ...]]]:
    """Bring the changes of each run together: first those of which files changed."""
    left: dict[int, list[RunChange]] = defaultdict(list)
    for change in run_changes:
        left[change.sequencing_run_id].append(change)
    for run_id, files in groupby(changes, key=lambda each: each.sequencing_run_id):
        run = run_by_id(models.session, run_id)
        if run is not None:
            yield run, tuple(left.pop(run_id, ())), tuple(files)
    for run_id, states in left.items():
        run = run_by_id(models.session, run_id)
        if run is not None:
            yield run, tuple(states), ()


def _print_difference(
    models: Models, changes: Iterator[NetChange], run_changes: Sequence[RunChange], *, full: bool
) -> None:
    total = runs = 0
    for run, states, files in _by_run(models, changes, run_changes):
        click.secho(shown(run_folder(run)), bold=True)
        for state in states:
            click.echo(f"      run {_step(state)}{_detail(state)}")
        _print_groups(files, full=full)
        total, runs = total + len(files), runs + 1
    if runs:
        click.echo(f"{counted(total, 'file')} changed, in {counted(runs, 'sequencing run')}.")
    else:
        click.echo("Nothing changed.")


def _difference_as_json(
    models: Models, changes: Iterator[NetChange], run_changes: Sequence[RunChange]
) -> Iterator[Json]:
    for run, states, files in _by_run(models, changes, run_changes):
        folder = run_folder(run)
        yield {
            "sequencing_run": run.name,
            "path": folder,
            "run_changes": [
                {"old_state": each.old_state, "new_state": each.new_state, "detail": each.detail}
                for each in states
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
                for each in files
            ],
        }
