"""`seqauto interop`: what a run's InterOp folder says of its quality, on any disk."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from posixpath import basename, dirname

import click

from seqauto_pipeline.cli.inputs.problems import problem_json, problem_text
from seqauto_pipeline.cli.options import format_option
from seqauto_pipeline.cli.tables import Column, print_table, print_wrapped
from seqauto_pipeline.core.display import shown
from seqauto_pipeline.core.problems import Problem, Severity
from seqauto_pipeline.core.qc.run_figures import lane_rows
from seqauto_pipeline.core.qc.values import JsonObject, Loaded
from seqauto_pipeline.disk.interop import (
    INTEROP_FOLDER,
    InteropLimits,
    interop_files,
    read_interop,
)
from seqauto_pipeline.disk.read import ReadRefused
from seqauto_pipeline.layouts import load_layout, shipped_layouts

_RUN_INFO = "RunInfo.xml"
_RUN_PARAMETERS = ("RunParameters.xml", "runParameters.xml")
_KEYS = ("total", "non_index_total", "lane_count", "reads", "interop_file_versions")
_COLUMNS = (
    Column("read"),
    Column("lane", is_number=True),
    Column("tiles", is_number=True),
    Column("k/mm2", is_number=True),
    Column("% PF", is_number=True),
    Column("reads PF (M)", is_number=True),
    Column("yield (Gb)", is_number=True),
    Column("% >= Q30", is_number=True),
    Column("% error", is_number=True),
    Column("% PhiX", is_number=True),
)


@dataclass(frozen=True, slots=True)
class _Described:
    """What was computed for one argument."""

    argument: str
    loaded: Loaded


@click.command()
@click.argument("directories", nargs=-1, required=True, metavar="DIR...")
@format_option(
    "text",
    "json",
    explained="A table for people, or a list with one object per directory.",
)
@click.option(
    "--seconds",
    type=click.FloatRange(min=1),
    default=InteropLimits().seconds,
    show_default=True,
    help="How long the figures of one run may take.",
)
@click.pass_context
def interop(ctx: click.Context, directories: tuple[str, ...], form: str, seconds: float) -> None:
    """Compute the figures of sequencing runs from their InterOp folders.

    DIR is a run folder, or a directory in it that holds InterOp/ and RunInfo.xml. Exits with 1 when
    a directory gives no figures.
    """
    limits = InteropLimits(seconds)
    described = [_Described(each, _figures(each, limits)) for each in directories]
    if form == "json":
        click.echo(json.dumps([_as_json(each) for each in described], indent=2))
    else:
        for number, each in enumerate(described):
            _print(each, is_first=number == 0)
    ctx.exit(int(any(each.loaded.data is None for each in described)))


def _figures(argument: str, limits: InteropLimits) -> Loaded:
    directory = os.path.realpath(argument)
    folder = next((each for each in _interop_folders(directory) if Path(each).is_dir()), None)
    if folder is None:
        return Loaded(None, (_no_folder(),))
    info = _first_beside(folder, directory, (_RUN_INFO,))
    if info is None:
        return Loaded(None, (_no_run_info(),))
    parameters = _first_beside(folder, directory, _RUN_PARAMETERS)
    try:
        return read_interop(interop_files(folder, info, parameters), limits)
    except ReadRefused as refused:
        said = refused.refusal
        message = f"{said.path} cannot be read: {said.reason}"
        fix = "Mend that, and ask again."
        return Loaded(None, (Problem("INTEROP_REFUSED", Severity.ERROR, message, fix),))


def _interop_folders(directory: str) -> Iterator[str]:
    """Give where an InterOp folder may be: the directory itself, in it, where a layout has it."""
    if basename(directory) == INTEROP_FOLDER:
        yield directory
    yield f"{directory}/{INTEROP_FOLDER}"
    for name in shipped_layouts():
        for pattern in load_layout(name).run.interop:
            yield f"{directory}/{dirname(pattern)}"


def _first_beside(folder: str, directory: str, names: tuple[str, ...]) -> str | None:
    paths = (f"{each}/{name}" for each in (dirname(folder), directory) for name in names)
    return next((path for path in paths if os.path.lexists(path)), None)


def _no_folder() -> Problem:
    message = "There is no InterOp folder in the directory, nor where a layout would have it"
    fix = "Give a run folder, or the directory that holds InterOp/ and RunInfo.xml."
    return Problem("INTEROP_MISSING", Severity.ERROR, message, fix)


def _no_run_info() -> Problem:
    message = "There is no RunInfo.xml beside the InterOp folder, which tells the reads"
    fix = "Copy RunInfo.xml from the instrument to where InterOp/ is."
    return Problem("INTEROP_NO_RUN_INFO", Severity.ERROR, message, fix)


def _as_json(described: _Described) -> JsonObject:
    data = described.loaded.data or {}
    return {
        "directory": described.argument,
        "status": "ok" if described.loaded.data is not None else "error",
        "run_name": data.get("run_name"),
        **{key: data.get(key) for key in _KEYS},
        "index_counts": data.get("index_counts", []),
        "problems": [problem_json(each) for each in described.loaded.problems],
    }


def _print(described: _Described, *, is_first: bool) -> None:
    if not is_first:
        click.echo()
    print_wrapped(shown(described.argument))
    for problem in described.loaded.problems:
        print_wrapped(shown(problem_text(problem)), first="  ")
    if described.loaded.data is not None:
        print_table(_COLUMNS, lane_rows(described.loaded.data))
