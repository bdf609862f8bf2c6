import datetime as dt
from contextlib import closing
from dataclasses import replace

import dagster as dg
import pytest

from seqauto_pipeline.db.lock import scan_lock
from seqauto_pipeline.orchestration.history import scan_story
from seqauto_pipeline.orchestration.jobs import seqauto_scan
from seqauto_pipeline.orchestration.runtime.dagster_private import WorkerStatus
from seqauto_pipeline.orchestration.runtime.launcher import lock_tag, reap_dead_scans
from seqauto_pipeline.orchestration.runtime.worker import this_worker
from seqauto_pipeline.orchestration.tags import LOCK_TAG, MAX_RETRIES_TAG, WORKER_TAG
from seqauto_pipeline_tests.orchestration.conftest import Lab

STARTED = dg.DagsterRunStatus.STARTED


def _scan(
    instance: dg.DagsterInstance,
    status: dg.DagsterRunStatus = STARTED,
    host: str | None = None,
    **worker: str,
) -> str:
    """A scan that Dagster holds for going on, at work in this process or as said otherwise."""
    scan = instance.create_run_for_job(seqauto_scan, status=status).run_id
    here = this_worker(scan)
    at_work = replace(
        here,
        host=host or here.host,
        boot_id=worker.get("boot_id", here.boot_id),
        started=worker.get("started", here.started),
    )
    instance.add_run_tags(scan, {WORKER_TAG: at_work.to_tag()})
    return scan


def _status(instance: dg.DagsterInstance, scan: str) -> dg.DagsterRunStatus:
    run = instance.get_run_by_id(scan)
    assert run is not None
    return run.status


def _health(instance: dg.DagsterInstance, scan: str) -> tuple[WorkerStatus, str | None]:
    run = instance.get_run_by_id(scan)
    assert run is not None
    result = instance.run_launcher.check_run_worker_health(run)
    return result.status, result.msg


def test_a_scan_whose_process_died_becomes_an_error_with_its_cause(
    instance: dg.DagsterInstance,
) -> None:
    scan = _scan(instance, started="1")

    reaped = reap_dead_scans(instance)

    assert reaped == (scan,)
    story = scan_story(instance, scan)
    assert story.state == "Error"
    assert story.failure is not None
    assert story.failure.message.startswith("The scan died: its process ")
    assert story.failure.message.endswith("killed, out of memory, or crashed.")


def test_a_scan_that_was_being_cancelled_when_it_died_is_cancelled(
    instance: dg.DagsterInstance,
) -> None:
    scan = _scan(instance, dg.DagsterRunStatus.CANCELING, started="1")

    reap_dead_scans(instance)

    assert _status(instance, scan) is dg.DagsterRunStatus.CANCELED


@pytest.mark.parametrize("host", [None, "other.example.org"])
def test_a_scan_that_lives_or_may_live_is_left_alone(
    instance: dg.DagsterInstance, host: str | None
) -> None:
    scan = _scan(instance, host=host)

    assert reap_dead_scans(instance) == ()
    assert _status(instance, scan) is STARTED


def test_a_scan_on_another_host_that_lost_its_lock_is_dead(instance: dg.DagsterInstance) -> None:
    scan = _scan(instance, host="other.example.org")
    instance.add_run_tags(scan, {LOCK_TAG: lock_tag(scan, "the database")})

    assert reap_dead_scans(instance, "another database", "next") == ()
    assert reap_dead_scans(instance, "the database", "next") == (scan,)


def test_a_scan_on_another_host_is_dead_when_the_lock_stays_free_that_it_would_take(
    instance: dg.DagsterInstance, lab: Lab
) -> None:
    waiting, working = (_scan(instance, host="other.example.org") for _ in range(2))
    soon = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=41)
    with closing(scan_lock(lab.database_url, working)) as lock:
        assert lock.take() is None
        instance.add_run_tags(working, {LOCK_TAG: lock_tag(working, lock.name)})
        assert reap_dead_scans(instance, now=soon) == ()

    assert reap_dead_scans(instance) == ()
    assert set(reap_dead_scans(instance, now=soon)) == {waiting, working}
    failure = scan_story(instance, waiting).failure
    assert failure is not None
    assert failure.message == (
        "The scan died: its process on other.example.org has not got the scan lock, though that "
        "is free."
    )


def test_a_scan_of_other_models_on_another_host_is_not_judged_by_our_lock(
    instance: dg.DagsterInstance,
) -> None:
    scan = _scan(instance, host="other.example.org")
    instance.add_run_tags(scan, {LOCK_TAG: lock_tag(scan, "/srv/other.db")})
    soon = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=41)

    assert reap_dead_scans(instance, now=soon) == ()


def test_a_server_has_one_lock_of_its_models_by_whatever_address(
    instance: dg.DagsterInstance,
) -> None:
    scan = _scan(instance, host="other.example.org")
    here, there = (f"PostgreSQL database work on {host}, port 5432" for host in ("a", "b"))
    instance.add_run_tags(scan, {LOCK_TAG: lock_tag(scan, there)})

    assert reap_dead_scans(instance, here, "next") == (scan,)


def test_the_lock_of_a_scan_is_no_evidence_against_its_re_execution(
    instance: dg.DagsterInstance,
) -> None:
    scan = _scan(instance)
    instance.add_run_tags(scan, {LOCK_TAG: lock_tag("its parent", "the database")})

    assert reap_dead_scans(instance, "the database", "next") == ()


def test_a_scan_is_not_retried_when_a_new_one_does_its_work(instance: dg.DagsterInstance) -> None:
    for_reader, for_scan = _scan(instance, started="1"), None
    reap_dead_scans(instance)
    for_scan = _scan(instance, started="1")
    reap_dead_scans(instance, "the database", "next")

    tags = [run.tags for scan in (for_reader, for_scan) if (run := instance.get_run_by_id(scan))]

    assert [MAX_RETRIES_TAG in each for each in tags] == [False, True]


@pytest.mark.parametrize("status", [dg.DagsterRunStatus.NOT_STARTED, dg.DagsterRunStatus.STARTING])
def test_a_scan_that_never_started_is_dead_after_a_minute(
    instance: dg.DagsterInstance, status: dg.DagsterRunStatus
) -> None:
    scan = instance.create_run_for_job(seqauto_scan, status=status).run_id
    assert reap_dead_scans(instance) == ()

    in_a_minute = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=61)
    assert reap_dead_scans(instance, now=in_a_minute) == (scan,)
    failure = scan_story(instance, scan).failure
    assert failure is not None
    assert failure.message == "The scan died: its process never reported that it had started."


def test_the_daemon_learns_whether_a_scan_lives(instance: dg.DagsterInstance) -> None:
    alive, dead = _scan(instance), _scan(instance, boot_id="an earlier one")

    assert _health(instance, alive) == (WorkerStatus.RUNNING, None)
    status, reason = _health(instance, dead)
    assert status is WorkerStatus.FAILED
    assert reason is not None
    assert "was restarted while the scan was running" in reason


def test_jobs_of_others_are_not_judged(instance: dg.DagsterInstance) -> None:
    @dg.job
    def of_somebody_else() -> None:
        pass

    run = instance.create_run_for_job(of_somebody_else, status=STARTED)

    assert reap_dead_scans(instance) == ()
    assert _health(instance, run.run_id) == (WorkerStatus.RUNNING, None)
