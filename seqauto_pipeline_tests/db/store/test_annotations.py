import pytest

from seqauto_pipeline.db.queries.messages import MessageFilter, is_open, message_by_id, messages
from seqauto_pipeline.db.queries.runs import find_runs
from seqauto_pipeline.db.session import read_session, write_session
from seqauto_pipeline.db.store.annotations import Acknowledgement, acknowledge, set_flag
from seqauto_pipeline_tests.cli.conftest import (
    EXOME,
    ModelsDb,
    empty_database,
    models_db,
    scan_time,
    seqauto,
)

__all__ = ["empty_database", "models_db", "seqauto"]


def test_an_acknowledgement_is_stored_and_ends_when_it_says(models_db: ModelsDb) -> None:
    seen = Acknowledgement("Bo", "archived", scan_time(5), scan_time(7))
    with write_session(models_db.engine) as session:
        message = message_by_id(session, 1)
        assert message is not None
        acknowledge(message, seen)

    with read_session(models_db.engine) as session:
        stored = message_by_id(session, 1)
        assert stored is not None
        assert not is_open(stored, scan_time(6))
        assert is_open(stored, scan_time(7))
        for day, expected in ((6, 0), (7, 1)):
            wanted = MessageFilter(code="READ_2_MISSING")
            assert len(messages(session, wanted, scan_time(day))) == expected


def test_a_flag_says_whether_it_changed(models_db: ModelsDb) -> None:
    with write_session(models_db.engine) as session:
        (run,) = find_runs(session, EXOME)

        assert set_flag(session, run, "bad", on=True)
        assert not set_flag(session, run, "bad", on=True)

    with read_session(models_db.engine) as session:
        (run,) = find_runs(session, EXOME)
        assert run.flags == ("bad", "gold_standard")


def test_a_column_that_is_no_flag_is_refused(models_db: ModelsDb) -> None:
    with write_session(models_db.engine) as session:
        (run,) = find_runs(session, EXOME)

        with pytest.raises(ValueError, match="fingerprint"):
            set_flag(session, run, "fingerprint", on=True)
