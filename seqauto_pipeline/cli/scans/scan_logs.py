"""`seqauto scans logs`: what a scan wrote to its log."""

import datetime as dt
import json

import click

from seqauto_pipeline.cli.home import home_to_read
from seqauto_pipeline.cli.options import format_option
from seqauto_pipeline.cli.scans.named_scan import dagster_id
from seqauto_pipeline.cli.tables import print_wrapped
from seqauto_pipeline.core.display import shown
from seqauto_pipeline.settings import zone_for


@click.command()
@click.argument("scan", metavar="SCAN")
@click.option("--run", "run_name", metavar="RUN", help="Only lines about this sequencing run.")
@format_option(
    "text",
    "json",
    explained="json gives the lines as they are in the file, with times in UTC.",
)
def logs(*, scan: str, run_name: str | None, form: str) -> None:
    """Print the log of a scan. SCAN is as for `seqauto scans show`."""
    home_to_read()
    from seqauto_pipeline.orchestration.launch import full_id  # noqa: PLC0415  (slow)
    from seqauto_pipeline.orchestration.runtime.storage import storage_is_used  # noqa: PLC0415
    from seqauto_pipeline.orchestration.scan_log import log_directory, read_log  # noqa: PLC0415
    from seqauto_pipeline.orchestration.site import read_site  # noqa: PLC0415

    site = read_site()
    zone = zone_for(site.settings)
    if not storage_is_used(site.home):
        raise click.ClickException("There was no scan yet. Scan the disks first: seqauto scan")
    full = full_id(dagster_id(scan))
    written = told = False
    for line in read_log(site, full):
        written = True
        try:
            entry = json.loads(line)
        except ValueError:  # cut off where the disk was full
            click.echo(f"A damaged line: {shown(line)}", err=True)
            continue
        if run_name is None or entry["sequencing_run"] == run_name:
            if form == "json":
                click.echo(line)
            else:
                print_wrapped(_text(entry, zone))
            told = True
    if not written:
        raise click.ClickException(
            f"No line of scan {full[:8]} is kept in {shown(str(log_directory(site)))}: log_files "
            "and log_max_bytes say how much is. Its events: seqauto scans show ID"
        )
    if not told and run_name is not None:
        _require_known(run_name)
        click.echo(f"Scan {full[:8]} wrote nothing about {shown(run_name)}.", err=True)


def _text(entry: dict[str, str | None], zone: dt.tzinfo) -> str:
    moment = dt.datetime.fromisoformat(str(entry["time"])).astimezone(zone)
    when = moment.replace(tzinfo=None).isoformat(" ", "milliseconds")
    about = entry["sequencing_run"] or entry.get("step") or ""
    words = f"{when} {entry['level']!s:<7} {about}: {entry['message']}"
    return shown(words.replace(" : ", " "))


def _require_known(run_name: str) -> None:
    """Refuse the name of a run that is not known. It opens the models: for logs without a line."""
    from seqauto_pipeline.cli.models_db import reading  # noqa: PLC0415
    from seqauto_pipeline.views.finding import NotFoundError, runs_called, unknown_run  # noqa: PLC0415

    with reading() as models:
        if not runs_called(models, run_name):
            raise NotFoundError(unknown_run(models, run_name))
