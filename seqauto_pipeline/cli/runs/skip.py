"""`seqauto skip` and `seqauto unskip`: have scans leave the files of a run aside, or not."""

import click

from seqauto_pipeline.cli.models_db import writing
from seqauto_pipeline.cli.people import by_option, why_option
from seqauto_pipeline.core.data_state import RunState
from seqauto_pipeline.core.display import shown
from seqauto_pipeline.db.models import SequencingRun
from seqauto_pipeline.db.queries.annotations import skip_of, skip_reason
from seqauto_pipeline.db.store.annotations import Statement, set_skip
from seqauto_pipeline.views.finding import one_run
from seqauto_pipeline.views.open_models import OpenModels

_SKIPPED = (
    "From the next scan on it is skipped: no new record is made, and the files that are known of "
    "it turn skipped."
)
_BACK = "From the next scan on it is looked at again, and its files are what they are."


@click.command()
@click.argument("run_name", metavar="RUN")
@by_option
@why_option(required=True)
def skip(*, run_name: str, by: str, why: str) -> None:
    """Have scans skip a run."""
    with writing() as models:
        run = one_run(models, run_name)
        changed = set_skip(models.session, run, Statement(by, why, models.now), on=True)
        words = _SKIPPED if changed else f"It is skipped already: {_who_skips(models, run)}."
        line = f"{shown(run.name)}: {words}{_left_alone(run)}"
    click.echo(line)


@click.command()
@click.argument("run_name", metavar="RUN")
@by_option
@why_option(required=False)
def unskip(*, run_name: str, by: str, why: str | None) -> None:
    """Have scans look at a run again that was skipped by command."""
    with writing() as models:
        run = one_run(models, run_name)
        said = skip_of(models.session, run.id)
        stays = _disk_skips(run, None if said is None else skip_reason(said.who, said.why))
        changed = set_skip(models.session, run, Statement(by, why, models.now), on=False)
        words = _BACK if changed else "Nobody skipped it by command."
        line = f"{shown(run.name)}: {f'{words} {stays}'.strip()}{_left_alone(run)}"
    click.echo(line)


def _who_skips(models: OpenModels, run: SequencingRun) -> str:
    said = skip_of(models.session, run.id)
    if said is None:
        raise LookupError(run.id)
    return f"{shown(skip_reason(said.who, said.why))} ({models.local(said.at)})"


def _disk_skips(run: SequencingRun, by_people: str | None) -> str:
    """Say why a run is skipped all the same; nothing where only a person skips it."""
    if run.data_state != RunState.SKIPPED or run.state_reason == by_people:
        return ""
    return f"It stays skipped all the same: {shown(run.state_reason or '')}."


def _left_alone(run: SequencingRun) -> str:
    return " But it has the flag legacy: scans leave it alone." if run.legacy else ""
