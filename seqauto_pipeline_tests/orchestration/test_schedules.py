import datetime as dt
import logging
import zoneinfo
from collections.abc import Callable, Iterator

import dagster as dg
import pytest
from dagster._core.remote_origin import InProcessCodeLocationOrigin
from dagster._core.test_utils import freeze_time
from dagster._core.types.loadable_target_origin import LoadableTargetOrigin
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import InProcessWorkspaceLoadTarget
from dagster._scheduler.scheduler import launch_scheduled_runs

from seqauto_pipeline.errors import SettingsError
from seqauto_pipeline.orchestration.future_ticks import take_ticks_back
from seqauto_pipeline.orchestration.jobs import seqauto_scan
from seqauto_pipeline.orchestration.runtime.dagster_private import (
    InstigatorType,
    schedule_execution_time_iterator,
)
from seqauto_pipeline.orchestration.schedules import scan_schedule
from seqauto_pipeline.orchestration.tags import CODE_LOCATION
from seqauto_pipeline_tests.orchestration.conftest import Lab

Daemon = Callable[[str], None]

# Dagster's own, when it loads the code in this process.
pytestmark = pytest.mark.filterwarnings("ignore:.*environment_vars:DeprecationWarning")

_TICK = dt.datetime(2026, 6, 1, 6, tzinfo=zoneinfo.ZoneInfo("Australia/Adelaide"))


def _answer(instance: dg.DagsterInstance) -> dg.RunRequest | dg.SkipReason:
    context = dg.build_schedule_context(instance, scheduled_execution_time=_TICK)
    answer = scan_schedule()(context)
    assert isinstance(answer, dg.RunRequest | dg.SkipReason)
    return answer


def test_scans_are_due_at_six_and_at_seven_in_the_laboratorys_zone(lab: Lab) -> None:
    schedule = scan_schedule()

    assert schedule.cron_schedule == ["0 6 * * *", "0 19 * * *"]
    assert schedule.execution_timezone == "Australia/Adelaide"
    assert schedule.default_status is dg.DefaultScheduleStatus.RUNNING
    assert schedule.job.name == "seqauto_scan"


def test_the_times_can_be_set(lab: Lab) -> None:
    lab.configure('scan_times = ["04:05"]')

    assert scan_schedule().cron_schedule == ["5 4 * * *"]


@pytest.mark.parametrize(
    ("since", "moments"),
    [
        # Adelaide's clocks go back on 5 April 2026, from +10:30 to +09:30, and forward again on
        # 4 October.
        ("2026-04-04T00:00Z", ["2026-04-04T08:30Z", "2026-04-04T20:30Z", "2026-04-05T09:30Z"]),
        ("2026-10-03T00:00Z", ["2026-10-03T09:30Z", "2026-10-03T19:30Z", "2026-10-04T08:30Z"]),
    ],
)
def test_the_hours_stay_the_laboratorys_when_its_clocks_change(
    lab: Lab, since: str, moments: list[str]
) -> None:
    schedule = scan_schedule()
    start = dt.datetime.fromisoformat(since).timestamp()

    ticks = schedule_execution_time_iterator(
        start, schedule.cron_schedule, schedule.execution_timezone
    )

    found = [next(ticks).astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%MZ") for _ in moments]
    assert found == moments


def test_a_tick_asks_for_one_scan_of_everything(lab: Lab, instance: dg.DagsterInstance) -> None:
    answer = _answer(instance)

    assert isinstance(answer, dg.RunRequest)
    assert answer.run_key == _TICK.isoformat()
    assert not answer.run_config


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        ("enabled = false", "No scan: enabled is false."),
        ("scan_disks = false", "No scan: scan_disks is false."),
        ("upload_enabled = false", "No scan: upload_enabled is false."),
        (
            "enabled = false\nscan_disks = false",
            "No scan: enabled is false; scan_disks is false.",
        ),
    ],
)
def test_a_setting_that_is_off_skips_the_tick_without_a_restart(
    lab: Lab, instance: dg.DagsterInstance, lines: str, reason: str
) -> None:
    schedule = scan_schedule()
    context = dg.build_schedule_context(instance, scheduled_execution_time=_TICK)
    lab.configure(lines)

    answer = schedule(context)

    assert isinstance(answer, dg.SkipReason)
    assert answer.skip_message == reason


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (dg.DagsterRunStatus.NOT_STARTED, "is about to start"),
        (dg.DagsterRunStatus.STARTING, "is about to start"),
        (dg.DagsterRunStatus.STARTED, "is still running"),
        (dg.DagsterRunStatus.CANCELING, "is still being cancelled"),
    ],
)
def test_a_scan_that_is_going_on_skips_the_tick(
    instance: dg.DagsterInstance, status: dg.DagsterRunStatus, words: str
) -> None:
    going_on = instance.create_run_for_job(seqauto_scan, status=status)

    answer = _answer(instance)

    assert isinstance(answer, dg.SkipReason)
    assert answer.skip_message == f"No scan: scan {going_on.run_id[:8]} {words}."


def test_a_scan_that_ended_skips_nothing(instance: dg.DagsterInstance) -> None:
    instance.create_run_for_job(seqauto_scan, status=dg.DagsterRunStatus.FAILURE)

    assert isinstance(_answer(instance), dg.RunRequest)


@pytest.fixture
def daemon(instance: dg.DagsterInstance) -> Iterator[Daemon]:
    """Do what the schedule daemon does at a moment, as one that has just started does it."""
    code = InProcessCodeLocationOrigin(
        LoadableTargetOrigin(module_name=CODE_LOCATION), location_name=CODE_LOCATION
    )
    target = InProcessWorkspaceLoadTarget(code)
    with WorkspaceProcessContext(instance, target) as workspace:

        def _works_at(moment: str) -> None:
            there = dt.datetime.fromisoformat(moment).replace(tzinfo=_TICK.tzinfo)
            now, log = there.astimezone(dt.UTC), logging.getLogger(__name__)
            with freeze_time(now):  # by which it also forgets old ticks
                answers = list(launch_scheduled_runs(workspace, log, now, {}))
            assert [answer for answer in answers if answer is not None] == []

        yield _works_at


def _ticks(instance: dg.DagsterInstance) -> list[tuple[str, str]]:
    """The ticks of the scan's schedule, oldest first: when they were due, what came of them."""
    states = instance.all_instigator_state(instigator_type=InstigatorType.SCHEDULE)
    (state,) = (each for each in states if each.instigator_name == "scheduled_scan")
    ticks = instance.get_ticks(state.instigator_origin_id, state.selector_id)
    moments = (dt.datetime.fromtimestamp(tick.timestamp, _TICK.tzinfo) for tick in ticks)
    found = [f"{moment:%Y-%m-%dT%H:%M}" for moment in moments]
    return list(zip(reversed(found), reversed([tick.status.value for tick in ticks]), strict=True))


@pytest.mark.parametrize(
    ("back", "caught_up"),
    [
        ("2026-06-01T06:20", "2026-06-01T06:00"),
        ("2026-06-02T05:00", "2026-06-01T19:00"),
        ("2026-06-30T12:00", "2026-06-30T06:00"),
    ],
)
def test_after_an_outage_of_the_daemon_one_scan_makes_up_for_all_that_were_missed(
    instance: dg.DagsterInstance, daemon: Daemon, back: str, caught_up: str
) -> None:
    daemon("2026-06-01T05:00")

    daemon(back)
    daemon(back.replace(":00", ":01").replace(":20", ":21"))

    (scan,) = instance.get_runs()
    assert (scan.job_name, scan.status) == ("seqauto_scan", dg.DagsterRunStatus.QUEUED)
    assert _ticks(instance) == [(caught_up, "SUCCESS")]


def test_the_tick_after_the_scan_that_caught_up_waits_for_its_end(
    instance: dg.DagsterInstance, daemon: Daemon
) -> None:
    daemon("2026-06-01T05:00")
    daemon("2026-06-04T18:59")
    (late,) = instance.get_runs()

    daemon("2026-06-04T19:00")
    instance.report_run_failed(late)
    daemon("2026-06-05T06:00")

    assert instance.get_runs_count() == 2
    assert _ticks(instance) == [
        ("2026-06-04T06:00", "SUCCESS"),
        ("2026-06-04T19:00", "SKIPPED"),
        ("2026-06-05T06:00", "SUCCESS"),
    ]


def test_an_outage_is_not_made_up_for_where_scans_are_switched_off(
    lab: Lab, instance: dg.DagsterInstance, daemon: Daemon
) -> None:
    daemon("2026-06-01T05:00")
    lab.configure("scan_disks = false")

    daemon("2026-06-04T12:00")

    assert instance.get_runs_count() == 0
    assert _ticks(instance) == [("2026-06-04T06:00", "SKIPPED")]


def test_broken_settings_let_the_schedule_load_and_fail_its_tick_with_their_words(
    lab: Lab, instance: dg.DagsterInstance
) -> None:
    lab.configure("nonsense = 1")

    assert scan_schedule().cron_schedule == ["0 6 * * *", "0 19 * * *"]
    with pytest.raises(SettingsError, match=r"seqauto\.toml:3"):
        _answer(instance)


def test_a_tick_of_a_clock_that_was_years_ahead_is_taken_back_by_the_next_scan(
    instance: dg.DagsterInstance, daemon: Daemon
) -> None:
    daemon("2026-06-01T05:00")
    daemon("2028-06-01T06:00")
    (ahead,) = instance.get_runs()
    instance.report_run_failed(ahead)
    daemon("2026-06-02T06:00")
    assert instance.get_runs_count() == 1  # it waits for 2028

    now = dt.datetime(2026, 6, 2, 12, tzinfo=_TICK.tzinfo)
    assert "scheduled_scan" in take_ticks_back(instance, now)
    daemon("2026-06-02T19:00")

    assert instance.get_runs_count() == 2
    assert take_ticks_back(instance, now.replace(hour=20)) == ()
