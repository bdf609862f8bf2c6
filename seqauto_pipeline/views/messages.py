"""Messages as programs read them: an object or a row each."""

import datetime as dt

from seqauto_pipeline.core.display import last_day, shown
from seqauto_pipeline.db.models import Message, SequencingRun
from seqauto_pipeline.db.queries.messages import is_open
from seqauto_pipeline.db.queries.runs import path_in_run
from seqauto_pipeline.views.open_models import OpenModels
from seqauto_pipeline.views.values import Json, Value, iso

MESSAGE_COLUMNS = (
    "id",
    "severity",
    "code",
    "message",
    "fix",
    "sequencing_run",
    "path",
    "line",
    "column",
    "open",
    "opened",
    "closed",
    "acknowledged_by",
    "acknowledged_why",
    "acknowledged_until",
    "acknowledged",
)


def message_path(message: Message, run: SequencingRun | None) -> str | None:
    """Absolute path of what a message is about; None where it is about no file."""
    if message.path is None or message.path.startswith("/") or run is None:
        return message.path
    return path_in_run(run, message.path)


def acknowledgement_words(models: OpenModels, message: Message) -> str:
    """Say who acknowledges a message, since and until when, and why."""
    until = message.acknowledged_until
    term = "" if until is None else f", until {last_day(until, models.zone)}"
    return (
        f"acknowledged by {shown(message.acknowledged_by or '')}: "
        f"{shown(message.acknowledged_why or '')} "
        f"({models.local(message.acknowledged_at)}{term})"
    )


def message_as_json(
    message: Message, run: SequencingRun | None, now: dt.datetime
) -> dict[str, Json]:
    """Give all that is known of a message. Whether it is open may depend on the time of day."""
    return {
        "id": message.id,
        "severity": message.severity,
        "code": message.code,
        "message": message.text,
        "fix": message.fix,
        "sequencing_run": None if run is None else run.name,
        "path": message_path(message, run),
        "line": message.line,
        "column": message.column,
        "detail": message.detail,
        "open": is_open(message, now),
        "opened": iso(message.opened_at),
        "opened_by_scan": message.opened_scan_id,
        "closed": iso(message.closed_at),
        "closed_by_scan": message.closed_scan_id,
        "acknowledged_by": message.acknowledged_by,
        "acknowledged_why": message.acknowledged_why,
        "acknowledged": iso(message.acknowledged_at),
        "acknowledged_until": iso(message.acknowledged_until),
    }


def message_row(message: Message, run: SequencingRun | None, now: dt.datetime) -> tuple[Value, ...]:
    """Give the values of MESSAGE_COLUMNS."""
    return (
        message.id,
        message.severity,
        message.code,
        message.text,
        message.fix,
        None if run is None else run.name,
        message_path(message, run),
        message.line,
        message.column,
        is_open(message, now),
        iso(message.opened_at),
        iso(message.closed_at),
        message.acknowledged_by,
        message.acknowledged_why,
        iso(message.acknowledged_until),
        iso(message.acknowledged_at),
    )
