"""The switches of sensors in the web UI follow the settings that are their own."""

from collections.abc import Callable

import dagster as dg
import pytest

from seqauto_pipeline.definitions import defs
from seqauto_pipeline.orchestration.runtime.dagster_private import (
    SINGLETON_REPOSITORY_NAME,
    InstigatorState,
    InstigatorStatus,
    InstigatorType,
    RegisteredCodeLocationOrigin,
    RemoteRepositoryOrigin,
    SensorInstigatorData,
)
from seqauto_pipeline.orchestration.site import read_site
from seqauto_pipeline.orchestration.status_asset import server_state
from seqauto_pipeline.orchestration.switches import turn_switches, wanted_switches
from seqauto_pipeline.orchestration.tags import CODE_LOCATION
from seqauto_pipeline_tests.orchestration.conftest import Lab

ON = InstigatorStatus.DECLARED_IN_CODE
OFF, BY_HAND = InstigatorStatus.STOPPED, InstigatorStatus.RUNNING
SENSOR = "new_run_folders"


def _state(name: str, location: str = CODE_LOCATION) -> InstigatorState:
    """What the daemon stores of a sensor at its first tick."""
    repository = RemoteRepositoryOrigin(
        RegisteredCodeLocationOrigin(location), SINGLETON_REPOSITORY_NAME
    )
    origin = repository.get_instigator_origin(name)
    return InstigatorState(
        origin, InstigatorType.SENSOR, ON, SensorInstigatorData(cursor="{}", min_interval=60)
    )


Switch = Callable[..., InstigatorStatus]


@pytest.fixture
def switch(lab: Lab, instance: dg.DagsterInstance) -> Switch:
    """Write settings, or turn the switch by hand; then give how it stands a minute later."""
    kept = _state(SENSOR)
    instance.add_instigator_state(kept)

    def _stored() -> InstigatorState:
        found = instance.get_instigator_state(kept.instigator_origin_id, kept.selector_id)
        assert found is not None
        return found

    def _switch(settings: str = "", by_hand: InstigatorStatus | None = None) -> InstigatorStatus:
        lab.configure(settings)
        if by_hand is not None:
            instance.update_instigator_state(_stored().with_status(by_hand))
        turn_switches(instance, read_site())
        turned = _stored()
        assert turned.sensor_instigator_data is not None
        assert turned.sensor_instigator_data.cursor == "{}"
        return turned.status

    return _switch


SET, UNSET = "new_run_sensor = true", "new_run_sensor = false"


def test_a_switch_is_off_where_its_setting_is_and_comes_on_with_it(switch: Switch) -> None:
    assert [switch(each) for each in (UNSET, UNSET, SET, SET, UNSET)] == [OFF, OFF, ON, ON, OFF]


def test_a_switch_that_a_person_turned_stays_so(switch: Switch) -> None:
    assert switch(UNSET) is OFF
    assert switch(UNSET, by_hand=BY_HAND) is BY_HAND
    assert switch(UNSET, by_hand=OFF) is OFF
    assert switch(SET) is OFF
    assert switch(SET, by_hand=ON) is ON
    assert switch(SET, by_hand=OFF) is OFF


def test_what_pauses_everything_turns_no_switch(switch: Switch) -> None:
    assert switch(f"{SET}\nenabled = false\nscan_disks = false\nupload_enabled = false") is ON


def test_the_look_at_the_server_turns_them_and_none_of_another_code_location(
    lab: Lab, instance: dg.DagsterInstance
) -> None:
    ours, theirs = _state("alerts"), _state("alerts", "somebody.else")
    for each in (ours, theirs, _state("scheduled_scan")):
        instance.add_instigator_state(each)

    server_state(dg.build_sensor_context(instance=instance))

    stopped = [each for each in instance.all_instigator_state() if each.status is OFF]
    assert [each.selector_id for each in stopped] == [ours.selector_id]


def test_every_switch_is_of_a_schedule_or_sensor_that_there_is(lab: Lab) -> None:
    loaded = defs()
    names = {each.name for each in (*(loaded.sensors or ()), *(loaded.schedules or ()))}

    assert set(wanted_switches(read_site())) < names
