"""`seqauto layout check`: whether a layout holds together, and what it makes of a real disk."""

import os
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from seqauto_pipeline.cli.home import choose_home
from seqauto_pipeline.cli.options import format_option
from seqauto_pipeline.cli.tables import Column, print_json, print_table, print_wrapped
from seqauto_pipeline.core.data_state import DataState
from seqauto_pipeline.core.display import counted, shown
from seqauto_pipeline.core.layout import Expect, FileType, Layout
from seqauto_pipeline.core.near_words import did_you_mean
from seqauto_pipeline.layouts import load_layout, shipped_layouts
from seqauto_pipeline.views.values import Json

if TYPE_CHECKING:
    from seqauto_pipeline.core.verdict.closest_layout import ClosestLayout
    from seqauto_pipeline.core.verdict.layout_trial import LayoutTrial

_TYPES = (Column("file type", is_name=True), Column("per"), Column("expected"), Column("patterns"))
_FOUND = (
    Column("file type", is_name=True),
    Column("expected", is_number=True),
    Column("found", is_number=True),
    Column("missing", is_number=True),
    Column("unusable", is_number=True),
)
_PROBLEMS = (
    Column("severity", is_name=True),
    Column("code", is_name=True),
    Column("times", is_number=True),
    Column("for instance"),
)


@click.command()
@click.argument("file", metavar="FILE")
@click.option(
    "--root",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Walk this directory by the layout. It need not be one of the scan roots.",
)
@click.option(
    "--show",
    type=click.IntRange(min=0),
    default=20,
    show_default=True,
    help="How many missing and how many unexplained files to list.",
)
@format_option("text", "json")
@click.pass_context
def check(context: click.Context, *, file: str, root: Path | None, show: int, form: str) -> None:
    """Try a layout on a real disk.

    FILE is a layout file, or the name of a layout that comes with the program. No database is
    opened and nothing is written. The exit code is 1 when the layout does not hold together or DIR
    cannot be walked.
    """
    layout = _load(file)
    trial, closest = (None, None) if root is None else _try(layout, root, show)
    if form == "json":
        tried = None if trial is None else _trial_json(trial)
        near = None if closest is None else asdict(closest)
        print_json({**_layout_json(layout), "root": tried, "closest_shipped_layout": near})
    else:
        _print_layout(layout)
        if trial is not None:
            _print_trial(trial)
        if closest is not None:
            _print_closest(closest)
    context.exit(1 if trial is not None and trial.root.unavailable is not None else 0)


def _load(file: str) -> Layout:
    """Take a bare name that is no shipped layout's for a file of the working directory."""
    is_bare = "/" not in file and not file.endswith(".toml")
    if not is_bare or file in shipped_layouts():
        return load_layout(file)
    meant = did_you_mean(file, shipped_layouts())
    if meant and not Path(file).exists():
        raise click.UsageError(f"No layout is called {shown(file)!r}{meant}")
    return load_layout(f"./{file}")


def _try(layout: Layout, root: Path, most: int) -> "tuple[LayoutTrial, ClosestLayout | None]":
    """Try it, and where it does not fit find out which layout of the program comes closest."""
    from seqauto_pipeline.core.verdict.closest_layout import fits  # noqa: PLC0415  (slow)
    from seqauto_pipeline.scan.layout_trial import (  # noqa: PLC0415  (slow)
        closest_shipped_layout,
        try_layout,
    )
    from seqauto_pipeline.settings import HOME_VARIABLE, load_settings  # noqa: PLC0415

    # Those of a scan: they say which samples are controls, and what is left out.
    settings = load_settings({**os.environ, HOME_VARIABLE: str(choose_home(os.environ))})
    trial = try_layout(settings, layout, root, most=most)
    is_done = trial.root.unavailable is not None or fits(trial)
    return trial, None if is_done else closest_shipped_layout(settings, root)


def _print_layout(layout: Layout) -> None:
    level = layout.enrichment_kit_level
    kit = f"level {level} names the enrichment kit" if level else "no level names a kit"
    print_wrapped(
        f"The layout {shown(layout.name)} holds together: run folders lie "
        f"{counted(layout.run_depth, 'level')} below the root, {kit}."
    )
    print_table(_TYPES, [row for each in layout.file_types for row in _type_rows(each)])
    if layout.kits:
        kits = shown(", ".join(sorted(layout.kits)))
        print_wrapped(f"Kits with patterns of their own: {kits}.")


def _type_rows(file_type: FileType) -> Iterator[tuple[str, str, str, str]]:
    """Give a row for each pattern; the first of them says of what type it is."""
    facts = (file_type.name, file_type.per.value, file_type.expect.value)
    for pattern in _patterns_to_show(file_type):
        yield (*facts, pattern)
        facts = ("", "", "")
    for pattern in file_type.patterns_if_present:
        yield ("", "", Expect.IF_PRESENT.value, pattern)


def _patterns_to_show(file_type: FileType) -> Iterator[str]:
    """Give the patterns as the file has them; conversions and namings each by themselves."""
    if not file_type.conversions:
        yield from file_type.patterns
    for conversion in file_type.conversions:
        yield f"{' or '.join(conversion.directories)}: {', '.join(conversion.converters)}"
    for naming in file_type.namings:
        yield f"{naming.converter}: {naming.pattern}"


def _print_trial(trial: "LayoutTrial") -> None:
    click.echo()
    if trial.root.unavailable is not None:
        print_wrapped(f"{shown(trial.root.path)} cannot be walked: {shown(trial.root.unavailable)}")
        return
    for line in _lines_about_runs(trial):
        print_wrapped(line)
    if trial.files:
        click.echo()
        print_table(_FOUND, [_found_row(trial, kind) for kind in _types_of(trial)])
    for title, lines, total in _lists(trial):
        click.echo(f"\n{title}:")
        for line in lines:
            print_wrapped(shown(line), first="  ")
        if total > len(lines):
            click.echo(f"  and {total - len(lines):,} more")
    if trial.problems:
        click.echo()
        print_table(_PROBLEMS, _problem_rows(trial))


def _print_closest(closest: "ClosestLayout") -> None:
    click.echo()
    runs = counted(closest.runs, "run folder")
    same = "it fits as it is" if not closest.differences else "what differs"
    print_wrapped(
        f"This layout does not fit. Of those that come with the program {closest.name} comes "
        f"closest, by {runs}; {same}{':' if closest.differences else '.'}"
    )
    for line in closest.differences:
        print_wrapped(shown(line), first="  ")


def _lines_about_runs(trial: "LayoutTrial") -> Iterator[str]:
    number = sum(trial.runs.values())
    states = ", ".join(f"{count:,} {state}" for state, count in sorted(trial.runs.items()))
    yield f"{shown(trial.root.path)}: {counted(number, 'run folder')}" + (
        f" ({states})." if states else "."
    )
    if trial.other_directories:
        others = trial.other_directories
        yield (
            f"{others:,} other {'directory' if others == 1 else 'directories'} at their depth: "
            "not named like runs, and without marker, sample sheet or RunInfo."
        )
    if trial.samples_left_out:
        samples = counted(trial.samples_left_out, "control or failed sample")
        yield f"{samples}, of which no file is expected."
    for refusal in trial.root.unreadable:
        yield shown(f"{refusal.path} cannot be read ({refusal.errno_name}): {refusal.reason}")


def _types_of(trial: "LayoutTrial") -> tuple[str, ...]:
    return tuple(dict.fromkeys(kind for kind, _ in sorted(trial.files)))


def _found_row(trial: "LayoutTrial", kind: str) -> tuple[str, int, int, int, int]:
    states = [trial.files.get((kind, state.value), 0) for state in DataState]
    found, missing, unusable = (
        trial.files.get((kind, state.value), 0)
        for state in (DataState.COMPLETE, DataState.NON_EXISTENT, DataState.ERROR)
    )
    return kind, sum(states), found, missing, unusable


def _lists(trial: "LayoutTrial") -> Iterator[tuple[str, tuple[str, ...], int]]:
    wanted = (DataState.NON_EXISTENT.value, DataState.ERROR.value)
    missed = sum(count for (_, state), count in trial.files.items() if state in wanted)
    if missed:
        title = f"{counted(missed, 'file')} missing or unusable"
        yield title, tuple(f"{kind}: {path}" for kind, path in trial.missed), missed
    if trial.unexplained_count:
        title = f"{counted(trial.unexplained_count, 'file')} that the layout does not explain"
        yield title, trial.unexplained, trial.unexplained_count


def _problem_rows(trial: "LayoutTrial") -> list[tuple[str, str, int, str]]:
    return [
        (severity, code, count, trial.examples[code].message)
        for (severity, code), count in sorted(trial.problems.items())
    ]


def _layout_json(layout: Layout) -> dict[str, Json]:
    return {
        "layout": layout.name,
        "run_depth": layout.run_depth,
        "enrichment_kit_level": layout.enrichment_kit_level,
        "file_types": [_type_json(file_type) for file_type in layout.file_types],
        "kits": sorted(layout.kits),
    }


def _type_json(file_type: FileType) -> Json:
    return {
        "name": file_type.name,
        "per": file_type.per.value,
        "expect": file_type.expect.value,
        "patterns": list(file_type.patterns),
        "patterns_if_present": list(file_type.patterns_if_present),
        "conversions": [asdict(each) for each in file_type.conversions],
        "namings": [asdict(each) for each in file_type.namings],
    }


def _trial_json(trial: "LayoutTrial") -> Json:
    return {
        "path": trial.root.path,
        "unavailable": trial.root.unavailable,
        "unreadable": [each.path for each in trial.root.unreadable],
        "runs": dict(sorted(trial.runs.items())),
        "other_directories": trial.other_directories,
        "samples_left_out": trial.samples_left_out,
        "files": [
            {"file_type": kind, "data_state": state, "count": count}
            for (kind, state), count in sorted(trial.files.items())
        ],
        "missed": [{"file_type": kind, "path": path} for kind, path in trial.missed],
        "unexplained": list(trial.unexplained),
        "unexplained_count": trial.unexplained_count,
        "problems": [
            {"severity": severity, "code": code, "count": count, "example": message}
            for severity, code, count, message in _problem_rows(trial)
        ],
    }
