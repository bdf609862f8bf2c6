"""`seqauto scans`: the scans there were, how they ended, and what they saw."""

import datetime as dt
import zoneinfo
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from seqauto_pipeline.cli.home import prepare_home
from seqauto_pipeline.cli.options import format_option
from seqauto_pipeline.cli.scans.scan_logs import logs
from seqauto_pipeline.cli.tables import Column, aligned_lines, print_json, print_table
from seqauto_pipeline.core.display import counted, local_time, shown
from seqauto_pipeline.views.values import Json, Value

if TYPE_CHECKING:
    from seqauto_pipeline.orchestration.history import ScanStory, Step

_FORMAT = format_option("text", "json")
_SCAN = click.argument("scan", metavar="ID")
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
FACTS = ("run_folders", "files", "files_changed", "open_messages")  # numbers of the steps
_MOMENTS = ("as_of",)  # numbers that are times, ISO 8601
_INDENT = "  "


@click.group(invoke_without_command=True)
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True)
@click.option("--offset", type=click.IntRange(min=0), default=0, help="Skip so many newer scans.")
@_FORMAT
@click.pass_context
def scans(context: click.Context, *, limit: int, offset: int, form: str) -> None:
    """List the scans, most recent first."""
    if context.invoked_subcommand is not None:
        return
    prepare_dagster_home()
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
    """Show one scan in full. ID may be short, latest, or latest-finished."""
    prepare_dagster_home()
    from seqauto_pipeline.orchestration.launch import one_scan  # noqa: PLC0415  (slow)

    story = one_scan(scan)
    if form == "json":
        print_json(story_json(story))
    else:
        click.echo("\n".join(story_lines(story, local_zone())))


@scans.command()
@_SCAN
def files(*, scan: str) -> None:
    """Print the file list that a scan kept: what it saw, folder by folder."""
    home = prepare_dagster_home()
    from seqauto_pipeline.disk.record.paths import record_path  # noqa: PLC0415
    from seqauto_pipeline.orchestration.launch import full_id  # noqa: PLC0415  (slow)
    from seqauto_pipeline.scan.kept_records import record_for_scan  # noqa: PLC0415
    from seqauto_pipeline.settings import load_settings  # noqa: PLC0415

    record_id = record_for_scan(load_settings(), home, full_id(scan))
    for line in file_list_lines(record_path(home, record_id), local_zone()):
        click.echo(line)


scans.add_command(logs)


def story_json(story: "ScanStory") -> Mapping[str, Json]:
    """One scan for other programs; the keys are kept stable."""
    return {
        "id": story.id,
        "number": story.number("scan_id"),
        "state": str(story.state),
        "launched_by": story.launched_by,
        "created": story.created.isoformat(),
        "ended": story.ended.isoformat() if story.ended else None,
        "seconds": story.seconds,
        **{key: story.number(key) for key in FACTS},
        "steps": [_step_json(step) for step in story.steps],
        "error": story.failure.message if story.failure else None,
        "traceback": story.failure.traceback if story.failure else None,
        "notes": list(story.notes),
        "options": {key: _json(value) for key, value in story.config.items()},
    }


def _step_json(step: "Step") -> Mapping[str, Json]:
    return {
        "name": step.name,
        "state": str(step.state),
        "began": step.began.isoformat(),
        "seconds": step.seconds,
        "numbers": dict(step.numbers),
        "tables": {name: [dict(row) for row in rows] for name, rows in step.tables.items()},
    }


def _json(value: object) -> Json:
    if isinstance(value, list | tuple):
        return [_json(each) for each in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def story_lines(story: "ScanStory", zone: dt.tzinfo) -> Iterator[str]:
    """One scan in full, for people: every stage, what it found, and what went wrong."""
    yield f"Scan {story.id}"
    yield f"State: {click.style(story.state, fg=_colour(story))}"
    took = f", took {duration(story.seconds)}" if story.seconds is not None else ""
    yield f"Started: {local_time(story.created, zone)}{took}; launched by {story.launched_by}"
    for key, value in story.config.items():
        yield f"Option {key}: {shown(str(value))}"
    for note in story.notes:
        yield shown(note)
    for step in story.steps:
        yield from ("", *step_lines(step, zone))
    if story.failure:
        yield from ("", click.style(shown(story.failure.message), fg="red"))
        yield from (shown(line) for line in story.failure.traceback.splitlines())


def step_lines(step: "Step", zone: dt.tzinfo) -> Iterator[str]:
    """One step: when it began and took, its numbers, its tables."""
    took = "not ended" if step.seconds is None else duration(step.seconds)
    yield f"{step.state} ({step.name}): {local_time(step.began, zone)}, {took}"
    yield from fact_lines(
        {key: _with_local_times(key, value, zone) for key, value in step.numbers.items()},
        step.tables,
    )


def _with_local_times(key: str, value: Value, zone: dt.tzinfo) -> Value:
    return local_time(dt.datetime.fromisoformat(str(value)), zone) if key in _MOMENTS else value


def fact_lines(
    numbers: Mapping[str, Value], tables: Mapping[str, Sequence[Mapping[str, Value]]]
) -> Iterator[str]:
    """What a step found and did: a line for each number, an aligned block for each table."""
    for key, value in numbers.items():
        if key != "seconds":  # said already
            yield f"{_INDENT}{key.replace('_', ' ')}: {shown(_text(value))}"
    for name, rows in tables.items():
        if rows:
            yield f"{_INDENT}{name.replace('_', ' ')}:"
            yield from (2 * _INDENT + line for line in _aligned(rows))


def _aligned(rows: Sequence[Mapping[str, Value]]) -> Iterator[str]:
    names = tuple(dict.fromkeys(name for row in rows for name in row))
    cells = [tuple(shown(_text(row.get(name))) for name in names) for row in rows]
    return aligned_lines(tuple(map(Column, names)), cells)


def file_list_lines(path: Path, zone: dt.tzinfo) -> Iterator[str]:
    """A kept file list as text: roots, then each run folder with its directories and files."""
    from seqauto_pipeline.disk.record.reader import ScanRecord  # noqa: PLC0415  (not for a list)

    record = ScanRecord(path)
    seen = local_time(dt.datetime.fromisoformat(record.header.started_at), zone)
    yield f"File list of {seen}, kept in {shown(str(path))}"
    for root in record.roots():
        told = f": {root.unavailable}" if root.unavailable else ""
        yield shown(
            f"Root {root.path} (layout {root.layout}), {counted(len(root.run_paths), 'run')}{told}"
        )
        yield from (
            shown(f"{_INDENT}unreadable {each.path}: {each.reason}") for each in root.unreadable
        )
    for run in record.runs():
        skipped = f" (skipped: {run.skip_reason})" if run.skip_reason else ""
        yield shown(f"Run folder {run.root}/{run.path}{skipped}")
        yield from (
            shown(f"{_INDENT}unreadable {each.path}: {each.reason}") for each in run.unreadable
        )
        for folder, listing in sorted(run.directories.items()):
            for name, entry in sorted(listing.entries.items()):
                modified = dt.datetime.fromtimestamp(entry.modified_ns // 10**9, dt.UTC)
                path_below = f"{folder}/{name}" if folder else name
                when = local_time(modified, zone)
                yield shown(f"{_INDENT}{entry.kind} {entry.size:>14} {when} {path_below}")


def duration(seconds: float) -> str:
    """Write a duration as people say it: 0.4 s, 12 s, 3 min 5 s, 2 h 4 min."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


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


def _colour(story: "ScanStory") -> str:
    return {"Finished": "green", "Error": "red", "Cancelled": "magenta"}.get(story.state, "blue")


def _text(value: Value) -> str:
    if value is None:
        return ""
    return f"{value:,}" if isinstance(value, int) else str(value)


def prepare_dagster_home() -> Path:
    """Choose the home, and give it an instance configuration where it has none."""
    from seqauto_pipeline.orchestration.dagster_home import (  # noqa: PLC0415
        write_default_instance_config,
    )

    home = prepare_home()
    write_default_instance_config(home)
    return home


def local_zone() -> dt.tzinfo:
    from seqauto_pipeline.settings import load_settings, time_zone_for  # noqa: PLC0415

    return zoneinfo.ZoneInfo(time_zone_for(load_settings()))
