"""From facts about the running system to what is well and what is wrong."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from shlex import quote

from seqauto_pipeline.core.display import counted
from seqauto_pipeline.monitoring.checks import CHECK_OF_MESSAGE, CHECKS

MIB = 1024 * 1024
_HEARTBEAT_SECONDS = 120  # a daemon beats every 30 s; one that is busy may leave some out
_QUEUED_SECONDS = 300  # the queue is looked at every second, when no scan is running
_FUTURE_SECONDS = 300  # clocks of different machines differ by less
_NEARLY_FULL = 0.02
_FEW = 5  # things of one kind are named; of more, only the number is told


class Standing(StrEnum):
    """How one thing stands, best first."""

    OK = "ok"
    NOTE = "note"  # worth knowing, and perhaps meant so
    UNKNOWN = "unknown"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Reading:
    """One thing that was looked at."""

    area: str
    standing: Standing
    text: str
    check: str = ""  # a code of CHECKS, unless it is well
    fix: str = ""


@dataclass(frozen=True, slots=True)
class SettingsFacts:
    complaints: tuple[str, ...] = ()  # why they cannot be used
    switched_off: tuple[str, ...] = ()  # variables
    broken_layouts: tuple[tuple[str, str], ...] = ()  # name, reason
    roots: int = 0


@dataclass(frozen=True, slots=True)
class StorageFacts:
    """A place of our own that grows."""

    path: str
    exists: bool
    writable: bool
    free: int  # bytes, for us
    total: int  # bytes


@dataclass(frozen=True, slots=True)
class RootFacts:
    path: str
    trouble: str = ""  # a code of CHECKS
    reason: str = ""
    entries: int = 0
    seconds: float = 0.0  # that the listing took
    mounted_at: str = ""
    file_system: str = ""
    free: int = 0
    total: int = 0
    refused: tuple[tuple[str, str], ...] = ()  # directories below: path, what would help
    future_path: str = ""  # what has the newest time, where that lies in the future
    future_seconds: float = 0.0
    directories_tested: int = 0
    untrusted: tuple[str, ...] = ()  # directories that changed without their time moving


@dataclass(frozen=True, slots=True)
class SlowQuery:
    pid: int
    seconds: float
    state: str
    text: str


@dataclass(frozen=True, slots=True)
class DatabaseFacts:
    where: str  # without secrets
    trouble: str = ""  # a code of CHECKS
    reason: str = ""
    is_there: bool = True  # False for an SQLite file that no scan has made yet
    revision: str = ""
    size: int = 0  # bytes
    slow: tuple[SlowQuery, ...] = ()
    waiting: int = 0  # queries that wait for a lock
    clock_ahead: float = 0.0  # seconds, of the server's clock
    unread: bool = False  # the models themselves could not be read, which no scan hinders


@dataclass(frozen=True, slots=True)
class WebFacts:
    url: str  # "" where none is wanted
    trouble: str = ""
    reason: str = ""
    version: str = ""
    location_trouble: str = ""  # "" when it loads; "?" when it was not asked


@dataclass(frozen=True, slots=True)
class DaemonFacts:
    name: str
    beat: dt.datetime | None  # the last one
    errors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ScheduleFacts:
    name: str
    is_stopped: bool
    next_ticks: tuple[dt.datetime, ...] = ()
    last_tick: str = ""  # what came of it; "" before the first
    failed: str = ""  # the last tick's error


@dataclass(frozen=True, slots=True)
class ScanFacts:
    """One scan as far as the server's status tells of it."""

    id: str
    state: str
    since: dt.datetime
    text: str = ""  # progress, or the error


@dataclass(frozen=True, slots=True)
class DagsterFacts:
    is_there: bool = True  # False for a home that was never used
    trouble: str = ""  # why it cannot be opened
    daemons: tuple[DaemonFacts, ...] = ()
    schedule: ScheduleFacts | None = None
    queued: tuple[ScanFacts, ...] = ()  # longest wait first
    running: tuple[ScanFacts, ...] = ()
    dead: tuple[ScanFacts, ...] = ()  # said to be running, and their process is gone
    last: ScanFacts | None = None  # that ended, whichever way
    last_finished: ScanFacts | None = None


@dataclass(frozen=True, slots=True)
class MessageFacts:
    """Open messages of one code that nobody has acknowledged."""

    code: str
    count: int
    example: str  # absolute path
    advice: str  # of the example


@dataclass(frozen=True, slots=True)
class Limits:
    """What the settings call too little or too long."""

    min_free: int = 500 * MIB  # bytes
    max_scan_age: dt.timedelta = dt.timedelta(hours=26)


@dataclass(frozen=True, slots=True)
class ServerFacts:
    """All that was looked at. None: it could not be, for want of settings."""

    home: str
    user: str
    settings: SettingsFacts
    storage: tuple[StorageFacts, ...] = ()
    database: DatabaseFacts | None = None
    roots: tuple[RootFacts, ...] = ()
    web: WebFacts | None = None
    dagster: DagsterFacts | None = None
    limits: Limits = field(default_factory=Limits)
    newest_record_missing: str = ""  # the scan whose file list is gone
    temporary_homes: tuple[str, ...] = ()
    messages: tuple[MessageFacts, ...] = ()
    without_run_info: tuple[str, ...] = ()  # run folders


def server_readings(facts: ServerFacts, now: dt.datetime) -> tuple[Reading, ...]:
    """Judge the server: what `seqauto status` shows."""
    return (
        *_settings(facts),
        *_web(facts.web),
        *_dagster(facts, now),
        *_database(facts),
        *(each for root in facts.roots for each in _root(root)),
        *(each for place in facts.storage for each in _storage(place, facts)),
    )


def doctor_readings(facts: ServerFacts, now: dt.datetime) -> tuple[Reading, ...]:
    """Judge the server and what scans found: what `seqauto doctor` checks."""
    return (
        *server_readings(facts, now),
        *(each for root in facts.roots for each in _below_root(root)),
        *_clock_of_database(facts.database),
        *_records(facts),
        *(_temporary_home(path) for path in facts.temporary_homes),
        *map(_message, facts.messages),
        *_metadata(facts.without_run_info),
    )


def worst(readings: Sequence[Reading]) -> Standing:
    """Sum up: wrong before unknown, and a note is well."""
    standings = {each.standing for each in readings}
    for standing in (Standing.WRONG, Standing.UNKNOWN):
        if standing in standings:
            return standing
    return Standing.OK


def age_words(seconds: float) -> str:
    """Write an age in its two largest units: 45 s, 12 min, 3 h 5 min, 4 d 2 h."""
    whole = max(0, round(seconds))
    if whole < 120:
        return f"{whole} s"
    minutes, hours, days = whole // 60, whole // 3600, whole // 86400
    if minutes < 120:
        return f"{minutes} min"
    return f"{hours} h {minutes % 60} min" if hours < 48 else f"{days} d {hours % 24} h"


def size_words(size: float) -> str:
    """Write a number of bytes: 512 B, 3.4 MiB, 1.2 TiB."""
    for unit in ("B", "KiB", "MiB", "GiB"):
        if size < 1024:
            return f"{size:.0f} {unit}" if unit == "B" else f"{size:.1f} {unit}"
        size /= 1024
    return f"{size:.1f} TiB"


def _bad(area: str, check: str, text: str, **names: object) -> Reading:
    return _found(Standing.WRONG, area, check, text, **names)


def _found(standing: Standing, area: str, check: str, text: str, **names: object) -> Reading:
    quoted = {key: quote(str(name)) if key == "path" else name for key, name in names.items()}
    return Reading(area, standing, text, check, CHECKS[check].fix.format(**quoted))


def _well(area: str, text: str) -> Reading:
    return Reading(area, Standing.OK, text)


def _settings(facts: ServerFacts) -> Iterator[Reading]:
    settings = facts.settings
    for complaint in settings.complaints:
        yield _bad("settings", "settings_broken", complaint)
    for name, reason in settings.broken_layouts:
        yield _bad("settings", "layout_broken", f"layout {name}: {reason}", layout=name)
    if settings.complaints:
        return
    if not settings.roots:
        yield _bad("settings", "no_roots", "no scan root is configured")
    if settings.switched_off:
        names = ", ".join(settings.switched_off)
        text = f"scheduled scans are switched off: {names} is false"
        yield _found(Standing.NOTE, "settings", "switched_off", text, names=names)
    elif settings.roots and not settings.broken_layouts:
        yield _well("settings", f"they can be used; {counted(settings.roots, 'root')}")


def _web(web: WebFacts | None) -> Iterator[Reading]:
    if web is None or not web.url:
        return
    if web.trouble:
        yield _bad("web server", web.trouble, f"{web.url}: {web.reason}", url=web.url)
        return
    yield _well("web server", f"{web.url} answers, Dagster {web.version}")
    if web.location_trouble == "?":
        text = "the web server does not say whether it loads"
        yield Reading("code location", Standing.UNKNOWN, text, "code_location_broken")
    elif web.location_trouble:
        yield _bad("code location", "code_location_broken", web.location_trouble)
    else:
        yield _well("code location", "it loads")


def _dagster(facts: ServerFacts, now: dt.datetime) -> Iterator[Reading]:
    dagster = facts.dagster
    if dagster is None:
        return
    if dagster.trouble:
        yield _bad("scans", "dagster_unreachable", dagster.trouble, home=facts.home)
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
        if each.beat is None or (now - each.beat).total_seconds() > _HEARTBEAT_SECONDS
    ]
    if not beats or len(lost) == len(dagster.daemons):
        last = f"its last heartbeat is {_ago(max(beats), now)} old" if beats else "it never ran"
        standing = Standing.NOTE if quiet else Standing.WRONG
        yield _found(standing, "daemon", "daemon_down", f"not running: {last}")
    elif lost:
        yield _bad("daemon", "daemon_down", f"no recent heartbeat of {', '.join(lost)}")
    else:
        age = _ago(min(beats), now)
        yield _well("daemon", f"running: {len(beats)} parts, oldest heartbeat {age} ago")
    for each in dagster.daemons:
        if each.errors and each.name not in lost:
            yield _bad("daemon", "daemon_error", f"{each.name}: {each.errors[0]}")


def _schedule(schedule: ScheduleFacts | None, *, quiet: bool) -> Iterator[Reading]:
    if schedule is None:
        return
    name = schedule.name
    if schedule.is_stopped:
        standing = Standing.NOTE if quiet else Standing.WRONG
        text = f"{name} is stopped"
        yield _found(standing, "schedule", "schedule_stopped", text, schedule=name)
        return
    ticks = ", ".join(f"{tick:%a %Y-%m-%d %H:%M %Z}" for tick in schedule.next_ticks)
    last = f"; last tick: {schedule.last_tick}" if schedule.last_tick else ""
    if schedule.failed:
        text = f"its last tick failed: {schedule.failed}"
        yield _bad("schedule", "schedule_failing", text, schedule=name)
    else:
        yield _well("schedule", f"next ticks: {ticks}{last}")


def _going_on(dagster: DagsterFacts, now: dt.datetime) -> Iterator[Reading]:
    for scan in dagster.dead:
        yield _bad("scans", "scan_died", f"scan {scan.id}: {scan.text}")
    for scan in dagster.running:
        progress = f", {scan.text}" if scan.text else ""
        yield _well("scans", f"running: {scan.id}, {scan.state}, {_ago(scan.since, now)}{progress}")
    if not dagster.queued:
        yield _well("queue", "empty")
        return
    oldest = _ago(dagster.queued[0].since, now)
    text = f"{counted(len(dagster.queued), 'scan')} queued, the oldest for {oldest}"
    waited = (now - dagster.queued[0].since).total_seconds()
    if waited > _QUEUED_SECONDS and not dagster.running:
        yield _bad("queue", "queue_stuck", text)
    else:
        yield _well("queue", text)


def _history(
    dagster: DagsterFacts, limits: Limits, now: dt.datetime, *, quiet: bool
) -> Iterator[Reading]:
    last, finished = dagster.last, dagster.last_finished
    if last is not None and last.state == "Error":
        text = f"scan {last.id} failed {_ago(last.since, now)} ago: {last.text}"
        yield _bad("scans", "last_scan_failed", text, scan=last.id)
    standing = Standing.NOTE if quiet else Standing.WRONG
    if finished is None:
        yield _found(standing, "scans", "no_recent_scan", "no scan has finished yet")
        return
    text = f"scan {finished.id} finished {_ago(finished.since, now)} ago"
    if now - finished.since > limits.max_scan_age:
        yield _found(standing, "scans", "no_recent_scan", f"the last that did: {text}")
    else:
        yield _well("scans", text)


def _database(facts: ServerFacts) -> Iterator[Reading]:
    database = facts.database
    if database is None:
        return
    where = database.where
    scans = facts.dagster.running if facts.dagster else ()
    if database.trouble == "database_locked" and scans and not database.unread:
        yield _well("database", f"{where}: the running scan is writing")
    elif database.trouble:
        text = f"{where}: {database.reason}"
        yield _bad("database", database.trouble, text, path=where, user=facts.user)
    elif not database.is_there:
        yield Reading("database", Standing.NOTE, f"{where}: the first scan makes it")
    else:
        queries = counted(database.waiting, "query", "queries")
        waiting = f"; waiting for a lock: {queries}" if database.waiting else ""
        size = size_words(database.size)
        yield _well("database", f"{where}: schema {database.revision}, {size}{waiting}")
    for query in database.slow[:_FEW]:
        age = age_words(query.seconds)
        text = f"process {query.pid} ({query.state}) for {age}: {query.text}"
        yield _bad("database", "slow_queries", text, pid=query.pid)


def _root(root: RootFacts) -> Iterator[Reading]:
    if root.trouble:
        text = f"{root.path}: {root.reason}"
        yield _bad("root", root.trouble, text, path=root.path, advice=root.reason)
        return
    mount = f", {root.file_system} at {root.mounted_at}" if root.mounted_at else ""
    entries = counted(root.entries, "entry", "entries")
    text = (
        f"{root.path}: readable, {entries} in {root.seconds * 1000:.0f} ms, "
        f"{size_words(root.free)} of {size_words(root.total)} free{mount}"
    )
    if root.total and root.free < _NEARLY_FULL * root.total:
        yield _found(Standing.NOTE, "root", "root_nearly_full", text, path=root.path)
    else:
        yield _well("root", text)


def _storage(place: StorageFacts, facts: ServerFacts) -> Iterator[Reading]:
    if not place.exists:
        text = f"{place.path} does not exist yet"
        yield _found(Standing.NOTE, "storage", "home_missing", text, home=facts.home)
        return
    if not place.writable:
        text = f"{place.path}: user {facts.user} may not write there"
        yield _bad("storage", "home_not_writable", text, home=place.path, user=facts.user)
    text = f"{place.path}: {size_words(place.free)} of {size_words(place.total)} free"
    if place.free < facts.limits.min_free:
        wanted = f"{text}, wanted are {size_words(facts.limits.min_free)}"
        yield _bad("storage", "disk_full", wanted, path=place.path)
    elif place.writable:
        yield _well("storage", text)


def _below_root(root: RootFacts) -> Iterator[Reading]:
    for path, advice in root.refused[:_FEW]:
        yield _bad("root", "unreadable_directory", f"{path} cannot be read", advice=advice)
    if len(root.refused) > _FEW:
        text = f"{len(root.refused) - _FEW} more directories below {root.path} cannot be read"
        yield _bad("root", "unreadable_directory", text, advice=root.refused[_FEW][1])
    if root.future_seconds > _FUTURE_SECONDS:
        ahead = age_words(root.future_seconds)
        text = f"{root.future_path} was changed {ahead} in the future"
        yield _bad("clock", "clock_wrong", text, where=f"the server of {root.path}")
    if root.untrusted:
        text = f"{root.untrusted[0]} changed, and its time did not move"
        more = f"; so did {len(root.untrusted) - 1} more" if len(root.untrusted) > 1 else ""
        yield _bad("root", "directory_times", text + more)
    elif root.directories_tested:
        tested = counted(root.directories_tested, "directory", "directories")
        text = f"{root.path}: the times of {tested} hold"
        yield _well("root", text)


def _clock_of_database(database: DatabaseFacts | None) -> Iterator[Reading]:
    if database is None or abs(database.clock_ahead) <= _FUTURE_SECONDS:
        return
    apart = age_words(abs(database.clock_ahead))
    side = "ahead of" if database.clock_ahead > 0 else "behind"
    text = f"{database.where} has a time {apart} {side} ours"
    yield _bad("clock", "clock_wrong", text, where="the database server")


def _records(facts: ServerFacts) -> Iterator[Reading]:
    if facts.newest_record_missing:
        text = f"the file list of scan {facts.newest_record_missing} is not in {facts.home}/scans"
        yield _bad("storage", "record_missing", text)


def _temporary_home(path: str) -> Reading:
    text = f"{path} was left behind"
    return _found(Standing.NOTE, "storage", "temporary_home", text, path=path)


def _message(message: MessageFacts) -> Reading:
    check = CHECK_OF_MESSAGE[message.code]
    more = f", and {message.count - 1} more" if message.count > 1 else ""
    text = f"{_within_sentence(CHECKS[check].title)}: {message.example}{more}"
    names = {"path": message.example, "code": message.code, "advice": message.advice}
    standing = Standing.NOTE if check == "root_not_configured" else Standing.WRONG
    return _found(standing, "last scan", check, text, **names)


def _within_sentence(title: str) -> str:
    """Begin with a small letter, unless the first word is a name such as RunInfo.xml."""
    first = title.split(maxsplit=1)[0]
    return title[0].lower() + title[1:] if first == first.capitalize() else title


def _metadata(without: Sequence[str]) -> Iterator[Reading]:
    if without:
        more = f", and {len(without) - 1} more" if len(without) > 1 else ""
        yield _bad("last scan", "metadata_missing", f"no RunInfo.xml in {without[0]}{more}")


def _ago(moment: dt.datetime, now: dt.datetime) -> str:
    return age_words((now - moment).total_seconds())
