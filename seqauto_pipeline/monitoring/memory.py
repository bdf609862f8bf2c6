"""What each receiver was told, and what people said of conditions: one small file in the home.

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

from seqauto_pipeline.monitoring.alerts import Said, Told

FILE_NAME = "alerts.json"


@dataclass
class Memory:
    """Changed by whoever opened it with `remembering`."""

    told: dict[str, Told] = field(default_factory=dict)  # by receiver
    said: list[Said] = field(default_factory=list)  # oldest first; only ever appended to

    @property
    def acknowledged(self) -> Mapping[str, Said]:
        """The acknowledgements that nobody has taken back, also those that ended, by condition."""
        newest = {each.key: each for each in self.said}
        return {key: each for key, each in newest.items() if each.is_on}


def read_memory(home: Path) -> Memory:
    """Read without a lock, and without making anything; what cannot be read is forgotten."""
    try:
        stored = json.loads((home / FILE_NAME).read_text())
        return Memory(
            {name: _told(each) for name, each in stored["told"].items()},
            [*_said_before_history(stored), *map(_said, stored.get("said", ()))],
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
            "said": [
                {
                    "key": each.key,
                    "on": each.is_on,
                    "by": each.by,
                    "why": each.why,
                    "at": _iso(each.at),
                    "until": _iso(each.until),
                }
                for each in memory.said
            ],
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


def _said(stored: Mapping[str, object]) -> Said:
    why = stored["why"]
    return Said(
        str(stored["key"]),
        bool(stored["on"]),
        str(stored["by"]),
        None if why is None else str(why),
        _moment(stored["at"]),
        _moment(stored["until"]),
    )


def _said_before_history(stored: Mapping[str, object]) -> Iterator[Said]:
    """Read what releases wrote that kept only the acknowledgements in force, without their time."""
    before = stored.get("acknowledged", {})
    if not isinstance(before, dict):
        raise TypeError(before)
    for key, each in before.items():
        yield _said({"key": key, "on": True, "at": None, **each})


def _moment(text: object) -> dt.datetime | None:
    return None if text is None else dt.datetime.fromisoformat(str(text))


def _iso(moment: dt.datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
