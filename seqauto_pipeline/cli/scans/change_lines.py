"""How changes of runs and files are printed, for `seqauto log` and `seqauto diff`."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

import click

from seqauto_pipeline.cli.fit import shortened, wrapped
from seqauto_pipeline.cli.tables import state_word, width
from seqauto_pipeline.core.display import counted, shown
from seqauto_pipeline.db.queries.history import FileChange, NetChange, RunChange

_MAX_NAMED = 5  # files with one kind of change; of more, only the number is told
_OF_A_RUN = " " * 6
_OF_A_FILE = " " * 10


def step(change: FileChange | RunChange | NetChange) -> str:
    """Write the state before a change and the one after it."""
    if change.old_state is None:
        return f"new: {state_word(change.new_state)}"
    if change.old_state == change.new_state:
        return f"{state_word(change.new_state)}, its size or time changed"
    return f"{state_word(change.old_state)} -> {state_word(change.new_state)}"


def print_run_changes(changes: Iterable[RunChange]) -> None:
    for change in changes:
        if change.moved_from is not None:
            words = f"run moved from {shown(change.moved_from)}"
            if change.old_state != change.new_state:
                words += f"; {step(change)}"
        else:
            words = f"run {step(change)}{_detail(change)}"
        print_of_run(words)


def print_of_run(words: str) -> None:
    """Print a line about a run below its heading."""
    click.echo("\n".join(wrapped(words, width(), first=_OF_A_RUN, indent=len(_OF_A_FILE))))


def _detail(change: RunChange) -> str:
    return f": {shown(change.detail)}" if change.detail else ""


def print_groups(changes: Sequence[FileChange | NetChange], *, full: bool) -> None:
    """Count the files with each kind of change, and name them where they are few."""
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for change in changes:
        groups[change.file_type, step(change)].append(change.path)
    columns = width()
    room = None if columns is None else columns - len(_OF_A_FILE)
    for (kind, words), paths in groups.items():
        click.echo(f"{_OF_A_RUN}{shown(kind)} {words}: {counted(len(paths), 'file')}")
        if full or len(paths) <= _MAX_NAMED:
            for path in paths:
                click.echo(_OF_A_FILE + shortened(shown(path), room))
