"""The backups that are kept in a directory: their names, their order, and which are too many."""

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

SQLITE_SUFFIX, SERVER_SUFFIX = ".db", ".dump"
UNFINISHED = "*.part*"  # what a backup that was killed leaves: its own file, and SQLite's beside it

_NAME = re.compile(r"seqauto-(?P<number>\d{1,9})-(?P<moment>\d{8}T\d{6}(?:\.\d{6})?Z)\.(?:db|dump)")
# Fine enough to tell a scan of the same second that the backup holds from one that it does not.
_MOMENT = "%Y%m%dT%H%M%S.%fZ"


@dataclass(frozen=True, slots=True)
class Backup:
    """One copy of the models database."""

    path: Path
    number: int  # later backups have larger ones, whatever the clock said; 0: it has none
    made_at: dt.datetime
    size: int  # bytes

    @property
    def is_sqlite(self) -> bool:
        return self.path.suffix != SERVER_SUFFIX


def kept_backups(directory: Path) -> tuple[Backup, ...]:
    """List the backups that we made in a directory, newest first. None where it cannot be read."""
    try:
        found = [_backup_of(each) for each in directory.iterdir()]
    except OSError:
        return ()
    numbered = [each for each in found if each is not None and each.number]
    return tuple(sorted(numbered, key=lambda each: each.number, reverse=True))


def backup_at(path: Path) -> Backup:
    """Describe a file that is said to be a backup. Raises OSError where there is none."""
    facts = path.stat()
    modified = dt.datetime.fromtimestamp(facts.st_mtime, dt.UTC)
    return _backup_of(path) or Backup(path, 0, modified, facts.st_size)


def copies_before_migrations(database: Path) -> tuple[Backup, ...]:
    """List the copies that migrations made beside an SQLite file, newest first."""
    try:
        found = [backup_at(each) for each in database.parent.glob(f"{database.name}.before-*")]
    except OSError:
        return ()
    return tuple(sorted(found, key=lambda each: each.made_at, reverse=True))


def next_backup(directory: Path, suffix: str, now: dt.datetime) -> Path:
    """Name the backup to be made."""
    kept = kept_backups(directory)
    number = kept[0].number + 1 if kept else 1
    return directory / f"seqauto-{number}-{now.astimezone(dt.UTC).strftime(_MOMENT)}{suffix}"


def prune_backups(directory: Path, most: int) -> None:
    """Delete all but the newest ``most``; age does not count, so that no clock deletes any."""
    for each in kept_backups(directory)[most:]:
        each.path.unlink(missing_ok=True)


def is_due(backups: Sequence[Backup], hours: int, now: dt.datetime) -> bool:
    """Whether the newest is too old, or from a future that a wrong clock told of."""
    if not backups:
        return True
    return not dt.timedelta() <= now - backups[0].made_at < dt.timedelta(hours=hours)


def _backup_of(path: Path) -> Backup | None:
    """Read the name of a backup; None for any other name."""
    named = _NAME.fullmatch(path.name)
    if named is None:
        return None
    try:
        moment = dt.datetime.fromisoformat(named["moment"])
        return Backup(path, int(named["number"]), moment, path.stat().st_size)
    except (OSError, ValueError):
        return None
