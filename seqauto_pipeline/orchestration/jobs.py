"""The one job: a scan, from the disks to the file models."""

import dagster as dg

from seqauto_pipeline.orchestration.launch_links import presets, questions
from seqauto_pipeline.orchestration.ops import (
    create_models,
    parse_sample_sheets,
    scan_files,
    scripts_and_jobs,
)
from seqauto_pipeline.orchestration.resources import scan_options
from seqauto_pipeline.orchestration.run_config import run_config
from seqauto_pipeline.orchestration.runtime.executor import one_scan_at_a_time
from seqauto_pipeline.orchestration.tags import SCAN_JOB, SCAN_TAG
from seqauto_pipeline.scan.request import ScanRequest

_EVERYTHING = run_config(ScanRequest().launch_config())


@dg.job(
    name=SCAN_JOB,
    description="Scans the sequencing disks and accounts for expected against found files. "
    "Started as it is, it scans everything; the launch config narrows it. In the launchpad:\n\n"
    f"{presets()}\n\nWhat scans found:\n\n{questions()}",
    resource_defs={"options": scan_options},
    config=_EVERYTHING,  # so that the launchpad shows it
    executor_def=one_scan_at_a_time,
    tags={SCAN_TAG: "true"},
)
def seqauto_scan() -> None:
    scripts_and_jobs(create_models(parse_sample_sheets(scan_files())))
