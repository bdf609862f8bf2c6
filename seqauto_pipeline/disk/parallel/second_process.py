"""Work on the disk in this process and in another one beside it: a processor core each."""

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

_AHEAD = 2  # requests that the other process has: one to work on, one to go on with

_Answer_co = TypeVar("_Answer_co", covariant=True)


class Request(Protocol[_Answer_co]):
    """A piece of work that either process can do; it and its answer are sent between them."""

    def load(self) -> _Answer_co: ...


class Ask(Protocol):
    """Takes a request at once, and gives what gives the answer when it is asked for."""

    def __call__(self, request: Request[_Answer_co], /) -> Callable[[], _Answer_co]: ...


@contextmanager
def second_process(*, is_worth_it: bool) -> Iterator[Ask]:
    """Have requests worked on here and, where that is worth it, in another process.

    It is not with little to do, or one processor: the work is then done where it is asked for.
    """
    if not is_worth_it or (os.cpu_count() or 1) < 2:
        yield _do_it_here
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


def _do_it_here(request: Request[_Answer_co], /) -> Callable[[], _Answer_co]:
    return request.load


class _Asked:
    """A request and its answer; the answer comes from whoever takes it from the work first."""

    def __init__(self, request: Request[Any]) -> None:
        self.request = request
        self.answer: Future[Any] = Future()

    def load(self) -> None:
        try:
            self.answer.set_result(self.request.load())
        except Exception as error:  # it is raised where the answer is asked for
            self.answer.set_exception(error)


class _SharedWork:
    """Requests in order: the other process takes the oldest, who waits for it the youngest."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._waiting: deque[_Asked] = deque()
        self._news = threading.Semaphore(0)  # released for each request, and for the end
        self._is_over = False
        threading.Thread(target=self._hand_over, daemon=True, name="second process").start()

    def add(self, request: Request[_Answer_co], /) -> Callable[[], _Answer_co]:
        asked = _Asked(request)
        self._waiting.append(asked)
        self._news.release()
        return lambda: self._answer_to(asked)

    def stop(self) -> None:
        self._is_over = True
        self._news.release()

    def _answer_to(self, asked: _Asked) -> Any:
        """Do other work as long as this answer is not there."""
        while not asked.answer.done():
            try:
                youngest = self._waiting.pop()
            except IndexError:
                break
            youngest.load()
        return asked.answer.result()

    def _hand_over(self) -> None:
        """Keep the other process busy: what it does next is there before it has answered."""
        sent: deque[_Asked] = deque()
        with self._connection:
            while not self._is_over:
                if len(sent) < _AHEAD and self._news.acquire(blocking=not sent):
                    self._send_next(sent)
                else:
                    self._receive(sent)

    def _send_next(self, sent: deque[_Asked]) -> None:
        try:
            asked = self._waiting.popleft()
        except IndexError:  # it was taken by who waits, or this is the end
            return
        try:
            self._connection.send(asked.request)
        except Exception:  # whatever is wrong with the line: somebody waits for the answer
            asked.load()
        else:
            sent.append(asked)

    def _receive(self, sent: deque[_Asked]) -> None:
        """Take an answer. When the other process died, of memory for instance, this one works."""
        try:
            answer, error = self._connection.recv()
        except Exception:  # as above; what comes later would be the answer to something else
            self._connection.close()
            while sent and not self._is_over:
                sent.popleft().load()
            return
        asked = sent.popleft()
        if error is None:
            asked.answer.set_result(answer)
        else:
            asked.answer.set_exception(SecondProcessError(error))


def _serve(connection: Connection) -> None:
    requests: queue.SimpleQueue[Request[object] | None] = queue.SimpleQueue()
    threading.Thread(target=_take_requests, args=(connection, requests), daemon=True).start()
    while (request := requests.get()) is not None:
        try:
            connection.send(_answer(request))
        except OSError:  # who asked has ended, or was killed, while this one read for it
            return


def _take_requests(
    connection: Connection, requests: "queue.SimpleQueue[Request[object] | None]"
) -> None:
    """Take requests as they come: who sends one never waits until another is answered."""
    try:
        while True:
            requests.put(connection.recv())
    except Exception:  # who asks has ended, or was killed; or the line is of no use
        requests.put(None)


def _answer(request: Request[object]) -> tuple[object, str | None]:
    """Give the answer, or the traceback of what went wrong, to be raised where it is asked for."""
    try:
        return request.load(), None
    except Exception:  # it is told in the process that asked
        return None, traceback.format_exc()


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who asked is told, and ends this one
    with collecting_rarely(), Connection(int(sys.argv[1])) as connection:
        _serve(connection)


if __name__ == "__main__":
    main()
