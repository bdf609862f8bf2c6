"""`seqauto doctor`: the troubleshooting page, run on the live system."""

import datetime as dt

import click

from seqauto_pipeline.cli.options import format_option
from seqauto_pipeline.cli.server.status import EXIT_CODES, look, reading_lines, readings_json
from seqauto_pipeline.cli.tables import print_json, width
from seqauto_pipeline.core.display import counted


@click.command()
@click.option("--all", "show_all", is_flag=True, help="Show what is well, too.")
@format_option(
    "text",
    "json",
    "markdown",
    explained="markdown prints the troubleshooting page and checks nothing.",
)
@click.pass_context
def doctor(context: click.Context, *, show_all: bool, form: str) -> None:
    """Find what is wrong, and say what to do.

    Checks each known failure on the live system, and changes nothing. The exit code is 0 when all
    is well, 1 when something is wrong, and 2 when something could not be told.
    """
    if form == "markdown":
        from seqauto_pipeline.monitoring.checks import troubleshooting_page  # noqa: PLC0415

        click.echo(troubleshooting_page(), nl=False)
        return
    facts = look(deep=True)
    from seqauto_pipeline.monitoring.doctor_readings import doctor_readings  # noqa: PLC0415
    from seqauto_pipeline.monitoring.readings import Standing, worst  # noqa: PLC0415

    now = dt.datetime.now(dt.UTC)
    readings = doctor_readings(facts, now)
    if form == "json":
        print_json(readings_json(readings, now))
    else:
        told = [each for each in readings if show_all or each.standing is not Standing.OK]
        for reading in told:
            click.echo("\n".join(reading_lines(reading, width())))
        wrong = sum(each.standing is Standing.WRONG for each in readings)
        verdict = f"{counted(wrong, 'thing')} wrong" if wrong else "nothing is wrong"
        click.echo(f"{counted(len(readings), 'check')} made: {verdict}.")
    context.exit(EXIT_CODES[worst(readings)])
