"""The one job: a scan, from the disks to the file models. Its other graph: `shard_job.py`."""

import dagster as dg

from seqauto_pipeline.errors import SettingsError
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
from seqauto_pipeline.orchestration.site import read_site
from seqauto_pipeline.orchestration.tags import SCAN_JOB, SCAN_TAG
from seqauto_pipeline.scan.request import ScanRequest

EVERYTHING = run_config(ScanRequest().launch_config())
DESCRIPTION = (
    "Scans the sequencing disks and accounts for expected against found files. "
    "Started as it is, it scans everything; the launch config narrows it. In the launchpad:\n\n"
    f"{presets()}\n\nWhat scans found:\n\n{questions()}"
)


@dg.job(
    name=SCAN_JOB,
    description=DESCRIPTION,
    resource_defs={"options": scan_options},
    config=EVERYTHING,  # so that the launchpad shows it
    executor_def=one_scan_at_a_time,
    tags={SCAN_TAG: "true"},
)
def seqauto_scan() -> None:
    scripts_and_jobs(create_models(parse_sample_sheets(scan_files())))


def scan_job() -> dg.JobDefinition:
    """Give the graph that the settings call for now. Where they cannot be read, a scan says so."""
    try:
        is_cut = read_site().settings.runs_per_shard > 0
    except SettingsError:
        is_cut = False
    if not is_cut:
        return seqauto_scan
    from seqauto_pipeline.orchestration.shard_job import (  # noqa: PLC0415  (rarely wanted)
        seqauto_scan_in_shards,
    )

    return seqauto_scan_in_shards
