"""One scan at a time: a lock that belongs to the models database, whoever scans from wherever.

The kernel (SQLite) or the server (PostgreSQL) gives it back when its holder dies, however it dies.
It can be lost while the holder lives: `db.lock_watch` sees that, and `db.fence` keeps the former
holder from writing.
"""

import errno
import fcntl
import os
import zlib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, create_engine, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from seqauto_pipeline.db.session import driver_words, shown_url
from seqauto_pipeline.errors import ScanLockError

_MAX_HOLDER_BYTES = 200
_UNKNOWN_HOLDER = "one that has not said its id"

# Two numbers name an advisory lock within one database; these are ours and mean nothing.
LOCK_CLASS = 0x5EA0


@dataclass(frozen=True, slots=True)
class _Purpose:
    """What a lock keeps apart: as a file's name, and as a server knows it."""

    suffix: str  # of the file beside an SQLite database
    number: int
    label: str  # of the connection, so that a DBA and the next one see whose it is


_SCAN = _Purpose(".scan-lock", 1, "seqauto scan ")
_PING = text("SELECT 1")
_TAKE = text("SELECT pg_try_advisory_lock(:class, :object)")
_HOLDER = text(
    "SELECT activity.application_name, pid FROM pg_locks JOIN pg_stat_activity activity USING (pid)"
    " WHERE locktype = 'advisory' AND granted AND objsubid = 2"
    " AND pg_locks.classid = :class AND pg_locks.objid = :object"
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)
_GIVE_BACK = text("SELECT pg_advisory_unlock(:class, :object)")
_END = text("SELECT pg_terminate_backend(:pid)")
# A holder whose machine lost its power says no goodbye: find out in half a minute, not in hours.
_SESSION = text(
    "SELECT set_config(name, value, false) FROM (VALUES"
    " ('tcp_keepalives_idle', '10'), ('tcp_keepalives_interval', '5'),"
    " ('tcp_keepalives_count', '4'), ('idle_session_timeout', '0')) wanted (name, value)"
    " JOIN pg_settings USING (name)"
)
_CONNECT = {
    "connect_timeout": 10,
    "tcp_user_timeout": 10_000,  # ms: what a firewall swallows must not be waited for by the hour
}


class ScanLock(Protocol):
    """Held from `take` until `close`, or until the process ends."""

    @property
    def name(self) -> str:
        """Which lock it is, without secrets: the same for all who contend for it."""

    def take(self) -> str | None:
        """Try once. None when it is ours now, else the id of the scan that holds it.

        Also takes again what was lost.
        """

    def is_free(self) -> bool:
        """Tell whether nobody has it at this moment, without taking it."""

    def check(self) -> None:
        """Raise ScanLockError when a lock that was taken has been lost, or nobody can tell."""

    def close(self) -> None:
        """Give it back. Nothing happens where it was not taken."""


def scan_lock(url: str, holder: str) -> ScanLock:
    """Choose the lock of a models database. ``holder`` is the id of the scan that wants it."""
    return _lock(url, holder, _SCAN)


def delivery_lock(url: str, receiver: str, holder: str) -> ScanLock:
    """Choose the lock of a receiver: there is one sender at a time."""
    number = zlib.crc32(receiver.encode())
    purpose = _Purpose(f".delivery-lock-{number:08x}", number >> 1 | 2, "seqauto deliver ")
    return _lock(url, holder, purpose)


def _lock(url: str, holder: str, purpose: _Purpose) -> ScanLock:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise ScanLockError("the database", "its URL cannot be read") from error
    if parsed.get_backend_name() == "postgresql":
        return _ServerLock(parsed, holder, purpose)
    if parsed.get_backend_name() != "sqlite":
        raise ScanLockError(_shown(parsed), "expected a PostgreSQL or SQLite database")
    file = parsed.database or ""
    if not Path(file).is_absolute():
        raise ScanLockError(_shown(parsed), "expected the absolute path of a file")
    return _FileLock(Path(os.path.realpath(file)), holder, purpose)


def _shown(url: URL) -> str:
    return shown_url(url)


class _FileLock:
    """`flock` on a file beside the database: a lock on the database itself is SQLite's business."""

    def __init__(self, database: Path, holder: str, purpose: _Purpose) -> None:
        self.name = str(database)
        self._path, self._holder = database.with_name(database.name + purpose.suffix), holder
        self._descriptor: int | None = None

    def take(self) -> str | None:
        descriptor = self._open()
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            other = os.pread(descriptor, _MAX_HOLDER_BYTES, 0).decode("utf-8", "replace")
            os.close(descriptor)
            if error.errno not in {errno.EAGAIN, errno.EACCES}:
                raise ScanLockError(self.name, str(error.strerror)) from error
            return other or _UNKNOWN_HOLDER
        if not self._is_in_place(descriptor):  # removed since it was opened: locks out nobody
            os.close(descriptor)
            return _UNKNOWN_HOLDER
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, self._holder.encode(), 0)
        self.close()
        self._descriptor = descriptor
        return None

    def is_free(self) -> bool:
        try:
            descriptor = os.open(self._path, os.O_RDONLY | os.O_NOFOLLOW)
        except FileNotFoundError:
            return True
        except OSError as error:
            raise ScanLockError(self.name, f"{self._path}: {error.strerror}") from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return False
        finally:
            os.close(descriptor)
        return True

    def _is_in_place(self, descriptor: int) -> bool:
        try:
            return os.path.samestat(os.fstat(descriptor), self._path.lstat())
        except FileNotFoundError:
            return False

    def _open(self) -> int:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            return os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o644)
        except OSError as error:
            raise ScanLockError(
                self.name, f"{self._path} cannot be opened: {error.strerror}"
            ) from error

    def check(self) -> None:
        try:
            is_kept = self._descriptor is None or self._is_in_place(self._descriptor)
        except OSError as error:
            raise ScanLockError(self.name, f"{self._path}: {error.strerror}") from error
        if not is_kept:
            raise ScanLockError(self.name, f"{self._path} was removed or replaced")

    def close(self) -> None:
        if self._descriptor is not None:
            os.ftruncate(self._descriptor, 0)
            os.close(self._descriptor)
            self._descriptor = None


class _ServerLock:
    """An advisory lock on a connection of its own: the session that took it must stay."""

    def __init__(self, url: URL, holder: str, purpose: _Purpose) -> None:
        self._purpose = purpose
        self._key = {"class": LOCK_CLASS, "object": purpose.number}
        host = url.host or url.query.get("host") or "this machine"
        self.name = f"PostgreSQL database {url.database} on {host}, port {url.port or 5432}"
        self._engine = create_engine(
            url,
            poolclass=NullPool,
            isolation_level="AUTOCOMMIT",
            connect_args={"application_name": purpose.label + holder, **_CONNECT},
        )
        self._holder = holder
        self._connection: Connection | None = None
        self._took_it: Connection | None = None  # the connection on which the lock was taken

    def take(self) -> str | None:
        try:
            connection = self._live_connection()
            if connection.execute(_TAKE, self._key).scalar_one():
                self._took_it = connection
                return None
            return self._holder_instead(connection)
        except SQLAlchemyError as error:
            self._drop()
            raise ScanLockError(self.name, driver_words(error)) from error

    def is_free(self) -> bool:
        try:
            return self._live_connection().execute(_HOLDER, self._key).first() is None
        except SQLAlchemyError as error:
            self._drop()
            raise ScanLockError(self.name, driver_words(error)) from error

    def _live_connection(self) -> Connection:
        """Give the connection, made anew where it was cut while nobody used it."""
        if self._connection is not None:
            try:
                self._connection.execute(_PING)
            except SQLAlchemyError:
                self._drop()
        if self._connection is None:
            self._connection = self._engine.connect()
            self._connection.execute(_SESSION)
        return self._connection

    def _holder_instead(self, connection: Connection) -> str:
        holder = connection.execute(_HOLDER, self._key).first()
        label, pid = ("", 0) if holder is None else holder
        if self._took_it is not None and label == self._purpose.label + self._holder:
            connection.execute(_END, {"pid": pid})  # our own session: it was cut off unknowingly
        return str(label or "").removeprefix(self._purpose.label) or _UNKNOWN_HOLDER

    def check(self) -> None:
        if self._took_it is None:
            return
        if self._took_it is not self._connection:
            raise ScanLockError(self.name, "the connection that held the lock is gone")
        try:
            self._took_it.execute(_PING)
        except SQLAlchemyError as error:
            reason = f"the connection that held the lock broke: {driver_words(error)}"
            raise ScanLockError(self.name, reason) from error

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.invalidate()  # the session ends, and the lock with it
            self._connection.close()
            self._connection = None

    def close(self) -> None:
        if self._took_it is not None and self._took_it is self._connection:
            # A server ends a session some time after its connection: the next scan must not wait.
            with suppress(SQLAlchemyError):
                self._took_it.execute(_GIVE_BACK, self._key)
        self._drop()
        self._engine.dispose()
