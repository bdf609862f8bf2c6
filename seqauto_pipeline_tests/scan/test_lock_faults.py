"""Two scans are never at work at once, whatever becomes of the lock of the first."""

from pathlib import Path

import pytest

from seqauto_pipeline_tests.scan.lock_faults import FINISHED, LOST, Fault, LockFaults

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    "database", ["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)]
)
def test_a_scan_that_lost_its_lock_stops_and_no_two_ever_write_at_once(
    tmp_path: Path, database: str, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue("postgres_url") if database == "postgres" else None
    faults = LockFaults(tmp_path / "lab", url, runs=12, seed=1)

    tries = list(faults.tries(len(Fault)))

    assert [each for each in tries if not each.is_right] == []
    in_time = {each.fault: each.victim for each in tries if not each.was_late}
    assert in_time.get(Fault.FROZEN, LOST) == LOST
    assert in_time.get(Fault.CUT_ALONE, FINISHED) == FINISHED
    assert in_time, "every fault came too late"
    assert faults.differs_from_fresh(tmp_path / "fresh") == ()
    faults.close()
