"""Work on the disk in this process and in another one beside it: a processor core each.

Why not concurrent.futures.ProcessPoolExecutor: Python waits for its worker before it ends, and so
for ever when a call on a dead disk hangs there. Its worker also imports the program that started
it, Dagster included, which takes three times the memory.
"""

import os
import queue
import signal
import subprocess
import sys
import threading
import traceback
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection, Pipe
from typing import Any, Protocol, TypeVar

from seqauto_pipeline.disk.parallel.garbage import collecting_rarely
from seqauto_pipeline.errors import SecondProcessError

_REQUESTS_AHEAD = 2  # in the other process: one to work on, and the next

_Answer_co = TypeVar("_Answer_co", covariant=True)


class Request(Protocol[_Answer_co]):
    """A piece of work that either process can do; it and its answer are sent between them."""

    def load(self) -> _Answer_co: ...


class Submit(Protocol):
    """Takes a request without waiting for it; calling the result waits for the answer."""

    def __call__(self, request: Request[_Answer_co], /) -> Callable[[], _Answer_co]: ...


@contextmanager
def second_process(*, is_worth_it: bool) -> Iterator[Submit]:
    """Have requests worked on here and, where that is worth it, in another process.

    Where it is not, or with a single processor, a request is worked on when its answer is called
    for.
    """
    if not is_worth_it or (os.cpu_count() or 1) < 2:
        yield _answer_here
        return
    ours, theirs = Pipe()
    with theirs:
        process = subprocess.Popen(  # noqa: S603 - this program itself
            [sys.executable, "-m", __name__, str(theirs.fileno())],
            stdin=subprocess.DEVNULL,
            pass_fds=[theirs.fileno()],
        )
    work = _SharedWork(ours)
    try:
        yield work.add
    finally:
        work.stop()
        process.kill()
        with suppress(subprocess.TimeoutExpired):  # the kernel may not let go of a stuck call
            process.wait(timeout=5)


def _answer_here(request: Request[_Answer_co], /) -> Callable[[], _Answer_co]:
    return request.load


class _Submitted:
    """A request and its answer, which comes from the process that takes the request first."""

    def __init__(self, request: Request[Any]) -> None:
        self.request = request
        self.answer: Future[Any] = Future()

    def load(self) -> None:
        try:
            self.answer.set_result(self.request.load())
        except Exception as error:  # raised where the answer is called for
            self.answer.set_exception(error)


class _SharedWork:
    """Requests in order: the other process takes the oldest, this one the youngest."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._waiting: deque[_Submitted] = deque()
        self._news = threading.Semaphore(0)  # released for each request, and for the end
        self._is_over = False
        threading.Thread(target=self._hand_over, daemon=True, name="second process").start()

    def add(self, request: Request[_Answer_co], /) -> Callable[[], _Answer_co]:
        submitted = _Submitted(request)
        self._waiting.append(submitted)
        self._news.release()
        return lambda: self._answer_to(submitted)

    def stop(self) -> None:
        self._is_over = True
        self._news.release()

    def _answer_to(self, submitted: _Submitted) -> Any:
        """Wait for an answer, and work on other requests meanwhile."""
        while not submitted.answer.done():
            try:
                youngest = self._waiting.pop()
            except IndexError:
                break
            youngest.load()
        return submitted.answer.result()

    def _hand_over(self) -> None:
        """Keep the other process busy: its next request is there before it answers the last."""
        sent: deque[_Submitted] = deque()
        with self._connection:
            while not self._is_over:
                if len(sent) < _REQUESTS_AHEAD and self._news.acquire(blocking=not sent):
                    self._send_next(sent)
                else:
                    self._receive(sent)

    def _send_next(self, sent: deque[_Submitted]) -> None:
        try:
            submitted = self._waiting.popleft()
        except IndexError:  # this process took it meanwhile, or this is the end
            return
        try:
            self._connection.send(submitted.request)
        except Exception:  # whatever cannot be sent: somebody waits for the answer
            submitted.load()
        else:
            sent.append(submitted)

    def _receive(self, sent: deque[_Submitted]) -> None:
        """Take an answer. Where the other process has died, its work is done here."""
        try:
            answer, error = self._connection.recv()
        except Exception:  # as above; a later answer would belong to another request
            self._connection.close()
            while sent and not self._is_over:
                sent.popleft().load()
            return
        submitted = sent.popleft()
        if error is None:
            submitted.answer.set_result(answer)
        else:
            submitted.answer.set_exception(SecondProcessError(error))


def _serve(connection: Connection) -> None:
    requests: queue.SimpleQueue[Request[object] | None] = queue.SimpleQueue()
    threading.Thread(target=_take_requests, args=(connection, requests), daemon=True).start()
    while (request := requests.get()) is not None:
        try:
            connection.send(_answer(request))
        except OSError:  # the process that asked has ended meanwhile
            return


def _take_requests(
    connection: Connection, requests: "queue.SimpleQueue[Request[object] | None]"
) -> None:
    """Take requests as they come, so that sending one never waits for the answer to another."""
    try:
        while True:
            requests.put(connection.recv())
    except Exception:  # the process that asks has ended, or cannot be understood
        requests.put(None)


def _answer(request: Request[object]) -> tuple[object, str | None]:
    """Give the answer, or the traceback of what went wrong."""
    try:
        return request.load(), None
    except Exception:  # raised in the process that asked
        return None, traceback.format_exc()


def main() -> None:
    signal.signal(
        signal.SIGINT, signal.SIG_IGN
    )  # the process that asked is told, and ends this one
    with collecting_rarely(), Connection(int(sys.argv[1])) as connection:
        _serve(connection)


if __name__ == "__main__":
    main()
