"""How one sequencing run is printed: facts, sheet, matrix of states, messages with what to do."""

from collections.abc import Iterator, Sequence

import click

from seqauto_pipeline.cli.fit import flowed, wrapped
from seqauto_pipeline.cli.fitted_table import fitted_lines
from seqauto_pipeline.cli.runs.message_lines import message_block
from seqauto_pipeline.cli.tables import (
    STATE_STYLES,
    Column,
    print_table,
    state_word,
    width,
)
from seqauto_pipeline.core.display import counted, shown
from seqauto_pipeline.core.problems import Severity
from seqauto_pipeline.db.models import Message
from seqauto_pipeline.db.queries.files import FileRow
from seqauto_pipeline.views.annotations import annotation_line
from seqauto_pipeline.views.fact_words import fact_words, told_facts
from seqauto_pipeline.views.jobs import job_words
from seqauto_pipeline.views.matrix import SYMBOLS, MatrixRow, cell_symbols, cell_words
from seqauto_pipeline.views.open_models import OpenModels
from seqauto_pipeline.views.run_facts import run_facts
from seqauto_pipeline.views.run_page import RunPage

_LISTED_JOBS = 20


def print_run(models: OpenModels, page: RunPage) -> None:
    """Print a sequencing run in full."""
    _print_facts(models, page)
    _print_sheet(page)
    _print_matrix(page)
    _print_run_files(page)
    _print_messages(models, page)
    _print_jobs(models, page)
    _print_annotations(models, page)


def _print_facts(models: OpenModels, page: RunPage) -> None:
    click.secho(shown(page.run.name), bold=True)
    reason = f": {shown(page.state_reason)}" if page.state_reason else ""
    since = f", since {models.local_day(page.when.since)}" if page.when.since else ""
    _print_fact("state", state_word(page.data_state) + reason + since)
    if page.when.first_seen is not None:
        first, last = map(models.local_day, (page.when.first_seen, page.when.last_seen))
        _print_fact("seen", f"{first} to {last}")
    _print_fact("flags", ", ".join(page.run.flags) or "none")
    for name, value in run_facts(page.run).items():
        if name != "name":
            _print_fact(name.replace("_", " "), fact_words(value))
    for name, words in told_facts(page.run.facts):
        _print_fact(name, words)
    scan = page.last_scan
    if scan is not None:
        _print_fact("last scan", f"{scan.id}, disks as of {models.local(scan.as_of)}")


def _print_fact(name: str, words: str) -> None:
    head = f"  {name:<20} "
    click.echo("\n".join(wrapped(words, width(), first=head, indent=len(head))))


def _print_sheet(page: RunPage) -> None:
    click.secho("\nSample sheet", bold=True)
    sheet = page.sheet
    if sheet is None:
        click.echo("  none that could be read: nothing says which files to expect")
        return
    _print_fact("path", shown(sheet.path))
    _print_fact("version", f"{sheet.version}, MD5 {sheet.md5}")
    _print_fact("format", sheet.format)
    _print_fact("samples", f"{len(page.rows)}")
    own = [message for message in page.messages if message.path == sheet.path]
    _print_fact("problems", _severities(own) + (", see below" if own else ""))


def _severities(found: Sequence[Message]) -> str:
    numbers = {
        word: sum(message.severity == word for message in found) for word in reversed(Severity)
    }
    words = (counted(number, word) for word, number in numbers.items() if number)
    return ", ".join(words).replace("infos", "info") or "none"


def _print_matrix(page: RunPage) -> None:
    if not page.rows:
        return
    click.secho("\nFiles of the samples", bold=True)
    columns_there = width()
    if columns_there is not None:
        _print_symbols(page, columns_there)
        return
    columns = (
        Column("S", is_number=True),
        Column("Sample"),
        *map(Column, page.file_types),
        Column("Remark"),
    )
    print_table(columns, (_words_of(page, row) for row in page.rows))


def _words_of(page: RunPage, row: MatrixRow) -> tuple[str, ...]:
    cells = (cell_words(row.files.get(kind, ())) or "-" for kind in page.file_types)
    return (str(row.sample_number), row.sample_name, *cells, row.remark)


def _print_symbols(page: RunPage, columns: int) -> None:
    lines = symbol_lines(page.rows, page.file_types, columns)
    click.echo("\n".join((*lines, "", *flowed(legend(), columns, indent=0))))


def symbol_lines(rows: Sequence[MatrixRow], file_types: Sequence[str], width: int) -> Iterator[str]:
    """Write the matrix for a terminal: coloured symbols, one for each file."""
    columns = (
        Column("S", is_number=True),
        Column("Sample", is_name=True),
        *map(Column, file_types),
        Column("Remark"),
    )
    cells = [
        (
            str(row.sample_number),
            shown(row.sample_name),
            *(_symbols(row.files.get(kind, ())) for kind in file_types),
            row.remark,
        )
        for row in rows
    ]
    return fitted_lines(columns, cells, width)


def _symbols(files: Sequence[FileRow]) -> str:
    return "".join(
        click.style(symbol, fg=STATE_STYLES.get(state)) for symbol, state in cell_symbols(files)
    ).rstrip()


def legend() -> list[str]:
    """Say what each symbol means."""
    return [
        f"{click.style(symbol, fg=STATE_STYLES[state])} {state}"
        for state, symbol in SYMBOLS.items()
    ]


def _print_run_files(page: RunPage) -> None:
    if page.run_files:
        click.secho("\nFiles of the run", bold=True)
        for file in page.run_files:
            state = f"  {state_word(file.shown_state, 12)}"
            parts = [state, f"{file.file_type:<12}", shown(file.path)]
            reason = [shown(file.reason)] if file.reason else []
            click.echo("\n".join(flowed([*parts, *reason], width(), indent=6)))
    if page.unexpected:
        name = shown(page.run.name)
        number = counted(page.unexpected, "unexpected file")
        words = f"{number}, which no sheet explains: seqauto files --unexpected --run {name}"
        click.echo("\n" + "\n".join(wrapped(words, width())))


def _print_messages(models: OpenModels, page: RunPage) -> None:
    click.secho(f"\nMessages: {_severities(page.messages)}", bold=True)
    for message in page.messages:
        click.echo(message_block(models, message))


def _print_jobs(models: OpenModels, page: RunPage) -> None:
    if page.jobs:
        click.secho("\nJobs", bold=True)
        for line in page.jobs[:_LISTED_JOBS]:
            job = line.row.job
            head = f"  {job.id:>6}  {shown(job.file_type):<13}"
            parts = [head, shown(line.row.path), f"({job_words(models, line)})"]
            click.echo("\n".join(flowed(parts, width(), indent=10)))
        if len(page.jobs) > _LISTED_JOBS:
            name = shown(page.run.name)
            click.echo(f"  {counted(len(page.jobs), 'job')} in all: seqauto jobs --run {name}")


def _print_annotations(models: OpenModels, page: RunPage) -> None:
    if page.annotations:
        click.secho("\nWhat people said of it", bold=True)
        for said in page.annotations:
            click.echo(f"  {annotation_line(models, said)}")
