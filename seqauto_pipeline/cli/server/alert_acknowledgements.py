"""`seqauto alerts ack`, `unack` and `log`: what people say of conditions, and what they said."""

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from seqauto_pipeline.cli.home import home_to_read, prepare_home
from seqauto_pipeline.cli.options import format_option
from seqauto_pipeline.cli.people import by_option, end_of_day, until_option, why_option
from seqauto_pipeline.cli.tables import print_json, print_wrapped
from seqauto_pipeline.core.display import last_day, local_time, shown
from seqauto_pipeline.core.near_words import did_you_mean
from seqauto_pipeline.settings import load_settings, zone_for
from seqauto_pipeline.views.values import Json, iso

if TYPE_CHECKING:
    from seqauto_pipeline.monitoring.alerts import Said
    from seqauto_pipeline.orchestration.alerts import AlertSource


@click.command()
@click.argument("key")
@by_option
@why_option(required=True)
@until_option
@click.option("--replace", is_flag=True, help="Also where somebody has acknowledged it already.")
def ack(*, key: str, by: str, why: str, until: dt.date | None, replace: bool) -> None:
    """Tell nobody of a condition any more. KEY is as `seqauto alerts` shows it."""
    from seqauto_pipeline.monitoring.alerts import Said  # noqa: PLC0415  (not for --help)
    from seqauto_pipeline.monitoring.memory import keep, remembering  # noqa: PLC0415

    with opened() as source:
        now, home = dt.datetime.now(dt.UTC), source.site.home
        _require_known(key, [each.key for each in source.findings(now).conditions])
        zone = zone_for(source.site.settings)
        end = None if until is None else end_of_day(until, zone, now)
        with remembering(home) as memory:
            before = memory.acknowledged.get(key)
            if before is not None and before.silences(now) and not replace:
                raise click.UsageError(
                    f"{shown(key)} is {acknowledgement_words(before, zone)}. To say something "
                    "else in its place: --replace."
                )
            memory.said.append(Said(key, is_on=True, by=by, why=why, at=now, until=end))
            keep(home, memory)
    click.echo(f"Nobody is told of {shown(key)} any more.")


@click.command()
@click.argument("key")
@by_option
@why_option(required=False)
def unack(*, key: str, by: str, why: str | None) -> None:
    """Take an acknowledgement back: people are told of the condition again."""
    from seqauto_pipeline.monitoring.alerts import Said  # noqa: PLC0415  (not for --help)
    from seqauto_pipeline.monitoring.memory import keep, remembering  # noqa: PLC0415

    home, now = prepare_home(), dt.datetime.now(dt.UTC)
    with remembering(home) as memory:
        if key not in memory.acknowledged:
            raise click.UsageError(f"Nobody has acknowledged {key!r}; see: seqauto alerts")
        memory.said.append(Said(key, is_on=False, by=by, why=why, at=now))
        keep(home, memory)
    click.echo(f"People are told of {shown(key)} again.")


@click.command()
@click.argument("key", required=False)
@format_option("text", "json")
def log(*, key: str | None, form: str) -> None:
    """List what people said of conditions, the newest last, or of one, KEY."""
    from seqauto_pipeline.monitoring.memory import read_memory  # noqa: PLC0415  (not for --help)

    said = read_memory(home_to_read()).said
    if key is not None:
        said = [each for each in said if each.key == key]
    if form == "json":
        print_json([_as_json(each) for each in said])
        return
    _print_said(said, zone_for(load_settings()))
    if not said:
        about = "any condition" if key is None else shown(key)
        click.echo(f"Nobody has said anything of {about}.")


def _print_said(said: Sequence["Said"], zone: dt.tzinfo) -> None:
    for each in said:
        when = "time not kept" if each.at is None else local_time(each.at, zone)
        until = "" if each.until is None else f", until {last_day(each.until, zone)}"
        why = f": {shown(each.why)}" if each.why else ""
        state = "acknowledged" if each.is_on else "taken back"
        print_wrapped(
            f"{when}  {shown(each.key)} {state}{until}, by {shown(each.by)}{why}", whole_words=True
        )


def acknowledgement_words(acknowledged: "Said", zone: dt.tzinfo) -> str:
    """Say who acknowledges a condition, until when, why, and since when."""
    since = "" if acknowledged.at is None else f" (since {local_time(acknowledged.at, zone)})"
    end = acknowledged.until
    term = "" if end is None else f" until {last_day(end, zone)}"
    why = shown(acknowledged.why or "no reason")
    return f"acknowledged by {shown(acknowledged.by)}{term}: {why}{since}"


def _as_json(said: "Said") -> Json:
    return {
        "key": said.key,
        "on": said.is_on,
        "by": said.by,
        "why": said.why,
        "at": iso(said.at),
        "until": iso(said.until),
    }


def _require_known(key: str, known: Sequence[str]) -> None:
    if key not in known:
        listed = "; list them: seqauto alerts"
        meant = did_you_mean(key, known, listed)
        raise click.UsageError(f"No condition is called {key!r}{meant}")


@contextmanager
def opened() -> "Iterator[AlertSource]":
    """Open the source of alerts of the command's home, as the sensors do."""
    home_to_read()
    from seqauto_pipeline.orchestration.alerts import alert_source  # noqa: PLC0415  (slow)

    with alert_source() as source:
        yield source
