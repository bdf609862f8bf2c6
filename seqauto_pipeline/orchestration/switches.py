"""The switches in the web UI of sensors that a setting turns off: they look off, too.

Dagster reads how a switch stands when it loads the code location, and a setting holds at once. So
the sensor that looks at the server turns each switch as the settings say. A switch that a person
turned stays as that person left it.
"""

import datetime as dt
import json
from collections.abc import Mapping

import dagster as dg

from seqauto_pipeline.delivery.configured import receiver_names
from seqauto_pipeline.jobs.configured import job_rules
from seqauto_pipeline.monitoring.receivers import receivers
from seqauto_pipeline.orchestration.runtime.dagster_private import (
    InstigatorState,
    InstigatorStatus,
    SensorInstigatorData,
)
from seqauto_pipeline.orchestration.site import Site
from seqauto_pipeline.orchestration.tags import CODE_LOCATION

_KEY = "seqauto/switches"  # the names of those that we turned off


def wanted_switches(site: Site) -> Mapping[str, bool]:
    """Say, by sensor or schedule, whether its own settings call for it.

    What pauses everything (enabled, scan_disks, upload_enabled) turns no switch: each tick says it.
    """
    settings = site.settings
    delivers = bool(receiver_names(settings))
    tells = bool(receivers(settings))
    return {
        "new_run_folders": settings.new_run_sensor,
        "deliver_after_scans": delivers,
        "deliver_what_waits": delivers,
        "scan_failure_alert": tells,
        "alerts": tells,
        # Jobs may be on their way whose recipe was taken out.
        "jobs_in_flight": bool(settings.job_recipes)
        or job_rules(settings, site.home).directory.exists(),
    }


def turn_switches(instance: dg.DagsterInstance, site: Site) -> None:
    """Turn off what its settings turn off, and on again what we turned off."""
    before = _turned_off(instance)
    wanted = wanted_switches(site)
    after = set()
    for state in instance.all_instigator_state():
        if state.repository_selector.location_name != CODE_LOCATION or state.name not in wanted:
            continue
        turned = _turned(state, is_wanted=wanted[state.name], is_ours=state.name in before)
        if turned is not state:
            instance.update_instigator_state(turned)
        if not wanted[state.name] and _is_ours(state, turned, before):
            after.add(state.name)
    if after != before:
        instance.run_storage.set_cursor_values({_KEY: json.dumps(sorted(after))})


def _turned_off(instance: dg.DagsterInstance) -> set[str]:
    text = instance.run_storage.get_cursor_values({_KEY}).get(_KEY)
    return set(json.loads(text)) if text else set()


def _turned(state: InstigatorState, *, is_wanted: bool, is_ours: bool) -> InstigatorState:
    if not is_wanted and state.status is InstigatorStatus.DECLARED_IN_CODE:
        return state.with_status(InstigatorStatus.STOPPED)
    if is_wanted and is_ours and state.status is InstigatorStatus.STOPPED:
        return _begun_now(state.with_status(InstigatorStatus.DECLARED_IN_CODE))
    return state


def _begun_now(state: InstigatorState) -> InstigatorState:
    """Have a sensor pass over what happened while it was off, as a person's turning it on does."""
    data = state.instigator_data
    if not isinstance(data, SensorInstigatorData):
        return state
    return state.with_data(data.with_sensor_start_timestamp(dt.datetime.now(dt.UTC).timestamp()))


def _is_ours(before: InstigatorState, after: InstigatorState, ours: set[str]) -> bool:
    return after is not before or (
        before.name in ours and before.status is InstigatorStatus.STOPPED
    )
