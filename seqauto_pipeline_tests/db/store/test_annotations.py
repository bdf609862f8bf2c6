import pytest

from seqauto_pipeline.db.queries.annotations import annotations_of_runs, history_of_message
from seqauto_pipeline.db.queries.messages import MessageFilter, is_open, message_by_id, messages
from seqauto_pipeline.db.queries.runs import find_runs
from seqauto_pipeline.db.session import read_session, write_session
from seqauto_pipeline.db.store.annotations import (
    Acknowledgement,
    Statement,
    acknowledge,
    set_flag,
    set_skip,
    take_back_acknowledgement,
)
from seqauto_pipeline_tests.cli.conftest import (
    EXOME,
    ModelsDb,
    empty_database,
    models_db,
    scan_time,
    seqauto,
)

__all__ = ["empty_database", "models_db", "seqauto"]

SAID = Statement("Bo", None, scan_time(6))


def test_an_acknowledgement_is_stored_and_ends_when_it_says(models_db: ModelsDb) -> None:
    seen = Acknowledgement("Bo", "archived", scan_time(5), scan_time(7))
    with write_session(models_db.engine) as session:
        message = message_by_id(session, 1)
        assert message is not None
        acknowledge(session, message, seen)

    with read_session(models_db.engine) as session:
        stored = message_by_id(session, 1)
        assert stored is not None
        assert not is_open(stored, scan_time(6))
        assert is_open(stored, scan_time(7))
        for day, expected in ((6, 0), (7, 1)):
            wanted = MessageFilter(codes=("READ_2_MISSING",))
            assert len(messages(session, wanted, scan_time(day))) == expected


def test_a_flag_says_whether_it_changed(models_db: ModelsDb) -> None:
    with write_session(models_db.engine) as session:
        (run,) = find_runs(session, EXOME)

        assert set_flag(session, run, "bad", SAID, on=True)
        assert not set_flag(session, run, "bad", SAID, on=True)

    with read_session(models_db.engine) as session:
        (run,) = find_runs(session, EXOME)
        assert run.flags == ("bad", "gold_standard")


def test_a_column_that_is_no_flag_is_refused(models_db: ModelsDb) -> None:
    with write_session(models_db.engine) as session:
        (run,) = find_runs(session, EXOME)

        with pytest.raises(ValueError, match="fingerprint"):
            set_flag(session, run, "fingerprint", SAID, on=True)


def test_what_was_said_before_stays(models_db: ModelsDb) -> None:
    first = Acknowledgement("Bo", "archived", scan_time(5), scan_time(7))
    second = Acknowledgement("Cy", "on tape", scan_time(6))
    back = Statement("Di", "not on tape", scan_time(8))
    with write_session(models_db.engine) as session:
        message = message_by_id(session, 1)
        assert message is not None
        acknowledge(session, message, first)
        acknowledge(session, message, second)
        assert (message.acknowledged_by, message.acknowledged_until) == ("Cy", None)
        assert take_back_acknowledgement(session, message, back)
        assert not take_back_acknowledgement(session, message, back)

    with read_session(models_db.engine) as session:
        message = message_by_id(session, 1)
        assert message is not None
        assert is_open(message, scan_time(9))
        said = history_of_message(session, 1)
        assert [(each.who, each.why, each.is_on, each.at, each.until) for each in said] == [
            ("Bo", "archived", True, scan_time(5), scan_time(7)),
            ("Cy", "on tape", True, scan_time(6), None),
            ("Di", "not on tape", False, scan_time(8), None),
        ]
        assert history_of_message(session, 2) == ()


def test_flags_and_skips_of_a_run_are_kept_in_their_order(models_db: ModelsDb) -> None:
    with write_session(models_db.engine) as session:
        (run,) = find_runs(session, EXOME)
        assert set_skip(session, run, Statement("Bo", "wrong", scan_time(5)), on=True)
        assert not set_skip(session, run, SAID, on=True)
        assert set_flag(session, run, "gold_standard", SAID, on=False)
        assert set_skip(session, run, SAID, on=False)
        assert not set_skip(session, run, SAID, on=False)

    with read_session(models_db.engine) as session:
        said = annotations_of_runs(session, (1, 2))
        assert said.keys() == {1}
        assert [(each.what, each.is_on, each.who, each.why) for each in said[1]] == [
            ("skip", True, "Bo", "wrong"),
            ("gold_standard", False, "Bo", None),
            ("skip", False, "Bo", None),
        ]
