"""Let Python look for garbage in reference cycles less often than by default."""

import atexit
import gc
from collections.abc import Iterator
from contextlib import contextmanager

_RARELY = 35_000  # objects more than were freed: fifty times Python's default

# A process that ends looks through all of its objects, which takes up to a second with what Dagster
# has imported, and then gives the memory back anyway.
atexit.register(gc.freeze)


@contextmanager
def collecting_rarely() -> Iterator[None]:
    """Collect less often, and leave out the objects that exist already. Inside itself: no change.

    A scan makes hardly any such garbage. Going through all that Dagster has imported each time
    would take a seventh of the time of a first scan. A command that imports a thousand modules
    and then writes a report would look through them all, several times.
    What is left out is looked through again when the block ends, also where another froze it
    before: in a process that scans again and again it would pile up.
    """
    often = gc.get_threshold()
    if not 0 < often[0] < _RARELY:
        yield
        return
    gc.freeze()
    gc.set_threshold(_RARELY, *often[1:])
    try:
        yield
    finally:
        gc.set_threshold(*often)
        gc.unfreeze()


@contextmanager
def importing() -> Iterator[None]:
    """Look for no garbage while modules are imported, nor through their objects afterwards.

    A thousand modules are hundreds of thousands of objects, which stay. They are left out until a
    block of `collecting_rarely` ends.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
        gc.freeze()
