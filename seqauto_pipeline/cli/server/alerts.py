"""`seqauto alerts`: what somebody should know of, who is told, and what is acknowledged."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from seqauto_pipeline.cli.fit import wrapped
from seqauto_pipeline.cli.home import home_to_read, prepare_home
from seqauto_pipeline.cli.options import format_option
from seqauto_pipeline.cli.people import by_option, end_of_day, until_option, why_option
from seqauto_pipeline.cli.tables import print_json, width
from seqauto_pipeline.core.display import counted, last_day, shown
from seqauto_pipeline.settings import zone_for
from seqauto_pipeline.views.values import iso

if TYPE_CHECKING:
    from seqauto_pipeline.monitoring.alerts import Acknowledgement, Condition
    from seqauto_pipeline.orchestration.alerts import AlertSource

_INDENT = 4


@click.group(invoke_without_command=True)
@format_option("text", "json")
@click.pass_context
def alerts(context: click.Context, *, form: str) -> None:
    """Show what alerts tell of, and tell people.

    Without a command: list what is wrong now, whether somebody is told of it or not.
    """
    if context.invoked_subcommand is not None:
        return
    from seqauto_pipeline.monitoring.memory import read_memory  # noqa: PLC0415  (not for --help)
    from seqauto_pipeline.monitoring.receivers import receivers  # noqa: PLC0415

    now = dt.datetime.now(dt.UTC)
    with _opened() as source:
        site = source.site
        found = source.findings(now)
        held = read_memory(site.home).acknowledged
        quiet = {key: each for key, each in held.items() if each.holds(now)}
        zone = zone_for(site.settings)
        names = [each.name for each in receivers(site.settings)]
    if found.overdue_unknown:
        reason = shown(found.overdue_unknown)
        click.echo(f"What is overdue is not known: {reason}. More with: seqauto doctor", err=True)
    if form == "json":
        print_json(
            [
                {**_json(each), "acknowledged": each.key in quiet, **_by_whom(quiet.get(each.key))}
                for each in found.conditions
            ]
        )
        return
    for each in found.conditions:
        mark = " (acknowledged)" if each.key in quiet else ""
        click.echo(f"{shown(each.key)}{mark}")
        _print_indented(f"{each.title}: {each.text}")
        if each.key in quiet:
            _print_indented(_words(quiet[each.key], zone))
    count = counted(len(found.conditions), "condition")
    click.echo(f"{count}; told by: {', '.join(names) or 'nobody'}.")


def _print_indented(text: str) -> None:
    """Print a text that may have several lines, as long as the terminal is wide."""
    for line in text.splitlines():
        blanks = " " * (_INDENT + len(line) - len(line.lstrip()))
        for each in wrapped(shown(line.strip()), width(), first=blanks, indent=len(blanks)):
            click.echo(each)


@alerts.command()
@click.pass_context
def check(context: click.Context) -> None:
    """Tell people now what they have not been told: for cron, beside the daemon.

    The exit code is 1 when a receiver could not be reached.
    """
    from seqauto_pipeline.orchestration.alerts import send_alerts  # noqa: PLC0415  (slow)

    with _opened() as source:
        if source.instance is None:
            click.echo("Nothing has been scanned from this home yet.")
            return
        sent = send_alerts(source.instance, source.site, dt.datetime.now(dt.UTC))
    for receiver, notice in sent.notices:
        click.echo(f"{receiver}: {shown(notice.title)}")
    for failure in sent.failures:
        click.echo(shown(failure), err=True)
    context.exit(1 if sent.failures else 0)


@alerts.command()
def test() -> None:
    """Send a test message to each configured receiver."""
    from seqauto_pipeline.monitoring.alerts import Event, Notice  # noqa: PLC0415
    from seqauto_pipeline.monitoring.receivers import receivers  # noqa: PLC0415  (not for --help)

    with _opened() as source:
        configured = receivers(source.site.settings)
    if not configured:
        raise click.ClickException(
            "No receiver is configured: set alert_mail_to, alert_slack_webhook or alert_command."
        )
    for receiver in configured:
        receiver.deliver(Notice(Event.TEST, "Test", "This is a test of SeqAuto's alerts."))
        click.echo(f"{receiver.name}: delivered")


@alerts.command()
@click.argument("key")
@by_option
@why_option(required=True)
@until_option
@click.option("--replace", is_flag=True, help="Also where somebody has acknowledged it already.")
def ack(*, key: str, by: str, why: str, until: dt.date | None, replace: bool) -> None:
    """Tell nobody of a condition any more. KEY is as `seqauto alerts` shows it."""
    from seqauto_pipeline.monitoring.alerts import Acknowledgement  # noqa: PLC0415
    from seqauto_pipeline.monitoring.memory import keep, remembering  # noqa: PLC0415

    with _opened() as source:
        now, home = dt.datetime.now(dt.UTC), source.site.home
        found = source.findings(now)
        if key not in {each.key for each in found.conditions}:
            raise click.UsageError(f"No condition is called {key!r}; list them: seqauto alerts")
        zone = zone_for(source.site.settings)
        end = None if until is None else end_of_day(until, zone, now)
        with remembering(home) as memory:
            before = memory.acknowledged.get(key)
            if before is not None and before.holds(now) and not replace:
                raise click.UsageError(
                    f"{shown(key)} is {_words(before, zone)}. To say something else in its place: "
                    "--replace."
                )
            memory.acknowledged[key] = Acknowledgement(by, why, end)
            keep(home, memory)
    click.echo(f"Nobody is told of {shown(key)} any more.")


@alerts.command()
@click.argument("key")
def unack(*, key: str) -> None:
    """Take an acknowledgement back: people are told of the condition again."""
    from seqauto_pipeline.monitoring.memory import keep, remembering  # noqa: PLC0415

    home = prepare_home()
    with remembering(home) as memory:
        if memory.acknowledged.pop(key, None) is None:
            raise click.UsageError(f"Nobody has acknowledged {key!r}; see: seqauto alerts")
        keep(home, memory)
    click.echo(f"People are told of {shown(key)} again.")


def _words(acknowledged: "Acknowledgement", zone: dt.tzinfo) -> str:
    """Say who acknowledges a condition, until when and why."""
    end = acknowledged.until
    term = "" if end is None else f" until {last_day(end, zone)}"
    return f"acknowledged by {shown(acknowledged.by)}{term}: {shown(acknowledged.why)}"


def _by_whom(acknowledged: "Acknowledgement | None") -> dict[str, str | None]:
    if acknowledged is None:
        return {}
    return {
        "acknowledged_by": acknowledged.by,
        "acknowledged_why": acknowledged.why,
        "acknowledged_until": iso(acknowledged.until),
    }


@contextmanager
def _opened() -> "Iterator[AlertSource]":
    """Open what the sensors work with."""
    home_to_read()
    from seqauto_pipeline.orchestration.alerts import alert_source  # noqa: PLC0415  (slow)

    with alert_source() as source:
        yield source


def _json(condition: "Condition") -> dict[str, str]:
    return {
        "key": condition.key,
        "kind": str(condition.kind),
        "title": condition.title,
        "text": condition.text,
        "enrichment_kit": condition.group,
    }
