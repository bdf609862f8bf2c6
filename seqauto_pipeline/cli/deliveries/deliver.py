"""`seqauto deliver`: send what is due, now and in this process."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click
import msgspec

from seqauto_pipeline.cli.models_db import reading, working
from seqauto_pipeline.core.display import counted, shown
from seqauto_pipeline.views.finding import one_run

if TYPE_CHECKING:
    from seqauto_pipeline.delivery.dry_run import PlannedRequest
    from seqauto_pipeline.delivery.report import DeliveryReport


@click.command()
@click.option(
    "--dry-run", is_flag=True, help="Print each request in order, with its body; send nothing."
)
@click.option(
    "--retry", is_flag=True, help="Try again what failed, is parked, or differs; see --run."
)
@click.option(
    "--run", "run_names", metavar="RUN", multiple=True, help="With --retry: of this run only."
)
@click.pass_context
def deliver(
    context: click.Context, *, dry_run: bool, retry: bool, run_names: tuple[str, ...]
) -> None:
    """Deliver what is due, now.

    It is the same delivery that follows each scan. The exit code is 0 when each receiver took what
    it was sent, and 1 when a delivery ended early or something was not taken.
    """
    if run_names and not retry:
        raise click.UsageError("--run narrows --retry; a delivery is of everything that is due.")
    if dry_run:
        _print_requests()
        return
    reports = _delivered(retry=retry, run_names=run_names)
    for report in reports:
        click.echo("\n".join(_lines(report)))
    context.exit(0 if all(map(_is_good, reports)) else 1)


def _delivered(*, retry: bool, run_names: tuple[str, ...]) -> tuple["DeliveryReport", ...]:
    from seqauto_pipeline.delivery.configured import receiver_names  # noqa: PLC0415  (slow)
    from seqauto_pipeline.delivery.delivering import Delivery, checked_outbox  # noqa: PLC0415
    from seqauto_pipeline.delivery.retrying import retry_things  # noqa: PLC0415

    run_ids = _run_ids(run_names) if run_names else None
    with working() as (engine, url, settings):
        checked_outbox(settings)
        if retry:
            number = retry_things(engine, receiver_names(settings), run_ids)
            click.echo(f"{counted(number, 'thing')} to try again.", err=True)
        told = lambda line: click.echo(shown(line), err=True)  # noqa: E731
        return Delivery(engine, url, settings, told).run()


def _run_ids(names: tuple[str, ...]) -> tuple[int, ...]:
    with reading() as models:
        return tuple(one_run(models, name).id for name in names)


def _print_requests() -> None:
    from seqauto_pipeline.delivery.delivering import checked_outbox  # noqa: PLC0415  (slow)
    from seqauto_pipeline.delivery.dry_run import dry_run  # noqa: PLC0415

    with working() as (engine, _, settings):
        checked_outbox(settings).fill_rest(engine)
        number = dry_run(engine, settings, _print_request)
    click.echo(f"{counted(number, 'request')}; nothing was sent.", err=True)


def _print_request(request: "PlannedRequest") -> None:
    """Print JSON in ASCII: no character of it acts on a terminal."""
    query = "".join(f" {name}={json.dumps(value)}" for name, value in request.query.items())
    click.echo(f"{request.method} {shown(request.url)}{query}")
    if request.body is not None:
        click.echo(msgspec.json.format(json.dumps(request.body), indent=2))


def _is_good(report: "DeliveryReport") -> bool:
    return not report.stopped and not any(
        report.counts[what] for what in ("failed", "parked", "differs")
    )


def _lines(report: "DeliveryReport") -> Iterator[str]:
    requests = counted(report.requests, "request")
    yield f"{shown(report.receiver)}: {report.in_words()} ({requests})."
    if report.stopped:
        yield f"It ended early: {shown(report.stopped)}"
        yield "What is left is tried again; `seqauto deliveries` shows it."
