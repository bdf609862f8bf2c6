"""The states of expected files and of sequencing runs, and the rule that finds a file's state."""

from collections.abc import Iterable
from enum import StrEnum


class DataState(StrEnum):
    """What the last scan says of one expected file."""

    COMPLETE = "complete"
    RUNNING = "running"
    SKIPPED = "skipped"
    NON_EXISTENT = "non_existent"
    DELETED = "deleted"
    ERROR = "error"


class RunState(StrEnum):
    """What the last scan says of one sequencing run."""

    COMPLETE = "complete"
    INCOMPLETE = "incomplete"
    SKIPPED = "skipped"
    DELETED = "deleted"
    ERROR = "error"


RETIRED = "retired"  # in place of a file's state, from when it is asked for no more

# Why a file is `running`.
AWAITED = "AWAITED"  # what makes the file has begun and has not ended
UNSEEN = "UNSEEN"  # the job that makes it has ended, and nobody has looked yet

# From best to worst: the reads of a sample are as bad as the worst of them.
_RANK = {state: rank for rank, state in enumerate(DataState)}


def worst_of(states: Iterable[DataState]) -> DataState:
    """Give the state of what is made of several files, such as a pair of reads."""
    return max(states, key=_RANK.__getitem__)


def state_when_absent(*, was_seen: bool, stored: DataState | None) -> DataState:
    """State of an expected file that a readable directory does not hold.

    A job that makes the file may still be at work: ``running`` ends when the job does, not here.
    """
    if stored is DataState.RUNNING:
        return DataState.RUNNING
    return DataState.DELETED if was_seen else DataState.NON_EXISTENT
