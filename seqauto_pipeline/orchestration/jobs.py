"""The one job: a scan, from the disks to the file models. It has two graphs, one in shards."""

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
from seqauto_pipeline.orchestration.runtime.executor import one_scan_at_a_time, shards_of_one_scan
from seqauto_pipeline.orchestration.shard_ops import (
    build_shard,
    create_models_in_shards,
    finish_models,
    gather_files,
    list_shard,
    scan_files_in_shards,
    sheets_of_shards,
)
from seqauto_pipeline.orchestration.site import read_site
from seqauto_pipeline.orchestration.tags import RETRY_STRATEGY_TAG, SCAN_JOB, SCAN_TAG
from seqauto_pipeline.scan.request import ScanRequest

_EVERYTHING = run_config(ScanRequest().launch_config())
_DESCRIPTION = (
    "Scans the sequencing disks and accounts for expected against found files. "
    "Started as it is, it scans everything; the launch config narrows it. In the launchpad:\n\n"
    f"{presets()}\n\nWhat scans found:\n\n{questions()}"
)


@dg.job(
    name=SCAN_JOB,
    description=_DESCRIPTION,
    resource_defs={"options": scan_options},
    config=_EVERYTHING,  # so that the launchpad shows it
    executor_def=one_scan_at_a_time,
    tags={SCAN_TAG: "true"},
)
def seqauto_scan() -> None:
    scripts_and_jobs(create_models(parse_sample_sheets(scan_files())))


@dg.job(
    name=SCAN_JOB,
    description=_DESCRIPTION,
    resource_defs={"options": scan_options},
    config=_EVERYTHING,
    executor_def=shards_of_one_scan,
    # The steps between are of one Dagster run: one that died is begun again as a whole.
    tags={SCAN_TAG: "true", RETRY_STRATEGY_TAG: "ALL_STEPS"},
)
def seqauto_scan_in_shards() -> None:
    to_list, begun = scan_files_in_shards()
    record_id = sheets_of_shards(gather_files(begun, to_list.map(list_shard).collect()))
    to_build, begun = create_models_in_shards(record_id)
    scripts_and_jobs(finish_models(begun, to_build.map(build_shard).collect()))


def scan_job() -> dg.JobDefinition:
    """Give the graph that the settings call for now. Where they cannot be read, a scan says so."""
    try:
        is_cut = read_site().settings.runs_per_shard > 0
    except SettingsError:
        is_cut = False
    return seqauto_scan_in_shards if is_cut else seqauto_scan
