"""What Dagster loads: assembly only, and nothing is read before it asks for it."""

import dagster as dg

from seqauto_pipeline.orchestration.alerts import alert_sensors
from seqauto_pipeline.orchestration.jobs import seqauto_scan
from seqauto_pipeline.orchestration.schedules import scan_schedule
from seqauto_pipeline.orchestration.sensors import new_run_folders
from seqauto_pipeline.orchestration.status_asset import (
    refresh_server_status,
    server_status,
    server_status_after_scans,
)


@dg.definitions
def defs() -> dg.Definitions:
    return dg.Definitions(
        assets=[server_status],
        jobs=[seqauto_scan, refresh_server_status],
        schedules=[scan_schedule()],
        sensors=[new_run_folders, server_status_after_scans, *alert_sensors()],
    )
