"""Work on the disk in this process and in another one beside it: a processor core each.

Why not concurrent.futures.ProcessPoolExecutor: Python waits for its worker before it ends, and so
for ever when a call on a dead disk hangs there. Its worker also imports the program that started
it, Dagster included, which takes three times the memory.

The other process gives a sign of life every second. One that gives none (frozen, or short of memory
to the point of standing still) is killed, and what it had is done here; so it is when it dies, and
so is a piece of work that it could not do, as it may have had too little memory for it.
"""

import os
import queue
import select
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection, Pipe
from typing import Any, Protocol, TypeVar

from seqauto_pipeline.disk.parallel.known_roots import KnownRoots
from seqauto_pipeline.garbage import collecting_rarely

_SECONDS_BETWEEN_BEATS = 1.0
_SILENT_SECONDS = 20.0  # a system under load takes a second or two
_REQUESTS_AHEAD = 2  # in the other process: one to work on, and the next

_Answer_co = TypeVar("_Answer_co", covariant=True)


class Request(Protocol[_Answer_co]):
    """A piece of work that either process can do; it and its answer are sent between them.

    Each process has its own knowledge of the roots.
    """

    def load(self, roots: KnownRoots, /) -> _Answer_co: ...


class Submit(Protocol):
    """Takes a request without waiting for it; calling the result waits for the answer."""

    @property
    def is_shared(self) -> bool:
        """Whether another process takes requests, too."""

    def __call__(self, request: Request[_Answer_co], /) -> Callable[[], _Answer_co]: ...


Tell = Callable[[str], None]  # is told in a sentence what a person should know


@contextmanager
def second_process(
    *,
    is_worth_it: bool,
    tell: Tell,
    silent_seconds: float = _SILENT_SECONDS,
    is_alone: bool = True,
) -> Iterator[Submit]:
    """Have requests worked on here and, where that is worth it, in another process.

    Where it is not, with a single processor, or where other processes do the same and this is not
    ``is_alone``, a request is worked on when its answer is called for. ``tell`` is told of a
    process that stopped working and how much was done here instead.
    """
    if not (is_worth_it and is_alone) or (os.cpu_count() or 1) < 2:
        yield _Here(KnownRoots() if is_alone else KnownRoots(threads_at_first=1))
        return
    ours, theirs = Pipe()
    heard, beat = os.pipe()
    with theirs:
        process = subprocess.Popen(  # noqa: S603 - this program itself
            [sys.executable, "-m", __name__, str(theirs.fileno()), str(beat)],
            stdin=subprocess.DEVNULL,
            stderr=_where_errors_go(),
            pass_fds=[theirs.fileno(), beat],
        )
    os.close(beat)
    pulse = _Pulse(process, heard, silent_seconds)
    work = _SharedWork(ours)
    try:
        yield work
    finally:
        work.stop()
        pulse.is_over = True
        process.kill()
        with suppress(subprocess.TimeoutExpired):  # the kernel may not let go of a stuck call
            process.wait(timeout=5)
        if work.taken_back:
            tell(pulse.in_words(work.taken_back))
        if work.failures:
            tell(_in_words(work.failures))


def _where_errors_go() -> int | None:
    """Give what stands for stderr now; None where that is no file: then it is the process's own."""
    try:
        return sys.stderr.fileno()
    except (AttributeError, OSError, ValueError):
        return None


class _Pulse:
    """Listens for the other process's signs of life, and kills it when there are none."""

    def __init__(
        self, process: "subprocess.Popen[bytes]", heard: int, silent_seconds: float
    ) -> None:
        self._process, self._heard, self._silent_seconds = process, heard, silent_seconds
        self._was_silent = self.is_over = False
        threading.Thread(target=self._listen, daemon=True, name="pulse").start()

    def _listen(self) -> None:
        try:
            while select.select([self._heard], [], [], self._silent_seconds)[0]:
                if not os.read(self._heard, 4096):  # it has ended
                    return
            self._was_silent = not self.is_over
            self._process.kill()  # whoever waits for its answers learns that it has ended
        finally:
            os.close(self._heard)

    def in_words(self, taken_back: int) -> str:
        """Say what became of it, and how many of its requests were done here."""
        what = f"gave no sign of life for {self._silent_seconds:g} s and was ended"
        if not self._was_silent:
            what = "ended before its work did: killed, or out of memory"
        return (
            f"The process beside the scan's own {what}. What it had not finished ({taken_back} "
            "requests) was done by the scan itself; nothing is missing."
        )


def _in_words(failures: Sequence[str]) -> str:
    return (
        f"The process beside the scan's own could not do {len(failures)} requests, the last for "
        f"{failures[-1]}. They were done by the scan itself; nothing is missing."
    )


class _Here:
    """Requests that are worked on when their answers are called for."""

    is_shared = False

    def __init__(self, roots: KnownRoots) -> None:
        self._roots = roots

    def __call__(self, request: Request[_Answer_co], /) -> Callable[[], _Answer_co]:
        submitted = _Submitted(request)
        return lambda: self._answer_to(submitted)

    def _answer_to(self, submitted: "_Submitted") -> Any:
        if not submitted.answer.done():
            submitted.load(self._roots)
        return submitted.answer.result()


class _Submitted:
    """A request and its answer, which comes from the process that takes the request first."""

    def __init__(self, request: Request[Any]) -> None:
        self.request = request
        self.answer: Future[Any] = Future()

    def load(self, roots: KnownRoots) -> None:
        try:
            self.answer.set_result(self.request.load(roots))
        except Exception as error:  # raised where the answer is called for
            self.answer.set_exception(error)


class _SharedWork:
    """Requests in order: the other process takes the oldest, this one the youngest."""

    is_shared = True

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._roots = KnownRoots()
        self._waiting: deque[_Submitted] = deque()
        self._news = threading.Semaphore(0)  # released for each request, and for the end
        self._is_over = False
        self.taken_back = 0  # requests that the other process had and did not answer
        self.failures: list[str] = []  # why it could not do what was then done here
        threading.Thread(target=self._hand_over, daemon=True, name="second process").start()

    def __call__(self, request: Request[_Answer_co], /) -> Callable[[], _Answer_co]:
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
            youngest.load(self._roots)
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
            submitted.load(self._roots)
        else:
            sent.append(submitted)

    def _receive(self, sent: deque[_Submitted]) -> None:
        """Take an answer. Where the other process has died, its work is done here."""
        try:
            answer, error = self._connection.recv()
        except Exception:  # as above; a later answer would belong to another request
            self._connection.close()
            while sent and not self._is_over:
                self.taken_back += 1
                sent.popleft().load(self._roots)
            return
        submitted = sent.popleft()
        if error is None:
            submitted.answer.set_result(answer)
            return
        submitted.load(self._roots)
        if submitted.answer.exception() is None:  # else it is told to who asked
            self.failures.append(error)


def _serve(connection: Connection) -> None:
    requests: queue.SimpleQueue[Request[object] | None] = queue.SimpleQueue()
    threading.Thread(target=_take_requests, args=(connection, requests), daemon=True).start()
    roots = KnownRoots()
    while (request := requests.get()) is not None:
        try:
            connection.send(_answer(request, roots))
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


def _answer(request: Request[object], roots: KnownRoots) -> tuple[object, str | None]:
    """Give the answer, or what went wrong, in a line."""
    try:
        return request.load(roots), None
    except Exception as error:  # the process that asked tries it itself
        return None, traceback.format_exception_only(error)[-1].strip()


def _beat(handle: int) -> None:
    while True:
        os.write(handle, b".")
        time.sleep(_SECONDS_BETWEEN_BEATS)


def main() -> None:
    signal.signal(
        signal.SIGINT, signal.SIG_IGN
    )  # the process that asked is told, and ends this one
    threading.Thread(target=_beat, args=(int(sys.argv[2]),), daemon=True).start()
    with collecting_rarely(), Connection(int(sys.argv[1])) as connection:
        _serve(connection)


if __name__ == "__main__":
    main()
