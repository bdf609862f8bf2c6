"""Put a backup in the place of the models database, and keep what was there."""

import sqlite3
import tempfile
from pathlib import Path

from sqlalchemy import make_url

from seqauto_pipeline.db.backups.kept import SERVER_SUFFIX, Backup
from seqauto_pipeline.db.backups.make import write_backup
from seqauto_pipeline.db.backups.server_dump import models_on_server
from seqauto_pipeline.db.backups.sqlite_copy import copy_sqlite, damage_of_copy, sync
from seqauto_pipeline.db.look.session import sqlite_file_of
from seqauto_pipeline.db.look.sqlite_file import sqlite_revision
from seqauto_pipeline.db.migrate import known_revisions
from seqauto_pipeline.errors import BackupError

_BESIDE = ("-wal", "-shm")  # SQLite's log and its index, which belong to one file only


def require_usable(url: str, backup: Backup) -> None:
    """Refuse a backup that is damaged, of the other kind of database, or newer than the program.

    Raises BackupError.
    """
    file, where = sqlite_file_of(url), str(backup.path)
    if backup.is_sqlite != (file is not None):
        kinds = {True: "an SQLite file", False: "a dump of PostgreSQL"}
        reason = f"it is {kinds[backup.is_sqlite]}, and database_url names the other kind"
        raise BackupError(where, reason)
    if file is None:
        models = models_on_server(make_url(url))
        trouble = models.damage_of(backup.path) or _strangeness(models.revision_of(backup.path))
    else:
        trouble = damage_of_copy(backup.path) or _strangeness(sqlite_revision(backup.path))
    if trouble:
        raise BackupError(where, f"it is not usable: {trouble}")


def _strangeness(revision: str | None) -> str:
    if revision is None:
        return "it holds no file models"
    if revision not in known_revisions():
        return f"it has schema {revision}, which this program does not know"
    return ""


def restore(url: str, backup: Backup, directory: Path) -> Path | None:
    """Put a usable backup in place, under the scan lock. Returns where what was there is kept.

    ``directory`` is that of the backups. Raises BackupError; then nothing has changed.
    """
    file = sqlite_file_of(url)
    try:
        if file is None:
            return _restore_server(url, backup, directory)
        return _restore_file(file, backup)
    except (OSError, sqlite3.Error) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise BackupError(str(backup.path), f"it could not be put back: {reason}") from error


def _restore_file(file: Path, backup: Backup) -> Path | None:
    draft = file.with_name(f".{file.name}.restoring")
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        draft.unlink(missing_ok=True)
        copy_sqlite(backup.path, draft)
        sync(draft)
        kept = _keep(file)
        draft.replace(file)
        sync(file.parent)
    finally:
        draft.unlink(missing_ok=True)
    return kept


def _keep(file: Path) -> Path | None:
    """Give what is there another name. A log that stayed would be applied to the restored file."""
    kept = _free_name(file.with_name(f"{file.name}.replaced-"), "")
    if file.exists():
        kept.hardlink_to(file)  # the file itself stays until the new one takes its place
    for suffix in _BESIDE:
        beside = file.with_name(file.name + suffix)
        if beside.exists():
            beside.rename(kept.with_name(kept.name + suffix))
    return kept if kept.exists() else None


def _free_name(start: Path, suffix: str) -> Path:
    number = 1
    while any(start.parent.glob(f"{start.name}{number}{suffix}*")):
        number += 1
    return start.with_name(f"{start.name}{number}{suffix}")


def _restore_server(url: str, backup: Backup, directory: Path) -> Path | None:
    models = models_on_server(make_url(url))
    directory.mkdir(parents=True, exist_ok=True)
    kept = None
    if models.tables:
        kept = _free_name(directory / "replaced-", SERVER_SUFFIX)
        write_backup(url, kept)
    with tempfile.TemporaryDirectory(dir=directory, prefix=".restore-") as folder:
        models.put_back(backup.path, Path(folder))
    return kept
