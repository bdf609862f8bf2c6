"""`seqauto status`: whether the server works, for people and for monitoring."""

import datetime as dt
import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from seqauto_pipeline.accounts import become_owner
from seqauto_pipeline.cli.fit import wrapped
from seqauto_pipeline.cli.home import choose_home
from seqauto_pipeline.cli.options import format_option
from seqauto_pipeline.cli.tables import print_json, width
from seqauto_pipeline.core.display import shown
from seqauto_pipeline.settings import HOME_VARIABLE
from seqauto_pipeline.views.values import Json

if TYPE_CHECKING:
    from seqauto_pipeline.monitoring.facts import ServerFacts
    from seqauto_pipeline.monitoring.readings import Reading

EXIT_CODES = {"ok": 0, "wrong": 1, "unknown": 2}
_STYLES = {"ok": "green", "note": "blue", "unknown": "yellow", "wrong": "red"}
_AREA_WIDTH, _STANDING_WIDTH = 14, 8


@click.command()
@format_option("text", "json")
@click.pass_context
def status(context: click.Context, *, form: str) -> None:
    """Show whether the server works.

    The web server, daemon, schedule, queue, scans, database, roots and our own storage. The exit
    code is 0 when all is well, 1 when something is wrong, and 2 when something could not be told.
    Nothing is created or changed.
    """
    facts = look(deep=False)
    from seqauto_pipeline.monitoring.readings import worst  # noqa: PLC0415  (slow)
    from seqauto_pipeline.monitoring.server_readings import server_readings  # noqa: PLC0415  (slow)

    now = dt.datetime.now(dt.UTC)
    readings = server_readings(facts, now)
    if form == "json":
        print_json(readings_json(readings, now))
    else:
        for reading in readings:
            click.echo("\n".join(reading_lines(reading, width())))
    context.exit(EXIT_CODES[worst(readings)])


def look(*, deep: bool) -> "ServerFacts":
    """Gather the facts of the home that a command uses, without making it."""
    home = choose_home(os.environ)
    become_owner(home)
    os.environ[HOME_VARIABLE] = str(home)  # Dagster reads it
    from seqauto_pipeline.orchestration.health import gather_facts  # noqa: PLC0415  (slow)

    return gather_facts(home, os.environ, deep=deep)


def reading_lines(reading: "Reading", columns: int | None) -> Sequence[str]:
    """Say what is so, and where something is to be done, what to do: a line each, where it fits."""
    word = reading.standing.ljust(_STANDING_WIDTH)
    head = f"{word}{reading.area.ljust(_AREA_WIDTH)}"
    lines = wrapped(shown(reading.text), columns, head, len(head), whole_words=True)
    lines[0] = lines[0].replace(word, click.style(word, fg=_STYLES[reading.standing]), 1)
    if reading.fix:
        arrow = f"{' ' * len(head)}-> "
        lines += wrapped(shown(reading.fix), columns, arrow, len(arrow), whole_words=True)
    return lines


def readings_json(readings: Sequence["Reading"], now: dt.datetime) -> Json:
    """The same for other programs; the keys are kept stable."""
    from seqauto_pipeline.monitoring.readings import worst  # noqa: PLC0415  (slow)

    return {
        "standing": str(worst(readings)),
        "checked_at": now.isoformat(timespec="seconds"),
        "readings": [
            {
                "area": each.area,
                "standing": str(each.standing),
                "text": each.text,
                "check": each.check or None,
                "fix": each.fix or None,
            }
            for each in readings
        ],
    }
