"""Which signal asked a scan to stop: Ctrl-C, the end of a service, a terminal that hung up."""

import os
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import FrameType

import dagster as dg

from seqauto_pipeline.accounts import account_name

# What ends a step or a wait in the middle: Dagster raises it in place of KeyboardInterrupt.
INTERRUPTIONS = (KeyboardInterrupt, dg.DagsterExecutionInterruptedError)

_WORDS = {
    signal.SIGINT: "Ctrl-C (SIGINT)",
    signal.SIGTERM: "SIGTERM, which `kill`, a service that stops and a shutdown send",
    signal.SIGHUP: "a hang-up (SIGHUP): its terminal was closed or its connection lost",
}


class Interrupts:
    """The signals that came since it was made.

    Python writes their numbers to a socket, whoever handles them: Dagster's handlers are the same
    for all and do not tell them apart.
    """

    def __init__(self, received: socket.socket | None = None) -> None:
        self._socket = received
        self._first: signal.Signals | None = None
        self.ended_a_step = False

    def first(self) -> signal.Signals | None:
        """Give the first signal that asks to stop; None when none has come."""
        if self._first is None and self._socket is not None:
            try:
                numbers = self._socket.recv(1024)
            except BlockingIOError:
                return None
            self._first = next((each for each in map(_asking, numbers) if each), None)
        return self._first

    def words(self) -> str:
        """Say what came, and to which process of whom."""
        came = self.first()
        by = "an interruption" if came is None else _WORDS[came]
        return f"{by}, of process {os.getpid()} of {account_name()} on {socket.gethostname()}"


def _asking(number: int) -> signal.Signals | None:
    return next((each for each in _WORDS if each == number), None)


_at_work: ContextVar[Interrupts | None] = ContextVar("interrupts", default=None)


@contextmanager
def interrupts() -> Iterator[Interrupts]:
    """Take down the signals that come; let a hang-up stop the scan as Ctrl-C does.

    Within such a block it is the same once more, so that what came before is known.
    """
    if (outer := _at_work.get()) is not None:
        yield outer
        return
    if threading.current_thread() is not threading.main_thread():
        yield Interrupts()
        return
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.settimeout(0)
        theirs.settimeout(0)
        before = signal.set_wakeup_fd(theirs.fileno(), warn_on_full_buffer=False)
        # Else it is ignored, as below nohup, or somebody's.
        is_ours = signal.getsignal(signal.SIGHUP) is signal.SIG_DFL
        if is_ours:
            signal.signal(signal.SIGHUP, _as_ctrl_c)
        received = Interrupts(ours)
        _at_work.set(received)
        try:
            yield received
        finally:
            _at_work.set(None)
            signal.set_wakeup_fd(before)
            if is_ours:
                signal.signal(signal.SIGHUP, signal.SIG_DFL)


def _as_ctrl_c(number: int, frame: FrameType | None) -> None:
    handler = signal.getsignal(signal.SIGINT)
    if callable(handler):
        handler(number, frame)
