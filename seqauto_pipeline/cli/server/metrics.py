"""`seqauto metrics`: figures for Prometheus."""

import datetime as dt
from pathlib import Path

import click

from seqauto_pipeline.cli.home import home_to_read
from seqauto_pipeline.cli.output_file import writing_to


@click.command()
@click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write to a file, which is replaced at once. [standard output]",
)
def metrics(*, output: Path | None) -> None:
    """Write figures for Prometheus.

    In the text format that the node exporter's textfile collector reads.
    """
    home_to_read()
    from seqauto_pipeline.monitoring.metrics import write_metrics  # noqa: PLC0415  (slow)
    from seqauto_pipeline.orchestration.alerts import alert_source  # noqa: PLC0415  (slow)
    from seqauto_pipeline.orchestration.metrics import current_metrics  # noqa: PLC0415  (slow)

    with alert_source() as source:
        text = current_metrics(source.instance, source.site, dt.datetime.now(dt.UTC))
    if output is None:
        click.echo(text, nl=False)
        return
    with writing_to(output):
        write_metrics(output, text)
