"""`seqauto plan`: what the next scan would change, for instance by other settings."""

import os
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import click

from seqauto_pipeline.cli.fit import wrapped
from seqauto_pipeline.cli.home import prepare_home
from seqauto_pipeline.cli.options import format_option
from seqauto_pipeline.cli.scans.scan import ProgressLines, progress_shown
from seqauto_pipeline.cli.scans.scan_summary import lines_about_the_walk
from seqauto_pipeline.cli.scope import scope_options
from seqauto_pipeline.cli.tables import Column, is_terminal, print_json, print_table, width
from seqauto_pipeline.core.display import counted, shown
from seqauto_pipeline.scan.progress import Progress
from seqauto_pipeline.scan.request import ScanRequest, request_of
from seqauto_pipeline.views.values import Json

if TYPE_CHECKING:
    from seqauto_pipeline.scan.changes import Changes
    from seqauto_pipeline.scan.summaries import ModelsSummary

_MOVES = (
    Column("file type", is_name=True),
    Column("now", is_name=True),
    Column("then", is_name=True),
    Column("files", is_number=True),
)
_NEW = "not recorded"
_RUN = "(run folder)"


@click.command()
@click.option(
    "--config",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Plan with this settings file in place of the one in use.",
)
@scope_options("Plan only for")
@click.option(
    "--show",
    type=click.IntRange(min=0, max=1000),
    default=20,
    show_default=True,
    help="How many single changes to list.",
)
@format_option("text", "json")
def plan(*, config: Path | None, show: int, form: str, **asked: object) -> None:
    """Show what a change of settings would alter.

    The disks are walked by the settings and layouts as they are now (or by those of --config) and
    held against what the last scan left. What has changed on the disks since then counts, too.
    Nothing is written.
    """
    summary = _planned(config, request_of(asked))
    if form == "json":
        print_json(_as_json(summary, show))
    else:
        _print(summary, show)


def _planned(config: Path | None, request: ScanRequest) -> "ModelsSummary":
    from seqauto_pipeline.orchestration.site import Site  # noqa: PLC0415
    from seqauto_pipeline.scan.steps import plan as plan_scan  # noqa: PLC0415  (slow)
    from seqauto_pipeline.settings import CONFIG_VARIABLE, load_settings  # noqa: PLC0415

    home = prepare_home()
    other = {} if config is None else {CONFIG_VARIABLE: str(config.absolute())}
    site = Site(load_settings({**os.environ, **other}), home)
    with progress_shown() if is_terminal(sys.stderr) else _lines() as progress:
        return plan_scan(site.settings, home, site.checked(request), progress)


def _lines() -> nullcontext[Progress]:
    return nullcontext(ProgressLines(sys.stderr))


def _print(summary: "ModelsSummary", show: int) -> None:
    changes = summary.changes
    for line in lines_about_the_walk(summary.tables()):
        click.echo(line)
    for part in summary.held:
        click.echo(click.style(shown(f"Held by the brake: {part}"), fg="red"))
    if changes.runs:
        runs = counted(changes.runs, "run")
        files = counted(changes.file_states.total(), "file record")
        click.echo(f"{files} of {runs} would change.")
        rows = [*_run_rows(changes), *_file_rows(changes)]
        if rows:
            print_table(_MOVES, rows)
        click.echo("\n".join(_details(summary, show)))
    else:
        click.echo("Nothing would change.")
    click.echo("Nothing was written.")


def _run_rows(changes: "Changes") -> Iterator[tuple[str, str, str, int]]:
    for (old, new), count in sorted(changes.run_moves.items()):
        if old != new:
            yield _RUN, old or _NEW, new, count


def _file_rows(changes: "Changes") -> Iterator[tuple[str, str, str, int]]:
    for (kind, old, new), count in sorted(changes.file_moves.items()):
        yield kind, old or _NEW, new, count


def _details(summary: "ModelsSummary", show: int) -> Iterator[str]:
    changes = summary.changes
    yield (
        f"{counted(changes.messages_opened, 'message')} would open, "
        f"{changes.messages_closed:,} close; {counted(changes.contents, 'file')} would be read."
    )
    for each in changes.listed[:show]:
        words = shown(f"{each.full_path}: {each.old_state or _NEW} -> {each.new_state}")
        yield from wrapped(words, width(), first="  ")
    more = changes.file_states.total() - len(changes.listed[:show])
    if more and show:
        yield f"  and {more:,} more"


def _as_json(summary: "ModelsSummary", show: int) -> Json:
    changes = summary.changes
    return {
        "runs_changed": changes.runs,
        "files_changed": changes.file_states.total(),
        "runs": [
            {"old": old or None, "new": new, "count": count}
            for (old, new), count in sorted(changes.run_moves.items())
        ],
        "files": [
            {"file_type": kind, "old": old or None, "new": new, "count": count}
            for (kind, old, new), count in sorted(changes.file_moves.items())
        ],
        "messages_opened": changes.messages_opened,
        "messages_closed": changes.messages_closed,
        "contents_read": changes.contents,
        "held": list(summary.held),
        "unknown_runs": list(summary.unknown_runs),
        "notes": list(summary.notes),
        "changes": [
            {
                "path": each.full_path,
                "file_type": each.file_type,
                "old": each.old_state or None,
                "new": each.new_state,
            }
            for each in changes.listed[:show]
        ],
    }
