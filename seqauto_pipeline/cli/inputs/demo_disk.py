"""`seqauto demo-disk`: a realistic disk to try things on."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from seqauto_pipeline.cli.options import format_option
from seqauto_pipeline.core.display import shown
from seqauto_pipeline.demo_disk import (
    CONTROL_PREFIX,
    MAX_SAMPLES,
    DemoDisk,
    DemoOptions,
    write_demo_disk,
)
from seqauto_pipeline.layouts import load_layout
from seqauto_pipeline.settings import Settings

_CONTROLS_HINT = (
    f"Set control_sample_regex = '^{CONTROL_PREFIX}' to have control samples known as such."
)


@click.command()
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--runs", default=12, show_default=True, type=click.IntRange(1, 100_000))
@click.option(
    "--samples",
    default=6,
    show_default=True,
    type=click.IntRange(1, MAX_SAMPLES),
    help="Samples of each run.",
)
@click.option("--seed", default=1, show_default=True, help="The same seed gives the same disk.")
@click.option(
    "--trouble/--no-trouble",
    default=True,
    show_default=True,
    help="Whether some runs have what goes wrong on real disks.",
)
@click.option(
    "--left-out",
    default=0.05,
    show_default=True,
    type=click.FloatRange(0, 1),
    help="Share of the samples' files that are missing.",
)
@click.option(
    "--layout",
    "layout_name",
    default="tau",
    show_default=True,
    help="A layout's name, or the path of its file.",
)
@format_option("text", "json")
def demo_disk(  # noqa: PLR0913  (one argument for each option)
    *,
    directory: Path,
    runs: int,
    samples: int,
    seed: int,
    trouble: bool,
    left_out: float,
    layout_name: str,
    form: str,
) -> None:
    """Write a realistic disk to try things on.

    Real metadata and sample sheets of several instruments, small valid files, some of them
    missing, and the known kinds of trouble. DIR has to be empty or new.
    """
    options = DemoOptions(runs, samples, seed, trouble, left_out)
    layout = load_layout(layout_name)
    skip_marker = str(Settings.model_fields["skip_marker"].default)
    with _progress(runs) as on_run:
        disk = write_demo_disk(
            directory.absolute(), options, layout, skip_marker=skip_marker, on_run=on_run
        )
    click.echo(_json(disk) if form == "json" else f"{demo_disk_text(disk)}\n{_CONTROLS_HINT}")


@contextmanager
def _progress(runs: int) -> Iterator[Callable[[object], None] | None]:
    """Show a bar on a terminal, and nothing elsewhere."""
    if not sys.stderr.isatty():
        yield None
        return
    with click.progressbar(length=runs, label="Writing runs", file=sys.stderr) as bar:
        yield lambda _: bar.update(1)


def _json(disk: DemoDisk) -> str:
    trouble = [
        {"kind": each.kind, "path": each.path, "meaning": each.meaning} for each in disk.trouble
    ]
    return json.dumps(
        {
            "directory": str(disk.directory),
            "sequencing_runs": disk.sequencing_runs,
            "files": disk.files,
            "left_out": disk.left_out,
            "trouble": trouble,
        },
        indent=1,
    )


def demo_disk_text(disk: DemoDisk) -> str:
    """Tell how many files a disk has, and where the trouble on it is."""
    done = f"Wrote {len(disk.sequencing_runs)} runs with {disk.files} files to"
    lines = [
        f"{done} {shown(str(disk.directory))}; left out {len(disk.left_out)} files.",
        *(f"  {each.path}: {each.meaning}" for each in disk.trouble),
    ]
    return "\n".join(lines)
