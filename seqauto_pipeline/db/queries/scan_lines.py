"""What one scan changed, sequencing run by sequencing run, for its log."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from seqauto_pipeline.core.display import counted
from seqauto_pipeline.db.models import (
    ExpectedFile,
    FileEvent,
    Message,
    RunEvent,
    Scan,
    SequencingRun,
)
from seqauto_pipeline.db.queries.runs import folder_at, run_folder

_SOME = {"yield_per": 1_000}  # rows at a time: a first scan has lines of all runs


@dataclass(frozen=True, slots=True)
class ScanLine:
    """One thing that a scan found out about a sequencing run."""

    sequencing_run: str  # "" where it is about a root
    folder: str
    level: str  # info, warning or error
    text: str


def scan_lines(session: Session, dagster_run_id: str) -> Iterator[ScanLine]:
    """Tell of runs that changed their state, of changed files by kind, and of new messages."""
    scan = session.scalars(select(Scan).where(Scan.dagster_run_id == dagster_run_id)).first()
    if scan is not None:
        yield from _run_lines(session, scan.id)
        yield from _file_lines(session, scan.id)
        yield from _message_lines(session, scan.id)


def _run_lines(session: Session, scan_id: int) -> Iterator[ScanLine]:
    query = select(RunEvent, SequencingRun).join(SequencingRun).where(RunEvent.scan_id == scan_id)
    for event, run in session.execute(query.order_by(RunEvent.id), execution_options=_SOME):
        before = f" (was {event.old_state})" if event.old_state else ""
        detail = f": {event.detail}" if event.detail else ""
        level = "error" if event.new_state == "error" else "info"
        text = f"run is {event.new_state}{before}{detail}"
        yield ScanLine(run.name, run_folder(run), level, text)


def _file_lines(session: Session, scan_id: int) -> Iterator[ScanLine]:
    # Of a run no more than what is told of it: each line of a first scan would bring all the rest.
    run = (SequencingRun.name, SequencingRun.root, SequencingRun.path)
    kinds = (ExpectedFile.sequencing_run_id, ExpectedFile.file_type, FileEvent.new_state)
    query = (
        select(*run, ExpectedFile.file_type, FileEvent.new_state, func.count())
        .select_from(FileEvent)
        .join(ExpectedFile, ExpectedFile.id == FileEvent.expected_file_id)
        .join(SequencingRun, SequencingRun.id == ExpectedFile.sequencing_run_id)
        .where(FileEvent.scan_id == scan_id)
        .group_by(SequencingRun.id, *kinds)
        .order_by(*kinds)
    )
    for name, root, path, kind, state, count in session.execute(query, execution_options=_SOME):
        text = f"{counted(count, f'{kind} file')} now {state}"
        yield ScanLine(name, folder_at(root, path), "info", text)


def _message_lines(session: Session, scan_id: int) -> Iterator[ScanLine]:
    query = (
        select(Message, SequencingRun)
        .outerjoin(SequencingRun, SequencingRun.id == Message.sequencing_run_id)
        .where(Message.opened_scan_id == scan_id)
        .order_by(Message.id)
    )
    for message, run in session.execute(query, execution_options=_SOME):
        name, folder = (run.name, run_folder(run)) if run else ("", message.path or "")
        yield ScanLine(name, folder, message.severity, f"{message.code}: {message.text}")
