"""Rows that were read for many sequencing runs at once, by run."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

Row = TypeVar("Row")


def grouped(rows: Iterable[Row], key: Callable[[Row], int]) -> Mapping[int, tuple[Row, ...]]:
    """Group rows by a number, in their order."""
    groups: dict[int, list[Row]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return {number: tuple(members) for number, members in groups.items()}
