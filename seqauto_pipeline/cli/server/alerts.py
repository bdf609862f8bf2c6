"""`seqauto alerts`: what somebody should know of, who is told, and what is acknowledged."""

import datetime as dt
from typing import TYPE_CHECKING

import click

from seqauto_pipeline.cli.fit import wrapped
from seqauto_pipeline.cli.options import format_option
from seqauto_pipeline.cli.server.alert_acknowledgements import (
    ack,
    acknowledgement_words,
    log,
    opened,
    unack,
)
from seqauto_pipeline.cli.tables import print_json, print_wrapped, width
from seqauto_pipeline.core.display import counted, shown
from seqauto_pipeline.settings import zone_for
from seqauto_pipeline.views.values import iso

if TYPE_CHECKING:
    from seqauto_pipeline.monitoring.alerts import Condition, Said

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
    with opened() as source:
        site = source.site
        found = source.findings(now)
        held = read_memory(site.home).acknowledged
        quiet = {key: each for key, each in held.items() if each.silences(now)}
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
            _print_indented(acknowledgement_words(quiet[each.key], zone))
    count = counted(len(found.conditions), "condition")
    print_wrapped(f"{count}; told by: {', '.join(names) or 'nobody'}.")


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

    with opened() as source:
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

    with opened() as source:
        configured = receivers(source.site.settings)
    if not configured:
        raise click.ClickException(
            "No receiver is configured: set alert_mail_to, alert_slack_webhook or alert_command."
        )
    for receiver in configured:
        receiver.deliver(Notice(Event.TEST, "Test", "This is a test of SeqAuto's alerts."))
        click.echo(f"{receiver.name}: delivered")


alerts.add_command(ack)
alerts.add_command(unack)
alerts.add_command(log)


def _by_whom(acknowledged: "Said | None") -> dict[str, str | None]:
    if acknowledged is None:
        return {}
    return {
        "acknowledged_by": acknowledged.by,
        "acknowledged_why": acknowledged.why,
        "acknowledged_at": iso(acknowledged.at),
        "acknowledged_until": iso(acknowledged.until),
    }


def _json(condition: "Condition") -> dict[str, str]:
    return {
        "key": condition.key,
        "kind": str(condition.kind),
        "title": condition.title,
        "text": condition.text,
        "enrichment_kit": condition.group,
    }
