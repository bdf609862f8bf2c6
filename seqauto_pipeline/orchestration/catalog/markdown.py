"""Markdown for the web UI: nothing of a disk acts in it, and it fits where the UI shows it at once.

The catalog shows Markdown below a thousand characters in place; longer text is behind a button.
"""

import re
from collections.abc import Iterable, Iterator, Sequence

from seqauto_pipeline.core.display import counted, shown

INLINE = 990  # characters
# Pixels: of a value's column in a window of 1,000, of a character, of the space around a cell.
_COLUMN, _CHARACTER, _AROUND = 395, 8.9, 16
_WIDEST_FIRST = 200  # pixels of the column that each part of a table repeats, as far as it counts
_LONGEST_WORD = 29  # characters that a window of 1,000 pixels has room for
# What Markdown, or the HTML in it, would act upon. A hyphen or a dot in a name is left as it is.
_ACTIVE = re.compile(r"([\\`*_{}\[\]<>|#~&!$])")
_LETTER = r"(?>\\.|&\w+;|[^\\\s\u200b])"  # one that is seen; what was escaped stays together
_ADDRESS = re.compile(r":(?=//)|www(?=\.)", re.IGNORECASE)  # what makes a link by itself


def escaped(text: str, limit: int | None = None) -> str:
    """Make a text harmless in a line or a cell."""
    harmless = _ACTIVE.sub(r"\\\1", shown(text, limit))
    harmless = harmless.replace("\\<", "&lt;").replace("\\>", "&gt;")
    return _ADDRESS.sub("\\g<0>\u200b", harmless)


def link(text: str, path: str) -> str:
    """Link to a page of the web UI; ``path`` begins with a slash, its parts are quoted."""
    return f"[{escaped(text)}]({path})"


def breakable(text: str, longest: int = _LONGEST_WORD) -> str:
    """Let the long words of an escaped text, such as paths, be broken where a window is narrow."""
    return re.sub(rf"\S{{{longest + 1},}}", lambda word: _broken(word[0], longest), text)


def _broken(word: str, longest: int) -> str:
    """Break a word behind its separators, and wherever it is still too long."""
    parts = re.sub(r"([/_.])(?=\S)", "\\1\u200b", word)
    return re.sub(rf"({_LETTER}{{{longest}}})(?=[^\s\u200b])", "\\1\u200b", parts)


def table(
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    noun: str = "",
    room: int = INLINE,
) -> str:
    """Write a table of cells that are escaped, as many rows as fit; ``noun`` is what one is.

    ``room`` is how many characters it may take.
    """
    head = f"| {' | '.join(columns)} |\n|{' --- |' * len(columns)}"
    return _fitted(head, (f"\n| {' | '.join(row)} |" for row in rows), len(rows), noun, room)


def narrow_tables(
    columns: Sequence[str], rows: Sequence[Sequence[str]], noun: str, room: int
) -> str:
    """Write a table as several, below each other, that each fit into a window of 1,000 pixels."""
    widths = [_pixels(column, (row[at] for row in rows)) for at, column in enumerate(columns)]
    parts = tuple(_parts(widths))
    return "\n\n".join(
        table(
            [columns[at] for at in part],
            [[row[at] for at in part] for row in rows],
            noun,
            room // len(parts) - 2,
        )
        for part in parts
    )


def _parts(widths: Sequence[float]) -> Iterator[tuple[int, ...]]:
    """Deal columns out to tables, which all begin with the first one."""
    first = min(widths[0], _WIDEST_FIRST)
    part: list[int] = []
    for at, width in enumerate(widths[1:], start=1):
        if part and first + sum(widths[each] for each in part) + width > _COLUMN:
            yield (0, *part)
            part = []
        part.append(at)
    yield (0, *part)


def _pixels(column: str, cells: Iterable[str]) -> float:
    """How wide a column is at least: blanks can be broken."""
    words = (word.replace("\\", "") for text in (column, *cells) for word in text.split())
    return _CHARACTER * max(map(len, words), default=0) + _AROUND


def bullets(lines: Sequence[str], noun: str = "") -> str:
    """Write a list of lines that are escaped, as many as fit; ``noun`` is what one is."""
    return _fitted("", (f"\n- {line}" for line in lines), len(lines), noun, INLINE).lstrip("\n")


def _fitted(head: str, lines: Iterable[str], total: int, noun: str, room: int) -> str:
    reserve = len(noun) + 32
    text, written = head, 0
    for line in lines:
        if len(text) + len(line) > room - reserve:
            break
        text += line
        written += 1
    rest = total - written
    more = counted(rest, f"more {noun}") if noun else f"{rest:,} more"
    return f"{text}\n\n… and {more}" if rest else text
