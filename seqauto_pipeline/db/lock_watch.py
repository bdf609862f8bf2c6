"""Watches the lock of a scan while it works: takes it again when it was lost, or says to whom."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from seqauto_pipeline.db.fence import Fence
from seqauto_pipeline.db.lock import ScanLock
from seqauto_pipeline.db.session import Engine
from seqauto_pipeline.errors import ScanLockError, ScanLockLostError, SeqAutoError

_SECONDS_BETWEEN_LOOKS = 1.0


class LockWatch:
    """Knows whether a scan still has its lock."""

    def __init__(self, lock: ScanLock, fence: Fence, engine: Engine) -> None:
        self._lock, self.fence, self._engine = lock, fence, engine
        self._loss: ScanLockLostError | None = None
        self._notes: list[str] = []
        self._looking = threading.Lock()
        self._is_over = threading.Event()

    @property
    def loss(self) -> ScanLockLostError | None:
        """Whom the lock was lost to; None while it is ours, as far as anybody can tell."""
        return self._loss

    def require(self) -> None:
        """Raise ScanLockLostError when the last look found that another scan has the lock."""
        if self._loss is not None:
            raise self._loss

    def new_notes(self) -> tuple[str, ...]:
        """Say what happened to the lock since this was last asked."""
        notes = tuple(self._notes)
        del self._notes[: len(notes)]
        return notes

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Look every second, in a thread; interrupt the main thread when the lock is lost."""
        thread = threading.Thread(target=self._watch, daemon=True, name="scan lock")
        thread.start()
        try:
            yield
        finally:
            self._is_over.set()
            thread.join()

    def _watch(self) -> None:
        while self._loss is None and not self._is_over.wait(_SECONDS_BETWEEN_LOOKS):
            self.look()
        main = threading.main_thread().ident
        if self._loss is not None and main is not None and not self._is_over.is_set():
            signal.pthread_kill(main, signal.SIGINT)  # ends a long wait, too

    def look(self) -> None:
        """Look whether the lock is ours, and take it again where it was lost to nobody."""
        with self._looking:
            if self._loss is None:
                try:
                    self._lock.check()
                except ScanLockError as error:
                    self._take_again(error.reason)

    def _take_again(self, why: str) -> None:
        """Take the lock again; the number decides: who has the lock next takes a newer one."""
        try:
            other = self._lock.take()
            if not self.fence.is_newest(self._engine):
                self._loss = self.fence.loss(self._engine)
                self._lock.close()
            elif other is None:
                self._notes.append(f"The scan lock was lost for a moment, and taken again: {why}.")
        except SeqAutoError:
            return  # the database cannot be asked now: the next look may tell
