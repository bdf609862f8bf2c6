"""Make one backup: written beside its place, checked, and named when it is whole."""

import contextlib
import datetime as dt
import shutil
import sqlite3
from collections.abc import Iterable
from pathlib import Path

from sqlalchemy import make_url

from seqauto_pipeline.db.backups.kept import SERVER_SUFFIX, SQLITE_SUFFIX, UNFINISHED, next_backup
from seqauto_pipeline.db.backups.server_dump import models_on_server
from seqauto_pipeline.db.backups.sqlite_copy import copy_sqlite, damage_of_copy, sync
from seqauto_pipeline.db.look.session import sqlite_file_of
from seqauto_pipeline.db.session import shown_url
from seqauto_pipeline.errors import BackupError


def make_backup(url: str, directory: Path, now: dt.datetime) -> Path:
    """Copy the models into a directory, which is made, and check the copy. One process at a time.

    Raises BackupError, and DatabaseUnavailableError; no half of a copy is left then.
    """
    source = sqlite_file_of(url)
    target = next_backup(directory, SERVER_SUFFIX if source is None else SQLITE_SUFFIX, now)
    try:
        directory.mkdir(parents=True, exist_ok=True)
        _remove(directory.glob(f".seqauto-{UNFINISHED}"))  # of one that was killed
    except OSError as error:
        raise BackupError(str(directory), str(error.strerror)) from error
    write_backup(url, target)
    return target


def write_backup(url: str, target: Path) -> None:
    """Write a copy of the models to a file, whole or not at all. Raises as `make_backup`."""
    source, part = sqlite_file_of(url), target.with_name(f".{target.name}.part")
    try:
        damage = _dump_server(url, part) if source is None else _copy_file(source, part)
        if damage:
            reason = f"the copy is damaged, as its database may be: {damage}"
            raise BackupError(str(target.parent), reason)
        sync(part)
        part.replace(target)
        sync(target.parent)
    except OSError as error:
        raise BackupError(str(target.parent), str(error.strerror)) from error
    except sqlite3.Error as error:
        raise BackupError(str(target.parent), str(error)) from error
    finally:
        with contextlib.suppress(OSError):
            _remove(target.parent.glob(f"{part.name}*"))


def _copy_file(source: Path, part: Path) -> str:
    _require_room(source, part.parent)
    copy_sqlite(source, part)
    return damage_of_copy(part)


def _require_room(source: Path, directory: Path) -> None:
    if shutil.disk_usage(directory).free < source.stat().st_size:
        raise BackupError(str(directory), "its disk has not as much room as the database takes")


def _dump_server(url: str, part: Path) -> str:
    models = models_on_server(make_url(url))
    if not models.tables:
        raise BackupError(shown_url(models.url), "it holds no models")
    part.touch(mode=0o600)  # names of samples, which the server shows to its logins only
    models.dump(part)
    return models.damage_of(part)


def _remove(files: Iterable[Path]) -> None:
    for each in files:
        each.unlink(missing_ok=True)
