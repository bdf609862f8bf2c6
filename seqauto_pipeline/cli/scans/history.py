"""`seqauto log` and `seqauto diff`: the life of a file, run or sample; and what scans changed."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

import click

from seqauto_pipeline.cli.models_db import reading
from seqauto_pipeline.cli.options import format_option
from seqauto_pipeline.cli.tables import print_json, print_json_list, state_word
from seqauto_pipeline.core.display import counted, shown
from seqauto_pipeline.db.models import Scan
from seqauto_pipeline.db.queries.history import FileChange, NetChange, RunChange
from seqauto_pipeline.db.queries.runs import run_folder
from seqauto_pipeline.views.annotations import annotation_line
from seqauto_pipeline.views.file_life import FileLife, RunLife, file_lives, run_life
from seqauto_pipeline.views.finding import one_run, one_scan
from seqauto_pipeline.views.open_models import OpenModels
from seqauto_pipeline.views.scan_difference import RunDifference, scan_difference
from seqauto_pipeline.views.values import moment_of

_MAX_NAMED = 5  # files with one kind of change; of more, only the number is told


@click.command()
@click.argument("what", metavar="PATH|RUN|SAMPLE")
@click.option("--run", "run_name", metavar="RUN", help="Only in one sequencing run, for a sample.")
@click.option("--full", is_flag=True, help="For a run: name every file, however many.")
@format_option("text", "json")
def log(*, what: str, run_name: str | None, full: bool, form: str) -> None:
    """Tell the life of a file, run or sample.

    Each change with its scan, time, old and new state, size and modification time.
    """
    with reading() as models:
        run_id = None if run_name is None else one_run(models, run_name).id
        lives = file_lives(models, what, run_id)
        if lives is None:
            _log_run(models, run_life(models, one_run(models, what)), full=full, form=form)
        elif form == "json":
            print_json([life.as_json() for life in lives])
        else:
            for life in lives:
                _print_life(models, life)


@click.command()
@click.argument("scan", metavar="SCAN")
@click.argument("other", metavar="[SCAN]", required=False)
@click.option("--full", is_flag=True, help="Name every file, however many.")
@format_option("text", "json")
def diff(*, scan: str, other: str | None, full: bool, form: str) -> None:
    """Show what changed between two scans.

    SCAN is a number, a Dagster run id or its start, or `latest`. With one: what that scan changed.
    With two: what is different after the later from what it was after the earlier.
    """
    with reading() as models:
        chosen = [one_scan(models, text) for text in (scan, other) if text is not None]
        first, last = min(chosen, key=lambda each: each.id), max(chosen, key=lambda each: each.id)
        earlier = None if other is None else first
        differences = scan_difference(models, earlier, last)
        if form == "json":
            print_json_list(difference.as_json() for difference in differences)
        else:
            click.echo(_heading(models, earlier, last))
            _print_difference(differences, full=full)


def _when(models: OpenModels, scan: Scan | None, number: int) -> str:
    if scan is None:
        return f"scan {number}"
    return f"{models.local(scan.as_of or scan.started_at)}  scan {number:<5}"


def _print_life(models: OpenModels, life: FileLife) -> None:
    click.secho(shown(life.path), bold=True)
    file = life.file
    state = "retired" if file.retired else file.data_state
    sample = f" of sample {shown(file.sample_name)}" if file.sample_name else ""
    click.echo(f"  now {state_word(state)}: {file.file_type}{sample}")
    first, last = file.first_seen_scan_id, life.last_seen
    if first is None:
        click.echo("  no scan ever saw it")
    else:
        click.echo(f"  first seen  {_when(models, life.scans.get(first), first)}")
    if last is not None:
        click.echo(f"  last seen   {_when(models, life.scans.get(last), last)}")
    for change in life.changes:
        when = _when(models, life.scans.get(change.scan_id), change.scan_id)
        click.echo(f"  {when}  {_step(change)}{_size_words(models, change)}")
    if not life.changes:
        click.echo("  no change of it is recorded")


def _step(change: FileChange | RunChange | NetChange) -> str:
    if change.old_state is None:
        return f"new: {state_word(change.new_state)}"
    if change.old_state == change.new_state:
        return f"{state_word(change.new_state)}, its size or time changed"
    return f"{state_word(change.old_state)} -> {state_word(change.new_state)}"


def _size_words(models: OpenModels, change: FileChange) -> str:
    if change.size is None:
        return ""
    path = f", at {shown(change.event_path)}" if change.event_path else ""
    modified = models.local(moment_of(change.modified_ns))
    return f"  ({counted(change.size, 'byte')}, modified {modified}{path})"


def _log_run(models: OpenModels, life: RunLife, *, full: bool, form: str) -> None:
    if form == "json":
        print_json(life.as_json())
        return
    click.secho(shown(run_folder(life.run)), bold=True)
    click.echo(f"  now {state_word(life.run.data_state)}")
    said = list(life.annotations)
    for number in sorted(life.scans):
        while said and said[0].at < life.scans[number].started_at:
            click.echo(f"  {annotation_line(models, said.pop(0))}")
        click.echo(f"  {_when(models, life.scans[number], number)}".rstrip())
        _print_run_changes(each for each in life.run_changes if each.scan_id == number)
        here = sorted(
            (each for each in life.file_changes if each.scan_id == number),
            key=lambda each: (each.file_type, each.old_state or "", each.new_state, each.path),
        )
        _print_groups(here, full=full)
    for each in said:
        click.echo(f"  {annotation_line(models, each)}")
    if not life.scans:
        click.echo("  no change of it is recorded")


def _print_run_changes(changes: Iterable[RunChange]) -> None:
    for change in changes:
        click.echo(f"      run {_step(change)}{_detail(change)}")


def _detail(change: RunChange) -> str:
    return f": {shown(change.detail)}" if change.detail else ""


def _print_groups(changes: Sequence[FileChange | NetChange], *, full: bool) -> None:
    """Count the files with each kind of change, and name them where they are few."""
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for change in changes:
        groups[change.file_type, _step(change)].append(change.path)
    for (kind, step), paths in groups.items():
        click.echo(f"      {shown(kind)} {step}: {counted(len(paths), 'file')}")
        if full or len(paths) <= _MAX_NAMED:
            for path in paths:
                click.echo(f"          {shown(path)}")


def _heading(models: OpenModels, first: Scan | None, last: Scan) -> str:
    when = models.local(last.as_of or last.started_at)
    if first is None:
        applied = "" if last.applied_at is not None else "; it did not end well"
        return f"What scan {last.id} changed (disks as of {when}{applied})"
    before = models.local(first.as_of or first.started_at)
    return f"From scan {first.id} (disks as of {before}) to scan {last.id} (as of {when})"


def _print_difference(differences: Iterable[RunDifference], *, full: bool) -> None:
    files = runs = 0
    for difference in differences:
        click.secho(shown(run_folder(difference.run)), bold=True)
        _print_run_changes(difference.run_changes)
        _print_groups(difference.file_changes, full=full)
        files, runs = files + len(difference.file_changes), runs + 1
    if runs:
        click.echo(f"{counted(files, 'file')} changed, in {counted(runs, 'sequencing run')}.")
    else:
        click.echo("Nothing changed.")
