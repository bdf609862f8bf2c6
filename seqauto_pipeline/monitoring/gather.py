"""Look at all there is to know of the running system. Nothing is created or changed."""

import datetime as dt
import queue
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from seqauto_pipeline.accounts import account_name
from seqauto_pipeline.db.backups.kept import kept_backups
from seqauto_pipeline.disk.record.paths import kept_record, newest_record_time
from seqauto_pipeline.errors import (
    DatabaseDamagedError,
    DatabaseUnavailableError,
    SettingsError,
)
from seqauto_pipeline.monitoring.checks import MESSAGE_CODES
from seqauto_pipeline.monitoring.clusters import cluster_facts
from seqauto_pipeline.monitoring.configured import broken_layouts, root_questions, settings_facts
from seqauto_pipeline.monitoring.database import (
    FoundByScans,
    database_damage,
    database_facts,
    found_by_scans,
)
from seqauto_pipeline.monitoring.deliveries import delivery_facts
from seqauto_pipeline.monitoring.disks import probe_roots, storage_facts, temporary_homes
from seqauto_pipeline.monitoring.facts import (
    MIB,
    BackupFacts,
    DagsterFacts,
    DatabaseFacts,
    Limits,
    ServerFacts,
    SettingsFacts,
)
from seqauto_pipeline.monitoring.web import web_facts
from seqauto_pipeline.settings import (
    HOME_VARIABLE,
    Settings,
    backup_directory_for,
    database_url_for,
    load_settings,
    masked_url,
    sqlite_file,
)

LookAtDagster = Callable[[Path], DagsterFacts]  # of a home

_DAGSTER_SECONDS = 8.0  # a busy machine needs one


def gather_facts(
    home: Path, environ: Mapping[str, str], look_at_dagster: LookAtDagster, *, deep: bool
) -> ServerFacts:
    """Look at everything. ``deep``: also below the roots, and at what the last scan found."""
    try:
        settings = load_settings({**environ, HOME_VARIABLE: str(home)})
    except SettingsError as error:
        complaints = tuple(str(error).splitlines())
        return ServerFacts(
            home=str(home),
            user=account_name(),
            settings=SettingsFacts(complaints),
            storage=(storage_facts(home, has_databases=False),),
        )
    return _facts(settings, home, look_at_dagster, deep=deep)


def _facts(
    settings: Settings, home: Path, look_at_dagster: LookAtDagster, *, deep: bool
) -> ServerFacts:
    url = database_url_for(settings, home)
    of_dagster = _begin_to_look(look_at_dagster, home, url)
    broken = broken_layouts(settings)
    database, found = _models(url, home, settings.slow_query_seconds, deep=deep)
    record = kept_record(home, found.newest_record)
    questions = root_questions(settings, home, broken, record, deep=deep)
    return ServerFacts(
        home=str(home),
        user=account_name(),
        settings=settings_facts(settings, broken),
        storage=tuple(
            storage_facts(directory, has_databases=url.startswith("sqlite"))
            for directory in _own_directories(home, url)
        ),
        database=database,
        roots=probe_roots(questions, settings.probe_timeout_seconds),
        web=web_facts(settings.web_server_url),
        dagster=of_dagster(),
        limits=Limits(settings.min_free_mib * MIB, dt.timedelta(hours=settings.max_scan_age_hours)),
        newest_record_missing=found.missing_record,
        last_scan_ahead=found.ahead,
        temporary_homes=temporary_homes({Path.cwd(), home.parent}) if deep else (),
        backups=_backups(settings, home),
        last_listed=newest_record_time(home),
        messages=found.messages,
        deliveries=delivery_facts(settings, url),
        clusters=cluster_facts(settings, home),
        without_run_info=found.without_run_info,
        known_kits=found.known_kits,
    )


def _backups(settings: Settings, home: Path) -> BackupFacts:
    directory = backup_directory_for(settings, home)
    kept = kept_backups(directory)
    none = BackupFacts(settings.backup_hours, str(directory))
    if not kept:
        return none
    return replace(none, count=len(kept), newest=kept[0].path.name, made_at=kept[0].made_at)


def _begin_to_look(look: LookAtDagster, home: Path, url: str) -> Callable[[], DagsterFacts]:
    """Begin to look at Dagster's storage. Calling the result waits for the facts, with a limit.

    Monitoring needs an answer, and Dagster by itself waits for ever for a table or file that
    somebody has locked. Where it does, its thread is left behind.
    """
    found: queue.SimpleQueue[DagsterFacts] = queue.SimpleQueue()
    deadline = time.monotonic() + _DAGSTER_SECONDS
    threading.Thread(target=lambda: found.put(look(home)), daemon=True).start()

    def _answer() -> DagsterFacts:
        try:
            return found.get(timeout=max(0.0, deadline - time.monotonic()))
        except queue.Empty:
            server = masked_url(url).partition("?")[0]
            where = str(home) if url.startswith("sqlite") else server
            reason = f"no answer within {_DAGSTER_SECONDS:g} s"
            return DagsterFacts(trouble=f"Dagster's storage, {where}: {reason}")

    return _answer


def _models(
    url: str, home: Path, slow_seconds: float, *, deep: bool
) -> tuple[DatabaseFacts, FoundByScans]:
    """Look at the models database, and with ``deep`` at what scans wrote there."""
    database = database_facts(url, slow_seconds)
    if not (deep and database.is_there and database.trouble in ("", "database_locked")):
        return database, FoundByScans()
    try:
        if not database.trouble:
            database = _checked(database, url)
        return database, found_by_scans(url, MESSAGE_CODES, dt.datetime.now(dt.UTC), home)
    except DatabaseUnavailableError as error:
        return _unread(database, error), FoundByScans()


def _checked(database: DatabaseFacts, url: str) -> DatabaseFacts:
    damage = database_damage(url)
    if damage:
        reason = f"looked through, it says: {damage}"
        return replace(database, trouble="database_damaged", reason=reason, damage=damage)
    return replace(database, damage=damage)


def _unread(database: DatabaseFacts, error: DatabaseUnavailableError) -> DatabaseFacts:
    """Say why the models could not be read, unless it is known better already."""
    if database.trouble:
        return replace(database, unread=True)
    if isinstance(error, DatabaseDamagedError):
        trouble = "database_damaged"
    else:
        trouble = "database_locked" if "lock" in error.reason else "database_unreachable"
    return replace(database, trouble=trouble, reason=error.reason, unread=True)


def _own_directories(home: Path, url: str) -> Iterator[Path]:
    yield home
    if url.startswith("sqlite") and sqlite_file(url).parent != home:
        yield sqlite_file(url).parent
