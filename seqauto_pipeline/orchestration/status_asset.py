"""The server's state in the web UI: an asset with a check, which is red where something is wrong.

A sensor keeps both up to date; it reports them without a Dagster run, which would fill the list.
"""

import datetime as dt
import json
import os
from collections.abc import Iterator, Sequence

import dagster as dg

from seqauto_pipeline.errors import SettingsError
from seqauto_pipeline.monitoring.readings import Reading, Standing, worst
from seqauto_pipeline.orchestration.catalog.markdown import breakable, bullets, escaped
from seqauto_pipeline.orchestration.catalog.specs import OWNERS, SERVER_GROUP, STATUS
from seqauto_pipeline.orchestration.dagster_home import home_directory
from seqauto_pipeline.orchestration.run_statuses import ENDED
from seqauto_pipeline.orchestration.site import read_site
from seqauto_pipeline.orchestration.tags import SCAN_JOB
from seqauto_pipeline.views.remedies import in_the_web_ui

STATUS_JOB = "refresh_server_status"
CHECK = "server_is_well"

_SECONDS_BETWEEN_LOOKS = 60
_LONGEST_WORD = 14  # characters that the list has room for in a window of 1,000 pixels
_TOLD_AT_LEAST = dt.timedelta(hours=1)
_BEST_FIRST = tuple(Standing)
Event = dg.AssetMaterialization | dg.AssetObservation | dg.AssetCheckEvaluation


@dg.asset(
    name=STATUS,
    group_name=SERVER_GROUP,
    owners=OWNERS,
    kinds={"table"},
    description="Whether the server works: web server, daemon, schedule, queue, database, disks. "
    "Looked at every minute, and told when it changes, after each scan, and every hour. Its check "
    "is red where something is wrong.",
    check_specs=[
        dg.AssetCheckSpec(
            CHECK, asset=STATUS, description="Nothing about the server is wrong, or not known."
        )
    ],
)
def server_status() -> dg.MaterializeResult:  # type: ignore[type-arg]  # Dagster reads it
    readings = _readings()
    return dg.MaterializeResult(
        metadata=status_metadata(readings),
        check_results=[
            dg.AssetCheckResult(
                check_name=CHECK,
                passed=_is_well(readings),
                severity=_severity(readings),
                metadata=_what_is_wrong(readings),
            )
        ],
    )


def _readings() -> tuple[Reading, ...]:
    from seqauto_pipeline.monitoring.server_readings import (  # noqa: PLC0415  (not for scans)
        server_readings,
    )
    from seqauto_pipeline.orchestration.health import gather_facts  # noqa: PLC0415  (the same)

    now = dt.datetime.now(dt.UTC)
    return server_readings(gather_facts(home_directory(), os.environ, deep=False), now)


def status_metadata(readings: Sequence[Reading]) -> dict[str, dg.MetadataValue]:
    """Write readings as what the web UI shows at once: a verdict, what is wrong, all of it."""
    wrong = sum(each.standing is Standing.WRONG for each in readings)
    return {
        "standing": dg.MetadataValue.text(str(worst(readings))),
        "wrong": dg.MetadataValue.int(wrong),
        **_what_is_wrong(readings),
        "all that was looked at": dg.MetadataValue.md(bullets(_lines(readings), " lines")),
    }


def _lines(readings: Sequence[Reading]) -> list[str]:
    return [
        f"**{each.standing}**, {_narrow(each.area)}: {_narrow(each.text)}"
        + (f" **What to do:** {_narrow(in_the_web_ui(each.fix))}" if each.fix else "")
        for each in sorted(readings, key=lambda each: -_BEST_FIRST.index(each.standing))
    ]


def _narrow(text: str) -> str:
    return breakable(escaped(text), _LONGEST_WORD)


def _what_is_wrong(readings: Sequence[Reading]) -> dict[str, dg.MetadataValue]:
    """Give each thing that is not well, by its area."""
    found: dict[str, str] = {}
    for each in readings:
        if each.standing in (Standing.WRONG, Standing.UNKNOWN):
            line = f"{each.text.rstrip('.')}. {in_the_web_ui(each.fix)}".strip()
            found[each.area] = f"{found[each.area]} {line}" if each.area in found else line
    return {area: dg.MetadataValue.md(_narrow(text)) for area, text in found.items()}


def _is_well(readings: Sequence[Reading]) -> bool:
    return worst(readings) is Standing.OK


def _severity(readings: Sequence[Reading]) -> dg.AssetCheckSeverity:
    """Red for what is wrong; yellow for what could not be told."""
    is_wrong = worst(readings) is Standing.WRONG
    return dg.AssetCheckSeverity.ERROR if is_wrong else dg.AssetCheckSeverity.WARN


def status_events(readings: Sequence[Reading]) -> Iterator[Event]:
    """Tell the asset and its check, beside any Dagster run."""
    yield dg.AssetMaterialization(
        STATUS, description=f"The server is {worst(readings)}.", metadata=status_metadata(readings)
    )
    yield dg.AssetCheckEvaluation(
        asset_key=dg.AssetKey(STATUS),
        check_name=CHECK,
        passed=_is_well(readings),
        severity=_severity(readings),
        metadata=_what_is_wrong(readings),
    )


refresh_server_status = dg.define_asset_job(
    STATUS_JOB,
    selection=[server_status],
    executor_def=dg.in_process_executor,
    description="Looks at the server now: web server, daemon, schedule, queue, database, disks.",
)


@dg.sensor(
    name="server_state",
    description="Looks at the server every minute and updates the asset server_status and its "
    "check, without a run, when something changed, after each scan, and every hour. Turns off the "
    "switches of sensors whose own settings are off.",
    minimum_interval_seconds=_SECONDS_BETWEEN_LOOKS,
    default_status=dg.DefaultSensorStatus.RUNNING,
)
def server_state(context: dg.SensorEvaluationContext) -> dg.SensorResult:
    _turn_switches(context.instance)
    ended = context.instance.get_run_ids(dg.RunsFilter(job_name=SCAN_JOB, statuses=ENDED), limit=1)
    readings = _readings()
    now = dt.datetime.now(dt.UTC)
    told = {"scan": ended[0] if ended else "", "states": _states(readings)}
    last = json.loads(context.cursor or "{}")
    at = last.pop("at", None)
    if last == told and at and now - dt.datetime.fromisoformat(at) < _TOLD_AT_LEAST:
        return dg.SensorResult(skip_reason=f"Nothing has changed: {worst(readings)}.")
    return dg.SensorResult(
        skip_reason=f"Told server_status: {worst(readings)}.",
        asset_events=list(status_events(readings)),
        cursor=json.dumps({**told, "at": now.isoformat()}),
    )


def _turn_switches(instance: dg.DagsterInstance) -> None:
    from seqauto_pipeline.orchestration.switches import turn_switches  # noqa: PLC0415  (not for scans)

    try:
        site = read_site()
    except SettingsError:  # which the readings say; until it is mended no switch moves
        return
    turn_switches(instance, site)


def _states(readings: Sequence[Reading]) -> list[list[str]]:
    """What a change of is told: texts hold ages, which change each minute."""
    return sorted([each.area, str(each.standing), each.check] for each in readings)
