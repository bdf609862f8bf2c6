"""Let Python look for garbage in reference cycles less often than by default."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_RARELY = 35_000  # objects more than were freed: fifty times Python's default


@contextmanager
def collecting_rarely() -> Iterator[None]:
    """Collect less often, and leave out the objects that exist already. Inside itself: no change.

    A scan makes hardly any such garbage. Going through all that Dagster has imported each time
    would take a seventh of the time of a first scan. A command that imports a thousand modules
    and then writes a report would look through them all, several times.
    """
    often, is_inside = gc.get_threshold(), gc.get_freeze_count() > 0
    gc.freeze()
    gc.set_threshold(max(_RARELY, often[0]), *often[1:])
    try:
        yield
    finally:
        gc.set_threshold(*often)
        if not is_inside:
            gc.unfreeze()
