"""The lines of a scan's log."""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from seqauto_pipeline.db.models import Message, Scan
from seqauto_pipeline.db.queries.scan_lines import scan_lines
from seqauto_pipeline_tests.cli.conftest import scan_time


def test_of_a_scan_that_found_much_some_lines_are_held_at_a_time(session: Session) -> None:
    scan = session.scalars(select(Scan).order_by(Scan.id.desc())).first()
    assert scan is not None
    session.execute(delete(Message))
    for number in range(2_500):
        message = Message(key=str(number), code="EMPTY_FILE", severity="error", text="t", fix="f")
        message.opened_scan_id, message.opened_at = scan.id, scan_time(5)
        session.add(message)
    session.flush()
    name = scan.dagster_run_id
    session.expunge_all()

    lines = scan_lines(session, name)
    first = next(line for line in lines if line.text.startswith("EMPTY_FILE"))
    held = sum(isinstance(each, Message) for each in session.identity_map.values())

    assert first.level == "error"
    assert 0 < held <= 1_000
    assert sum(1 for _ in lines) == 2_499
