"""Clocks that disagree. The order of scans is that of their numbers; times are held against it."""

import datetime as dt
from collections.abc import Sequence
from itertools import pairwise

_APART = dt.timedelta(seconds=10)  # by less, the clocks of hosts that keep their time differ
# Between scans that follow each other: what is outside is a clock that was set, or a long pause.
_LEAST, _MOST = dt.timedelta(days=-1), dt.timedelta(days=30)

_DAY_NS = 86_400_000_000_000


def recent(seen_ns: int, for_ns: int) -> range:
    """Give the modification times of what changed in a time until it was seen.

    One that lies more than a day ahead is that of a clock that was wrong, and says nothing.
    """
    return range(seen_ns - for_ns + 1, seen_ns + _DAY_NS)


def behind(earlier: dt.datetime, later: dt.datetime) -> dt.timedelta | None:
    """By how much a later moment is said to be before an earlier one; None where it is not."""
    return earlier - later if earlier - later > _APART else None


def jump(times: Sequence[dt.datetime]) -> tuple[dt.datetime, dt.datetime] | None:
    """Find the last two, of moments in their order, between which time jumped by days."""
    for later, earlier in pairwise(reversed(times)):
        if not _LEAST <= later - earlier <= _MOST:
            return earlier, later
    return None
