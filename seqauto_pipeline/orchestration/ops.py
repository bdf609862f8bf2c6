"""The steps of a scan. Each hands on the id of the kept file list, and reports what it did."""

import dagster as dg

from seqauto_pipeline.orchestration.catalog.after_scan import (
    linked_runs,
    tell_of_launch,
    tell_of_scan,
)
from seqauto_pipeline.orchestration.catalog.specs import FILE_LIST, SHEETS
from seqauto_pipeline.orchestration.events import figures_of, reported
from seqauto_pipeline.orchestration.history import find_scan
from seqauto_pipeline.orchestration.progress import ProgressLog
from seqauto_pipeline.orchestration.running_scan import fence_for
from seqauto_pipeline.orchestration.site import Site, open_site
from seqauto_pipeline.scan import steps
from seqauto_pipeline.scan.kept_records import record_for_scan
from seqauto_pipeline.scan.request import ScanRequest
from seqauto_pipeline.scan.summaries import FilesSummary

RECORD_ID = dg.Out(str, description="Names the kept file list of this scan.")


@dg.op(out=RECORD_ID)
def scan_files(context: dg.OpExecutionContext, options: dg.ResourceParam[ScanRequest]) -> str:
    """List the sequencing disks and keep what was seen, or take what an earlier scan saw."""
    with reported(context) as report:
        summary = file_list(context, options, open_site())
        report(summary)
        context.log_event(dg.AssetMaterialization(FILE_LIST, metadata=figures_of(summary)))
    return summary.record_id


@dg.op(out=RECORD_ID)
def parse_sample_sheets(context: dg.OpExecutionContext, record_id: str) -> str:
    """Read the sample sheets, RunInfo and RunParameters that the scan found."""
    with reported(context) as report:
        site = open_site()
        summary = steps.parse_sample_sheets(
            site.settings,
            site.home,
            context.run_id,
            record_id,
            ProgressLog(context.log),
            fence_for(context),
        )
        report(summary)
        if summary.runs:
            context.log_event(dg.AssetMaterialization(SHEETS, metadata=figures_of(summary)))
    return record_id


@dg.op(out=RECORD_ID)
def create_models(
    context: dg.OpExecutionContext, options: dg.ResourceParam[ScanRequest], record_id: str
) -> str:
    """Work out what should be there, compare it with what is, and store what changed."""
    with reported(context) as report:
        site = open_site()
        request = site.checked(options)
        progress, fence = ProgressLog(context.log), fence_for(context)
        summary = None
        try:
            summary = steps.create_models(
                site.settings, site.home, context.run_id, record_id, request, progress, fence
            )
        finally:
            tell_of_scan(context, site, summary)
        report(summary)
    return record_id


@dg.op(out=dg.Out(dg.Nothing))
def scripts_and_jobs(
    context: dg.OpExecutionContext, options: dg.ResourceParam[ScanRequest], record_id: str
) -> None:
    """Launch the jobs that make missing files, where recipes are configured."""
    with reported(context) as report:
        site = open_site()
        request, fence = site.checked(options), fence_for(context)
        summary = steps.scripts_and_jobs(site.settings, site.home, context.run_id, request, fence)
        tell_of_launch(context, site, summary.written_runs)
        report(summary)
        if summary.runs:
            context.add_output_metadata({"runs with new jobs": linked_runs(summary.runs)})
    context.log.info(f"Jobs, for file list {record_id}: {summary.in_words()}")


def file_list(context: dg.OpExecutionContext, options: ScanRequest, site: Site) -> FilesSummary:
    """List the disks, or take what an earlier scan saw."""
    settings, home, request = site.settings, site.home, site.checked(options)
    fence, start_over = fence_for(context), request.start_over
    if not options.reuse_prev_scan_id:
        progress = ProgressLog(context.log)
        return steps.scan_files(settings, home, context.run_id, request, progress, fence)
    earlier = find_scan(context.instance, options.reuse_prev_scan_id, but=context.run_id)
    record_id = record_for_scan(settings, home, earlier, start_over=start_over)
    return steps.reuse_files(
        settings, home, context.run_id, record_id, fence, start_over=start_over
    )
