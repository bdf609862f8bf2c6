"""Ticks that a clock which was ahead dated in the future: nothing ticks until that time comes.

Dagster goes on from the last tick of a schedule or sensor. A scan takes such ticks back.
"""

import datetime as dt

import dagster as dg

from seqauto_pipeline.core.clock import behind
from seqauto_pipeline.orchestration.runtime.dagster_private import (
    InstigatorState,
    InstigatorType,
    ScheduleInstigatorData,
    SensorInstigatorData,
)
from seqauto_pipeline.orchestration.times import from_timestamp

Data = ScheduleInstigatorData | SensorInstigatorData


def take_ticks_back(instance: dg.DagsterInstance, now: dt.datetime) -> tuple[str, ...]:
    """Date what is in the future now. Give the names of the schedules and sensors it was of."""
    states = instance.all_instigator_state()
    return tuple(sorted(state.name for state in states if _take_back(instance, state, now)))


def _take_back(instance: dg.DagsterInstance, state: InstigatorState, now: dt.datetime) -> bool:
    data = state.instigator_data
    in_time = None if data is None else in_time_of(data, now)
    if in_time is not None and in_time != data:
        instance.update_instigator_state(state.with_data(in_time))
    is_schedule = state.instigator_type is InstigatorType.SCHEDULE
    return (is_schedule and _redate_ticks(instance, state, now)) or in_time != data


def _redate_ticks(instance: dg.DagsterInstance, state: InstigatorState, now: dt.datetime) -> bool:
    found = False
    for tick in instance.get_ticks(
        state.instigator_origin_id, state.selector_id, after=now.timestamp()
    ):
        if is_future(tick.timestamp, now):
            data = tick.tick_data._replace(timestamp=now.timestamp())
            instance.update_tick(tick._replace(tick_data=data))
            found = True
    return found


def in_time_of(data: Data, now: dt.datetime) -> Data:
    """Give what Dagster keeps of a schedule or sensor with no time that is in the future."""

    def in_time(timestamp: float | None) -> float | None:
        late = timestamp is not None and is_future(timestamp, now)
        return now.timestamp() if late else timestamp

    if isinstance(data, ScheduleInstigatorData):
        return data._replace(
            start_timestamp=in_time(data.start_timestamp),
            last_iteration_timestamp=in_time(data.last_iteration_timestamp),
        )
    return data._replace(
        last_tick_timestamp=in_time(data.last_tick_timestamp),
        last_tick_start_timestamp=in_time(data.last_tick_start_timestamp),
        last_sensor_start_timestamp=in_time(data.last_sensor_start_timestamp),
        last_tick_success_timestamp=in_time(data.last_tick_success_timestamp),
    )


def is_future(timestamp: float, now: dt.datetime) -> bool:
    """Whether a time, in seconds since 1970, is later than clocks of hosts differ."""
    return behind(from_timestamp(timestamp), now) is not None
