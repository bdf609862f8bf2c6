"""`seqauto demo`: a sequencing disk, a scan of it, and what the scan found."""

import os
import shlex
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import click

from seqauto_pipeline.cli.inputs.demo_disk import demo_disk_text
from seqauto_pipeline.cli.main import main
from seqauto_pipeline.core.display import shown
from seqauto_pipeline.demo_disk import CONTROL_PREFIX, DemoOptions, write_demo_disk
from seqauto_pipeline.layouts import load_layout
from seqauto_pipeline.settings import CONFIG_NAME, HOME_VARIABLE, Settings


@click.command()
@click.argument(
    "directory", metavar="[DIR]", default="seqauto-demo", type=click.Path(path_type=Path)
)
def demo(*, directory: Path) -> None:
    """Show what a scan finds, on a disk made for it.

    Writes a sequencing disk, a settings file and the database of a scan to DIR, seqauto-demo of
    the current directory where none is named. On a DIR that is there already, scans once more.
    """
    directory = directory.absolute()
    disk, home = directory / "disk", directory / "home"
    _forget_settings(home)
    _write_disk(disk)
    _write_settings(home / CONFIG_NAME, disk)
    _show("scan")
    _show("runs")
    _show("run", _last_run(disk))
    click.echo(_what_next(directory, home))


def _forget_settings(home: Path) -> None:
    """Let nothing but what is made here be scanned, whatever the shell exports."""
    for name in [*os.environ]:
        if name.startswith("SEQAUTO_") or name == "UPLOAD_ENABLED":
            del os.environ[name]
    os.environ[HOME_VARIABLE] = str(home)


def _write_disk(disk: Path) -> None:
    """Write the disk where it is missing; an interrupted one is written again."""
    if disk.is_dir():
        return
    unfinished = disk.with_name("disk.new")
    shutil.rmtree(unfinished, ignore_errors=True)
    skip_marker = str(Settings.model_fields["skip_marker"].default)
    written = write_demo_disk(
        unfinished, DemoOptions(runs=12, samples=6), load_layout("tau"), skip_marker=skip_marker
    )
    unfinished.rename(disk)
    click.echo(demo_disk_text(replace(written, directory=disk)))


def _write_settings(file: Path, disk: Path) -> None:
    if file.is_file():
        return
    _call("init", "--root", str(disk))
    with file.open("a") as settings:
        settings.write(f"control_sample_regex = '^{CONTROL_PREFIX}'\n")


def _last_run(disk: Path) -> str:
    """Name the last run of the kit that the demo disk has most of."""
    return max(path.name for path in (disk / "idt_haem").iterdir() if path.is_dir())


def _show(*command: str) -> None:
    click.echo(f"\n== seqauto {shlex.join(command)}")
    _call(*command)


def _call(*command: str) -> None:
    """Run a command of this program; end as it did where it failed."""
    code = main.main([*command], prog_name="seqauto", standalone_mode=False)
    if code:
        raise click.exceptions.Exit(code)


def _what_next(directory: Path, home: Path) -> str:
    programs = Path(sys.executable).parent
    again = shown(shlex.join([str(programs / "seqauto"), "demo", str(directory)]))
    dagster = shown(shlex.join([str(programs / "dagster"), "dev"]))
    return f"""
The scan is kept, and so is the disk: for a second scan

  {again}

To begin anew, remove {shown(str(directory))}. To see the scan in the web UI, at
http://127.0.0.1:3000 under Runs:

  export {HOME_VARIABLE}={shown(shlex.quote(str(home)))}
  {dagster} -m seqauto_pipeline.definitions

With that {HOME_VARIABLE} exported, seqauto --help shows what else can be asked."""
