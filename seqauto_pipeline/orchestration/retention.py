"""Delete what old scans left behind: Dagster runs, stored outputs of ops, kept file lists."""

import datetime as dt
import shutil
import uuid
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path

import dagster as dg

from seqauto_pipeline.core.clock import jump
from seqauto_pipeline.core.display import local_time
from seqauto_pipeline.disk.record.paths import is_record, records_folder
from seqauto_pipeline.orchestration.beside_the_record import beside_the_record
from seqauto_pipeline.orchestration.catalog.publish import tell_again_what_went
from seqauto_pipeline.orchestration.catalog.specs import STATUS
from seqauto_pipeline.orchestration.run_statuses import ENDED
from seqauto_pipeline.orchestration.runtime.event_retention import forget_old_events, forget_run
from seqauto_pipeline.orchestration.runtime.storage import postgres_url
from seqauto_pipeline.orchestration.site import Site
from seqauto_pipeline.orchestration.tags import SCAN_JOB
from seqauto_pipeline.orchestration.times import in_utc
from seqauto_pipeline.scan.kept_records import prune
from seqauto_pipeline.settings import zone_for

_EVENTS_OF_RUNS = "history/runs"  # one SQLite file each, which Dagster empties and leaves there
_SPARED = dt.timedelta(hours=1)  # what is younger may belong to a run that is just being made
LEAST_KEPT = 10  # scans that stay whatever their age: a clock that is wrong must not delete history


def apply_retention(instance: dg.DagsterInstance, scan: dg.DagsterRun, site: Site) -> None:
    """Delete what the settings call too old. Trouble with that is noted, and fails no scan.

    Ages count back from the earliest of the newest scans, whose clock may be ahead; nothing is
    deleted for its age while time jumps among them.
    """
    now = _now()
    times = (*_times_of_newest(instance), now)
    jumped = jump(times)
    moment = None if jumped else min(times)
    with beside_the_record("Retention: old scans could not be deleted", instance, scan):
        old = too_old(instance, site, moment)
        for each in old:
            forget_run(instance, each)
        if old:
            tell_again_what_went(instance)
        kept = frozenset(instance.get_run_ids())
        for path in leftovers(_folders(instance, site.home), kept):
            if _run_of(path) in old or _age(path, now) > _SPARED:
                _delete(path)
        if moment is not None:
            oldest = moment - dt.timedelta(days=site.settings.keep_days)
            forget_old_events(instance, STATUS, oldest)
    with beside_the_record("Retention: old scans could not be deleted", instance, scan):
        prune(site.settings, site.home, moment, least=LEAST_KEPT)
        if jumped and jumped[1] == now:  # said by the first scan that meets it
            earlier = local_time(jumped[0], zone_for(site.settings))
            note = (
                f"Retention: the last scan was at {earlier} and this one is days from it. Nothing "
            )
            note += f"is deleted for its age until {LEAST_KEPT} more scans have kept that time."
            instance.report_engine_event(note, scan)


def too_old(instance: dg.DagsterInstance, site: Site, now: dt.datetime | None) -> tuple[str, ...]:
    """List the ended scans beyond the number or age that is kept, and likewise other runs.

    The newest scans are kept whatever their age, and all where no time can be trusted (None).
    """
    number = site.settings.keep_scans
    ended = instance.get_run_ids(dg.RunsFilter(statuses=ENDED))
    scans = instance.get_run_ids(dg.RunsFilter(job_name=SCAN_JOB, statuses=ENDED))
    are_scans = frozenset(scans)
    others = [each for each in ended if each not in are_scans]
    aged: Sequence[str] = ()
    if now is not None:
        oldest = now - dt.timedelta(days=site.settings.keep_days)
        aged = instance.get_run_ids(dg.RunsFilter(statuses=ENDED, created_before=oldest))
    newest = frozenset(scans[:LEAST_KEPT])
    aged = [each for each in aged if each not in newest]
    return tuple(dict.fromkeys((*scans[number:], *others[number:], *aged)))


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


def _times_of_newest(instance: dg.DagsterInstance) -> Sequence[dt.datetime]:
    """When the newest scans before this one were created, in their order."""
    wanted = dg.RunsFilter(job_name=SCAN_JOB)
    records = instance.get_run_records(wanted, limit=max(LEAST_KEPT, 1) + 1)
    return [in_utc(each.create_timestamp) for each in reversed(records[1:])]


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
