"""Rows of runs, files, contents and messages: from values, and back."""

import json
import zlib
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

from sqlalchemy import Row, RowMapping, Select, select

from seqauto_pipeline.core.data_state import DataState, RunState
from seqauto_pipeline.core.problems import Problem, Severity
from seqauto_pipeline.core.sheet.sample_sheet import SampleSheet as ParsedSampleSheet
from seqauto_pipeline.core.verdict.file_contents import ContentResult
from seqauto_pipeline.core.verdict.messages import OpenMessage
from seqauto_pipeline.core.verdict.parsed_run import ReadSheet
from seqauto_pipeline.core.verdict.reconcile import FileChange, FileRecord, ScanIds
from seqauto_pipeline.core.verdict.run_plan import RunPlan
from seqauto_pipeline.core.verdict.run_record import RunRecord
from seqauto_pipeline.db.models import Message
from seqauto_pipeline.db.models.sequencing import MOVED_FROM

_RUN_COLUMNS = tuple(each.name for each in fields(RunRecord))
# The columns of rows that are inserted by the thousand: tuples, as the driver takes them.
NEW_FILE_COLUMNS = ("id", "sequencing_run_id", *FileRecord._fields)
EVENT_COLUMNS = (
    *("id", "expected_file_id", "scan_id", "old_state", "new_state"),
    *("size", "modified_ns", "path"),
)
CONTENT_COLUMNS = ("expected_file_id", "signature", "data", "problems")


def run_record(row: RowMapping) -> RunRecord:
    values = {name: row[name] for name in _RUN_COLUMNS}
    values["data_state"] = RunState(values["data_state"])
    return RunRecord(**values)


def run_event_row(run_id: int, plan: RunPlan, scan: ScanIds) -> dict[str, Any]:
    old = plan.old_record
    moved = old is not None and (old.root, old.path) != (plan.record.root, plan.record.path)
    detail = f"{MOVED_FROM}{old.root}/{old.path}" if moved and old else plan.record.state_reason
    return {
        "sequencing_run_id": run_id,
        "scan_id": scan.this,
        "old_state": None if old is None else old.data_state.value,
        "new_state": plan.record.data_state.value,
        "detail": detail,
    }


def file_record(row: RowMapping) -> FileRecord:
    values = {name: row[name] for name in FileRecord._fields}
    values["data_state"] = DataState(values["data_state"])
    return FileRecord(**values)


def file_event_row(
    event_id: int, file_id: int, change: FileChange, scan: ScanIds
) -> tuple[Any, ...]:
    """Give the values of EVENT_COLUMNS."""
    old, new = change
    return (
        event_id,
        file_id,
        scan.this,
        None if old is None else old.ledger_state,
        new.ledger_state,
        new.size,
        new.modified_ns,
        old.path if old is not None and old.path != new.path else None,
    )


def content_row(file_id: int, result: ContentResult) -> tuple[Any, ...]:
    """Give the values of CONTENT_COLUMNS."""
    problems = [_problem_to_json(each) for each in result.problems]
    return file_id, result.signature, result.data, json.dumps(problems) if problems else None


def _problem_to_json(problem: Problem) -> dict[str, Any]:
    return {**asdict(problem), "severity": problem.severity.value}


def problem_from_json(row: Mapping[str, Any]) -> Problem:
    return Problem(**{**row, "severity": Severity(row["severity"])})


def sheet_row(sheet_id: int, run_id: int, read: ReadSheet, content: bytes) -> dict[str, Any]:
    return {
        "id": sheet_id,
        "sequencing_run_id": run_id,
        "is_current": True,
        "path": read.path,
        "md5": read.md5,
        "format": read.sheet.format.value,
        "facts": _sheet_facts(read.sheet),
        "content": zlib.compress(content, 6),
    }


def _sheet_facts(sheet: ParsedSampleSheet) -> dict[str, Any]:
    return {
        "encoding": sheet.encoding,
        "delimiter": sheet.delimiter,
        "sections": list(sheet.sections),
        "header": [list(each) for each in sheet.header],
        "reads": list(sheet.reads),
        "settings": [list(each) for each in sheet.settings],
        "columns": list(sheet.columns),
        "workflows": [
            {
                "name": each.name,
                "deletes_fastqs": each.deletes_fastqs,
                "sample_ids": sorted(each.sample_ids),
            }
            for each in sheet.workflows
        ],
    }


def message_row(problem: Problem) -> dict[str, Any]:
    return {
        "code": problem.code,
        "severity": problem.severity.value,
        "text": problem.message,
        "fix": problem.fix,
        "path": problem.path,
        "line": problem.line,
        "column": problem.column,
    }


def open_messages_query() -> Select[Any]:
    return select(Message.__table__).where(Message.closed_at.is_(None)).order_by(Message.id)


def open_message(row: Row[Any]) -> OpenMessage:
    problem = Problem(
        row.code, Severity(row.severity), row.text, row.fix, row.path, row.line, row.column
    )
    return OpenMessage(row.id, row.key, problem)
