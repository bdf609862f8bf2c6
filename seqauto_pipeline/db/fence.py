"""The number that a scan gets with the scan lock, and without which it may not write.

A lock can be lost without a word: its connection is cut, its file removed, its process frozen for
longer than the server waits. So each taking of the lock has a number, one more than the last, and
each transaction of a scan looks whether its number is still the newest. Nobody can take a newer one
until that transaction has ended: of two scans only one ever writes.
"""

import datetime as dt
import os
import socket
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, Row, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from seqauto_pipeline.db.models import ScanFence
from seqauto_pipeline.db.session import GUARD, reachable, read_connection, shown_url
from seqauto_pipeline.errors import ScanLockError, ScanLockLostError

_THE_ROW = 1
_LOCK_NOT_AVAILABLE = "55P03"  # PostgreSQL's code for a lock that was waited for in vain
_TRIES = 60
_A_TRY = text("SET LOCAL lock_timeout = '1s'")  # short: a wait in the driver hears no Ctrl-C
_REPLACED = "nobody: the database was restored or made anew meanwhile"

_Row = Row[int, str, str, int, dt.datetime]


@dataclass(frozen=True, slots=True)
class Fence:
    """What a scan shows before it writes, and so does each process that works for it."""

    number: int
    scan: str  # id of its Dagster run

    def check(self, connection: Connection) -> None:
        """Raise ScanLockLostError unless this is the newest number, at a transaction's beginning.

        It stays the newest until the transaction ends.
        """
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("BEGIN IMMEDIATE")  # else it would begin at the first change
        newest = _newest(connection, is_kept=True)
        if not self._is(newest):
            raise self._lost_to(newest)

    def guarded(self, engine: Engine) -> Engine:
        """Give an engine whose every `write_connection` makes this check."""
        return engine.execution_options(**{GUARD: self.check})

    def is_newest(self, engine: Engine) -> bool:
        """Tell whether it is the newest at this moment."""
        with read_connection(engine) as connection:
            newest = _newest(connection)
        return self._is(newest)

    def loss(self, engine: Engine) -> ScanLockLostError:
        """Say that the lock was lost, and to whom."""
        with read_connection(engine) as connection:
            return self._lost_to(_newest(connection))

    def _is(self, newest: _Row | None) -> bool:
        """Compare the scan, too: after an older backup was put back, numbers are given again."""
        return newest is not None and (newest.number, newest.dagster_run_id) == (
            self.number,
            self.scan,
        )

    def _lost_to(self, newest: _Row | None) -> ScanLockLostError:
        if newest is None or newest.number < self.number:
            return ScanLockLostError(self.scan, _REPLACED)
        return ScanLockLostError(self.scan, _described(newest))


def take_fence(engine: Engine, scan: str) -> Fence:
    """Give the next number to a scan that has just got the lock.

    The former holder may still be in a transaction: that is waited for, a minute at most. Then
    raises ScanLockError.
    """
    with reachable(engine):
        for _ in range(_TRIES):
            try:
                with engine.begin() as connection:
                    return Fence(_take_next(connection, scan), scan)
            except DBAPIError as error:
                if getattr(error.orig, "pgcode", None) != _LOCK_NOT_AVAILABLE:
                    raise
    with read_connection(engine) as connection:
        holder = _newest(connection)
    where = shown_url(engine.url)
    raise ScanLockError(where, f"{_described(holder)} has been writing for a minute: it may be "
                        "frozen; end its process, or its sessions on the server")  # fmt: skip


def _take_next(connection: Connection, scan: str) -> int:
    if connection.dialect.name == "postgresql":
        connection.execute(_A_TRY)
    holder = {
        "dagster_run_id": scan,
        "host": socket.gethostname(),
        "pid": os.getpid(),
        "since": dt.datetime.now(dt.UTC),
    }
    following = (
        update(ScanFence).where(ScanFence.id == _THE_ROW).values(number=ScanFence.number + 1)
    )
    number = connection.scalar(following.values(holder).returning(ScanFence.number))
    if number is None:
        number = 1
        connection.execute(insert(ScanFence).values(id=_THE_ROW, number=number, **holder))
    return number


def _newest(connection: Connection, *, is_kept: bool = False) -> _Row | None:
    """Read who took the lock last; nobody takes it until the transaction ends where that is_kept.

    The keeping is PostgreSQL's; in SQLite a transaction that writes keeps all.
    """
    columns = (ScanFence.number, ScanFence.dagster_run_id, ScanFence.host, ScanFence.pid)
    query = select(*columns, ScanFence.since).where(ScanFence.id == _THE_ROW)
    return connection.execute(query.with_for_update(read=True) if is_kept else query).first()


def _described(holder: _Row | None) -> str:
    if holder is None:
        return "another scan"
    since = holder.since.isoformat(timespec="seconds")
    return f"scan {holder.dagster_run_id} of {holder.host}, process {holder.pid}, since {since}"
