"""`seqauto report`: pages of all sequencing runs, to hand around. Described in docs/report.md."""

from pathlib import Path

import click

from seqauto_pipeline.cli.models_db import reading
from seqauto_pipeline.core.display import shown


@click.command()
@click.argument(
    "directory", metavar="DIR", type=click.Path(path_type=Path, file_okay=False), required=False
)
@click.option("--anew", is_flag=True, help="Write every page, changed or not.")
def report(*, directory: Path | None, anew: bool) -> None:
    """Write pages of all runs, to hand around.

    DIR has to be new, empty, or a report: then what changed is written. Without it: the directory
    that the setting report_directory names.
    """
    with reading() as models:
        from seqauto_pipeline.report.update import update_report  # noqa: PLC0415  (Jinja2: slow)

        path = directory or models.settings.report_directory
        if path is None:
            raise click.UsageError("Name the directory, or set report_directory in the settings.")
        written = update_report(models, path.absolute(), anew=anew)
    click.echo(f"{shown(str(path / 'index.html'))}: {written.words}")
