"""What a scan found and changed, on one screen: for `seqauto scan`."""

from collections.abc import Iterator, Mapping, Sequence

import click

from seqauto_pipeline.cli.fit import wrapped
from seqauto_pipeline.cli.tables import STATE_STYLES, Column, aligned_lines, width
from seqauto_pipeline.core.beside import path_from
from seqauto_pipeline.core.display import counted, shown
from seqauto_pipeline.core.problems import Severity
from seqauto_pipeline.views.values import Value

Numbers = Mapping[str, Value]
Rows = Sequence[Mapping[str, Value]]

_MAX_CHANGES = 50  # that are named: `seqauto log` and `seqauto files` show all of them
_NOTHING_EXPECTED = (
    "`seqauto runs` says why of each run. Where all are incomplete or in error, another layout may "
    "fit: `seqauto layout check tau --root DIR` tells which of the program's comes closest."
)
_STATES = ("complete", "non_existent", "deleted", "error", "skipped", "running")


def summary_lines(numbers: Numbers, tables: Mapping[str, Rows]) -> Iterator[str]:
    """Say what was found, what changed, what is wrong, and where to read more."""
    yield from _walk_lines(numbers)
    yield from lines_about_the_walk(tables)
    yield from _note_lines(tables.get("notes_on_the_sheets", ()))
    yield from _note_lines(tables.get("notes_on_the_models", ()))
    if "as_of" in numbers:
        yield from _expected_lines(numbers, tables.get("files", ()))
        yield from change_lines(numbers, ())
        yield from _message_lines(numbers, tables.get("messages", ()))
    yield from _job_lines(numbers)
    yield from _note_lines(tables.get("notes_on_jobs", ()))


def change_lines(numbers: Numbers, rows: Rows) -> Iterator[str]:
    """Say how much changed, and the first of the single changes."""
    if not any(_number(numbers, key) for key in ("runs_changed", "files_changed")):
        yield "Nothing changed."
        return
    yield (
        f"Changed: {_count(numbers, 'files_changed', 'file record')} in "
        f"{_count(numbers, 'runs_changed', 'run')}."
    )
    for row in rows[:_MAX_CHANGES]:
        old = row["old"] or "new"
        path = path_from(str(row["run"]), str(row["path"]))
        yield from wrapped(shown(f"{path}: {old} -> {row['new']}"), width(), first="  ")
    if len(rows) > _MAX_CHANGES:
        yield f"  ... and {_number(numbers, 'files_changed') - _MAX_CHANGES:,} more"


def held_lines(rows: Rows) -> Iterator[str]:
    """Name the parts of the disks that the brake holds."""
    for row in rows:
        yield click.style(shown(f"Held by the brake: {row['part']}"), fg="red")


def lines_about_the_walk(tables: Mapping[str, Rows]) -> Iterator[str]:
    """Name the sequencing runs that were asked for and are nowhere, and what else was unusual."""
    for row in tables.get("unknown_runs", ()):
        text = f"No sequencing run below the scan roots is called {row['run']}: it was left out."
        yield from _noted(text)
    yield from _note_lines(tables.get("notes_on_the_walk", ()))


def _note_lines(rows: Rows) -> Iterator[str]:
    for row in rows:
        yield from _noted(str(row["note"]))


def _noted(text: str) -> Iterator[str]:
    for line in wrapped(shown(text), width(), whole_words=True):
        yield click.style(line, fg="yellow")


def _walk_lines(numbers: Numbers) -> Iterator[str]:
    if "run_folders" in numbers:
        yield (
            f"Found {_count(numbers, 'run_folders', 'run folder')} with "
            f"{_count(numbers, 'files', 'file')}."
        )
    if _number(numbers, "unreadable"):
        yield f"{_count(numbers, 'unreadable', 'place')} could not be read."


def _expected_lines(numbers: Numbers, rows: Rows) -> Iterator[str]:
    expected = f"{_count(numbers, 'expected_files', 'file')} expected"
    if not rows:  # a scan that failed keeps its numbers alone
        yield f"{expected}."
        if _number(numbers, "run_folders") and not _number(numbers, "expected_files"):
            yield from _noted(_NOTHING_EXPECTED)
        return
    yield f"{expected}, by type and state:"
    counts = {(row["file_type"], row["state"]): row["count"] for row in rows}
    kinds = tuple(dict.fromkeys(kind for kind, _ in counts))
    states = tuple(state for state in _STATES if any(each == state for _, each in counts))
    columns = (Column(""), *(Column(state, is_number=True) for state in states))
    cells = [
        (shown(str(kind)), *(str(counts.get((kind, state), "")) for state in states))
        for kind in kinds
    ]
    for line in aligned_lines(columns, cells):
        yield f"  {line}".rstrip()


def _message_lines(numbers: Numbers, messages: Rows) -> Iterator[str]:
    for severity in reversed(Severity):
        codes = [f"{row['code']} {row['count']}" for row in messages if row["severity"] == severity]
        if codes:
            word = click.style(severity, fg=STATE_STYLES.get(severity))
            line = f"Open messages, {severity}: {', '.join(codes)}"
            yield "\n".join(wrapped(line, width())).replace(severity, word, 1)
    if _number(numbers, "open_messages"):
        yield "`seqauto messages` tells what to do about each."


def _job_lines(numbers: Numbers) -> Iterator[str]:
    """Say what was launched, where there are jobs at all."""
    if "launched" in numbers:
        words = ("launched", "waiting", "refused", "in_flight", "failed")
        told = [f"{_number(numbers, word)} {word.replace('_', ' ')}" for word in words]
        yield f"Jobs: {', '.join(told)}. `seqauto jobs` lists them."


def _count(numbers: Numbers, key: str, noun: str) -> str:
    return counted(_number(numbers, key), noun)


def _number(numbers: Numbers, key: str) -> int:
    value = numbers.get(key)
    return value if isinstance(value, int) else 0
