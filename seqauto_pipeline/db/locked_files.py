"""How long this process waits for SQLite files that other code makes: for a lock, for the disk."""

from sqlalchemy import Engine, QueuePool, create_engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection, Dialect
from sqlalchemy.pool import ConnectionPoolEntry

from seqauto_pipeline.db.session import BUSY_TIMEOUT_MS

_PATIENT_SECONDS = 30  # who chose fewer wants to be quick, and stays so


def wait_for_locked_files() -> None:
    """Wait for locked files as long as for the models, in all engines that are opened from now on.

    Dagster waits 5 s for its runs and schedules, sqlite3's own limit, and 30 s for its events, and
    lets nobody choose: a backup that holds runs.db longer would end a scan.
    """
    if not event.contains(Engine, "do_connect", _be_patient):
        event.listen(Engine, "do_connect", _be_patient)


def patient_engine(url: str) -> Engine:
    """Make an engine for a file that other code opens. One connection waits for the next use."""
    timeout = {"timeout": BUSY_TIMEOUT_MS / 1000}
    engine = create_engine(
        url, poolclass=QueuePool, pool_size=1, max_overflow=-1, connect_args=timeout
    )
    event.listen(engine, "connect", _wait_for_the_disk_rarely)
    return engine


def _wait_for_the_disk_rarely(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    """Have SQLite wait for the disk when it moves its log, not at each commit, as the models do.

    In WAL mode, which Dagster chooses, a killed process loses nothing by that. A power cut may take
    the last events, of a scan that it ends anyway.
    """
    cursor = connection.cursor()
    cursor.execute("PRAGMA synchronous = NORMAL")
    cursor.close()


def _be_patient(
    dialect: Dialect, _: ConnectionPoolEntry, __: list[object], parameters: dict[str, object]
) -> None:
    seconds = parameters.get("timeout", _PATIENT_SECONDS)
    is_patient = isinstance(seconds, int | float) and seconds >= _PATIENT_SECONDS
    if dialect.name == "sqlite" and is_patient:
        parameters["timeout"] = BUSY_TIMEOUT_MS / 1000
