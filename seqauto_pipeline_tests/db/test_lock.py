import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from seqauto_pipeline.db.lock import ScanLock, scan_lock
from seqauto_pipeline.errors import ScanLockError

_HOLD = """
import sys, time
from seqauto_pipeline.db.lock import scan_lock
lock = scan_lock(sys.argv[1], sys.argv[2])
print(lock.take(), flush=True)
time.sleep(600)
"""


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/seqauto.db"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest) -> str:
    value: str = request.getfixturevalue(f"{request.param}_url")
    return value


@pytest.fixture
def locks() -> Iterator[list[ScanLock]]:
    taken: list[ScanLock] = []
    yield taken
    for lock in taken:
        lock.close()


def test_a_lock_that_is_free_is_taken_at_once(url: str, locks: list[ScanLock]) -> None:
    lock = scan_lock(url, "first")
    locks.append(lock)

    assert lock.take() is None


def test_a_second_scan_learns_who_holds_the_lock(url: str, locks: list[ScanLock]) -> None:
    holder = "0d6f0b5c-8f6e-4a0e-9d57-2d1c0f0a7b11"
    locks += [scan_lock(url, holder), scan_lock(url, "second")]

    answers = [lock.take() for lock in locks]

    assert answers == [None, holder]


def test_whether_a_lock_is_free_is_told_without_taking_it(url: str, locks: list[ScanLock]) -> None:
    looking, working = (scan_lock(url, each) for each in ("looking", "working"))
    locks += [looking, working]

    assert looking.is_free()
    assert working.take() is None
    assert not looking.is_free()
    working.close()
    assert looking.is_free()


def test_a_lock_that_was_given_back_can_be_taken(url: str, locks: list[ScanLock]) -> None:
    locks += [scan_lock(url, "first"), scan_lock(url, "second")]
    locks[0].take()
    locks[0].close()

    assert locks[1].take() is None


def test_all_who_contend_for_a_lock_call_it_the_same_and_name_no_secrets(url: str) -> None:
    with_password = url.replace("seqauto@", "seqauto:pass.word@")

    names = {scan_lock(each, "any").name for each in (url, with_password)}

    assert len(names) == 1
    assert "pass.word" not in names.pop()


@pytest.mark.slow
def test_a_scan_that_is_killed_frees_its_place_at_once(url: str, locks: list[ScanLock]) -> None:
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLD, url, "killed"], stdout=subprocess.PIPE, text=True
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "None\n"
    lock = scan_lock(url, "next")
    locks.append(lock)
    assert lock.take() == "killed"

    holder.send_signal(signal.SIGKILL)
    holder.communicate()

    deadline = time.monotonic() + 5
    while lock.take() is not None:
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_database_has_one_lock_whatever_it_is_called(
    tmp_path: Path, locks: list[ScanLock]
) -> None:
    (tmp_path / "link.db").symlink_to(tmp_path / "real.db")
    locks += [scan_lock(f"sqlite:///{tmp_path}/{name}", name) for name in ("real.db", "link.db")]

    assert [lock.take() for lock in locks] == [None, "real.db"]


def test_two_databases_have_two_locks(tmp_path: Path, locks: list[ScanLock]) -> None:
    locks += [scan_lock(f"sqlite:///{tmp_path}/{name}", name) for name in ("one.db", "other.db")]

    assert [lock.take() for lock in locks] == [None, None]


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("sqlite://", "expected the absolute path of a file"),
        ("sqlite:///:memory:", "expected the absolute path of a file"),
        ("sqlite:///relative.db", "expected the absolute path of a file"),
        ("mysql://somewhere/seqauto", "expected a PostgreSQL or SQLite database"),
        ("nonsense", "its URL cannot be read"),
    ],
)
def test_a_database_that_cannot_be_locked_is_refused_in_words(url: str, reason: str) -> None:
    with pytest.raises(ScanLockError) as refusal:
        scan_lock(url, "any")

    assert reason in str(refusal.value)
    assert "Check that the database can be reached" in str(refusal.value)


def test_a_lock_file_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    (tmp_path / "seqauto.db.scan-lock").mkdir()

    with pytest.raises(ScanLockError, match=r"seqauto\.db\.scan-lock cannot be opened: Is a dir"):
        scan_lock(f"sqlite:///{tmp_path}/seqauto.db", "any").take()


def test_a_server_that_is_not_there_is_told_without_the_password(tmp_path: Path) -> None:
    url = f"postgresql+psycopg2://seqauto:pass.word@/seqauto?host={tmp_path}"

    with pytest.raises(ScanLockError, match="Cannot lock") as refusal:
        scan_lock(url, "any").take()

    assert "No such file or directory" in str(refusal.value)
    assert "pass.word" not in str(refusal.value)


@pytest.mark.postgres
def test_a_lock_whose_connection_broke_is_noticed(postgres_url: str) -> None:
    lock = scan_lock(postgres_url, "victim")
    lock.take()
    lock.check()
    engine = create_engine(postgres_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'seqauto scan victim'"
            )
        )
    engine.dispose()

    with pytest.raises(ScanLockError, match="the connection that held the lock broke"):
        lock.check()
    lock.close()


def test_a_file_lock_is_not_lost_while_its_process_lives(
    sqlite_url: str, locks: list[ScanLock]
) -> None:
    lock = scan_lock(sqlite_url, "any")
    locks.append(lock)
    lock.take()

    lock.check()

    assert os.path.exists(f"{lock.name}.scan-lock")  # noqa: PTH110  (a plain check)
