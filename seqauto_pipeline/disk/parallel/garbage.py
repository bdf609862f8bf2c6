"""Python's search for garbage in cycles, less often than by default."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_TIMES = 50


@contextmanager
def collecting_rarely() -> Iterator[None]:
    """Search less often, and not among what is there already.

    A scan makes hardly any such garbage, and everything that Dagster has imported would be looked
    at each time: that takes a seventh of the time of a first scan.
    """
    often = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(_TIMES * often[0], *often[1:])
    try:
        yield
    finally:
        gc.set_threshold(*often)
        gc.unfreeze()
