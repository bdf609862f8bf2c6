"""What happened between two scans beside states."""

from sqlalchemy.orm import Session

from seqauto_pipeline.db.queries.changes import messages_between, said_between, sheets_between
from seqauto_pipeline_tests.cli.conftest import (
    empty_database,
    models_db,
    scan_time,
    seqauto,
)

__all__ = ["empty_database", "models_db", "seqauto"]


def test_sheets_are_those_that_scans_first_saw(session: Session) -> None:
    assert [sheet.version for sheet in sheets_between(session, 1, 4)] == [2]
    assert [sheet.version for sheet in sheets_between(session, 0, 4)] == [1, 2]


def test_a_message_that_opened_and_closed_between_is_no_difference(session: Session) -> None:
    assert 4 in {message.id for message in messages_between(session, 0, 1)}
    assert [message.id for message in messages_between(session, 1, 2)] == [4]
    assert 4 not in {message.id for message in messages_between(session, 0, 2)}


def test_nobody_said_anything(session: Session) -> None:
    assert said_between(session, None, scan_time(9)) == ()
