"""How a command reaches the file models, and finds what its arguments name."""

import datetime as dt
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from os.path import abspath
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import click

from seqauto_pipeline.cli.home import prepare_home
from seqauto_pipeline.core.display import shown
from seqauto_pipeline.core.file_list import escape_name
from seqauto_pipeline.db.models import Scan, SequencingRun
from seqauto_pipeline.db.queries.history import any_scan, find_scans
from seqauto_pipeline.db.queries.runs import find_runs, run_folder, run_names
from seqauto_pipeline.db.schema_check import require_current_schema
from seqauto_pipeline.db.session import open_database, read_session, write_session
from seqauto_pipeline.settings import Settings, database_url_for, load_settings, time_zone_for
from seqauto_pipeline.settings.model import sqlite_file

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Engine
    from sqlalchemy.orm import Session

_EPOCH = dt.datetime.fromtimestamp(0, dt.UTC)


@dataclass(frozen=True, slots=True)
class Models:
    """The file models, open, and what a command needs to show them."""

    session: "Session"
    home: Path
    settings: Settings
    zone: ZoneInfo
    now: dt.datetime

    def local(self, moment: dt.datetime | None) -> str:
        """Show a moment to people, in the configured zone."""
        return "" if moment is None else f"{moment.astimezone(self.zone):%Y-%m-%d %H:%M:%S}"


@contextmanager
def reading() -> Iterator[Models]:
    """Open the file models to read one state of them."""
    with _opened(read_session) as models:
        yield models


@contextmanager
def writing() -> Iterator[Models]:
    """Open the file models to change them; what the block did is kept when it ends well."""
    with _opened(write_session) as models:
        yield models


@contextmanager
def _opened(
    session_of: "Callable[[Engine], AbstractContextManager[Session]]",
) -> Iterator[Models]:
    home = prepare_home()
    settings = load_settings()
    zone = ZoneInfo(time_zone_for(settings))
    url = database_url_for(settings, home)
    if url.startswith("sqlite") and not sqlite_file(url).exists():
        raise click.ClickException(
            f"No scan has run yet: there is no database {shown(str(sqlite_file(url)))}. "
            "Scan the disks first: seqauto scan"
        )
    engine = open_database(url)
    try:
        require_current_schema(engine)
        with session_of(engine) as session:
            yield Models(session, home, settings, zone, dt.datetime.now(dt.UTC))
    finally:
        engine.dispose()


def nothing_found(models: Models, what: str) -> str:
    """Say that a list is empty, and what to do next where no scan has run yet."""
    if any_scan(models.session):
        return f"No {what}."
    return f"No {what}: no scan has run yet. Scan the disks first: seqauto scan"


def one_run(models: Models, text: str) -> SequencingRun:
    """Find the one sequencing run that a name or path means.

    A name in several places, or in none, is a usage error that says what there is.
    """
    found = runs_called(models, text)
    if len(found) > 1:
        places = "\n".join(f"  {shown(run_folder(run))}" for run in found)
        raise click.UsageError(
            f"{shown(text)!r} is in {len(found)} places; give the path of the one you mean:\n"
            f"{places}"
        )
    if not found:
        raise click.UsageError(unknown_run(models, text))
    return found[0]


def runs_called(models: Models, text: str) -> tuple[SequencingRun, ...]:
    # A name that is not UTF-8 comes with lone surrogates, which no database takes.
    as_typed = (text,) if text.isprintable() else ()
    for name in dict.fromkeys((*as_typed, escape_name(text), escaped_absolute(text))):
        found = find_runs(models.session, name)
        if found:
            return found
    alike = [name for name in run_names(models.session) if shown(name) == text]
    return find_runs(models.session, alike[0]) if len(alike) == 1 else ()


def escaped_absolute(path: str) -> str:
    """Make a path that a person typed comparable with the stored ones. No link is followed."""
    return escape_name(abspath(path))  # noqa: PTH100  (Path.resolve would follow links)


def unknown_run(models: Models, text: str) -> str:
    names = run_names(models.session)
    if not names:
        return nothing_found(models, f"sequencing run {shown(text)!r}")
    near = get_close_matches(text.rstrip("/").rpartition("/")[2], names, n=3, cutoff=0.5)
    hint = "".join(f"\n  {shown(name)}" for name in near)
    advice = f"Did you mean\n{hint[1:]}" if near else "See the names with: seqauto runs --all"
    return f"No sequencing run is called {shown(text)!r}. {advice}"


def one_scan(models: Models, text: str) -> Scan:
    """Find the one scan that a number, a Dagster run id or its start, or `latest` means."""
    found = find_scans(models.session, text)
    if len(found) == 1:
        return found[0]
    if not found:
        raise click.UsageError(
            nothing_found(models, f"scan {shown(text)!r}") + " See the scans with: seqauto scans"
        )
    ids = "\n".join(f"  {scan.id}  {shown(scan.dagster_run_id)}" for scan in found)
    raise click.UsageError(f"Several scans start with {shown(text)!r}; give more of the id:\n{ids}")


def moment_of(nanoseconds: int | None) -> dt.datetime | None:
    """Turn a modification time into a moment, to the microsecond."""
    if nanoseconds is None:
        return None
    return _EPOCH + dt.timedelta(microseconds=nanoseconds // 1000)


def iso(moment: dt.datetime | None) -> str | None:
    """Write a moment as ISO 8601 in UTC."""
    return None if moment is None else moment.astimezone(dt.UTC).isoformat()


def iso_ns(nanoseconds: int | None) -> str | None:
    """Write a modification time as ISO 8601 in UTC, always with microseconds."""
    moment = moment_of(nanoseconds)
    return None if moment is None else moment.isoformat(timespec="microseconds")
