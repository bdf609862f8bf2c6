"""`seqauto log` and `seqauto diff`: the life of a file, run or sample; and what scans changed."""

import click

from seqauto_pipeline.cli.fit import flowed, shortened, wrapped
from seqauto_pipeline.cli.models_db import reading
from seqauto_pipeline.cli.options import format_option
from seqauto_pipeline.cli.scans.change_lines import print_groups, print_run_changes, step
from seqauto_pipeline.cli.scans.difference_lines import heading, print_difference
from seqauto_pipeline.cli.selection import selection_options
from seqauto_pipeline.cli.tables import print_json, print_json_list, state_word, width
from seqauto_pipeline.core.display import counted, shown
from seqauto_pipeline.db.models import Scan
from seqauto_pipeline.db.queries.history import FileChange
from seqauto_pipeline.db.queries.runs import run_folder
from seqauto_pipeline.views.annotations import annotation_line
from seqauto_pipeline.views.file_life import FileLife, RunLife, file_lives, run_life
from seqauto_pipeline.views.finding import one_run
from seqauto_pipeline.views.moments import scan_at, scans_during
from seqauto_pipeline.views.open_models import OpenModels
from seqauto_pipeline.views.scan_difference import scan_difference
from seqauto_pipeline.views.selecting import Asked, selection_of
from seqauto_pipeline.views.values import moment_of


@click.command()
@click.argument("what", metavar="PATH|RUN|SAMPLE")
@selection_options("changes", leave_out=("kits", "projects", "samples", "flags"))
@click.option("--full", is_flag=True, help="For a run: name every file, however many.")
@format_option("text", "json")
def log(*, what: str, asked: Asked, full: bool, form: str) -> None:
    """Tell the life of a file, run or sample.

    Each change with its scan, time, old and new state, size and modification time.
    """
    with reading() as models:
        chosen = selection_of(models, asked)
        lives = file_lives(models, what, chosen)
        if lives is None:
            of_run = run_life(models, one_run(models, what), chosen)
            _log_run(models, of_run, full=full, form=form)
        elif form == "json":
            print_json([life.as_json() for life in lives])
        else:
            for life in lives:
                _print_life(models, life)


@click.command()
@click.argument("scan", metavar="SCAN")
@click.argument("other", metavar="[SCAN]", required=False)
@selection_options("files", leave_out=("since",))
@click.option("--full", is_flag=True, help="Name every file, however many.")
@format_option("text", "json")
def diff(*, scan: str, other: str | None, asked: Asked, full: bool, form: str) -> None:
    """Show what changed between two scans.

    SCAN is a number, a Dagster run id or its start, or `latest`; or a day (`yesterday`,
    2026-11-24) or time, for the last scan by then. With one: what that scan changed, or all
    scans of that day. With two: what is different after the later from what it was after the
    earlier.
    """
    with reading() as models:
        chosen = selection_of(models, asked)
        after, last = _between(models, scan, other)
        differences = scan_difference(models, after, last, chosen)
        if form == "json":
            print_json_list(difference.as_json() for difference in differences)
        else:
            words = heading(models, after, last, is_one_scan=other is None)
            click.echo("\n".join(wrapped(words, width())))
            print_difference(models, differences, full=full)


def _between(models: OpenModels, scan: str, other: str | None) -> tuple[int, Scan]:
    """Find the scan after which a difference begins, and the one with which it ends."""
    if other is None:
        return scans_during(models, scan)
    first, last = sorted(
        (scan_at(models, text) for text in (scan, other)), key=lambda each: each.id
    )
    return first.id, last


def _when(models: OpenModels, scan: Scan | None, number: int) -> str:
    if scan is None:
        return f"scan {number}"
    return f"{models.local(scan.as_of or scan.started_at)}  scan {number:<5}"


def _print_life(models: OpenModels, life: FileLife) -> None:
    click.secho(shortened(shown(life.path), width()), bold=True)
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
        parts = [f"  {when}", step(change), *_size_words(models, change)]
        click.echo("\n".join(flowed(parts, width(), indent=6)))
    if not life.changes:
        click.echo("  no change of it is recorded")


def _size_words(models: OpenModels, change: FileChange) -> list[str]:
    if change.size is None:
        return []
    path = f", at {shown(change.event_path)}" if change.event_path else ""
    modified = models.local(moment_of(change.modified_ns))
    return [f"({counted(change.size, 'byte')}, modified {modified}{path})"]


def _log_run(models: OpenModels, life: RunLife, *, full: bool, form: str) -> None:
    if form == "json":
        print_json(life.as_json())
        return
    click.secho(shortened(shown(run_folder(life.run)), width()), bold=True)
    click.echo(f"  now {state_word(life.run.data_state)}")
    said = list(life.annotations)
    for number in sorted(life.scans):
        while said and said[0].at < life.scans[number].started_at:
            click.echo(f"  {annotation_line(models, said.pop(0))}")
        click.echo(f"  {_when(models, life.scans[number], number)}".rstrip())
        print_run_changes(each for each in life.run_changes if each.scan_id == number)
        here = sorted(
            (each for each in life.file_changes if each.scan_id == number),
            key=lambda each: (each.file_type, each.old_state or "", each.new_state, each.path),
        )
        print_groups(here, full=full)
    for each in said:
        click.echo(f"  {annotation_line(models, each)}")
    if not life.scans:
        click.echo("  no change of it is recorded")
