"""What a scan tells the catalog at its end: what changed, what holds, how much is there."""

import time
from collections.abc import Mapping, Sequence

import dagster as dg

from seqauto_pipeline.core.display import counted
from seqauto_pipeline.orchestration.catalog.checks import evaluations
from seqauto_pipeline.orchestration.catalog.markdown import bullets, link
from seqauto_pipeline.orchestration.catalog.publish import (
    MAX_RUNS,
    opened,
    publish_next,
    publish_these,
    untold,
)
from seqauto_pipeline.orchestration.catalog.specs import WAITING_KEYS
from seqauto_pipeline.orchestration.runtime.event_batches import answer, tell
from seqauto_pipeline.orchestration.runtime.event_entries import Source, materialized
from seqauto_pipeline.orchestration.site import Site
from seqauto_pipeline.scan.summaries import ModelsSummary
from seqauto_pipeline.views.web_ui import run_path


def tell_of_scan(context: dg.OpExecutionContext, site: Site, summary: ModelsSummary | None) -> None:
    """Tell it. Trouble with that is noted, and fails no scan: the next one tells it.

    ``summary`` is None where the step failed; what it stored before is told all the same.
    """
    try:
        _tell(context, site, summary)
    except Exception as error:  # whatever it is, the models are right
        context.log.warning(f"The catalog was not told of this scan: {error}")


def tell_of_launch(context: dg.OpExecutionContext, site: Site, run_ids: Sequence[int]) -> None:
    """Tell the runs whose files are being made from now on; where they are many, the first."""
    if not run_ids:
        return
    try:
        with opened(site) as models:
            source = Source(context.run, context.op.name)
            publish_these(context.instance, models, source, run_ids[:MAX_RUNS])
    except Exception as error:  # whatever it is, the models are right
        context.log.warning(f"The catalog was not told of the jobs: {error}")


def linked_runs(counts: Mapping[tuple[str, str], int]) -> dg.MetadataValue:
    """Link to the pages of runs, with how many of something each has."""
    lines = [
        f"{link(path.rpartition('/')[2], run_path(root, path))}: {counted(number, 'job')}"
        for (root, path), number in sorted(counts.items())
    ]
    return dg.MetadataValue.md(bullets(lines, "run"))


def _tell(context: dg.OpExecutionContext, site: Site, summary: ModelsSummary | None) -> None:
    instance, source = context.instance, Source(context.run, context.op.name)
    with opened(site) as models:
        waiting = untold(instance, models)
        if waiting <= MAX_RUNS:
            publish_next(instance, models, source)
        else:
            context.log.info(
                f"The pages of {waiting:,} sequencing runs are not up to date yet: that many are "
                "written by the job publish_runs, in batches."
            )
        answer(instance, tuple(evaluations(models)), source)
        if summary is None or not summary.changes.runs:
            return
        from seqauto_pipeline.orchestration.catalog.overview import (  # noqa: PLC0415  (not for all)
            overview_event,
        )
        from seqauto_pipeline.orchestration.catalog.totals import file_events  # noqa: PLC0415

        waiting = len(instance.get_dynamic_partitions(WAITING_KEYS))
        overview = overview_event(models, waiting, sum(summary.runs.values()))
        events = (overview, *file_events(summary.files))
        now = time.time()
        tell(instance, [materialized(each, source, now) for each in events])
