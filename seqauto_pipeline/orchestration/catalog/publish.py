"""The catalog told what changed: a little by each scan, much by a job of its own."""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

import dagster as dg

from seqauto_pipeline.db.look.session import looking
from seqauto_pipeline.db.queries.publishing import (
    annotations_since,
    count_untold,
    identity_of_models,
    untold_runs,
)
from seqauto_pipeline.orchestration.catalog.progress import (
    Progress,
    forget_progress,
    keep_progress,
    read_progress,
)
from seqauto_pipeline.orchestration.catalog.specs import RUN_KEYS, RUNS
from seqauto_pipeline.orchestration.runtime.event_entries import Source
from seqauto_pipeline.orchestration.site import Site
from seqauto_pipeline.settings import zone_for
from seqauto_pipeline.views.open_models import OpenModels

# Told in one Dagster run. A run that waits has two events, and more than 200 make a page slow.
MAX_RUNS = 100


@contextmanager
def opened(site: Site) -> Iterator[OpenModels]:
    """Open the models to look at them."""
    with looking(site.database_url) as session:
        now = dt.datetime.now(dt.UTC)
        yield OpenModels(session, site.home, site.settings, zone_for(site.settings), now)


def untold(instance: dg.DagsterInstance, models: OpenModels) -> int:
    """How many sequencing runs the catalog has not been told of since they changed."""
    progress = _progress(instance, models)
    said = annotations_since(models.session, progress.annotation)
    return count_untold(models.session, progress.told) + len(_runs_of(said))


def tell_again_what_went(instance: dg.DagsterInstance) -> None:
    """Have all told again where a page of a run went with the old scan that told of it."""
    told = instance.get_materialized_partitions(dg.AssetKey(RUNS))
    if set(instance.get_dynamic_partitions(RUN_KEYS)) - set(told):
        forget_progress(instance)


def publish_next(instance: dg.DagsterInstance, models: OpenModels, source: Source) -> int:
    """Tell the next sequencing runs that changed, as events of a step. Returns how many."""
    progress = _progress(instance, models)
    places = untold_runs(models.session, progress.told, MAX_RUNS)
    said = annotations_since(models.session, progress.annotation, MAX_RUNS - len(places))
    ids = tuple(dict.fromkeys((*(place.run_id for place in places), *_runs_of(said))))
    if ids:
        publish_these(instance, models, source, ids)
    if places:
        progress = progress.up_to(places[-1])
    if said:
        progress = replace(progress, annotation=said[-1][0])
    if places or said:
        keep_progress(instance, progress)
    return len(ids)


def publish_these(
    instance: dg.DagsterInstance, models: OpenModels, source: Source, ids: Sequence[int]
) -> None:
    """Tell some sequencing runs again, which a scan wrote after it had told what changed."""
    from seqauto_pipeline.orchestration.catalog.run_batch import (  # noqa: PLC0415  (not for all)
        tell_runs,
    )

    tell_runs(instance, models, source, ids)


def _runs_of(said: Iterable[tuple[int, int | None]]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(run_id for _, run_id in said if run_id is not None))


def _progress(instance: dg.DagsterInstance, models: OpenModels) -> Progress:
    return read_progress(instance, identity_of_models(models.session))
