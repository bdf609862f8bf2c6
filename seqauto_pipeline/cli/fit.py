"""Text that fits a terminal: names shortened in the middle, words wrapped, parts on more lines.

Outside a terminal there is no width (None), and all is written in full.
"""

import shutil
import textwrap
from collections.abc import Iterable, Iterator, Sequence

import click

_SEPARATOR = "  "
_INDENT = 4
_LEAST_NAME = 20  # columns: a name that is shortened more says nothing
_LONGEST_NUMBER = 3  # columns, of a list, with its point
_SHORTEST_LINE = 3  # columns: a shorter word is not left alone on the last line
_GLUE = "\0"  # stands for a blank at which no line ends


def terminal_columns() -> int:
    return shutil.get_terminal_size().columns


def shortened(text: str, width: int | None) -> str:
    """Leave out the middle of a text that is too long: the two ends of a name tell most."""
    if width is None or len(text) <= width:
        return text
    start = (width - 1) // 2
    return f"{text[:start]}…{text[len(text) - (width - 1 - start) :]}"


def flowed(parts: Sequence[str], width: int | None, indent: int = _INDENT) -> Iterator[str]:
    """Put parts on one line, and those that do not fit on the next, indented. Styles are kept."""
    line = ""
    for part in parts:
        longer = f"{line}{_SEPARATOR}{part}" if line else part
        if line and width is not None and _length(longer) > width:
            yield line
            longer = " " * indent + part
        line = _cut(longer, width)
    if line:
        yield line


def _cut(line: str, width: int | None) -> str:
    if width is None or _length(line) <= width:
        return line
    plain = click.unstyle(line)
    blanks = len(plain) - len(plain.lstrip())
    return " " * blanks + shortened(plain[blanks:], width - blanks)


def _length(styled: str) -> int:
    return len(click.unstyle(styled))


def wrapped(
    text: str,
    width: int | None,
    first: str = "",
    indent: int = _INDENT,
    *,
    whole_words: bool = False,
) -> list[str]:
    """Break a sentence at its blanks; a word that is too long, such as a path, is shortened.

    With ``whole_words`` it is not: what is to be copied stands whole, on a line of its own.
    """
    if width is None:
        return [first + text]
    blanks = len(text) - len(text.lstrip(" "))
    first, indent = first + " " * blanks, indent + blanks
    room = None if whole_words else max(width - max(len(first), indent), _LEAST_NAME)
    lines = textwrap.wrap(
        " ".join(shortened(word, room) for word in _numbered(words_in(text, room))),
        width,
        initial_indent=first,
        subsequent_indent=" " * indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return without_glue(lines) or [first.rstrip()]


def words_in(text: str, room: int | None) -> list[str]:
    """Split a sentence; a last word of a letter or two stays with the one before, if it fits."""
    words = text.split()
    last = _GLUE.join(words[-2:])
    if len(words[-1:] and words[-1]) < _SHORTEST_LINE and (room is None or len(last) <= room):
        words[-2:] = [last]
    return words


def without_glue(lines: Iterable[str]) -> list[str]:
    return [line.replace(_GLUE, " ") for line in lines]


def _numbered(words: list[str]) -> list[str]:
    """Keep a number at the start of a sentence with what it numbers."""
    if len(words) > 1 and len(words[0]) <= _LONGEST_NUMBER:
        return [_GLUE.join(words[:2]), *words[2:]]
    return words
