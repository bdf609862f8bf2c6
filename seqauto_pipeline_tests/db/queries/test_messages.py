"""Messages: what still asks for somebody."""

from sqlalchemy.orm import Session

from seqauto_pipeline.db.queries.messages import count_messages
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
