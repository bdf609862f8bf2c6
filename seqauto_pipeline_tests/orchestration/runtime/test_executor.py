"""The executor that holds the scan lock while the steps run."""

from collections.abc import Iterator
from contextlib import closing
from types import SimpleNamespace

import dagster as dg
import pytest

from seqauto_pipeline.db.fence import take_fence
from seqauto_pipeline.db.lock import scan_lock
from seqauto_pipeline.db.session import open_database
from seqauto_pipeline.errors import ScanLockLostError
from seqauto_pipeline.orchestration.jobs import seqauto_scan
from seqauto_pipeline.orchestration.running_scan import this_scan
from seqauto_pipeline.orchestration.runtime.executor import LockedExecutor
from seqauto_pipeline_tests.orchestration.conftest import Lab


@pytest.mark.sqlite
def test_a_scan_that_loses_its_lock_between_steps_says_to_whom(
    lab: Lab, instance: dg.DagsterInstance
) -> None:
    url = f"sqlite:///{lab.home}/seqauto.db"
    run = instance.create_run_for_job(seqauto_scan, status=dg.DagsterRunStatus.STARTED)

    class LosesItsLock:
        def execute(self, *_: object) -> Iterator[dg.DagsterEvent]:
            (lab.home / "seqauto.db.scan-lock").unlink()
            with closing(scan_lock(url, "another")) as other:
                assert other.take() is None
                take_fence(open_database(url), "another")
                scan = this_scan()
                assert scan is not None
                assert scan.watch is not None
                scan.watch.look()
            raise KeyboardInterrupt
            yield

    executor = LockedExecutor(LosesItsLock())  # type: ignore[arg-type]
    plan = SimpleNamespace(instance=instance, dagster_run=run)
    with pytest.raises(ScanLockLostError, match="lost its lock to scan another of"):
        list(executor.execute(plan, None))  # type: ignore[arg-type]
