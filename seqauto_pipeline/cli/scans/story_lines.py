"""How one scan is told: as an object for programs, as lines for people."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import click

from seqauto_pipeline.cli.fit import wrapped
from seqauto_pipeline.cli.tables import Column, table_lines
from seqauto_pipeline.core.display import local_time, shown
from seqauto_pipeline.views.values import Json, Value

if TYPE_CHECKING:
    from seqauto_pipeline.orchestration.history import ScanStory, Step

FACTS = ("run_folders", "files", "files_changed", "open_messages")  # numbers of the steps
_MOMENTS = ("as_of",)  # numbers that are times, ISO 8601
_INDENT = "  "


def story_json(story: "ScanStory") -> Mapping[str, Json]:
    """Give one scan to other programs; the keys stay as they are."""
    return {
        "id": story.id,
        "number": story.number("scan_id"),
        "state": str(story.state),
        "launched_by": story.launched_by,
        "created": story.created.isoformat(),
        "ended": story.ended.isoformat() if story.ended else None,
        "seconds": story.seconds,
        **{key: story.number(key) for key in FACTS},
        "steps": [_step_json(step) for step in story.steps],
        "error": story.failure.message if story.failure else None,
        "traceback": story.failure.traceback if story.failure else None,
        "notes": list(story.notes),
        "options": {key: _json(value) for key, value in story.config.items()},
    }


def _step_json(step: "Step") -> Mapping[str, Json]:
    return {
        "name": step.name,
        "state": str(step.state),
        "began": step.began.isoformat(),
        "seconds": step.seconds,
        "numbers": dict(step.numbers),
        "tables": {name: [dict(row) for row in rows] for name, rows in step.tables.items()},
    }


def _json(value: object) -> Json:
    if isinstance(value, list | tuple):
        return [_json(each) for each in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def story_lines(story: "ScanStory", zone: dt.tzinfo, columns: int | None) -> Iterator[str]:
    """Tell one scan in full: every step, what it found, and what went wrong.

    ``columns``: of the terminal, None where it is written in full. A traceback is never broken.
    """
    yield f"Scan {story.id}"
    yield f"State: {click.style(story.state, fg=_colour(story))}"
    took = f", took {duration(story.seconds)}" if story.seconds is not None else ""
    yield f"Started: {local_time(story.created, zone)}{took}; launched by {story.launched_by}"
    for key, value in story.config.items():
        yield from wrapped(f"Option {key}: {shown(str(value))}", columns)
    for note in story.notes:
        yield from wrapped(shown(note), columns)
    for step in story.steps:
        yield from ("", *step_lines(step, zone, columns))
    if story.failure:
        message = wrapped(shown(story.failure.message), columns, indent=0, whole_words=True)
        yield from ("", click.style("\n".join(message), fg="red"))
        yield from (shown(line) for line in story.failure.traceback.splitlines())


def step_lines(step: "Step", zone: dt.tzinfo, columns: int | None) -> Iterator[str]:
    """Tell one step: when it began, how long it took, its numbers, its tables."""
    took = "not ended" if step.seconds is None else duration(step.seconds)
    yield f"{step.state} ({step.name}): {local_time(step.began, zone)}, {took}"
    yield from fact_lines(
        {key: _with_local_times(key, value, zone) for key, value in step.numbers.items()},
        step.tables,
        columns,
    )


def _with_local_times(key: str, value: Value, zone: dt.tzinfo) -> Value:
    return local_time(dt.datetime.fromisoformat(str(value)), zone) if key in _MOMENTS else value


def fact_lines(
    numbers: Mapping[str, Value],
    tables: Mapping[str, Sequence[Mapping[str, Value]]],
    columns: int | None,
) -> Iterator[str]:
    """Tell what a step found and did: a line for each number, a block for each table."""
    for key, value in numbers.items():
        if key != "seconds":  # said already
            words = f"{key.replace('_', ' ')}: {shown(_text(value))}"
            yield from wrapped(words, columns, _INDENT)
    for name, rows in tables.items():
        if rows:
            yield f"{_INDENT}{name.replace('_', ' ')}:"
            room = None if columns is None else columns - 2 * len(_INDENT)
            yield from (2 * _INDENT + line for line in _table(rows, room))


def _table(rows: Sequence[Mapping[str, Value]], columns: int | None) -> Iterator[str]:
    names = tuple(dict.fromkeys(name for row in rows for name in row))
    cells = [tuple(shown(_text(row.get(name))) for name in names) for row in rows]
    return table_lines(tuple(map(Column, names)), cells, columns)


def duration(seconds: float) -> str:
    """Write a duration with one or two units: 0.4 s, 12 s, 3 min 5 s, 2 h 4 min."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def _colour(story: "ScanStory") -> str:
    return {"Finished": "green", "Error": "red", "Cancelled": "magenta"}.get(story.state, "blue")


def _text(value: Value) -> str:
    if value is None:
        return ""
    return f"{value:,}" if isinstance(value, int) else str(value)
