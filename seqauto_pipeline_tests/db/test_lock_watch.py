"""A scan that loses its lock while it works takes it again, or learns who has it."""

import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from seqauto_pipeline.db.fence import take_fence
from seqauto_pipeline.db.lock import ScanLock, scan_lock
from seqauto_pipeline.db.lock_watch import LockWatch
from seqauto_pipeline.db.session import open_database
from seqauto_pipeline.errors import ScanLockLostError

_END_OF_SAME = (
    "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
    " WHERE application_name = 'seqauto scan same'"
)


@pytest.fixture
def take_away(engine: Engine) -> Callable[[], None]:
    """Take the lock from the scan that is called first: cut its connection, or remove its file."""

    def _take_away() -> None:
        if engine.dialect.name == "sqlite":
            Path(f"{engine.url.database}.scan-lock").unlink()
            return
        with engine.connect() as connection:
            query = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            connection.execute(text(f"{query} WHERE application_name = 'seqauto scan first'"))

    return _take_away


@pytest.fixture
def first(url: str) -> Iterator[ScanLock]:
    lock = scan_lock(url, "first")
    assert lock.take() is None
    yield lock
    lock.close()


@pytest.fixture
def second(url: str) -> Iterator[ScanLock]:
    lock = scan_lock(url, "second")
    yield lock
    lock.close()


@pytest.fixture
def watch(engine: Engine, first: ScanLock) -> LockWatch:
    return LockWatch(first, take_fence(engine, "first"), engine)


def test_a_lock_that_is_kept_is_nothing_to_tell(watch: LockWatch) -> None:
    watch.look()

    watch.require()
    assert watch.new_notes() == ()


def test_a_lock_that_nobody_else_took_is_taken_again(
    watch: LockWatch, second: ScanLock, take_away: Callable[[], None]
) -> None:
    take_away()

    watch.look()

    watch.require()
    assert second.take() == "first"
    (note,) = watch.new_notes()
    assert "taken again" in note
    assert watch.new_notes() == ()


def test_a_lock_that_another_scan_took_is_lost_to_it(
    watch: LockWatch, engine: Engine, second: ScanLock, take_away: Callable[[], None]
) -> None:
    take_away()
    assert second.take() is None
    watch.look()
    watch.require()  # the second has no number yet: it may never take one
    take_fence(engine, "second")

    watch.look()

    with pytest.raises(ScanLockLostError, match="Scan first lost its lock to scan second"):
        watch.require()


def test_a_lock_is_lost_although_the_other_scan_has_ended_since(
    watch: LockWatch, engine: Engine, second: ScanLock, take_away: Callable[[], None]
) -> None:
    take_away()
    second.take()
    take_fence(engine, "second")
    second.close()

    watch.look()

    assert watch.loss is not None
    assert second.take() is None  # what is lost is given back


def test_a_scan_at_work_is_interrupted_within_seconds(
    watch: LockWatch, engine: Engine, second: ScanLock, take_away: Callable[[], None]
) -> None:
    interrupted = threading.Event()
    before = signal.signal(signal.SIGINT, lambda *_: interrupted.set())
    try:
        with watch.watching():
            take_away()
            second.take()
            take_fence(engine, "second")
            begun = time.monotonic()
            interrupted.wait(10)
    finally:
        signal.signal(signal.SIGINT, before)

    assert interrupted.is_set()
    assert time.monotonic() - begun < 5
    assert watch.loss is not None


@pytest.mark.postgres
def test_a_waiting_scan_outlives_the_cut_of_its_connection(postgres_url: str) -> None:
    holder, waiting = scan_lock(postgres_url, "holder"), scan_lock(postgres_url, "waiting")
    holder.take()
    assert waiting.take() == "holder"
    engine = open_database(postgres_url)
    with engine.connect() as connection:
        query = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
        connection.execute(text(f"{query} WHERE application_name = 'seqauto scan waiting'"))
    engine.dispose()

    assert waiting.take() == "holder"
    holder.close()
    assert waiting.take() is None
    waiting.close()


@pytest.mark.postgres
def test_a_session_that_the_server_still_takes_for_ours_is_ended(postgres_url: str) -> None:
    """As after a firewall has dropped the connection without a word to the server."""
    lost, again = scan_lock(postgres_url, "same"), scan_lock(postgres_url, "same")
    again.take()
    engine = open_database(postgres_url)
    with engine.connect() as connection:
        connection.execute(text(_END_OF_SAME))
    engine.dispose()
    lost.take()

    answers = [again.take()]
    while answers[-1] is not None and len(answers) < 50:
        time.sleep(0.1)
        answers.append(again.take())

    assert answers[0] == "same"
    assert answers[-1] is None
    for lock in (lost, again):
        lock.close()
