"""`seqauto runs` and `seqauto run`: the sequencing runs, and one of them in full."""

import itertools
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import click

from seqauto_pipeline.cli.known_layouts import known_layouts
from seqauto_pipeline.cli.models_db import Models, nothing_found, one_run, reading
from seqauto_pipeline.cli.runs.run_page import print_run, run_as_json
from seqauto_pipeline.cli.runs.tallies import Tally, tallies
from seqauto_pipeline.cli.tables import (
    FORMATS,
    STATE_STYLES,
    Column,
    Json,
    Value,
    is_terminal,
    print_csv,
    print_json,
    print_json_list,
    print_table,
    state_word,
)
from seqauto_pipeline.core.data_state import RunState
from seqauto_pipeline.core.display import counted, shown
from seqauto_pipeline.db.models import SequencingRun
from seqauto_pipeline.db.queries.runs import (
    RunFilter,
    count_files,
    count_messages,
    in_batches,
    known_kits,
    run_folder,
    run_ids,
    runs_by_id,
)

_PAGE = 50  # runs; a table for people has pages, what programs read has none unless asked for

_COLUMNS = (
    Column("Sequencing run", is_name=True),
    Column("Date", is_name=True),
    Column("Kit"),
    Column("State"),
    Column("Found/expected"),
    Column("Errors", is_number=True),
    Column("Warnings", is_number=True),
    Column("Flags"),
)
_CSV_HEAD = [
    "name",
    "path",
    "data_state",
    "state_reason",
    "date",
    "sequencer",
    "sequencer_model",
    "experiment",
    "enrichment_kit",
    "flags",
    "found",
    "expected",
    "files",
    "errors",
    "warnings",
]


@dataclass(frozen=True, slots=True)
class RunLine:
    """One sequencing run with its counts."""

    run: SequencingRun
    files: tuple[Tally, ...]
    open_messages: Mapping[str, int]  # by severity

    @property
    def files_words(self) -> str:
        return ", ".join(tally.words for tally in self.files)


@click.command()
@click.option(
    "--state",
    type=click.Choice([state.value for state in RunState]),
    help="Only runs in this state.",
)
@click.option("--kit", help="Only runs of this enrichment kit.")
@click.option("--all", "with_hidden", is_flag=True, help="Hidden runs too.")
@click.option("--limit", type=click.IntRange(min=1), help=f"At most so many. [text: {_PAGE}]")
@click.option("--offset", type=click.IntRange(min=0), default=0, help="Leave out so many first.")
@click.option("--format", "form", type=FORMATS, default="text", show_default=True)
def runs(
    *,
    state: str | None,
    kit: str | None,
    with_hidden: bool,
    limit: int | None,
    offset: int,
    form: str,
) -> None:
    """List the sequencing runs, newest first."""
    wanted = RunFilter(state, kit, with_hidden)
    limit = _PAGE if limit is None and form == "text" else limit
    with reading() as models:
        ids = run_ids(models.session, wanted)
        page = ids[offset : None if limit is None else offset + limit]
        if form == "json":
            print_json_list(_as_json(line) for line in _lines(models, page))
        elif form == "csv":
            print_csv(itertools.chain((_CSV_HEAD,), map(_csv_row, _lines(models, page))))
        else:
            _print_page(models, wanted, ids, page, offset)


@click.command()
@click.argument("name")
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True
)
def run(*, name: str, form: str) -> None:
    """Show one sequencing run in full.

    NAME is the run's name, or its path where the name is in several places.
    """
    with reading() as models:
        found = one_run(models, name)
        if form == "json":
            print_json(run_as_json(models, found))
        else:
            print_run(models, found)


def _lines(models: Models, ids: Sequence[int]) -> Iterator[RunLine]:
    """Count what belongs to some runs: three statements for each batch of them."""
    layouts = known_layouts(models.settings)
    for batch in in_batches(ids):
        found = runs_by_id(models.session, batch)
        files = tallies(count_files(models.session, batch), layouts)
        open_messages: dict[int, dict[str, int]] = defaultdict(dict)
        for count in count_messages(models.session, batch, models.now):
            open_messages[count.sequencing_run_id][count.severity] = count.messages
        for each in found:
            yield RunLine(each, files.get(each.id, ()), open_messages.get(each.id, {}))


def _print_page(
    models: Models, wanted: RunFilter, ids: Sequence[int], page: Sequence[int], offset: int
) -> None:
    if not page:
        click.echo(_nothing(models, wanted, len(ids)))
    else:
        lines = _lines(models, page)
        if is_terminal():
            for line in lines:
                click.echo("\n".join(_block(line)))
        else:
            print_table(_COLUMNS, map(_table_row, lines))
        click.echo(f"\n{_position(len(ids), len(page), offset)}")
    if not wanted.with_hidden:
        every = run_ids(models.session, RunFilter(wanted.state, wanted.kit, with_hidden=True))
        if len(every) > len(ids):
            hidden = counted(len(every) - len(ids), "hidden run")
            click.echo(f"{hidden} left out; --all shows them.")


def _position(total: int, number: int, offset: int) -> str:
    if number == total:
        return f"{counted(total, 'sequencing run')}. One of them in full: seqauto run NAME"
    more = f" The next: --offset {offset + number}" if offset + number < total else ""
    return f"{offset + 1:,} to {offset + number:,} of {total:,} sequencing runs.{more}"


def _nothing(models: Models, wanted: RunFilter, total: int) -> str:
    if total:
        return f"There are only {counted(total, 'sequencing run')}: give a smaller --offset."
    narrowed = wanted.state is not None or wanted.kit is not None
    what = "sequencing run of that state or kit" if narrowed else "sequencing run is known"
    kits = known_kits(models.session) if wanted.kit is not None else ()
    hint = f" Known kits: {', '.join(map(shown, kits))}." if kits else ""
    return nothing_found(models, what) + hint


def _block(line: RunLine) -> Iterator[str]:
    """Write a run on two or more lines: a table of all types is wider than most terminals."""
    run = line.run
    head = (
        click.style(shown(run.name), bold=True),
        "no date   " if run.date is None else run.date.isoformat(),
        shown(run.enrichment_kit or "no kit"),
        state_word(run.data_state),
        *(
            click.style(counted(number, severity), fg=STATE_STYLES[severity])
            for severity in ("error", "warning")
            if (number := line.open_messages.get(severity, 0))
        ),
        *run.flags,
    )
    yield "  ".join(head)
    words = (
        click.style(tally.words, fg=None if tally.found == tally.expected else "yellow")
        for tally in line.files
    )
    if line.files:
        yield f"    {'  '.join(words)}"


def _table_row(line: RunLine) -> tuple[Value, ...]:
    return (
        line.run.name,
        None if line.run.date is None else line.run.date.isoformat(),
        line.run.enrichment_kit,
        line.run.data_state,
        line.files_words,
        line.open_messages.get("error", 0),
        line.open_messages.get("warning", 0),
        ", ".join(line.run.flags),
    )


def _as_json(line: RunLine) -> Json:
    return {
        **_facts(line.run),
        "flags": list(line.run.flags),
        "files": {tally.file_type: tally.as_json() for tally in line.files},
        "open_messages": {
            severity: line.open_messages.get(severity, 0)
            for severity in ("error", "warning", "info")
        },
    }


def _facts(run: SequencingRun) -> dict[str, Value]:
    return {
        "name": run.name,
        "path": run_folder(run),
        "data_state": run.data_state,
        "state_reason": run.state_reason,
        "date": None if run.date is None else run.date.isoformat(),
        "sequencer": run.sequencer,
        "sequencer_model": run.sequencer_model,
        "experiment": run.experiment,
        "enrichment_kit": run.enrichment_kit,
    }


def _csv_row(line: RunLine) -> tuple[Value, ...]:
    return (
        *_facts(line.run).values(),
        " ".join(line.run.flags),
        sum(tally.found for tally in line.files),
        sum(tally.expected for tally in line.files),
        line.files_words,
        line.open_messages.get("error", 0),
        line.open_messages.get("warning", 0),
    )
