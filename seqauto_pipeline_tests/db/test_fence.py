"""The number of the scan lock: who has an older one may not write."""

import pickle
import subprocess
import sys
import threading
import time

import pytest
from sqlalchemy import Engine, delete, select, text

from seqauto_pipeline.core.file_list import Scope
from seqauto_pipeline.db.fence import Fence, take_fence
from seqauto_pipeline.db.migrate import upgrade
from seqauto_pipeline.db.models import Scan, ScanFence
from seqauto_pipeline.db.session import open_database, read_connection, write_connection
from seqauto_pipeline.db.store.model_store import ModelStore
from seqauto_pipeline.errors import ScanLockLostError
from seqauto_pipeline_tests.cli.conftest import scan_time

_WRITE = """
import pickle, sys
from seqauto_pipeline.db.session import open_database, write_connection
from seqauto_pipeline.errors import ScanLockLostError
try:
    fence = pickle.loads(bytes.fromhex(sys.argv[2]))
    with write_connection(fence.guarded(open_database(sys.argv[1]))):
        print("may write")
except ScanLockLostError as error:
    print(error.holder)
"""


def test_each_taking_of_the_lock_has_the_next_number(engine: Engine) -> None:
    fences = [take_fence(engine, scan) for scan in ("one", "two", "one")]

    assert fences == [Fence(1, "one"), Fence(2, "two"), Fence(3, "one")]
    assert [each.is_newest(engine) for each in fences] == [False, False, True]


def test_a_scan_with_an_older_number_stores_nothing_and_says_who_has_the_lock(
    engine: Engine,
) -> None:
    store = ModelStore(take_fence(engine, "loser").guarded(engine))
    number = store.scans.begin("loser", scan_time(1), Scope(), full=True)
    take_fence(engine, "winner")

    with pytest.raises(
        ScanLockLostError, match=r"lost its lock to scan winner of \S+, process \d+"
    ):
        store.scans.finish(number, scan_time(2), {})

    with read_connection(engine) as connection:
        assert connection.scalars(select(Scan.applied_at)).all() == [None]


def test_a_number_that_was_given_again_after_a_restore_is_no_right_to_write(
    engine: Engine,
) -> None:
    frozen = take_fence(engine, "frozen")
    with write_connection(engine) as connection:
        connection.execute(delete(ScanFence))  # an older backup was put back
    assert take_fence(engine, "next").number == frozen.number

    assert not frozen.is_newest(engine)
    with (
        pytest.raises(ScanLockLostError, match="lost its lock to scan next of"),
        write_connection(frozen.guarded(engine)),
    ):
        pass


def test_a_database_that_was_made_anew_is_no_place_to_write_to(engine: Engine) -> None:
    fence = take_fence(engine, "any")
    with write_connection(engine) as connection:
        connection.execute(delete(ScanFence))

    with write_connection(engine) as connection, pytest.raises(ScanLockLostError, match="restored"):
        fence.check(connection)


def test_the_next_number_waits_for_a_transaction_that_showed_the_one_before(
    engine: Engine,
) -> None:
    order: list[str] = []
    first = take_fence(engine, "first")

    def take() -> None:
        take_fence(engine, "second")
        order.append("taken")

    with write_connection(first.guarded(engine)) as connection:
        taking = threading.Thread(target=take)
        taking.start()
        time.sleep(1.5)  # longer than one try of PostgreSQL's
        connection.execute(text("DELETE FROM message"))
        order.append("written")
    taking.join()

    assert order == ["written", "taken"]


def test_other_processes_of_a_scan_are_handed_its_number(engine: Engine, url: str) -> None:
    def write(fence: Fence) -> str:
        handed = (url, pickle.dumps(fence).hex())
        done = subprocess.run(
            [sys.executable, "-c", _WRITE, *handed], capture_output=True, text=True, check=True
        )
        return done.stdout

    first = take_fence(engine, "first")
    before = write(first)
    take_fence(engine, "second")

    assert before == "may write\n"
    assert write(first).startswith("scan second of ")


@pytest.mark.postgres
def test_two_processes_of_one_scan_may_write_at_once(postgres_url: str) -> None:
    engine = open_database(postgres_url)
    upgrade(engine)
    fence = take_fence(engine, "any")

    guarded = fence.guarded(engine)
    with write_connection(guarded), write_connection(guarded) as other:
        assert other.scalar(text("SELECT 1")) == 1

    engine.dispose()
