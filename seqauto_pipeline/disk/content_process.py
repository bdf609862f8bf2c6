"""Contents read in this process and in another one beside it: a processor core each."""

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
from typing import TypeAlias

from seqauto_pipeline.core.run_plan import Contents
from seqauto_pipeline.disk.contents import ContentRequest
from seqauto_pipeline.disk.garbage import collecting_rarely
from seqauto_pipeline.errors import ContentProcessError

_WORTH_IT = 20  # runs: fewer are read before another process has started
_AHEAD = 2  # requests that the other process has: one to read, one to go on with

Ask: TypeAlias = Callable[[ContentRequest], Callable[[], Contents]]


@contextmanager
def content_reader(runs: int) -> Iterator[Ask]:
    """Give what takes a request at once, and gives the contents when they are asked for.

    With few runs, or one processor, the contents are read where they are asked for.
    """
    if runs < _WORTH_IT or (os.cpu_count() or 1) < 2:
        yield lambda request: request.load
        return
    ours, theirs = Pipe()
    with theirs:
        process = subprocess.Popen(  # noqa: S603 - this program itself
            [sys.executable, "-m", __name__, str(theirs.fileno())], pass_fds=[theirs.fileno()]
        )
    work = _SharedWork(ours)
    try:
        yield work.add
    finally:
        work.stop()
        process.kill()
        with suppress(subprocess.TimeoutExpired):  # the kernel may not let go of a stuck call
            process.wait(timeout=5)


class _Asked:
    """A request and its answer; the answer comes from whoever takes it from the work first."""

    def __init__(self, request: ContentRequest) -> None:
        self.request = request
        self.answer: Future[Contents] = Future()

    def load(self) -> None:
        try:
            self.answer.set_result(self.request.load())
        except Exception as error:  # it is raised where the contents are asked for
            self.answer.set_exception(error)


class _SharedWork:
    """Requests in order: the other process takes the oldest, who waits for it the youngest."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._waiting: deque[_Asked] = deque()
        self._news = threading.Semaphore(0)  # released for each request, and for the end
        self._is_over = False
        threading.Thread(target=self._hand_over, daemon=True, name="contents").start()

    def add(self, request: ContentRequest) -> Callable[[], Contents]:
        asked = _Asked(request)
        self._waiting.append(asked)
        self._news.release()
        return lambda: self._contents_of(asked)

    def stop(self) -> None:
        self._is_over = True
        self._news.release()

    def _contents_of(self, asked: _Asked) -> Contents:
        """Read others as long as this one's answer is not there."""
        while not asked.answer.done():
            try:
                youngest = self._waiting.pop()
            except IndexError:
                break
            youngest.load()
        return asked.answer.result()

    def _hand_over(self) -> None:
        """Keep the other process busy: what it reads next is there before it has answered."""
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
        except OSError:
            asked.load()
        else:
            sent.append(asked)

    def _receive(self, sent: deque[_Asked]) -> None:
        """Take an answer. When the other process died, of memory for instance, this one reads."""
        try:
            answer = self._connection.recv()
        except (OSError, EOFError):
            while sent and not self._is_over:
                sent.popleft().load()
            return
        asked = sent.popleft()
        if isinstance(answer, Contents):
            asked.answer.set_result(answer)
        else:
            asked.answer.set_exception(ContentProcessError(str(answer)))


def _serve(connection: Connection) -> None:
    requests: queue.SimpleQueue[ContentRequest | None] = queue.SimpleQueue()
    threading.Thread(target=_take_requests, args=(connection, requests), daemon=True).start()
    while (request := requests.get()) is not None:
        try:
            connection.send(_answer(request))
        except OSError:  # who asked has ended, or was killed, while this one read for it
            return


def _take_requests(
    connection: Connection, requests: "queue.SimpleQueue[ContentRequest | None]"
) -> None:
    """Take requests as they come: who sends one never waits until another is answered."""
    try:
        while True:
            requests.put(connection.recv())
    except (OSError, EOFError):  # who asks has ended, or was killed
        requests.put(None)


def _answer(request: ContentRequest) -> Contents | str:
    try:
        return request.load()
    except Exception:  # raised again at the boundary of the run, in the process that asked
        return traceback.format_exc()


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who asked is told, and ends this one
    with collecting_rarely(), Connection(int(sys.argv[1])) as connection:
        _serve(connection)


if __name__ == "__main__":
    main()
