"""Threads for disks that may hang."""

import threading
import time
from collections.abc import Callable, Iterator

import pytest

from seqauto_pipeline.disk.parallel import workers
from seqauto_pipeline.disk.parallel.workers import Watch, supervised_map


@pytest.fixture
def stuck() -> Iterator[threading.Event]:
    """An event that nobody sets before the test has ended: what waits for it hangs."""
    event = threading.Event()
    yield event
    event.set()


def _given_up(item: int, what: str) -> str:
    return f"{item} given up at {what}"


def test_results_come_in_the_order_of_the_items_whatever_ends_first() -> None:
    def late_first(item: int, watch: Watch) -> int:
        time.sleep(0.02 if item == 0 else 0)
        return item

    results = supervised_map(
        late_first, range(50), threads=4, seconds=5, when_stuck=lambda item, _: -item
    )

    assert list(results) == list(range(50))


def test_an_item_that_hangs_is_given_up_and_the_others_are_not(stuck: threading.Event) -> None:
    def hang_at_three(item: int, watch: Watch) -> str:
        watch.begin(f"directory {item}")
        if item == 3:
            stuck.wait()
        return str(item)

    began = time.monotonic()
    results = list(
        supervised_map(hang_at_three, range(9), threads=2, seconds=0.4, when_stuck=_given_up)
    )

    assert results == [
        "0", "1", "2", "3 given up at directory 3", "4", "5", "6", "7", "8"
    ]  # fmt: skip
    assert time.monotonic() - began < 5


def test_more_hanging_items_than_threads_leave_threads_for_the_others(
    stuck: threading.Event,
) -> None:
    def hang_when_even(item: int, watch: Watch) -> str:
        watch.begin(str(item))
        if item % 2 == 0:
            stuck.wait()
        return "done"

    results = list(
        supervised_map(hang_when_even, range(8), threads=2, seconds=0.3, when_stuck=_given_up)
    )

    assert results == [
        "done" if item % 2 else f"{item} given up at {item}" for item in range(8)
    ]  # fmt: skip


@pytest.fixture
def standstill(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Let an hour pass in which this process does nothing."""
    before, ahead = time.monotonic, [0.0]
    monkeypatch.setattr(workers.time, "monotonic", lambda: before() + ahead[0])
    return lambda: ahead.append(ahead.pop() + 3600)


def test_a_standstill_of_the_process_is_not_the_disks(
    stuck: threading.Event, standstill: Callable[[], None]
) -> None:
    def stand_still(item: str, watch: Watch) -> str:
        watch.begin(item)
        time.sleep(0.2)
        standstill()
        if item == "hangs":
            stuck.wait()
        time.sleep(0.3)
        return "done"

    results = supervised_map(
        stand_still, ["answers", "hangs"], threads=1, seconds=1, when_stuck=lambda *_: "given up"
    )

    assert list(results) == ["done", "given up"]


def test_a_standstill_while_nobody_waits_is_not_the_disks(standstill: Callable[[], None]) -> None:
    def answer(item: int, watch: Watch) -> str:
        watch.begin(str(item))
        time.sleep(0.3 * item)
        return "done"

    results = supervised_map(answer, [0, 1], threads=1, seconds=4, when_stuck=_given_up)

    assert next(results) == "done"
    standstill()
    assert list(results) == ["done"]


def test_the_time_limit_is_that_of_one_call_and_not_of_an_item() -> None:
    def many_calls(item: int, watch: Watch) -> str:
        for call in range(8):
            watch.begin(f"call {call}")
            time.sleep(0.1)
        return "done"

    results = supervised_map(many_calls, [1], threads=1, seconds=0.4, when_stuck=_given_up)

    assert list(results) == ["done"]


def test_an_error_is_raised_where_its_result_is_asked_for() -> None:
    def fail_at_one(item: int, watch: Watch) -> int:
        if item == 1:
            raise ValueError(item)
        return item

    results = supervised_map(
        fail_at_one, range(3), threads=2, seconds=5, when_stuck=lambda item, _: item
    )

    assert next(results) == 0
    with pytest.raises(ValueError, match="1"):
        next(results)


def test_items_are_taken_only_a_little_ahead_of_the_reader() -> None:
    taken: list[int] = []

    def note(item: int, watch: Watch) -> int:
        taken.append(item)
        return item

    results = supervised_map(
        note, range(10_000), threads=2, seconds=5, when_stuck=lambda item, _: item
    )
    next(results)
    time.sleep(0.1)

    assert len(taken) < 20


def test_threads_end_when_the_reader_stops_early() -> None:
    before = threading.active_count()
    results = supervised_map(
        lambda item, _: item, range(1000), threads=4, seconds=5, when_stuck=lambda item, _: item
    )
    next(results)

    results.close()  # type: ignore[attr-defined]  # it is a generator

    deadline = time.monotonic() + 5
    while threading.active_count() > before and time.monotonic() < deadline:
        time.sleep(0.01)
    assert threading.active_count() <= before


def _threads_that(work: Callable[[], object], items: int = 60) -> int:
    """Count the threads that do the same work on some items."""
    names = set()

    def note(_: int, watch: Watch) -> None:
        work()
        names.add(threading.get_ident())

    for _ in supervised_map(note, range(items), threads=5, seconds=30, when_stuck=lambda *_: None):
        pass
    return len(names)


def test_threads_that_wait_for_the_disk_get_company_up_to_the_limit() -> None:
    assert _threads_that(lambda: time.sleep(0.02)) == 5


def test_one_thread_does_what_needs_no_waiting() -> None:
    assert _threads_that(lambda: None, items=1000) == 1


def test_several_threads_can_begin_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "_SECONDS_BEFORE_ANOTHER_THREAD", 60)  # nobody adds one
    both = threading.Barrier(2)

    results = supervised_map(
        lambda *_: both.wait(10),
        range(2),
        threads=4,
        seconds=1000,
        when_stuck=lambda *_: -1,
        at_first=2,
    )

    assert sorted(results) == [0, 1]


def test_no_more_threads_begin_than_there_may_be() -> None:
    names = set()

    def note(item: int, watch: Watch) -> None:
        names.add(threading.get_ident())
        time.sleep(0.01)

    results = supervised_map(
        note, range(9), threads=1, seconds=30, when_stuck=lambda *_: None, at_first=2
    )

    assert len(list(results)) == 9
    assert len(names) == 1


def test_waiting_for_other_threads_is_not_waiting_for_the_disk() -> None:
    names = set()

    def queue(item: int, watch: Watch) -> None:
        watch.end()
        names.add(threading.get_ident())
        time.sleep(0.15)
        watch.queued += 0.15

    for _ in supervised_map(queue, range(5), threads=4, seconds=30, when_stuck=lambda *_: None):
        pass

    assert len(names) == 1


def test_a_first_item_that_hangs_does_not_hold_up_the_others(stuck: threading.Event) -> None:
    done = []

    def hang_at_first(item: int, watch: Watch) -> int:
        watch.begin("x")
        if item == 0:
            stuck.wait()
        done.append(item)
        return item

    results = supervised_map(
        hang_at_first, range(9), threads=4, seconds=1, when_stuck=lambda item, _: -1
    )

    assert next(results) == -1
    assert sorted(done) == list(range(1, 9))  # while the first one was waited for
    results.close()
