"""What views are made of: values that JSON can hold, and moments written as text."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import TypeAlias

Value: TypeAlias = str | int | float | bool | None
Json: TypeAlias = "Value | Sequence[Json] | Mapping[str, Json]"

_EPOCH = dt.datetime.fromtimestamp(0, dt.UTC)


def moment_of(nanoseconds: int | None) -> dt.datetime | None:
    """Turn a modification time into a moment, to the microsecond."""
    if nanoseconds is None:
        return None
    return _EPOCH + dt.timedelta(microseconds=nanoseconds // 1000)


def iso(moment: dt.datetime | None) -> str | None:
    """Write a moment as ISO 8601 in UTC."""
    return None if moment is None else moment.astimezone(dt.UTC).isoformat()


def iso_ns(nanoseconds: int | None) -> str | None:
    """Write a modification time as ISO 8601 in UTC, always with microseconds."""
    moment = moment_of(nanoseconds)
    return None if moment is None else moment.isoformat(timespec="microseconds")


def iso_date(date: dt.date | None) -> str | None:
    return None if date is None else date.isoformat()
