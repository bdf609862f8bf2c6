"""`seqauto jobs retry`, `cancel`, `pause` and `resume`: what people want of jobs."""

import click

from seqauto_pipeline.cli.models_db import working, writing
from seqauto_pipeline.cli.people import by_option, why_option
from seqauto_pipeline.core.display import shown
from seqauto_pipeline.db.jobs.people import note_cancelling, retry_job, set_pause
from seqauto_pipeline.db.jobs.values import StoredJob
from seqauto_pipeline.db.store.annotations import Statement
from seqauto_pipeline.jobs.asking import ask_for_jobs
from seqauto_pipeline.jobs.configured import job_rules
from seqauto_pipeline.views.jobs import job_line, pause_words
from seqauto_pipeline.views.open_models import OpenModels

_NUMBERS = click.argument("numbers", type=int, nargs=-1, required=True, metavar="ID...")


@click.command()
@_NUMBERS
@by_option
@why_option(required=False)
def retry(*, numbers: tuple[int, ...], by: str, why: str | None) -> None:
    """Have jobs that have ended launched again, by the next scan."""
    with writing() as models:
        lines = [_retry(models, number, Statement(by, why, models.now)) for number in numbers]
    for line in lines:
        click.echo(line)


@click.command()
@_NUMBERS
@by_option
@why_option(required=False)
def cancel(*, numbers: tuple[int, ...], by: str, why: str | None) -> None:
    """End jobs that are queued or running. They are not launched again by themselves."""
    with writing() as models:
        chosen = [_in_flight(models, number) for number in dict.fromkeys(numbers)]
        rules = job_rules(models.settings, models.home)
        for job in chosen:
            note_cancelling(models.session, job, Statement(by, why, models.now))
    for name in sorted({job.backend for job in chosen}):
        rules.backend(name).cancel(
            [job.backend_id for job in chosen if job.backend == name and job.backend_id]
        )
    with working() as (engine, _, _):
        ask_for_jobs(rules, engine)
    for job in chosen:
        click.echo(f"Job {job.id} is told to end. See: seqauto jobs show {job.id}")


@click.command()
@by_option
@why_option(required=False)
def pause(*, by: str, why: str | None) -> None:
    """Launch no jobs until they are resumed. Those in flight go on."""
    with writing() as models:
        set_pause(models.session, Statement(by, why, models.now), is_on=True)
    click.echo("Jobs are paused: scans launch none. Begin again: seqauto jobs resume")


@click.command()
@by_option
@why_option(required=False)
def resume(*, by: str, why: str | None) -> None:
    """Have scans launch jobs again."""
    with writing() as models:
        was_paused = pause_words(models) is not None
        if was_paused:
            set_pause(models.session, Statement(by, why, models.now), is_on=False)
    words = "are no longer paused" if was_paused else "were not paused"
    click.echo(f"Jobs {words}: the next scan launches what is due.")


def _retry(models: OpenModels, number: int, said: Statement) -> str:
    line = job_line(models, number)
    if not retry_job(models.session, line.row.job, said):
        raise click.UsageError(f"Job {number} is {line.row.job.state}: it has not ended.")
    return (
        f"Job {number} is launched again by the next scan, if its file is missing then: "
        f"{shown(line.file)}"
    )


def _in_flight(models: OpenModels, number: int) -> StoredJob:
    job = job_line(models, number).row.job
    if not job.is_in_flight:
        raise click.UsageError(f"Job {number} is {job.state}: there is nothing to cancel.")
    if job.backend_id is None:
        raise click.UsageError(f"Job {number} is being handed over: cancel it in a minute.")
    return job
