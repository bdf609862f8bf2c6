"""`seqauto sheet log` and `seqauto sheet diff`: the versions of a run's sample sheet."""

import click

from seqauto_pipeline.cli.models_db import reading
from seqauto_pipeline.cli.options import format_option
from seqauto_pipeline.cli.tables import Column, print_csv, print_json, print_table
from seqauto_pipeline.core.display import counted, shown
from seqauto_pipeline.db.queries.sheets import sheet_versions
from seqauto_pipeline.views.finding import one_run
from seqauto_pipeline.views.open_models import OpenModels
from seqauto_pipeline.views.sheet_versions import (
    VERSION_COLUMNS,
    SheetVersion,
    VersionDifference,
    version_difference,
    versions_of,
)
from seqauto_pipeline.views.values import Value

_COLUMNS = (
    Column("Version", is_number=True),
    Column(""),
    Column("First seen", is_name=True),
    Column("Scan", is_number=True),
    Column("Format"),
    Column("Samples", is_number=True),
    Column("Rows", is_number=True),
    Column("MD5", is_name=True),
)


@click.command()
@click.argument("run_name", metavar="RUN")
@format_option("text", "json", "csv")
def log(*, run_name: str, form: str) -> None:
    """List the versions of a run's sample sheet."""
    with reading() as models:
        run = one_run(models, run_name)
        versions = versions_of(models, run)
        if form == "json":
            print_json([version.as_json() for version in versions])
        elif form == "csv":
            print_csv((VERSION_COLUMNS, *(version.values() for version in versions)))
        elif not versions:
            click.echo(f"{shown(run.name)} never had a sample sheet that could be read.")
        else:
            print_table(_COLUMNS, [_table_row(models, version) for version in versions])


@click.command()
@click.argument("run_name", metavar="RUN")
@click.argument("old", type=int, required=False)
@click.argument("new", type=int, required=False)
@format_option("text", "json")
def diff(*, run_name: str, old: int | None, new: int | None, form: str) -> None:
    """Show what changed between two versions.

    OLD and NEW are version numbers of `seqauto sheet log RUN`; without them: the last two. With OLD
    alone: from that one to the current one.
    """
    with reading() as models:
        run = one_run(models, run_name)
        if old is None and (number := len(sheet_versions(models.session, run.id))) < 2:
            raise click.ClickException(
                f"{shown(run.name)} has {counted(number, 'version')} of its sample sheet: "
                "there is nothing to compare."
            )
        difference = version_difference(models, run, old, new)
        if form == "json":
            print_json(difference.as_json())
        else:
            _print_difference(difference)


def _table_row(models: OpenModels, version: SheetVersion) -> tuple[Value, ...]:
    sheet, scan = version.sheet, version.first_scan
    return (
        sheet.version,
        "current" if sheet.is_current else "",
        models.local(scan.as_of or scan.started_at),
        scan.id,
        sheet.format,
        version.samples,
        version.rows,
        sheet.md5,
    )


def _print_difference(difference: VersionDifference) -> None:
    before, after = difference.before.version, difference.after.version
    click.echo(f"{shown(difference.run.name)}: version {before} to version {after}")
    for line in difference.samples.lines:
        click.echo(f"  {line}")
    if not difference.samples.lines:
        click.echo("  No sample changed; the text did:")
        for line in difference.text_lines():
            click.echo(f"  {shown(line)}")
