"""Judge the server: web server, Dagster, database, roots and our own storage."""

import datetime as dt
from collections.abc import Iterator

from seqauto_pipeline.core.clock import behind
from seqauto_pipeline.core.display import counted
from seqauto_pipeline.monitoring.clusters import cluster_readings
from seqauto_pipeline.monitoring.deliveries import delivery_readings
from seqauto_pipeline.monitoring.facts import (
    DagsterFacts,
    Limits,
    RootFacts,
    ScheduleFacts,
    ServerFacts,
    StorageFacts,
    WebFacts,
)
from seqauto_pipeline.monitoring.network_disks import is_of_network
from seqauto_pipeline.monitoring.readings import (
    NAMED_OF_A_KIND,
    Reading,
    Standing,
    reading_of,
    well,
    wrong,
)
from seqauto_pipeline.monitoring.words import age_words, size_words

_HEARTBEAT_SECONDS = 120  # a daemon beats every 30 s; one that is busy may leave some out
_QUEUED_SECONDS = 300  # the queue is looked at every second, when no scan is running
_NEARLY_FULL = 0.02  # share of the disk that is still free


def server_readings(facts: ServerFacts, now: dt.datetime) -> tuple[Reading, ...]:
    """Judge the server: what `seqauto status` shows."""
    return (
        *_settings(facts),
        *_web(facts.web),
        *_dagster(facts, now),
        *_database(facts),
        *(each for root in facts.roots for each in _root(root)),
        *(each for directory in facts.storage for each in _storage(directory, facts)),
        *(each for one in facts.deliveries for each in delivery_readings(one, now)),
        *(each for one in facts.clusters for each in cluster_readings(one)),
    )


def _settings(facts: ServerFacts) -> Iterator[Reading]:
    settings = facts.settings
    for complaint in settings.complaints:
        yield wrong("settings", "settings_broken", complaint)
    for name, reason in settings.broken_layouts:
        yield wrong("settings", "layout_broken", f"layout {name}: {reason}", layout=name)
    if settings.complaints:
        return
    if not settings.roots:
        yield wrong("settings", "no_roots", "no scan root is configured")
    if settings.switched_off:
        names = ", ".join(settings.switched_off)
        text = f"scheduled scans are switched off: {names} is false"
        yield reading_of(Standing.NOTE, "settings", "switched_off", text, names=names)
    elif settings.roots and not settings.broken_layouts:
        yield well("settings", f"they can be used; {counted(settings.roots, 'root')}")


def _web(web: WebFacts | None) -> Iterator[Reading]:
    if web is None or not web.url:
        return
    if web.trouble:
        yield wrong("web server", web.trouble, f"{web.url}: {web.reason}", url=web.url)
        return
    yield well("web server", f"{web.url} answers, Dagster {web.version}")
    if web.location_trouble == "?":
        text = "the web server does not say whether it loads"
        yield Reading("code location", Standing.UNKNOWN, text, "code_location_broken")
    elif web.location_trouble:
        yield wrong("code location", "code_location_broken", web.location_trouble)
    else:
        yield well("code location", "it loads")


def _dagster(facts: ServerFacts, now: dt.datetime) -> Iterator[Reading]:
    dagster = facts.dagster
    if dagster is None:
        return
    if dagster.trouble:
        yield wrong("scans", dagster.check, dagster.trouble, home=facts.home)
        return
    quiet = bool(facts.settings.switched_off)  # nobody expects scans to start by themselves
    yield from _daemons(dagster, now, quiet=quiet)
    yield from _schedule(dagster.schedule, quiet=quiet)
    yield from _going_on(dagster, now)
    yield from _history(dagster, facts.limits, now, quiet=quiet)


def _daemons(dagster: DagsterFacts, now: dt.datetime, *, quiet: bool) -> Iterator[Reading]:
    beats = [each.beat for each in dagster.daemons if each.beat is not None]
    lost = [
        each.name
        for each in dagster.daemons
        if each.beat is None or abs((now - each.beat).total_seconds()) > _HEARTBEAT_SECONDS
    ]
    if not beats or len(lost) == len(dagster.daemons):
        last = f"its last heartbeat is {_ago(max(beats), now)} old" if beats else "it never ran"
        standing = Standing.NOTE if quiet else Standing.WRONG
        yield reading_of(standing, "daemon", "daemon_down", f"not running: {last}")
    elif lost:
        yield wrong("daemon", "daemon_down", f"no recent heartbeat of {', '.join(lost)}")
    else:
        age = _ago(min(beats), now)
        yield well("daemon", f"running: {len(beats)} parts, oldest heartbeat {age} ago")
    for each in dagster.daemons:
        if each.errors and each.name not in lost:
            yield wrong("daemon", "daemon_error", f"{each.name}: {each.errors[0]}")


def _schedule(schedule: ScheduleFacts | None, *, quiet: bool) -> Iterator[Reading]:
    if schedule is None:
        return
    name = schedule.name
    if schedule.is_stopped:
        standing = Standing.NOTE if quiet else Standing.WRONG
        text = f"{name} is stopped"
        yield reading_of(standing, "schedule", "schedule_stopped", text, schedule=name)
        return
    if schedule.ahead:
        text = f"its last tick is dated {age_words(schedule.ahead)} in the future"
        yield wrong("schedule", "schedule_ahead", text)
        return
    ticks = ", ".join(f"{tick:%a %Y-%m-%d %H:%M %Z}" for tick in schedule.next_ticks)
    last = f"; last tick: {schedule.last_tick}" if schedule.last_tick else ""
    if schedule.failed:
        text = f"its last tick failed: {schedule.failed}"
        yield wrong("schedule", "schedule_failing", text, schedule=name)
    else:
        yield well("schedule", f"next ticks: {ticks}{last}")


def _going_on(dagster: DagsterFacts, now: dt.datetime) -> Iterator[Reading]:
    for scan in dagster.dead:
        yield wrong("scans", "scan_died", f"scan {scan.id}: {scan.text}")
    for scan in dagster.running:
        progress = f", {scan.text}" if scan.text else ""
        yield well("scans", f"running: {scan.id}, {scan.state}, {_ago(scan.since, now)}{progress}")
    if not dagster.queued:
        yield well("queue", "empty")
        return
    oldest = _ago(dagster.queued[0].since, now)
    text = f"{counted(len(dagster.queued), 'scan')} queued, the oldest for {oldest}"
    waited = (now - dagster.queued[0].since).total_seconds()
    if waited > _QUEUED_SECONDS and not dagster.running:
        yield wrong("queue", "queue_stuck", text)
    else:
        yield well("queue", text)


def _history(
    dagster: DagsterFacts, limits: Limits, now: dt.datetime, *, quiet: bool
) -> Iterator[Reading]:
    last, finished = dagster.last, dagster.last_finished
    if last is not None and last.state == "Error":
        text = f"scan {last.id} failed {_ago(last.since, now)} ago: {last.text}"
        yield wrong("scans", "last_scan_failed", text, scan=last.id)
    standing = Standing.NOTE if quiet else Standing.WRONG
    if finished is None:
        yield reading_of(standing, "scans", "no_recent_scan", "no scan has finished yet")
        return
    if (ahead := behind(finished.since, now)) is not None:
        text = f"scan {finished.id} finished {age_words(ahead.total_seconds())} in the future"
        yield wrong("clock", "clock_wrong", text, where="the host that made it")
        return
    text = f"scan {finished.id} finished {_ago(finished.since, now)} ago"
    if now - finished.since > limits.max_scan_age:
        yield reading_of(standing, "scans", "no_recent_scan", f"the last that did: {text}")
    else:
        yield well("scans", text)


def _database(facts: ServerFacts) -> Iterator[Reading]:
    database = facts.database
    if database is None:
        return
    where = database.where
    scans = facts.dagster.running if facts.dagster else ()
    if database.trouble == "database_locked" and scans and not database.unread:
        yield well("database", f"{where}: the running scan is writing")
    elif database.trouble:
        text = f"{where}: {database.reason}"
        yield wrong("database", database.trouble, text, path=where, user=database.keeper)
    elif not database.is_there and (traces := _traces(facts)):
        text = f"{where} holds nothing, and there were models: {traces}"
        yield wrong("database", "database_gone", text)
    elif not database.is_there:
        yield Reading("database", Standing.NOTE, f"{where}: the first scan makes it")
    else:
        queries = counted(database.waiting, "query", "queries")
        waiting = f"; waiting for a lock: {queries}" if database.waiting else ""
        size = size_words(database.size)
        yield well("database", f"{where}: schema {database.revision}, {size}{waiting}")
    for query in database.slow[:NAMED_OF_A_KIND]:
        age = age_words(query.seconds)
        text = f"process {query.pid} ({query.state}) for {age}: {query.text}"
        yield wrong("database", "slow_queries", text, pid=query.pid)


def _traces(facts: ServerFacts) -> str:
    """Name what earlier models left behind; nothing where there never were any."""
    finished = facts.dagster.last_finished if facts.dagster else None
    found = []
    if finished is not None:
        found.append(f"scan {finished.id} finished {finished.since:%Y-%m-%d %H:%M} UTC")
    elif facts.last_listed is not None:
        found.append(f"a file list of {facts.last_listed:%Y-%m-%d %H:%M} UTC is kept")
    if facts.backups is not None and facts.backups.newest:
        found.append(f"the newest backup is {facts.backups.newest}")
    return ", ".join(found)


def _root(root: RootFacts) -> Iterator[Reading]:
    if root.trouble:
        text = f"{root.path}: {root.reason}"
        yield wrong("root", root.trouble, text, path=root.path, advice=root.reason)
        return
    if root.listed_by:
        made = "not asked for yet" if root.list_age is None else f"{age_words(root.list_age)} old"
        yield well("root", f"{root.path}: listed by {root.listed_by}, its list is {made}")
        return
    mount = f", {root.file_system} at {root.mounted_at}" if root.mounted_at else ""
    entries = counted(root.entries, "entry", "entries")
    text = (
        f"{root.path}: readable, {entries} in {root.seconds * 1000:.0f} ms, "
        f"{size_words(root.free)} of {size_words(root.total)} free{mount}"
    )
    if root.total and root.free < _NEARLY_FULL * root.total:
        yield reading_of(Standing.NOTE, "root", "root_nearly_full", text, path=root.path)
    else:
        yield well("root", text)


def _storage(directory: StorageFacts, facts: ServerFacts) -> Iterator[Reading]:
    if not directory.exists:
        text = f"{directory.path} does not exist yet"
        yield reading_of(Standing.NOTE, "storage", "home_missing", text, home=facts.home)
        return
    if not directory.writable:
        yield _not_writable(directory, facts.user)
    if directory.has_databases and is_of_network(directory.file_system):
        mount = f"{directory.file_system} at {directory.mounted_at}"
        text = f"{directory.path} is on a network file system: {mount}"
        yield wrong("storage", "home_on_network", text, path=directory.path)
    text = f"{directory.path}: {size_words(directory.free)} of {size_words(directory.total)} free"
    if directory.free < facts.limits.min_free:
        wanted = f"{text}, wanted are {size_words(facts.limits.min_free)}"
        yield wrong("storage", "disk_full", wanted, path=directory.path)
    elif directory.writable:
        yield well("storage", text)


def _not_writable(directory: StorageFacts, user: str) -> Reading:
    """A home that scans may not write to is wrong; that others may not is how it is meant."""
    if directory.is_used and directory.owner != user:
        return well("storage", f"{directory.path}: {directory.owner} writes there; you may read")
    text = f"{directory.path}: user {user} may not write there, and {directory.owner} owns it"
    return wrong("storage", "home_not_writable", text, home=directory.path)


def _ago(moment: dt.datetime, now: dt.datetime) -> str:
    return age_words((now - moment).total_seconds())
