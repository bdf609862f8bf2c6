"""What people read: harmless text from disk, numbers with their nouns, moments in their zone."""

import datetime as dt
import unicodedata

_NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}
# Cc control, Cf format (bidi overrides, zero width), Cs lone surrogates, Zl and Zp line ends
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def shown(text: str, limit: int | None = None) -> str:
    """Replace what a terminal would obey or hide by its backslash escape, and cut at ``limit``.

    The result is one line. Rich markup is left as it is: a caller that prints with rich escapes it.
    """
    cut = text[:limit]
    more = "…" if len(cut) < len(text) else ""
    if is_harmless(cut):
        return cut + more
    return "".join(map(_shown_character, cut)) + more


def is_harmless(text: str) -> bool:
    """Tell whether a text is shown as it is: ASCII without control characters and line ends."""
    return text.isascii() and text.isprintable()


def _shown_character(character: str) -> str:
    if character in _NAMED:
        return _NAMED[character]
    if unicodedata.category(character) not in _UNSEEN:
        return character
    number = ord(character)
    if number < 0x100:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def quoted(text: str, limit: int = 60) -> str:
    """Show a cell of a file inside a sentence: escaped, short, in quotation marks."""
    return f'"{shown(text, limit=limit)}"'


def counted(number: int, noun: str, plural: str = "") -> str:
    """Write a number with its noun: 1 file, 2,000 files, 2 entries."""
    return f"{number:,} {noun if number == 1 else plural or f'{noun}s'}"


def local_time(moment: dt.datetime, zone: dt.tzinfo) -> str:
    """Write a moment for people, in a time zone, to the second."""
    return f"{moment.astimezone(zone):%Y-%m-%d %H:%M:%S}"


def last_day(end: dt.datetime, zone: dt.tzinfo) -> dt.date:
    """Give the last day, in a time zone, of what ends at a moment: at midnight, the day before."""
    return (end - dt.timedelta(microseconds=1)).astimezone(zone).date()
