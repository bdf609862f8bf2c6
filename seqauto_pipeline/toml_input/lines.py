"""Where a key stands in a TOML text: tomllib does not tell."""

import re
import tomllib
from collections.abc import Iterator


def line_of_error(text: str, error: tomllib.TOMLDecodeError) -> int:
    """Find the line, from 1, at which a text stops being TOML; its last when it ends too soon."""
    line = re.search(r"at line (\d+)", str(error))
    return int(line[1]) if line else len(text.splitlines())


def line_of(text: str, location: tuple[str | int, ...]) -> int:
    """Find the line, from 1, of the TOML key that comes nearest to a value's location."""
    best, best_line = 0, 1
    for line, key in keys_of(text):
        shared = _shared_length(key, location)
        if shared > best:
            best, best_line = shared, line
    return best_line


def keys_of(text: str) -> Iterator[tuple[int, tuple[str | int, ...]]]:
    """Yield (line, full key) for each header and each assignment, as far as one line shows it.

    Tables of an array have their number, from 0, in the key.
    """
    table: tuple[str | int, ...] = ()
    tables_seen: dict[tuple[str | int, ...], int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if header := re.match(r"\s*(\[\[?)([^\[\]]+)\]", line):
            table = _split_key(header[2])
            if header[1] == "[[":
                position = tables_seen.get(table, 0)
                tables_seen[table] = position + 1
                table = (*table, position)
            yield number, table
        elif (assignment := re.match(r"([^=#]+)=", line)) and (key := _split_key(assignment[1])):
            yield number, (*table, *key)


def _split_key(dotted: str) -> tuple[str, ...]:
    """Read a TOML key, quoted parts included. Empty when it is none."""
    try:
        value: object = tomllib.loads(f"{dotted.strip()} = 0")
    except tomllib.TOMLDecodeError:
        return ()
    parts: list[str] = []
    while isinstance(value, dict):
        [(part, value)] = value.items()
        parts.append(part)
    return tuple(parts)


def _shared_length(key: tuple[str | int, ...], location: tuple[str | int, ...]) -> int:
    pairs = zip(key, location, strict=False)
    return next((i for i, (a, b) in enumerate(pairs) if a != b), min(len(key), len(location)))
