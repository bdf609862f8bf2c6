"""How a message is shown: in a block for people, as an object for programs."""

import datetime as dt

from seqauto_pipeline.cli.models_db import Models, iso
from seqauto_pipeline.cli.tables import Json, state_word
from seqauto_pipeline.core.display import shown
from seqauto_pipeline.db.models import Message, SequencingRun
from seqauto_pipeline.db.queries.runs import is_open, run_folder


def message_block(models: Models, message: Message) -> str:
    """Write a message with its number, its place and what to do, on a few lines."""
    head = f"  {state_word(message.severity)} {message.code} [{message.id}]{_place(message)}"
    lines = [head, f"      {shown(message.text)}", f"      To do: {shown(message.fix)}"]
    since = f"since {models.local(message.opened_at)}"
    lines.append(f"      {since}{_outcome(models, message)}")
    return "\n".join(lines)


def _place(message: Message) -> str:
    place = f" {shown(message.path)}" if message.path else ""
    if message.line is not None:
        place += f", line {message.line}"
    return place + (f", column {shown(message.column)}" if message.column else "")


def _outcome(models: Models, message: Message) -> str:
    words = ""
    if message.acknowledged_at is not None:
        until = message.acknowledged_until
        term = f" until {models.local(until)}" if until is not None else ""
        words += (
            f"; acknowledged by {shown(message.acknowledged_by or '')}{term}: "
            f"{shown(message.acknowledged_why or '')}"
        )
    if message.closed_at is not None:
        words += f"; closed {models.local(message.closed_at)} by scan {message.closed_scan_id}"
    return words


def message_path(message: Message, run: SequencingRun | None) -> str | None:
    """Absolute path of what a message is about; None where it is about no file."""
    if message.path is None or message.path.startswith("/") or run is None:
        return message.path
    return f"{run_folder(run)}/{message.path}".rstrip("/")


def message_as_json(message: Message, run: SequencingRun | None, now: dt.datetime) -> Json:
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
