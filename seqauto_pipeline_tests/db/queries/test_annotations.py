"""What holds of what people said."""

import pytest
from sqlalchemy.orm import Session

from seqauto_pipeline.db.queries.annotations import (
    annotations_of_runs,
    in_force,
    skip_of,
    skip_reason,
    skip_reasons,
)
from seqauto_pipeline.db.queries.runs import run_by_id
from seqauto_pipeline.db.store.annotations import Statement, set_flag, set_skip
from seqauto_pipeline_tests.cli.conftest import scan_time


@pytest.fixture
def said(session: Session) -> Session:
    """Give a session in which run 1 is skipped and bad, and run 2 was skipped for a while."""
    ann, bo = Statement("Ann", "wrong", scan_time(5)), Statement("Bo", None, scan_time(6))
    first, second = run_by_id(session, 1), run_by_id(session, 2)
    assert first is not None
    assert second is not None
    set_skip(session, first, ann, on=True)
    set_flag(session, first, "bad", bo, on=True)
    set_flag(session, first, "gold_standard", bo, on=False)
    set_skip(session, second, ann, on=True)
    set_skip(session, second, bo, on=False)
    return session


def test_only_the_last_word_on_a_skip_holds(said: Session) -> None:
    assert skip_reasons(said.connection()) == {1: "by Ann: wrong"}
    assert skip_of(said, 2) is None
    found = skip_of(said, 1)
    assert found is not None
    assert (found.who, found.at) == ("Ann", scan_time(5))


def test_what_was_taken_back_is_not_in_force(said: Session) -> None:
    holds = in_force(annotations_of_runs(said, (1,))[1])

    assert {what: each.who for what, each in holds.items()} == {"skip": "Ann", "bad": "Bo"}


def test_a_skip_without_a_reason_names_who() -> None:
    assert skip_reason("Ann", None) == "by Ann"
