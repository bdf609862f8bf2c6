"""An exec summary that nothing is wrong with, as nearly all are, read in a third of the time.

Its lines are taken apart at once, and its numbers read as if they were JSON. Whatever would need a
message, or is written in an unusual way, is left to `exec_summary`, which reads line by line.
"""

from collections.abc import Sequence, Set
from functools import lru_cache
from itertools import repeat
from typing import NamedTuple

import msgspec

from seqauto_pipeline.core.qc.summary_figures import (
    ABSENT,
    INTEGER,
    PERCENT,
    REQUIRED,
    SAMPLE,
    TEXT,
)
from seqauto_pipeline.core.qc.values import JsonObject, JsonValue, Loaded, whole

_HEADER = ["Name", "Value"]
_NUMBERS = msgspec.json.Decoder(list[float | None])
# A comma would make two numbers of one; -0 would be read as a whole number, and so as 0.
_UNUSUAL = (" ", ",", "-", "null")


class _Figures(NamedTuple):
    """The places of a summary's figures: those of one pipeline are the same."""

    sample: int  # the sample's name
    texts: tuple[int, ...]  # the other texts
    numbers: tuple[int, ...]
    whole: frozenset[int]  # numbers that count something
    percentages: tuple[int, ...]
    required: tuple[int, ...]


def read_flawless(lines: Sequence[str], sample_name: str) -> Loaded | None:
    """Read what `read_exec_summary` describes; None for what has to be read line by line."""
    lines = lines[:-1] if lines[-1] == "" else lines
    if set(map(str.count, lines, repeat("\t"))) != {1}:
        return None
    cells = "\t".join(lines).split("\t")
    names, texts = tuple(cells[2::2]), cells[3::2]
    figures = _figures(names)
    if figures is None or cells[:2] != _HEADER or texts[figures.sample] != sample_name:
        return None
    values = _values(figures, texts)
    if values is None or any(values[at] is None for at in figures.required):
        return None
    content: JsonObject = {"values": dict(zip(names, values, strict=True))}
    return Loaded(content, ())


@lru_cache(maxsize=64)
def _figures(names: tuple[str, ...]) -> _Figures | None:
    """Say which is which; None where a name is missing, or written otherwise than usual."""
    known = [name.lower() for name in names]
    is_usual = len(set(known)) == len(names) and all(name == name.strip() for name in names)
    required = {name.lower() for name in REQUIRED}
    if not is_usual or "" in known or not {SAMPLE, *required} <= set(known):
        return None

    def places(of: Set[str]) -> tuple[int, ...]:
        return tuple(at for at, name in enumerate(known) if name in of)

    return _Figures(
        sample=known.index(SAMPLE),
        texts=places(TEXT - {SAMPLE}),
        numbers=places(set(known) - TEXT),
        whole=frozenset(places(INTEGER)),
        percentages=places(PERCENT),
        required=places(required),
    )


def _values(figures: _Figures, texts: list[str]) -> list[JsonValue] | None:
    """Give texts and numbers in the file's order; None where any calls for a message."""
    numbers = _numbers([texts[at] for at in figures.numbers])
    if numbers is None or any(texts[at] != texts[at].strip() for at in figures.texts):
        return None
    found = dict(zip(figures.numbers, numbers, strict=True))
    if any((found[at] or 0) > 100 for at in figures.percentages):
        return None
    values: list[JsonValue] = list(texts)
    for at in figures.texts:
        values[at] = None if texts[at].lower() in ABSENT else texts[at]
    for at, number in found.items():
        is_whole = at in figures.whole or texts[at].isdecimal()
        values[at] = whole(number) if is_whole and number is not None else number
    return None if any(isinstance(values[at], float) for at in figures.whole) else values


def _numbers(texts: list[str]) -> list[float | None] | None:
    """Read numbers and NotAvail; None where any is written in another way."""
    joined = "\t".join(texts)
    if any(each in joined for each in _UNUSUAL):
        return None
    try:
        return _NUMBERS.decode("[" + joined.replace("NotAvail", "null").replace("\t", ",") + "]")
    except msgspec.DecodeError:
        return None
