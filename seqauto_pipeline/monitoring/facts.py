"""What is known of the running system before anything is judged: its facts, as plain values."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class SettingsFacts:
    complaints: tuple[str, ...] = ()  # why they cannot be used
    switched_off: tuple[str, ...] = ()  # variables
    broken_layouts: tuple[tuple[str, str], ...] = ()  # name, reason
    roots: int = 0
    kits: tuple[tuple[str, str], ...] = ()  # setting, enrichment kit that it is about


@dataclass(frozen=True, slots=True)
class StorageFacts:
    """A directory of our own that grows."""

    path: str
    exists: bool
    writable: bool
    free: int  # bytes, for us
    total: int  # bytes
    mounted_at: str = ""
    file_system: str = ""
    has_databases: bool = False  # SQLite files lie there, or will
    owner: str = ""  # the account that scans, once something is kept there
    is_used: bool = False  # something is kept there


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
    listed_by: str = ""  # who lists it, where that is not this machine
    list_age: float | None = None  # seconds; None: there is no list yet


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
    keeper: str = ""  # the account that has to be able to write to an SQLite file
    is_there: bool = True  # False for an SQLite file that no scan has made yet
    revision: str = ""
    size: int = 0  # bytes
    slow: tuple[SlowQuery, ...] = ()
    waiting: int = 0  # queries that wait for a lock
    clock_ahead: float = 0.0  # seconds, of the server's clock
    damage: str | None = None  # that a check of it found, "" for none; None: not told in time
    unread: bool = False  # the models themselves could not be read, which no scan hinders


@dataclass(frozen=True, slots=True)
class BackupFacts:
    """The backups that scans make of the models database."""

    hours: int  # after which a new one is due; 0: none are wanted
    directory: str
    count: int = 0
    newest: str = ""  # its name
    made_at: dt.datetime | None = None


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
    ahead: float = 0.0  # seconds by which the last tick is in the future


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
    check: str = "dagster_unreachable"  # the code of CHECKS that tells what to do about it
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
class DeliveryFacts:
    """How far the deliveries to one receiver have come."""

    receiver: str
    counts: Mapping[str, int] = field(default_factory=dict)  # of things, by state
    oldest_due: dt.datetime | None = None  # since when the oldest of what is to come is wanted
    trouble: str = ""  # why the last delivery ended early
    unusable: str = ""  # why nothing can be sent now
    was_asked: bool = False  # the server itself, whether it is there
    late_after: dt.timedelta = dt.timedelta(hours=24)
    is_off: bool = False  # nothing may be delivered


@dataclass(frozen=True, slots=True)
class ClusterFacts:
    """A cluster that runs jobs."""

    name: str  # of the back-end
    silent: str = ""  # why it does not answer


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
    backups: BackupFacts | None = None
    last_listed: dt.datetime | None = None  # when the newest file list of this home was written
    newest_record_missing: str = ""  # the scan whose file list is gone
    last_scan_ahead: tuple[int, float] | None = None  # its number, and seconds in the future
    temporary_homes: tuple[str, ...] = ()
    messages: tuple[MessageFacts, ...] = ()
    deliveries: tuple[DeliveryFacts, ...] = ()
    clusters: tuple[ClusterFacts, ...] = ()
    without_run_info: tuple[str, ...] = ()  # run folders
    known_kits: tuple[str, ...] = ()  # of runs and samples
