"""How complaints show what was found, and guess what was meant."""

import difflib
from collections.abc import Iterable
from pathlib import Path

_LONGEST = 300  # characters: the path of a root or home is shown whole


def found(value: object) -> str:
    """Show a value as TOML would, cut short, with nothing in it that acts on a terminal."""
    if isinstance(value, bool):
        return str(value).lower()
    text = repr(str(value) if isinstance(value, Path) else value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Guess which known word was meant, whatever the case."""
    by_lower = {candidate.lower(): candidate for candidate in known}
    close = difflib.get_close_matches(word.lower(), by_lower, n=1)
    return by_lower[close[0]] if close else None


def suggestion(near: str | None, page: str) -> str:
    """End a complaint of an unknown name: the name that was meant, or where all are listed."""
    return f"; did you mean {near}?" if near else f", expected one that {page} lists"
