"""How the difference between two scans is printed."""

from collections.abc import Iterable

import click

from seqauto_pipeline.cli.fit import shortened
from seqauto_pipeline.cli.scans.change_lines import print_groups, print_of_run, print_run_changes
from seqauto_pipeline.cli.tables import state_word, width
from seqauto_pipeline.core.display import counted, shown
from seqauto_pipeline.db.models import Message, Scan
from seqauto_pipeline.db.queries.history import previous_scan_id, scans_by_id
from seqauto_pipeline.db.queries.runs import run_folder
from seqauto_pipeline.views.annotations import annotation_line
from seqauto_pipeline.views.open_models import OpenModels
from seqauto_pipeline.views.scan_difference import RunDifference, SheetChange


def heading(models: OpenModels, after: int, last: Scan, *, is_one_scan: bool) -> str:
    """Say what is compared: one scan with what was before it, several, or two."""
    when = models.local(last.as_of or last.started_at)
    if is_one_scan and after == previous_scan_id(models.session, last.id):
        applied = "" if last.applied_at is not None else "; it did not end well"
        return f"What scan {last.id} changed (disks as of {when}{applied})"
    if is_one_scan:
        return f"What scans {after + 1} to {last.id} changed (disks as of {when})"
    first = scans_by_id(models.session, (after,))[after]
    before = models.local(first.as_of or first.started_at)
    return f"From scan {first.id} (disks as of {before}) to scan {last.id} (as of {when})"


def print_difference(
    models: OpenModels, differences: Iterable[RunDifference], *, full: bool
) -> None:
    """Print what is different, run by run, and how much it is."""
    files = runs = others = 0
    for difference in differences:
        run = difference.run
        name = "The scan as a whole" if run is None else shown(run_folder(run))
        click.secho(shortened(name, width()), bold=True)
        _print_one(models, difference, full=full)
        files += len(difference.file_changes)
        runs += run is not None
        others += run is None
    if runs:
        click.echo(f"{counted(files, 'file')} changed, in {counted(runs, 'sequencing run')}.")
    elif not others:
        click.echo("Nothing changed.")


def _print_one(models: OpenModels, difference: RunDifference, *, full: bool) -> None:
    print_run_changes(difference.run_changes)
    for sheet in difference.sheet_changes:
        _print_sheet(sheet)
    for said in difference.said:
        print_of_run(annotation_line(models, said))
    for message in difference.opened:
        print_of_run(f"new message: {_message_words(message)}")
    for message in difference.closed:
        print_of_run(f"message closed: {_message_words(message)}")
    print_groups(difference.file_changes, full=full)


def _print_sheet(change: SheetChange) -> None:
    if change.old is None:
        print_of_run(f"sheet new: version {change.new}")
        return
    print_of_run(f"sheet changed: version {change.old} to {change.new}")
    for line in change.lines:
        print_of_run(f"    {line}")


def _message_words(message: Message) -> str:
    severity = state_word(message.severity)
    return f"{severity} {message.code} [{message.id}] {shown(message.text)}"
