"""Contents read in a process of their own, beside the one that judges and stores: a core each."""

import os
import pickle
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO, TypeAlias

from seqauto_pipeline.core.expectations import ExpectedFile
from seqauto_pipeline.core.file_list import RunListing
from seqauto_pipeline.core.run_plan import Contents, StoredRun
from seqauto_pipeline.disk.contents import ContentOptions, load_contents
from seqauto_pipeline.errors import ContentProcessError

_WORTH_IT = 20  # runs: fewer are read before another process has started


@dataclass(frozen=True, slots=True)
class ContentRequest:
    """What to read of one run, see `load_contents`."""

    expected: tuple[ExpectedFile, ...]
    listing: RunListing
    stored: StoredRun | None
    options: ContentOptions
    retry_errors: bool

    def load(self) -> Contents:
        return load_contents(
            self.expected,
            self.listing,
            self.stored,
            self.options,
            retry_errors=self.retry_errors,
        )


Ask: TypeAlias = Callable[[ContentRequest], Callable[[], Contents]]


@contextmanager
def content_reader(runs: int) -> Iterator[Ask]:
    """Give what takes a request at once, and gives the contents when they are asked for.

    With few runs, or one processor, the contents are read where they are asked for.
    """
    if runs < _WORTH_IT or (os.cpu_count() or 1) < 2:
        yield lambda request: request.load
        return
    process = subprocess.Popen(  # noqa: S603 - this program itself
        [sys.executable, "-m", __name__], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        # One thread: one request at a time is on its way, so neither side waits for the other.
        with process, ThreadPoolExecutor(1, thread_name_prefix="contents") as line:
            try:
                yield lambda request: line.submit(_ask, process, request).result
            finally:
                line.shutdown(cancel_futures=True)
    finally:
        process.kill()


def _ask(process: subprocess.Popen[bytes], request: ContentRequest) -> Contents:
    """Have the other process read. When that died, of memory for instance, this one does."""
    if process.stdin is None or process.stdout is None:
        return request.load()
    try:
        pickle.dump(request, process.stdin, pickle.HIGHEST_PROTOCOL)
        process.stdin.flush()
        answer = pickle.load(process.stdout)  # noqa: S301 - our own process wrote it
    except (OSError, EOFError, pickle.UnpicklingError):
        return request.load()
    if isinstance(answer, Contents):
        return answer
    raise ContentProcessError(str(answer))


def _serve(requests: BinaryIO, answers: BinaryIO) -> None:
    while True:
        try:
            request = pickle.load(requests)  # noqa: S301 - from the process that started this one
        except EOFError:  # it has ended, or was killed
            return
        try:
            pickle.dump(_answer(request), answers, pickle.HIGHEST_PROTOCOL)
            answers.flush()
        except BrokenPipeError:  # it was killed while this one read for it
            os._exit(0)  # without the flush at exit, which would fail again


def _answer(request: ContentRequest) -> Contents | str:
    try:
        return request.load()
    except Exception:  # raised again at the boundary of the run, in the process that asked
        return traceback.format_exc()


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who asked is told, and ends this one
    _serve(sys.stdin.buffer, sys.stdout.buffer)


if __name__ == "__main__":
    main()
