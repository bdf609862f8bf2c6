"""Work in batches, the next one begun before the last one ends."""

from collections.abc import Iterator
from itertools import chain, islice, pairwise
from typing import TypeVar

BATCH_RUNS = 25  # sequencing runs that are judged, or stored, together

_T = TypeVar("_T")


def batches(items: Iterator[_T], size: int = BATCH_RUNS) -> Iterator[list[_T]]:
    while batch := list(islice(items, size)):
        yield batch


def one_ahead(items: Iterator[_T]) -> Iterator[_T]:
    """Make each item before the one before it is handed out."""
    ending: tuple[_T | None, ...] = (None,)
    for item, _ in pairwise(chain(items, ending)):
        if item is not None:
            yield item
