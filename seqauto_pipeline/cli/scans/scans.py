"""`seqauto scans`: the scans there were, how they ended, and what they saw."""

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from seqauto_pipeline.cli.home import home_to_read
from seqauto_pipeline.cli.options import format_option
from seqauto_pipeline.cli.scans.named_scan import dagster_id
from seqauto_pipeline.cli.scans.scan_logs import logs
from seqauto_pipeline.cli.scans.story_lines import FACTS, duration, story_json, story_lines
from seqauto_pipeline.cli.tables import (
    Column,
    print_json,
    print_json_list,
    print_table,
    width,
)
from seqauto_pipeline.core.display import local_time
from seqauto_pipeline.views.values import Value

if TYPE_CHECKING:
    from seqauto_pipeline.orchestration.history import ScanStory

_FORMAT = format_option("text", "json")
_SCAN = click.argument("scan", metavar="SCAN")
_COLUMNS = (
    Column("scan", is_name=True),
    Column("no.", is_number=True),
    Column("state", is_name=True),
    Column("started", is_name=True),
    Column("took", is_number=True),
    Column("launched by"),
    Column("runs", is_number=True),
    Column("files", is_number=True),
    Column("changed", is_number=True),
    Column("messages", is_number=True),
)


@click.group(invoke_without_command=True)
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True)
@click.option("--offset", type=click.IntRange(min=0), default=0, help="Skip so many newer scans.")
@_FORMAT
@click.pass_context
def scans(context: click.Context, *, limit: int, offset: int, form: str) -> None:
    """List the scans, most recent first."""
    if context.invoked_subcommand is not None:
        return
    home_to_read()
    from seqauto_pipeline.orchestration.launch import page_of_scans  # noqa: PLC0415  (slow)

    stories = page_of_scans(limit, offset)
    if form == "json":
        print_json([story_json(story) for story in stories])
    elif stories:
        zone = local_zone()
        print_table(_COLUMNS, [_row(story, zone) for story in stories])
    else:
        click.echo("There was no scan yet." if not offset else "There are no older scans.")


@scans.command()
@_SCAN
@_FORMAT
def show(*, scan: str, form: str) -> None:
    """Show one scan in full.

    SCAN is its number, its id or the start of it, latest, latest-finished, a day or a time.
    """
    home_to_read()
    from seqauto_pipeline.orchestration.launch import one_scan  # noqa: PLC0415  (slow)

    story = one_scan(dagster_id(scan))
    if form == "json":
        print_json(story_json(story))
    else:
        click.echo("\n".join(story_lines(story, local_zone(), width())))


@scans.command()
@_SCAN
@_FORMAT
def files(*, scan: str, form: str) -> None:
    """Print the file list that a scan kept: what it saw, folder by folder.

    SCAN is as for `seqauto scans show`.
    """
    home = home_to_read()
    from seqauto_pipeline.cli.scans.file_list_lines import (  # noqa: PLC0415
        file_list_json,
        file_list_lines,
    )
    from seqauto_pipeline.disk.record.paths import record_path  # noqa: PLC0415
    from seqauto_pipeline.orchestration.launch import full_id  # noqa: PLC0415  (slow)
    from seqauto_pipeline.scan.kept_records import record_for_scan  # noqa: PLC0415
    from seqauto_pipeline.settings import load_settings  # noqa: PLC0415

    record_id = record_for_scan(load_settings(), home, full_id(dagster_id(scan)))
    path = record_path(home, record_id)
    if form == "json":
        print_json_list(file_list_json(path))
        return
    for line in file_list_lines(path, local_zone(), width()):
        click.echo(line)


scans.add_command(logs)


def _row(story: "ScanStory", zone: dt.tzinfo) -> Sequence[Value]:
    took = None if story.seconds is None else duration(story.seconds)
    facts = (story.number(key) for key in FACTS)
    return (
        story.short_id,
        story.number("scan_id"),
        str(story.state),
        local_time(story.created, zone),
        took,
        story.launched_by,
        *facts,
    )


def local_zone() -> dt.tzinfo:
    from seqauto_pipeline.settings import load_settings, zone_for  # noqa: PLC0415

    return zone_for(load_settings())
