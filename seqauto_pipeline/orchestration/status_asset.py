"""The server's state in the web UI: an asset whose newest materialisation tells it."""

import datetime as dt
import os

import dagster as dg

from seqauto_pipeline.monitoring.readings import Reading, Standing, worst
from seqauto_pipeline.monitoring.server_readings import server_readings
from seqauto_pipeline.orchestration.dagster_home import home_directory
from seqauto_pipeline.orchestration.health import gather_facts
from seqauto_pipeline.orchestration.run_statuses import ENDED
from seqauto_pipeline.orchestration.tags import SCAN_JOB

STATUS_JOB = "refresh_server_status"

_COLUMNS = ("standing", "area", "what", "what to do")


@dg.asset(
    description="Whether the server works: what `seqauto status` shows, without a shell. Made anew "
    f"after each scan; for the state right now launch {STATUS_JOB}.",
)
def server_status() -> dg.MaterializeResult[None]:
    now = dt.datetime.now(dt.UTC)
    facts = gather_facts(home_directory(), os.environ, deep=False)
    return dg.MaterializeResult(metadata=status_metadata(server_readings(facts, now)))


def status_metadata(readings: tuple[Reading, ...]) -> dict[str, dg.MetadataValue]:
    """Write readings as what the web UI shows: a verdict, a table, the same as text."""
    wrong = sum(each.standing is Standing.WRONG for each in readings)
    rows = [dict(zip(_COLUMNS, _cells(each), strict=True)) for each in readings]
    schema = dg.TableSchema([dg.TableColumn(name) for name in _COLUMNS])
    return {
        "standing": dg.MetadataValue.text(str(worst(readings))),
        "wrong": dg.MetadataValue.int(wrong),
        "server": dg.MetadataValue.table([dg.TableRecord(row) for row in rows], schema),
        "report": dg.MetadataValue.md(_markdown(readings)),
    }


def _cells(reading: Reading) -> tuple[str, str, str, str]:
    return str(reading.standing), reading.area, reading.text, reading.fix


def _markdown(readings: tuple[Reading, ...]) -> str:
    lines = [_line(_COLUMNS), _line(("---",) * len(_COLUMNS))]
    return "\n".join((*lines, *(_line(_cells(each)) for each in readings)))


def _line(cells: tuple[str, ...]) -> str:
    escaped = (
        cell.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;") for cell in cells
    )
    return f"| {' | '.join(escaped)} |"


refresh_server_status = dg.define_asset_job(
    STATUS_JOB,
    selection=[server_status],
    executor_def=dg.in_process_executor,
    description="Looks at the server now: web server, daemon, schedule, queue, database, disks.",
)


@dg.sensor(
    job=refresh_server_status,
    name="server_status_after_scans",
    description="Asks for the server's state when a scan has ended.",
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.RUNNING,
)
def server_status_after_scans(context: dg.SensorEvaluationContext) -> dg.SensorResult:
    ended = context.instance.get_run_ids(dg.RunsFilter(job_name=SCAN_JOB, statuses=ENDED), limit=1)
    newest = ended[0] if ended else ""
    if newest == (context.cursor or ""):
        return dg.SensorResult(skip_reason="No scan has ended since.")
    return dg.SensorResult([dg.RunRequest(run_key=newest)], cursor=newest)
