"""Threads for disks that may hang: one stuck call holds up its own item, never the others."""

import math
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Generic, TypeVar

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")
# On a disk that answers at once, threads only take turns at the interpreter: one alone is faster.
# On a disk that makes them wait, they wait side by side.
_WORKING_SHARE = 0.2  # of its time: a thread that works less than this mostly waits for the disk
_SECONDS_TO_JUDGE_BY = 0.02  # less is too short to tell whether a thread works or waits
_SECONDS_BEFORE_ANOTHER_THREAD = 0.1  # that a call takes while its result is waited for
# Between two looks: the process itself stood still, stopped or with its machine.
_SECONDS_OF_A_STANDSTILL = 5.0
_SECONDS_AFTER_A_STANDSTILL = 1.0  # that calls have to come back, whenever it was
_ITEMS_AHEAD = 4  # taken in advance of who reads the results, per thread: bounds memory


class Watch:
    """The call on the disk that one thread is in, and since when."""

    __slots__ = ("queued", "since", "what")

    def __init__(self) -> None:
        self.what, self.since = "", time.monotonic()
        self.queued = 0.0  # seconds of waiting for other threads, and not for the disk

    def begin(self, what: str) -> None:
        """Say that the next call on the disk begins: the time limit is that of one call."""
        self.what, self.since = what, time.monotonic()

    def end(self) -> None:
        """Say that the call has come back, and that work without a time limit follows."""
        self.since = math.inf


@dataclass(slots=True)
class _Slot(Generic[_Item, _Result]):
    """One item on its way: ended with a result or an error, or given up."""

    item: _Item
    watch: Watch
    done: threading.Event
    results: list[_Result] = field(default_factory=list)
    error: BaseException | None = None
    began: bool = False


class _Patience:
    """How long a call is waited for, by who waits: a standstill of this process does not count."""

    def __init__(self, seconds: float) -> None:
        self._seconds, self._began = seconds, time.monotonic()
        self._looked, self._went_on = self._began, -math.inf

    def is_over(self, watch: Watch) -> bool:
        """Tell whether the call takes too long; asked at least each second."""
        now = time.monotonic()
        if now - self._looked > _SECONDS_OF_A_STANDSTILL:
            self._went_on = now
        self._looked = now
        was_here = now - self._began > min(self._seconds / 4, _SECONDS_AFTER_A_STANDSTILL)
        return was_here and now - max(watch.since, self._went_on) > self._seconds


def supervised_map(
    function: Callable[[_Item, Watch], _Result],
    items: Sequence[_Item],
    *,
    threads: int,
    seconds: float,
    when_stuck: Callable[[_Item, str], _Result],
    at_first: int = 1,
    tell: Callable[[int], None] = lambda _: None,
) -> Iterator[_Result]:
    """Apply a function to the items in threads and give the results in the items' order.

    It starts with ``at_first`` threads, and adds one whenever those at work mostly wait for the
    disk, up to ``threads``. ``tell`` is told at the end how many there were.

    ``function`` calls ``watch.begin(what)`` before each call that may hang. An item whose call
    takes longer than ``seconds`` is given up: ``when_stuck(item, what)`` stands in for its result,
    and a new thread takes the place of the stuck one, which is left to itself.
    """
    pool = _Pool(function, threads, seconds, min(at_first, len(items)))
    try:
        yield from pool.run(items, when_stuck)
    finally:
        tell(pool.started)
        pool.stop()


class _Pool(Generic[_Item, _Result]):
    def __init__(
        self,
        function: Callable[[_Item, Watch], _Result],
        threads: int,
        seconds: float,
        at_first: int,
    ) -> None:
        self._function, self._threads, self._seconds = function, threads, seconds
        self.started, self._is_over = 0, False
        self._starting = threading.Lock()
        self._waiting: queue.SimpleQueue[_Slot[_Item, _Result] | None] = queue.SimpleQueue()
        for _ in range(at_first):
            self._add_thread()

    def _add_thread(self) -> None:
        """Start one more, unless there are as many as may be."""
        with self._starting:
            if self.started >= self._threads:
                return
            self.started += 1
        # Daemons: a thread stuck in the kernel must not keep the process from ending.
        threading.Thread(target=self._work, daemon=True, name="disk").start()

    def _work(self) -> None:
        took = worked = 0.0
        while (slot := self._waiting.get()) is not None:
            if self._is_over:
                return
            slot.watch.begin("")
            slot.began = True
            began, worked_before = time.monotonic(), time.thread_time()
            try:
                slot.results.append(self._function(slot.item, slot.watch))
            except BaseException as error:  # raised again where the result is taken
                slot.error = error
            slot.done.set()
            took += time.monotonic() - began
            worked += time.thread_time() - worked_before + slot.watch.queued
            if took > _SECONDS_TO_JUDGE_BY:
                if worked < took * _WORKING_SHARE:
                    self._add_thread()
                took = worked = 0.0

    def run(
        self, items: Sequence[_Item], when_stuck: Callable[[_Item, str], _Result]
    ) -> Iterator[_Result]:
        source = iter(items)
        pending = deque(self._submit(item) for item in islice(source, self._threads * _ITEMS_AHEAD))
        while pending:
            yield self._result_of(pending.popleft(), when_stuck)
            pending.extend(self._submit(item) for item in islice(source, 1))

    def _submit(self, item: _Item) -> _Slot[_Item, _Result]:
        slot: _Slot[_Item, _Result] = _Slot(item, Watch(), threading.Event())
        self._waiting.put(slot)
        return slot

    def _result_of(
        self, slot: _Slot[_Item, _Result], when_stuck: Callable[[_Item, str], _Result]
    ) -> _Result:
        patience = _Patience(self._seconds)
        while not slot.done.wait(timeout=min(self._seconds / 4, _SECONDS_BEFORE_ANOTHER_THREAD)):
            if slot.began and patience.is_over(slot.watch):
                result = when_stuck(slot.item, slot.watch.what)  # before the next item begins
                with self._starting:
                    self._threads += 1  # the stuck one no longer counts
                self._add_thread()
                return result
            if time.monotonic() - slot.watch.since > _SECONDS_BEFORE_ANOTHER_THREAD:
                self._add_thread()  # for the items behind it: it may hang
        if slot.error is not None:
            raise slot.error
        return slot.results[0]

    def stop(self) -> None:
        self._is_over = True
        with self._starting:
            self._threads = 0
        for _ in range(self.started):
            self._waiting.put(None)
