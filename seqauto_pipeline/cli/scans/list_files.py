"""`seqauto list-files`: a list of a root, made where its disk is."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from seqauto_pipeline.cli.home import home_to_read
from seqauto_pipeline.cli.output_file import writing_to
from seqauto_pipeline.core.display import shown
from seqauto_pipeline.list_files.main import main as list_root
from seqauto_pipeline.list_files.request import request_text

if TYPE_CHECKING:
    from seqauto_pipeline.list_files.request import Request

_PATH = click.Path(path_type=Path)


@click.command("list-files")
@click.argument("root", required=False, metavar="[ROOT]", type=_PATH)
@click.option("--output", "-o", metavar="FILE", type=_PATH, help="Write the list to this file.")
@click.option(
    "--request",
    metavar="FILE",
    type=_PATH,
    help="List what this request names. Without one: all below ROOT, and no QC content.",
)
@click.option(
    "--print-request",
    is_flag=True,
    help="Print the request by which ROOT, one of the scan roots, has to be listed.",
)
@click.option(
    "--write-program",
    metavar="FILE",
    type=_PATH,
    help="Write this program, for machines that have nothing but Python 3.9 or later.",
)
def list_files(
    *,
    root: Path | None,
    output: Path | None,
    request: Path | None,
    print_request: bool,
    write_program: Path | None,
) -> None:
    """List a root where its disk is, for scans on another machine.

    The list holds names, sizes and times, the bytes of sheets and metadata, and with a request
    those of QC files. docs/list_files.md tells how scans get it.
    """
    if write_program is not None:
        _write_program(write_program)
    elif root is None:
        raise click.UsageError("Name the ROOT to list, an absolute path.")
    elif print_request:
        click.echo(request_text(_request_of(root)))
    else:
        sys.exit(list_root(_arguments(root, output, request)))


def _arguments(root: Path, output: Path | None, request: Path | None) -> list[str]:
    if output is None and sys.stdout.isatty():
        raise click.UsageError("A list is compressed: name a FILE for it with --output.")
    given = [str(root), "--output", "-" if output is None else str(output)]
    return given if request is None else [*given, "--request", str(request)]


def _write_program(path: Path) -> None:
    from seqauto_pipeline.list_files.carrying import write_program  # noqa: PLC0415 - rarely

    with writing_to(path):
        write_program(path)
    click.echo(f"Wrote {shown(str(path))}: python3 {shown(path.name)} ROOT --output FILE")


def _request_of(root: Path) -> "Request":
    from seqauto_pipeline.scan.list_requests import request_by_settings  # noqa: PLC0415 - slow
    from seqauto_pipeline.settings import load_settings  # noqa: PLC0415

    home_to_read()
    return request_by_settings(load_settings(), root)
