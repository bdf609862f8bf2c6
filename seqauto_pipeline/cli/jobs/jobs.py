"""`seqauto jobs`: what makes missing files, and what became of each."""

from itertools import chain

import click

from seqauto_pipeline.cli.fit import flowed
from seqauto_pipeline.cli.jobs.changing import cancel, pause, resume, retry
from seqauto_pipeline.cli.models_db import reading
from seqauto_pipeline.cli.options import WordOf, format_option
from seqauto_pipeline.cli.selection import selection_options
from seqauto_pipeline.cli.tables import (
    print_csv,
    print_json,
    print_json_list,
    print_wrapped,
    state_word,
    width,
)
from seqauto_pipeline.core.display import counted, shown
from seqauto_pipeline.db.jobs.values import JOB_STATES
from seqauto_pipeline.jobs.summary import HOW_TO_BEGIN
from seqauto_pipeline.views.jobs import (
    JOB_COLUMNS,
    JobLine,
    JobPage,
    duration_words,
    job_lines,
    job_page,
    pause_words,
    tries_words,
)
from seqauto_pipeline.views.open_models import OpenModels
from seqauto_pipeline.views.selecting import Asked, selection_of

_STATE_WIDTH = 11


@click.group(invoke_without_command=True)
@selection_options("jobs", leave_out=("states",))
@click.option(
    "--state",
    "states",
    type=WordOf("state", JOB_STATES),
    multiple=True,
    help="Only jobs in this state. Repeatable.",
)
@format_option("text", "json", "csv")
@click.pass_context
def jobs(ctx: click.Context, *, asked: Asked, states: tuple[str, ...], form: str) -> None:
    """List, show, retry and cancel jobs.

    Without a command: all jobs that make or made missing files, the last first.
    """
    if ctx.invoked_subcommand is not None:
        return
    with reading() as models:
        lines = job_lines(models, selection_of(models, asked), states)
        if form == "json":
            print_json_list(line.as_json() for line in lines)
        elif form == "csv":
            print_csv(chain((JOB_COLUMNS,), (line.values() for line in lines)))
        else:
            _print_list(models, lines, narrows=asked.narrows or bool(states))


@jobs.command()
@click.argument("number", type=int, metavar="ID")
@format_option("text", "json")
def show(*, number: int, form: str) -> None:
    """Show one job: its script, its log and its history."""
    with reading() as models:
        page = job_page(models, number)
        if form == "json":
            print_json(page.as_json())
        else:
            _print_page(models, page)


for command in (retry, cancel, pause, resume):
    jobs.add_command(command)


def _print_list(models: OpenModels, lines: tuple[JobLine, ...], *, narrows: bool) -> None:
    for line in lines:
        _print_line(models, line)
    paused = pause_words(models)
    if paused is not None:
        print_wrapped(f"{paused} Begin again: seqauto jobs resume")
    if lines:
        click.echo(counted(len(lines), "job"), err=True)
    elif narrows:
        click.echo("No job like that.")
    elif models.settings.job_recipes:
        click.echo("No job has been launched yet. The next scan launches what is due.")
    else:
        print_wrapped(HOW_TO_BEGIN)


def _print_line(models: OpenModels, line: JobLine) -> None:
    job = line.row.job
    head = f"{state_word(job.state, _STATE_WIDTH)}{job.id:>6}  {shown(job.file_type):<13}"
    remarks = (
        f"launched {models.local(job.launched_at)}",
        duration_words(line),
        f"on {shown(job.host)}" if job.host else "",
        tries_words(line),
        f"code {job.exit_code}" if job.exit_code else "",
        shown(job.reason or ""),
        f"next try {models.local(job.next_try_at)}" if job.next_try_at else "",
    )
    parts = [f"{head} {shown(line.file)}", f"({'; '.join(filter(None, remarks))})"]
    for text in flowed(parts, width(), _STATE_WIDTH):
        click.echo(text)


def _print_page(models: OpenModels, page: JobPage) -> None:
    _print_line(models, page.line)
    click.echo(f"directory  {shown(page.line.directory)}")
    click.echo("history")
    for step in page.history:
        who = f" by {shown(step.who)}" if step.who else ""
        detail = f": {shown(step.detail)}" if step.detail else ""
        click.echo(f"  {models.local(step.at)}  {step.state}{who}{detail}")
    for title, text in (("script", page.script), ("log", page.log)):
        click.echo(title)
        for row in text.rstrip("\n").split("\n"):
            click.echo(f"  {row}")
