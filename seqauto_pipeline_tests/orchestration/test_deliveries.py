"""The job, the sensor and the schedule of deliveries, and what the web UI shows of them."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from seqauto_pipeline.definitions import defs
from seqauto_pipeline.delivery.configured import RECEIVER_SETTINGS
from seqauto_pipeline.orchestration.deliveries import (
    DELIVERIES,
    deliver,
    deliver_after_scans,
    delivery_schedule,
)
from seqauto_pipeline.orchestration.jobs import seqauto_scan
from seqauto_pipeline_tests.delivery.api import TOKEN, Api
from seqauto_pipeline_tests.delivery.sending_lab import SendingLab


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    api = Api(tmp_path_factory.mktemp("api"))
    api.start()
    yield api
    api.stop()


@pytest.fixture
def lab(tmp_path: Path, api: Api, monkeypatch: pytest.MonkeyPatch) -> SendingLab:
    api.empty()
    lab = SendingLab(tmp_path, api)
    for name, value in {**lab.environ, "DAGSTER_HOME": str(lab.home)}.items():
        monkeypatch.setenv(name, value)
    lab.run().complete()
    assert lab.scan().error is None
    return lab


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as instance:
        yield instance


def asked_after_a_scan(instance: dg.DagsterInstance) -> dg.RunRequest | dg.SkipReason:
    scan = instance.create_run_for_job(seqauto_scan)
    event = dg.DagsterEvent(dg.DagsterEventType.RUN_SUCCESS.value, seqauto_scan.name)
    context = dg.build_run_status_sensor_context("deliver_after_scans", event, instance, scan)
    asked = deliver_after_scans(context)
    assert isinstance(asked, dg.RunRequest | dg.SkipReason)
    return asked


def test_the_job_delivers_and_shows_what_came_of_it(
    lab: SendingLab, api: Api, instance: dg.DagsterInstance
) -> None:
    result = deliver.execute_in_process(instance=instance)

    assert result.success
    assert lab.all_states() == {"delivered"}
    event = instance.get_latest_materialization_event(DELIVERIES)
    assert event is not None
    assert event.asset_materialization is not None
    shown = event.asset_materialization.metadata
    assert shown["waits_for_a_person"].value == 0
    assert shown["delivered_now"].value == 15
    assert TOKEN not in "".join(map(str, instance.all_logs(result.run_id)))


def test_the_check_fails_while_something_waits_for_a_person(
    lab: SendingLab, api: Api, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEQAUTO_DELIVERY_ALIGNERS", "")

    result = deliver.execute_in_process(instance=instance)

    (check,) = result.get_asset_check_evaluations()
    assert not check.passed
    assert check.metadata["blocked"].value == 2


def test_a_delivery_is_asked_for_after_a_scan_where_something_is_due(
    lab: SendingLab, api: Api, instance: dg.DagsterInstance
) -> None:
    assert isinstance(asked_after_a_scan(instance), dg.RunRequest)

    lab.deliver()

    asked = asked_after_a_scan(instance)
    assert isinstance(asked, dg.SkipReason)
    assert asked.skip_message == "No delivery: nothing is due."


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("UPLOAD_ENABLED", "false", "upload_enabled is false"),
        ("SEQAUTO_ENABLED", "false", "enabled is false"),
        (
            "SEQAUTO_VARIANTGRID_URL",
            "",
            f"no receiver is configured: {RECEIVER_SETTINGS} are empty",
        ),
    ],
)
def test_nothing_is_asked_for_where_nothing_may_be_sent(
    lab: SendingLab,
    api: Api,
    instance: dg.DagsterInstance,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    value: str,
    reason: str,
) -> None:
    monkeypatch.setenv(name, value)

    asked = asked_after_a_scan(instance)

    assert isinstance(asked, dg.SkipReason)
    assert asked.skip_message == f"No delivery: {reason}."


def test_the_schedule_looks_as_often_as_the_settings_say(
    lab: SendingLab, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEQAUTO_DELIVERY_RETRY_MINUTES", "5")
    assert delivery_schedule().cron_schedule == "*/5 * * * *"
    monkeypatch.setenv("SEQAUTO_DELIVERY_RETRY_MINUTES", "240")
    assert delivery_schedule().cron_schedule == "0 */4 * * *"


def test_the_definitions_hold_job_asset_and_check() -> None:
    loaded = defs()

    assert loaded.get_job_def("deliver").name == "deliver"
    assert DELIVERIES in loaded.resolve_asset_graph().get_all_asset_keys()
