"""What the catalog is told of some runs: their pages, and points of the plots of kits."""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import dagster as dg

from seqauto_pipeline.db.queries.history import scans_by_id
from seqauto_pipeline.db.queries.publishing import run_places
from seqauto_pipeline.orchestration.catalog.run_event import (
    figures_of,
    run_event,
    run_key,
    waiting_event,
)
from seqauto_pipeline.orchestration.catalog.specs import RUN_KEYS, RUNS, WAITING, WAITING_KEYS
from seqauto_pipeline.orchestration.catalog.totals import kit_event
from seqauto_pipeline.orchestration.runtime.event_batches import shorten, tell
from seqauto_pipeline.orchestration.runtime.event_entries import Source, materialized
from seqauto_pipeline.views.open_models import OpenModels
from seqauto_pipeline.views.run_digests import RunDigest, run_digests
from seqauto_pipeline.views.web_ui import partition_of


@dataclass(slots=True)
class _Batch:
    """What is told of some sequencing runs."""

    events: list[dg.AssetMaterialization] = field(default_factory=list)
    of_kits: list[tuple[dg.AssetMaterialization, float]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)

    def add(
        self, models: OpenModels, digest: RunDigest, scan: str, figures: Mapping[str, str]
    ) -> None:
        """Add the events of a run; ``figures`` by key sums up the QC on pages that there are."""
        key = run_key(digest)
        self.keys.append(key)
        page = run_event(models, digest, scan)
        self.events.append(page)
        if digest.is_waiting:
            self.waiting.append(key)
            self.events.append(waiting_event(models, digest, scan))
        of_kit = kit_event(digest)
        # A run is one point of a plot, until its figures change.
        if of_kit is not None and figures.get(key) != figures_of(page):
            self.of_kits.append(of_kit)


def tell_runs(
    instance: dg.DagsterInstance,
    models: OpenModels,
    source: Source,
    ids: Sequence[int],
) -> None:
    """Tell some sequencing runs, as events of a step."""
    batch = _Batch()
    digests = tuple(run_digests(models, ids))
    keys = set(map(run_key, digests))
    pages, waited = _newest(instance, RUNS, keys), _newest(instance, WAITING, keys)
    figures = _figures_on(pages)
    scans = _scans(models, digests)
    for digest in digests:
        batch.add(models, digest, scans[digest.run.id], figures)
    now = time.time()
    _update_keys(instance, models, batch)
    of_kits = sorted(batch.of_kits, key=lambda each: each[1])  # the newest is shown as the last
    pages_now = (materialized(each, source, now) for each in batch.events)
    points = (materialized(each, None, moment) for each, moment in of_kits)
    tell(instance, (*pages_now, *points))
    shorten(instance, (*pages, *waited))


def _newest(
    instance: dg.DagsterInstance, asset: str, keys: set[str]
) -> Sequence[dg.EventLogRecord]:
    """The event that was told last of each partition, of those that have one."""
    storage, key = instance.event_log_storage, dg.AssetKey(asset)
    kind = dg.DagsterEventType.ASSET_MATERIALIZATION
    ids = storage.get_latest_storage_id_by_partition(key, kind, keys)
    if not ids:
        return ()
    wanted = dg.AssetRecordsFilter(key, storage_ids=list(ids.values()))
    return storage.fetch_materializations(wanted, len(ids)).records


def _figures_on(pages: Iterable[dg.EventLogRecord]) -> Mapping[str, str]:
    """Sum up the QC figures on pages of runs, by key."""
    told = (each.asset_materialization for each in pages)
    return {
        page.partition: text
        for page in told
        if page is not None and page.partition and (text := figures_of(page)) is not None
    }


def _scans(models: OpenModels, digests: Sequence[RunDigest]) -> Mapping[int, str]:
    """By run, the id of the scan that last wrote anything of it."""
    wanted = {each.run.id: each.run.written_scan_id or each.run.first_scan_id for each in digests}
    scans = scans_by_id(models.session, set(wanted.values()))
    return {run_id: scans[scan_id].dagster_run_id for run_id, scan_id in wanted.items()}


def _update_keys(instance: dg.DagsterInstance, models: OpenModels, batch: _Batch) -> None:
    """Have a partition for each run; those of places where no run is any more go."""
    instance.add_dynamic_partitions(RUN_KEYS, batch.keys)
    instance.add_dynamic_partitions(WAITING_KEYS, batch.waiting)
    there = {partition_of(*place) for place in run_places(models.session)}
    for gone in set(instance.get_dynamic_partitions(RUN_KEYS)) - there:
        instance.delete_dynamic_partition(RUN_KEYS, gone)
    ready = set(batch.keys) - set(batch.waiting)
    waiting = set(instance.get_dynamic_partitions(WAITING_KEYS))
    for key in waiting & ready | waiting - there:
        instance.delete_dynamic_partition(WAITING_KEYS, key)
