"""What one cell of a sheet says: an index, the lanes of a sample, a number, a setting."""

import re
from collections.abc import Sequence

from seqauto_pipeline.core.sheet.text import Row
from seqauto_pipeline.core.sheet.words import word

_BASES = re.compile(r"[ACGTN]+(?:-[ACGTN]*)?")
_JOINED = re.compile(r"([ACGTN]+)-([ACGTN]+)")
_LANE = re.compile(r"(?:lane|l)?\s*0{0,9}([0-9]{1,2})(?:\.0+)?", re.IGNORECASE)
_LANE_RANGE = re.compile(r"([0-9])\s*-\s*([0-9])")
_LANE_DELIMITERS = re.compile(r"\s*[+;,&|/]\s*")
_WHOLE_NUMBER = re.compile(r"[0-9]{1,9}")


def first_value(cells: Sequence[str], places: Sequence[int]) -> str:
    """Take the first value that any of the columns has in this row; empty if none."""
    for place in places:
        if place < len(cells) and cells[place]:
            return cells[place]
    return ""


def indexes(index: str, index2: str) -> tuple[str | None, str | None]:
    """Normalise both; a pair in the first cell is taken apart unless the second contradicts."""
    first, second = _index(index), _index(index2)
    joined = _JOINED.fullmatch(first) if first and "-" in first else None
    if joined and second in (None, joined.group(2)):
        return joined.group(1), joined.group(2)
    return first, second


def _index(text: str) -> str | None:
    if not text or _BASES.fullmatch(text):
        return text or None
    bases = "".join(text.split()).upper()
    return bases if _BASES.fullmatch(bases) else text


def lane_numbers(text: str) -> tuple[int, ...]:
    """Read "3", "L003", "1+2" or "1-4"; empty when it is none of them."""
    through = _LANE_RANGE.fullmatch(text)
    if through:
        return tuple(range(int(through.group(1)), int(through.group(2)) + 1))
    lanes = []
    for part in _LANE_DELIMITERS.split(text[:100]):
        match = _LANE.fullmatch(part)
        if match is None:
            return ()
        lanes.append(int(match.group(1)))
    return tuple(dict.fromkeys(lanes))


def whole_number(text: str) -> int | None:
    return int(text) if text and _WHOLE_NUMBER.fullmatch(text) else None


def key_and_value(row: Row) -> tuple[str, str]:
    """Read a row of a section of keys and values, also where it kept another delimiter."""
    key, value = row.cells[0], _value(row)
    if not value and any(each in key for each in ",;\t"):
        key, value = re.split(r"[,;\t]+", key, maxsplit=1)
    return key, value.rstrip(",;\t")


def _value(row: Row) -> str:
    """Take the first value; OverrideCycles may have one for each read, as 10x writes them."""
    values = [cell for cell in row.cells[1:] if cell]
    if len(values) > 1 and word(row.cells[0]) == "overridecycles" and ";" not in values[0]:
        return ";".join(values)
    return values[0] if values else ""
