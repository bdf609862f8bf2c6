"""Markdown for the web UI: nothing of a disk acts in it, and it fits where the UI shows it at once.

The catalog shows Markdown below a thousand characters in place; longer text is behind a button.
"""

import re
from collections.abc import Iterable, Sequence

from seqauto_pipeline.core.display import shown

INLINE = 990  # characters
# What Markdown, or the HTML in it, would act upon. A hyphen or a dot in a name is left as it is.
_ACTIVE = re.compile(r"([\\`*_{}\[\]<>|#~&!$])")
_ADDRESS = re.compile(r":(?=//)|www(?=\.)", re.IGNORECASE)  # what makes a link by itself


def escaped(text: str, limit: int | None = None) -> str:
    """Make a text harmless in a line or a cell."""
    harmless = _ACTIVE.sub(r"\\\1", shown(text, limit))
    harmless = harmless.replace("\\<", "&lt;").replace("\\>", "&gt;")
    return _ADDRESS.sub("\\g<0>\u200b", harmless)


def link(text: str, path: str) -> str:
    """Link to a page of the web UI; ``path`` begins with a slash, its parts are quoted."""
    return f"[{escaped(text)}]({path})"


def table(columns: Sequence[str], rows: Sequence[Sequence[str]], left_out: str = "") -> str:
    """Write a table of cells that are escaped, as many rows as fit; ``left_out`` names the rest."""
    head = f"| {' | '.join(columns)} |\n|{' --- |' * len(columns)}"
    return _fitted(head, (f"\n| {' | '.join(row)} |" for row in rows), len(rows), left_out)


def bullets(lines: Sequence[str], left_out: str = "") -> str:
    """Write a list of lines that are escaped, as many as fit; ``left_out`` names the rest."""
    return _fitted("", (f"\n- {line}" for line in lines), len(lines), left_out).lstrip("\n")


def _fitted(head: str, lines: Iterable[str], total: int, left_out: str) -> str:
    reserve = len(left_out) + 30
    text, written = head, 0
    for line in lines:
        if len(text) + len(line) > INLINE - reserve:
            break
        text += line
        written += 1
    rest = total - written
    return f"{text}\n\n… and {rest:,} more{left_out}" if rest else text
