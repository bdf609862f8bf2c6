"""Days, times and scans, as people write them: which scan they mean."""

import datetime as dt
import re
from dataclasses import dataclass

from seqauto_pipeline.core.display import shown
from seqauto_pipeline.db.models import Scan
from seqauto_pipeline.db.queries.history import (
    first_applied_scan,
    last_scan_before,
    previous_scan_id,
    scans_by_id,
)
from seqauto_pipeline.views.finding import NotFoundError, nothing_found, one_scan
from seqauto_pipeline.views.open_models import OpenModels

_LONGEST_NUMBER = 10  # digits: longer ones are the start of an id
_DAY = dt.timedelta(days=1)
_DAYS_AGO = {"today": 0, "yesterday": 1}
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_TIME = re.compile(r"\d\d:\d\d(:\d\d)?")
_DATE_AND_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?(Z|[+-]\d\d:\d\d)?")


@dataclass(frozen=True, slots=True)
class Span:
    """A day, from its start to its end; or a moment, which is both."""

    start: dt.datetime
    end: dt.datetime  # no longer belongs to a day


def is_moment(text: str) -> bool:
    """Tell whether a text is written as a day or time, be it a real one or not."""
    patterns = (_DATE, _TIME, _DATE_AND_TIME)
    return text.lower() in _DAYS_AGO or any(pattern.fullmatch(text) for pattern in patterns)


def span_of(models: OpenModels, text: str) -> Span | None:
    """Read ``yesterday``, a day, a time of today, or both; None where it is none of these.

    In the configured time zone, unless it names another.
    """
    today = models.now.astimezone(models.zone).date()
    try:
        if text.lower() in _DAYS_AGO:
            return _day(models, today - _DAYS_AGO[text.lower()] * _DAY)
        if _DATE.fullmatch(text):
            return _day(models, dt.date.fromisoformat(text))
        if _TIME.fullmatch(text):
            text = f"{today}T{text}"
        if _DATE_AND_TIME.fullmatch(text):
            return _moment(models, dt.datetime.fromisoformat(text))
    except ValueError as error:
        raise NotFoundError(f"{shown(text)!r} is no day or time: {error}.") from error
    return None


def _day(models: OpenModels, day: dt.date) -> Span:
    start, end = (dt.datetime.combine(each, dt.time(), models.zone) for each in (day, day + _DAY))
    return Span(start, end)


def _moment(models: OpenModels, moment: dt.datetime) -> Span:
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=models.zone)
    return Span(aware, aware)


def scan_at(models: OpenModels, text: str) -> Scan:
    """Find the scan that a text names, or the last one by the end of a day or by a moment."""
    span = span_of(models, text)
    if span is None:
        return one_scan(models, text)
    scan = last_scan_before(models.session, span.end)
    if scan is not None:
        return scan
    first = first_applied_scan(models.session)
    if first is None:
        raise NotFoundError(nothing_found(models, f"scan by {shown(text)}"))
    raise NotFoundError(
        f"No scan had run by {shown(text)}: the first began {models.local(first.started_at)}."
    )


def dagster_id_of(models: OpenModels, text: str) -> str:
    """Give Dagster's id of the scan with a number, or the last by a day or time; else the text."""
    if span_of(models, text) is not None:
        return scan_at(models, text).dagster_run_id
    is_number = text.isascii() and text.isdigit() and len(text) < _LONGEST_NUMBER
    found = scans_by_id(models.session, (int(text),)) if is_number else {}
    return next((scan.dagster_run_id for scan in found.values()), text)


def scan_before(models: OpenModels, text: str) -> int:
    """Number of the scan after which a text begins: itself, or the last before a day; 0: none."""
    span = span_of(models, text)
    if span is None:
        return one_scan(models, text).id
    scan = last_scan_before(models.session, span.start)
    return 0 if scan is None else scan.id


def scans_during(models: OpenModels, text: str) -> tuple[int, Scan]:
    """Give what one scan or the scans of a day changed: the number before them, and the last."""
    span = span_of(models, text)
    last = scan_at(models, text)
    if span is None or span.start == span.end:
        return previous_scan_id(models.session, last.id), last
    before = scan_before(models, text)
    if before >= last.id:
        raise NotFoundError(
            f"No scan ran on {shown(text)}: the last before began {models.local(last.started_at)}."
        )
    return before, last
