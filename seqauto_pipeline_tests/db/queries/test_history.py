"""Scans as people name them, and what several of them changed."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from seqauto_pipeline.db.models import Scan
from seqauto_pipeline.db.queries.history import find_scans, last_scan_of, net_changes
from seqauto_pipeline.db.queries.runs import (
    find_runs,
)
from seqauto_pipeline_tests.cli.conftest import (
    EXOME,
    MISEQ,
    empty_database,
    models_db,
    seqauto,
)

__all__ = ["empty_database", "models_db", "seqauto"]


def test_a_scan_is_found_by_number_start_or_latest(session: Session) -> None:
    assert [scan.id for scan in find_scans(session, "2")] == [2]
    assert [scan.id for scan in find_scans(session, "2ABC")] == [2]
    assert [scan.id for scan in find_scans(session, "latest")] == [4]
    assert find_scans(session, "%") == ()


def test_a_scan_of_other_runs_did_not_cover_a_run(session: Session) -> None:
    session.execute(update(Scan).where(Scan.id == 4).values(applied_at=None))
    exome, miseq = (find_runs(session, name)[0] for name in (EXOME, MISEQ))

    of_exome, of_miseq = last_scan_of(session, exome), last_scan_of(session, miseq)

    assert of_exome is not None
    assert of_miseq is not None
    assert (of_exome.id, of_miseq.id) == (2, 3)


def test_net_changes_leave_out_what_came_back(session: Session) -> None:
    over_all = list(net_changes(session, 1, 4))
    of_one = list(net_changes(session, 1, 2))

    assert [(each.old_state, each.new_state) for each in over_all] == [
        ("complete", "retired"),
        ("complete", "error"),
        ("complete", "deleted"),
    ]
    assert [each.new_state for each in of_one] == ["deleted"]
