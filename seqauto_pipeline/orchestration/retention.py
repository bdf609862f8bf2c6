"""Delete what old scans left behind: Dagster runs, stored outputs of ops, kept file lists."""

import datetime as dt
import shutil
import uuid
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

import dagster as dg

from seqauto_pipeline.disk.record.paths import is_record, records_folder
from seqauto_pipeline.orchestration.beside_the_record import beside_the_record
from seqauto_pipeline.orchestration.run_statuses import ENDED
from seqauto_pipeline.orchestration.runtime.storage import postgres_url
from seqauto_pipeline.orchestration.site import Site
from seqauto_pipeline.orchestration.tags import SCAN_JOB
from seqauto_pipeline.scan.kept_records import prune

_EVENTS_OF_RUNS = "history/runs"  # one SQLite file each, which Dagster empties and leaves there
_SPARED = dt.timedelta(hours=1)  # what is younger may belong to a run that is just being made
LEAST_KEPT = 10  # scans that stay whatever their age: a clock that is wrong must not delete history


def apply_retention(instance: dg.DagsterInstance, scan: dg.DagsterRun, site: Site) -> None:
    """Delete what the settings call too old. Trouble with that is noted, and fails no scan.

    Ages of scans count back from the scan before the last: one scan with its clock years ahead
    deletes nothing.
    """
    now = _now()
    moment = min(now, _scan_before_last(instance) or now)
    with beside_the_record("Retention: old scans could not be deleted", instance, scan):
        old = too_old(instance, site, moment)
        for each in old:
            instance.delete_run(each)
        kept = frozenset(instance.get_run_ids())
        for path in leftovers(_folders(instance, site.home), kept):
            if _run_of(path) in old or _age(path, now) > _SPARED:
                _delete(path)
    with beside_the_record("Retention: old scans could not be deleted", instance, scan):
        prune(site.settings, site.home, moment, least=LEAST_KEPT)


def too_old(instance: dg.DagsterInstance, site: Site, now: dt.datetime) -> tuple[str, ...]:
    """List the ended scans beyond the number or age that is kept, and likewise other runs.

    The newest scans are kept whatever their age.
    """
    oldest = now - dt.timedelta(days=site.settings.keep_days)
    number = site.settings.keep_scans
    ended = instance.get_run_ids(dg.RunsFilter(statuses=ENDED))
    scans = instance.get_run_ids(dg.RunsFilter(job_name=SCAN_JOB, statuses=ENDED))
    are_scans = frozenset(scans)
    others = [each for each in ended if each not in are_scans]
    aged = instance.get_run_ids(dg.RunsFilter(statuses=ENDED, created_before=oldest))
    newest = frozenset(scans[:LEAST_KEPT])
    aged = [each for each in aged if each not in newest]
    return tuple(dict.fromkeys((*scans[number:], *others[number:], *aged)))


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _scan_before_last(instance: dg.DagsterInstance) -> dt.datetime | None:
    records = instance.get_run_records(dg.RunsFilter(job_name=SCAN_JOB), limit=2)
    return records[1].create_timestamp.replace(tzinfo=dt.UTC) if len(records) > 1 else None


def leftovers(folders: Iterable[Path], kept: Collection[str]) -> Iterator[Path]:
    """Find what runs left that are not kept: of deleted ones, and of ones that were killed.

    A name without a run's id is not ours to delete; records have a retention of their own.
    """
    for folder in folders:
        for path in tuple(folder.iterdir()) if folder.is_dir() else ():
            run = _run_of(path)
            if run is not None and run not in kept and not is_record(path):
                yield path


def _folders(instance: dg.DagsterInstance, home: Path) -> Iterator[Path]:
    yield Path(instance.storage_directory())
    yield records_folder(home)
    if postgres_url(home) is None:  # else they are from before the switch to it, and stay
        yield home / _EVENTS_OF_RUNS


def _run_of(path: Path) -> str | None:
    """The run whose id a name begins with."""
    run = path.name[:36]
    try:
        return run if str(uuid.UUID(run)) == run else None
    except ValueError:
        return None


def _age(path: Path, now: dt.datetime) -> dt.timedelta:
    try:
        modified = path.lstat().st_mtime
    except FileNotFoundError:
        return dt.timedelta()
    return dt.timedelta(seconds=now.timestamp() - modified)


def _delete(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
