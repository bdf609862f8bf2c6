"""`seqauto flag`: what people say of a sequencing run."""

import click

from seqauto_pipeline.cli.models_db import writing
from seqauto_pipeline.cli.options import WordOf
from seqauto_pipeline.cli.people import by_option, why_option
from seqauto_pipeline.core.display import shown
from seqauto_pipeline.db.models.sequencing import FLAGS
from seqauto_pipeline.db.store.annotations import Statement, set_flag
from seqauto_pipeline.views.finding import one_run

_EFFECTS = {
    ("legacy", True): "scans leave it alone, and it does not count when runs vanish",
    ("legacy", False): "the next scan looks at it again",
    ("bad", True): "marked as bad; scans go on",
    ("bad", False): "no longer marked as bad",
    ("hidden", True): "`seqauto runs` leaves it out; scans and exports go on",
    ("hidden", False): "`seqauto runs` lists it",
    ("gold_standard", True): "marked as gold standard",
    ("gold_standard", False): "no longer marked as gold standard",
}


@click.command()
@click.argument("run_name", metavar="RUN")
@click.argument("name", type=WordOf("flag", FLAGS), metavar=f"[{'|'.join(FLAGS)}]")
@click.option("--on/--off", "on", default=None, help="Set or clear the flag.")
@by_option
@why_option(required=False)
def flag(*, run_name: str, name: str, on: bool | None, by: str, why: str | None) -> None:
    """Set or clear a flag of a run."""
    if on is None:
        raise click.UsageError("Say whether the flag is to be set or cleared: --on or --off.")
    with writing() as models:
        run = one_run(models, run_name)
        run_name = run.name
        changed = set_flag(models.session, run, name, Statement(by, why, models.now), on=on)
    state = "on" if on else "off"
    words = f"is {state}" if changed else f"was {state} already"
    click.echo(f"{shown(run_name)}: {name} {words}: {_EFFECTS[name, on]}.")
