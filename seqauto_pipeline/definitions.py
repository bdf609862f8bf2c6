"""What Dagster loads: assembly only, and nothing is read before it asks for it."""

import dagster as dg

from seqauto_pipeline.orchestration.jobs import seqauto_scan
from seqauto_pipeline.orchestration.schedules import scan_schedule
from seqauto_pipeline.orchestration.sensors import new_run_folders


@dg.definitions
def defs() -> dg.Definitions:
    return dg.Definitions(jobs=[seqauto_scan], schedules=[scan_schedule()], sensors=[new_run_folders])
