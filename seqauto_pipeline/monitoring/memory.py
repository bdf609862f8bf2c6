"""What each receiver was told, and what somebody acknowledged: one small file in the home.

A file and not the database: that this is down is among what has to be told.
"""

import datetime as dt
import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from seqauto_pipeline.monitoring.alerts import Acknowledgement, Told

FILE_NAME = "alerts.json"


@dataclass
class Memory:
    """Changed by whoever opened it with `remembering`."""

    told: dict[str, Told] = field(default_factory=dict)  # by receiver
    acknowledged: dict[str, Acknowledgement] = field(default_factory=dict)  # by condition


def read_memory(home: Path) -> Memory:
    """Read without a lock, and without making anything; what cannot be read is forgotten."""
    try:
        stored = json.loads((home / FILE_NAME).read_text())
        return Memory(
            {name: _told(each) for name, each in stored["told"].items()},
            {key: _acknowledgement(each) for key, each in stored["acknowledged"].items()},
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return Memory()


@contextmanager
def remembering(home: Path) -> Iterator[Memory]:
    """Open the memory for one process at a time; `keep` stores what was changed."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / f".{FILE_NAME}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield read_memory(home)


def keep(home: Path, memory: Memory) -> None:
    """Store a memory, whole or not at all."""
    text = json.dumps(
        {
            "told": {name: _told_json(each) for name, each in memory.told.items()},
            "acknowledged": {
                key: {"by": each.by, "why": each.why, "until": _iso(each.until)}
                for key, each in memory.acknowledged.items()
            },
        },
        indent=1,
    )
    draft = home / f".{FILE_NAME}.{os.getpid()}"
    draft.write_text(text)
    draft.replace(home / FILE_NAME)


def _told(stored: Mapping[str, object]) -> Told:
    day = stored["digest_on"]
    return Told(
        _texts(stored["raised"]),
        _texts(stored["digest"]),
        None if day is None else dt.date.fromisoformat(str(day)),
    )


def _texts(stored: object) -> dict[str, str]:
    if not isinstance(stored, dict):
        raise TypeError(stored)
    return {str(key): str(value) for key, value in stored.items()}


def _told_json(told: Told) -> Mapping[str, object]:
    return {
        "raised": dict(told.raised),
        "digest": dict(told.digest),
        "digest_on": None if told.digest_on is None else told.digest_on.isoformat(),
    }


def _acknowledgement(stored: Mapping[str, object]) -> Acknowledgement:
    until = stored["until"]
    return Acknowledgement(
        str(stored["by"]),
        str(stored["why"]),
        None if until is None else dt.datetime.fromisoformat(str(until)),
    )


def _iso(moment: dt.datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
