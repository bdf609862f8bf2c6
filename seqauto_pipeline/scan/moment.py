"""The moment at which a step of a scan works."""

import datetime as dt


def now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
