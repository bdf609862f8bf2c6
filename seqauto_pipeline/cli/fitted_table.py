"""A table that fits a terminal: columns give way, and where they cannot, each row is a block."""

import textwrap
from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING

import click

from seqauto_pipeline.cli.fit import flowed, shortened, without_glue, words_in

if TYPE_CHECKING:
    from seqauto_pipeline.cli.tables import Column

_GAP = "  "
_LEAST_NAME = 20  # columns: a name that is shortened more says nothing
_LEAST_TEXT = 14  # columns: no state or flag is longer


def fitted_lines(
    columns: Sequence["Column"], rows: Sequence[Sequence[str]], width: int
) -> Iterator[str]:
    """Write a table that is no wider than asked for. Cells may be styled."""
    widths = _fitted(columns, rows, width)
    if widths is None:
        for row in rows:
            yield from _block(columns, row, width)
        return
    titles = [_wrapped(column.title, room) for column, room in zip(columns, widths, strict=True)]
    yield from _lines(columns, titles, widths)
    yield _GAP.join("-" * room for room in widths)
    for row in rows:
        cells = [
            _cell_lines(column, cell, room)
            for column, cell, room in zip(columns, row, widths, strict=True)
        ]
        yield from _lines(columns, cells, widths)


def _fitted(
    columns: Sequence["Column"], rows: Sequence[Sequence[str]], width: int
) -> list[int] | None:
    """Find widths that fit, by making the widest column smaller; None where there are none."""
    cells = [[_length(cell) for cell in column] for column in zip(*rows, strict=True)]
    titles = [max(map(len, column.title.split()), default=0) for column in columns]
    longest = [max(each, default=0) for each in cells] or [0] * len(columns)
    widths = [max(pair) for pair in zip(longest, titles, strict=True)]
    least = [
        max(title, _least(column, room))
        for column, room, title in zip(columns, widths, titles, strict=True)
    ]
    room = width - len(_GAP) * (len(columns) - 1)
    if sum(least) > room:
        return None
    while sum(widths) > room:
        wide = [number for number, each in enumerate(widths) if each > least[number]]
        widths[max(wide, key=widths.__getitem__)] -= 1
    return widths


def _least(column: "Column", natural: int) -> int:
    if column.is_number:
        return natural
    return min(natural, _LEAST_NAME if column.is_name else _LEAST_TEXT)


def _cell_lines(column: "Column", cell: str, room: int) -> list[str]:
    if _length(cell) <= room:
        return [cell]
    return [shortened(cell, room)] if column.is_name else _wrapped(cell, room)


def _wrapped(text: str, room: int) -> list[str]:
    words = " ".join(shortened(word, room) for word in words_in(text, room))
    lines = textwrap.wrap(words, room, break_long_words=False, break_on_hyphens=False)
    return without_glue(lines) or [""]


def _lines(
    columns: Sequence["Column"], cells: Sequence[Sequence[str]], widths: Sequence[int]
) -> Iterator[str]:
    """Write one row, on as many lines as its longest cell has."""
    for parts in zip_longest(*cells, fillvalue=""):
        padded = (
            _padded(part, room, to_the_right=column.is_number)
            for part, room, column in zip(parts, widths, columns, strict=True)
        )
        yield _GAP.join(padded).rstrip()


def _padded(cell: str, room: int, *, to_the_right: bool) -> str:
    blanks = " " * (room - _length(cell))
    return blanks + cell if to_the_right else cell + blanks


def _block(columns: Sequence["Column"], row: Sequence[str], width: int) -> Iterator[str]:
    """Write a row as its cells after their titles; the first names stand without."""
    parts = [
        cell if column.is_name or not column.title else f"{column.title} {cell}"
        for column, cell in zip(columns, row, strict=True)
        if cell
    ]
    yield from flowed(parts, width)


def _length(styled: str) -> int:
    return len(click.unstyle(styled))
