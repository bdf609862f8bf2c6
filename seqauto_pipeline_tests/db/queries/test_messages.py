"""Messages: what still asks for somebody."""

from sqlalchemy.orm import Session

from seqauto_pipeline.db.models import Message
from seqauto_pipeline.db.queries.messages import MessageFilter, count_messages, messages
from seqauto_pipeline.db.queries.selection import Selection
from seqauto_pipeline_tests.cli.conftest import (
    empty_database,
    models_db,
    scan_time,
    seqauto,
)

__all__ = ["empty_database", "models_db", "seqauto"]


def test_acknowledged_and_closed_messages_are_not_counted(session: Session) -> None:
    counts = count_messages(session, (1,), scan_time(9))

    assert {count.severity: count.messages for count in counts} == {
        "error": 1,
        "warning": 1,
        "info": 1,
    }


def test_errors_come_first_then_the_newest_and_of_one_scan_the_end_of_a_failed_run(
    session: Session,
) -> None:
    opened = (
        ("EMPTY_FILE", "warning", 4),
        ("RUN_FAILED", "error", 2),
        ("EMPTY_SHEET", "error", 2),
        ("SHEET_MISSING", "error", 3),
    )
    for code, severity, scan in opened:
        message = Message(key=code, code=code, severity=severity, text="t", fix="f")
        message.sequencing_run_id, message.opened_scan_id = 4, 1
        message.opened_at = scan_time(scan)
        session.add(message)
    session.flush()

    found = messages(session, MessageFilter(Selection(runs=(4,))), scan_time(9))

    codes = [message.code for message, _ in found if message.key == message.code]
    assert codes == ["SHEET_MISSING", "RUN_FAILED", "EMPTY_SHEET", "EMPTY_FILE"]
