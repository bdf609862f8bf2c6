"""The steps of a scan in shards. A shard is known by its number, its scan by the Dagster run."""

from collections.abc import Iterator

import dagster as dg

from seqauto_pipeline.orchestration.catalog.after_scan import tell_of_scan
from seqauto_pipeline.orchestration.catalog.specs import FILE_LIST, SHEETS
from seqauto_pipeline.orchestration.events import figures_of, reported
from seqauto_pipeline.orchestration.ops import RECORD_ID, file_list
from seqauto_pipeline.orchestration.progress import ProgressLog
from seqauto_pipeline.orchestration.running_scan import fence_for, required_fence, this_scan
from seqauto_pipeline.orchestration.site import Site, open_site
from seqauto_pipeline.scan import steps
from seqauto_pipeline.scan.request import ScanRequest
from seqauto_pipeline.scan.shards import building, listing
from seqauto_pipeline.scan.summaries import FilesSummary, ModelsSummary

_SHARDS = dg.DynamicOut(int, description="The numbers of its shards; none where all is done.")
_OUTPUTS = {"shards": _SHARDS, "record_id": RECORD_ID}
# A process that died, never an error of ours: what a shard has stored is stored once.
_AFTER_A_DEATH = dg.RetryPolicy(max_retries=3, delay=1)


@dg.op(name="scan_files", out=_OUTPUTS)
def scan_files_in_shards(
    context: dg.OpExecutionContext, options: dg.ResourceParam[ScanRequest]
) -> Iterator[dg.DynamicOutput[int] | dg.Output[str]]:
    """Find the run folders, and cut them into shards; list few at once."""
    with reported(context, "record_id") as report:
        summary, shards = _found(context, options, open_site())
        if shards:
            context.add_output_metadata({"shards": shards}, output_name="record_id")
        else:
            report(summary)
            context.log_event(dg.AssetMaterialization(FILE_LIST, metadata=figures_of(summary)))
    yield from _numbered(shards)
    yield dg.Output(summary.record_id, "record_id")


@dg.op(retry_policy=_AFTER_A_DEATH)
def list_shard(context: dg.OpExecutionContext, number: int) -> int:
    """List the run folders of one shard, and read their sheets and metadata."""
    with reported(context) as report:
        site, progress = open_site(), ProgressLog(context.log)
        summary = listing.list_shard(
            site.settings, site.home, context.run_id, number, progress, is_alone=_is_alone()
        )
        report(summary)
    return number


@dg.op(out=RECORD_ID)
def gather_files(context: dg.OpExecutionContext, record_id: str, shards: list[int]) -> str:
    """Put together what the shards have listed, as the file list of the scan."""
    if shards:
        with reported(context) as report:
            site = open_site()
            fence = fence_for(context)
            summary = listing.gather_files(site.settings, site.home, context.run_id, fence)
            report(summary)
            context.log_event(dg.AssetMaterialization(FILE_LIST, metadata=figures_of(summary)))
    return record_id


@dg.op(name="parse_sample_sheets", out=RECORD_ID)
def sheets_of_shards(context: dg.OpExecutionContext, record_id: str) -> str:
    """Tell what the sample sheets, RunInfo and RunParameters say; read those that no shard has."""
    with reported(context) as report:
        site, progress = open_site(), ProgressLog(context.log)
        summary = listing.sheets_of_shards(site.home, context.run_id)
        if summary is None:
            fence = fence_for(context)
            summary = steps.parse_sample_sheets(
                site.settings, site.home, context.run_id, record_id, progress, fence
            )
        report(summary)
        if summary.runs:
            context.log_event(dg.AssetMaterialization(SHEETS, metadata=figures_of(summary)))
    return record_id


@dg.op(name="create_models", out=_OUTPUTS)
def create_models_in_shards(
    context: dg.OpExecutionContext, options: dg.ResourceParam[ScanRequest], record_id: str
) -> Iterator[dg.DynamicOutput[int] | dg.Output[str]]:
    """Find what is new, changed, vanished or moved, and cut it into shards; do little at once."""
    with reported(context, "record_id") as report:
        site = open_site()
        request, fence = site.checked(options), fence_for(context)
        progress = ProgressLog(context.log)
        found: ModelsSummary | int | None = None
        try:
            found = building.cut_models(
                site.settings, site.home, context.run_id, record_id, request, progress, fence
            )
        finally:
            if not isinstance(found, int):
                tell_of_scan(context, site, found)
        if isinstance(found, int):
            context.add_output_metadata({"shards": found}, output_name="record_id")
        else:
            report(found)
    yield from _numbered(found if isinstance(found, int) else 0)
    yield dg.Output(record_id, "record_id")


@dg.op(retry_policy=_AFTER_A_DEATH)
def build_shard(context: dg.OpExecutionContext, number: int) -> int:
    """Judge the runs of one shard, and store what changed of them."""
    with reported(context):
        site, fence = open_site(), required_fence(context)
        progress = ProgressLog(context.log)
        runs = building.build_shard(
            site.settings, site.home, context.run_id, number, fence, progress, is_alone=_is_alone()
        )
        context.add_output_metadata({"runs": runs})
    return number


@dg.op(out=RECORD_ID)
def finish_models(
    context: dg.OpExecutionContext,
    options: dg.ResourceParam[ScanRequest],
    record_id: str,
    shards: list[int],
) -> str:
    """Store what only the whole can tell: what vanished, and messages across runs."""
    if not shards:
        return record_id
    with reported(context) as report:
        site = open_site()
        request, fence = site.checked(options), fence_for(context)
        summary = None
        try:
            summary = building.finish_models(
                site.settings, site.home, context.run_id, record_id, request, len(shards), fence
            )
        finally:
            tell_of_scan(context, site, summary)
        report(summary)
    return record_id


def _found(
    context: dg.OpExecutionContext, options: ScanRequest, site: Site
) -> tuple[FilesSummary, int]:
    if options.reuse_prev_scan_id:
        return file_list(context, options, site), 0
    request, progress = site.checked(options), ProgressLog(context.log)
    fence = fence_for(context)
    return listing.find_files(site.settings, site.home, context.run_id, request, progress, fence)


def _numbered(shards: int) -> Iterator[dg.DynamicOutput[int]]:
    for number in range(shards):
        yield dg.DynamicOutput(number, mapping_key=str(number + 1), output_name="shards")


def _is_alone() -> bool:
    """Whether shards are worked on one after the other, by the scan's own process."""
    return this_scan() is not None
