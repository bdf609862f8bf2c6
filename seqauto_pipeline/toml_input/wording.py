"""How complaints show what was found, and what was meant."""

from pathlib import Path

_LONGEST = 300  # characters: the path of a root or home is shown whole


def found(value: object) -> str:
    """Show a value as TOML would, cut short, with nothing in it that acts on a terminal."""
    if isinstance(value, bool):
        return str(value).lower()
    text = repr(str(value) if isinstance(value, Path) else value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


def suggestion(near: str | None, page: str) -> str:
    """End a complaint of an unknown name: the name that was meant, or where all are listed."""
    return f"; did you mean {near}?" if near else f", expected one that {page} lists"
