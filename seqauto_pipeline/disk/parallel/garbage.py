"""Let Python look for garbage in reference cycles less often than by default."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_TIMES_LESS_OFTEN = 50


@contextmanager
def collecting_rarely() -> Iterator[None]:
    """Collect less often, and leave out the objects that exist already.

    A scan makes hardly any such garbage. Going through all that Dagster has imported each time
    would take a seventh of the time of a first scan.
    """
    often = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(_TIMES_LESS_OFTEN * often[0], *often[1:])
    try:
        yield
    finally:
        gc.set_threshold(*often)
        gc.unfreeze()
