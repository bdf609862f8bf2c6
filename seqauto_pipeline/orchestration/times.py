"""The times that Dagster stores, as datetimes in UTC."""

import datetime as dt


def from_timestamp(seconds: float) -> dt.datetime:
    """Convert seconds since the epoch."""
    return dt.datetime.fromtimestamp(seconds, dt.UTC)


def in_utc(moment: dt.datetime) -> dt.datetime:
    """Convert a time; one without a zone, as SQLite gives it back, is in UTC already."""
    return moment.astimezone(dt.UTC) if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
