"""All that Dagster is told of, put together anew each time it asks."""

import dagster as dg

from seqauto_pipeline.orchestration.alerts import alert_sensors
from seqauto_pipeline.orchestration.catalog.checks import run_checks
from seqauto_pipeline.orchestration.catalog.kits import kits_in_models
from seqauto_pipeline.orchestration.catalog.publish_job import pages_of_runs, publish_runs
from seqauto_pipeline.orchestration.catalog.specs import catalog_specs
from seqauto_pipeline.orchestration.deliveries import (
    deliver,
    deliver_after_scans,
    deliveries,
    delivery_schedule,
    everything_was_taken,
)
from seqauto_pipeline.orchestration.job_sensor import jobs_in_flight
from seqauto_pipeline.orchestration.jobs import scan_job
from seqauto_pipeline.orchestration.schedules import scan_schedule
from seqauto_pipeline.orchestration.sensors import new_run_folders
from seqauto_pipeline.orchestration.status_asset import (
    refresh_server_status,
    server_state,
    server_status,
)


def assembled() -> dg.Definitions:
    return dg.Definitions(
        assets=[*catalog_specs(kits_in_models()), server_status, deliveries],
        asset_checks=[run_checks, everything_was_taken],
        jobs=[scan_job(), publish_runs, refresh_server_status, deliver],
        schedules=[scan_schedule(), delivery_schedule()],
        sensors=[
            *(new_run_folders, jobs_in_flight, pages_of_runs, server_state, deliver_after_scans),
            *alert_sensors(),
        ],
    )
