"""The date of a run, in every shape that an instrument writes it."""

import datetime as dt
import re

_COMPACT = re.compile(r"(?:20)?(\d{2})(\d{2})(\d{2})", re.ASCII)
_ISO = re.compile(
    r"20(\d{2})-(\d{2})-(\d{2})(?:[T ][\d:.,]{1,30}(?:Z|[+-]\d{2}:?\d{2})?)?", re.ASCII
)
_AMERICAN = re.compile(
    r"(\d{1,2})/(\d{1,2})/20(\d{2})(?: [\d:.]{1,20}(?: ?[AaPp][Mm])?)?", re.ASCII
)


def parse_run_date(text: str) -> dt.date | None:
    """Read ``200920``, ``20200920``, ``6/27/2018 4:59:20 PM`` or ``2020-06-24T18:29:14-07:00``.

    The day is the one that is written: a zone moves nothing. Years are 2000 to 2099, as no
    instrument is older. Anything else, an impossible day included, gives None.
    """
    if found := _COMPACT.fullmatch(text) or _ISO.fullmatch(text):
        year, month, day = found.groups()
    elif found := _AMERICAN.fullmatch(text):
        month, day, year = found.groups()
    else:
        return None
    try:
        return dt.date(2000 + int(year), int(month), int(day))
    except ValueError:
        return None
