"""A scan that is cut into shards: the same job with another graph."""

import dagster as dg

from seqauto_pipeline.orchestration.jobs import DESCRIPTION, EVERYTHING
from seqauto_pipeline.orchestration.ops import scripts_and_jobs
from seqauto_pipeline.orchestration.resources import scan_options
from seqauto_pipeline.orchestration.runtime.executor import shards_of_one_scan
from seqauto_pipeline.orchestration.shard_ops import (
    build_shard,
    create_models_in_shards,
    finish_models,
    gather_files,
    list_shard,
    scan_files_in_shards,
    sheets_of_shards,
)
from seqauto_pipeline.orchestration.tags import RETRY_STRATEGY_TAG, SCAN_JOB, SCAN_TAG


@dg.job(
    name=SCAN_JOB,
    description=DESCRIPTION,
    resource_defs={"options": scan_options},
    config=EVERYTHING,
    executor_def=shards_of_one_scan,
    # The steps between are of one Dagster run: one that died is begun again as a whole.
    tags={SCAN_TAG: "true", RETRY_STRATEGY_TAG: "ALL_STEPS"},
)
def seqauto_scan_in_shards() -> None:
    to_list, begun = scan_files_in_shards()
    record_id = sheets_of_shards(gather_files(begun, to_list.map(list_shard).collect()))
    to_build, begun = create_models_in_shards(record_id)
    scripts_and_jobs(finish_models(begun, to_build.map(build_shard).collect()))
