"""What a program that follows along is told: how far the export goes, and what changed since."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from seqauto_pipeline.db.models import Scan
from seqauto_pipeline.db.queries.changed_runs import changed_runs, moves
from seqauto_pipeline.db.queries.history import newest_applied_scan, scans_by_id
from seqauto_pipeline.db.queries.runs import run_folder, runs_by_id
from seqauto_pipeline.views.moments import scan_before
from seqauto_pipeline.views.open_models import OpenModels
from seqauto_pipeline.views.values import Json, iso

_BEFORE_ALL = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class Reach:
    """From which scan to which an export goes."""

    last: Scan | None  # ask from here next; None where no scan has stored anything yet
    since: int | None = None  # None: from the beginning

    def as_json(self) -> dict[str, Json]:
        return {"last_scan": _scan(self.last), "since_scan": self.since}


def reach_of(models: OpenModels, since: str | None) -> Reach:
    """Find how far an export goes: before anything else is read, so that nothing is missed."""
    last = newest_applied_scan(models.session)
    return Reach(last, None if since is None else scan_before(models, since))


def changed_since(models: OpenModels, reach: Reach, ids: Collection[int]) -> tuple[int, ...]:
    """Give those of some sequencing runs that changed, in their order."""
    if not reach.since:  # before the first scan, too
        return tuple(ids)
    scan = scans_by_id(models.session, (reach.since,)).get(reach.since)
    stored = _BEFORE_ALL if scan is None else scan.applied_at or scan.started_at
    changed = changed_runs(models.session, reach.since, stored, models.now)
    return tuple(each for each in ids if each in changed)


def dagster_id(models: OpenModels, scan_id: int) -> str | None:
    """Give Dagster's id of a scan, which tells one database from another."""
    scan = scans_by_id(models.session, (scan_id,)).get(scan_id)
    return None if scan is None else scan.dagster_run_id


def moved_since(models: OpenModels, reach: Reach, ids: Collection[int]) -> list[Json]:
    """List the moves of some sequencing runs, by their old and their present folder."""
    if reach.since is None:
        return []
    wanted = frozenset(ids)
    found = [
        each for each in moves(models.session, reach.since) if each.sequencing_run_id in wanted
    ]
    runs = runs_by_id(models.session, tuple({each.sequencing_run_id for each in found}))
    folders = {run.id: run_folder(run) for run in runs}
    return [{"from": each.old_folder, "to": folders[each.sequencing_run_id]} for each in found]


def _scan(scan: Scan | None) -> Json:
    if scan is None:
        return None
    return {
        "id": scan.id,
        "dagster_run_id": scan.dagster_run_id,
        "started_at": iso(scan.started_at),
        "applied_at": iso(scan.applied_at),
    }
