"""The job that tells the catalog of many sequencing runs: a first load, or a change of layout."""

import dagster as dg

from seqauto_pipeline.garbage import collecting_rarely
from seqauto_pipeline.orchestration.catalog.publish import opened, publish_next, untold
from seqauto_pipeline.orchestration.run_statuses import ENDED
from seqauto_pipeline.orchestration.runtime.event_entries import Source
from seqauto_pipeline.orchestration.site import read_site
from seqauto_pipeline.orchestration.tags import SCAN_JOB

PUBLISH_JOB = "publish_runs"
_OP = "publish"


class PublishConfig(dg.Config):
    """Whether further batches follow, each as a Dagster run of its own: a page shows 200 events."""

    further_batches: bool = True


@dg.op(name=_OP)
def publish(context: dg.OpExecutionContext, config: PublishConfig) -> None:
    """Write the catalog's pages of sequencing runs that changed, the longest ago first."""
    with collecting_rarely():
        left = _publish(context)
        while config.further_batches and left:
            _further_batch(context.instance)
            before, left = left, _untold_now(context.instance)
            if left >= before:
                words = f"{left:,} sequencing runs are left, and no batch makes them fewer."
                raise dg.Failure(words)


def _publish(context: dg.OpExecutionContext) -> int:
    """Write the next pages. Returns how many are left."""
    with opened(read_site()) as models:
        told = publish_next(context.instance, models, Source(context.run, _OP))
        left = untold(context.instance, models)
    context.log.info(f"Told the catalog of {told:,} sequencing runs; {left:,} are left.")
    return left


def _untold_now(instance: dg.DagsterInstance) -> int:
    with opened(read_site()) as models:
        return untold(instance, models)


def _further_batch(instance: dg.DagsterInstance) -> None:
    config = {"ops": {_OP: {"config": {"further_batches": False}}}}
    publish_runs.execute_in_process(instance=instance, run_config=config)


@dg.job(
    name=PUBLISH_JOB,
    description="Writes the pages of the sequencing runs that scans changed and that were too many "
    "to be told at once: after a first scan, or when what a page shows has changed.",
    executor_def=dg.in_process_executor,
)
def publish_runs() -> None:
    publish()


@dg.sensor(
    job=publish_runs,
    name="pages_of_runs",
    description="Starts publish_runs when a scan has ended that changed too many runs to write "
    "their pages itself.",
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.RUNNING,
)
def pages_of_runs(context: dg.SensorEvaluationContext) -> dg.SensorResult:
    ended = context.instance.get_run_ids(dg.RunsFilter(job_name=SCAN_JOB, statuses=ENDED), limit=1)
    newest = ended[0] if ended else ""
    if newest == (context.cursor or ""):
        return dg.SensorResult(skip_reason="No scan has ended since the last look.")
    with opened(read_site()) as models:
        left = untold(context.instance, models)
    if not left:
        reason = "The pages of all sequencing runs are up to date."
        return dg.SensorResult(skip_reason=reason, cursor=newest)
    return dg.SensorResult([dg.RunRequest(run_key=newest)], cursor=newest)
