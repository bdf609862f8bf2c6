"""Scans whose lock is taken away while they work: by real processes, on both databases.

Each try has a victim that scans, a second scan that waits for its turn, and a fault. The
transactions that wrote the ledger then say whether two scans wrote at once.
"""

import itertools
import multiprocessing
import os
import random
import signal
import time
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from enum import StrEnum
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path

from sqlalchemy import create_engine, text

from seqauto_pipeline.db.lock import scan_lock
from seqauto_pipeline.errors import SeqAutoError
from seqauto_pipeline.scan.request import ScanRequest
from seqauto_pipeline.scan.steps import create_models, parse_sample_sheets, scan_files
from seqauto_pipeline.scan.store import fenced
from seqauto_pipeline.settings import database_url_for, load_settings
from seqauto_pipeline_tests.scan.lab import Lab
from seqauto_pipeline_tests.scan.run_folder import RunFolder, samples

FINISHED, LOST = "finished", "lost its lock"
_PATIENCE = 120.0
_FROZEN_SECONDS = 4.0  # longer than a second scan takes, where the victim does not hold it up
_PACE = 0.004  # seconds of sleep at each report of progress: there is time for a fault
_LEDGER = {
    "postgresql": "SELECT scan_id, xmin::text::bigint AS at FROM file_event UNION ALL"
    " SELECT scan_id, xmin::text::bigint FROM run_event ORDER BY at",
    "sqlite": "SELECT scan_id, rowid AS at FROM file_event ORDER BY at",
}


class Fault(StrEnum):
    """What happens to the victim, or to its lock, while it works."""

    CUT = "the lock is taken away: the connection is cut, or the file removed"
    CUT_ALONE = "the same, and no other scan waits"
    IDLE = "the server ends idle sessions, or the file is replaced by another"
    FROZEN = "the process stands still, and its lock is taken away meanwhile"
    STILL = "the process stands still, and keeps its lock"


@dataclass(frozen=True, slots=True)
class Try:
    fault: Fault
    victim: str  # FINISHED, LOST, or what it said
    second: str  # the same; "" where there was none
    was_late: bool  # the victim had ended before the fault
    mixed: bool  # two scans wrote at once

    @property
    def is_right(self) -> bool:
        ends = (self.victim in {FINISHED, LOST}, self.second in {FINISHED, ""})
        return all(ends) and not self.mixed


def scan_under_lock(home: Path, environ: dict[str, str], scan: str, answers: Connection) -> None:
    """Scan as an executor does: with lock, number and watch. Runs in a process of its own."""
    settings, request = load_settings(environ), ScanRequest()
    url = database_url_for(settings, home)
    with closing(scan_lock(url, scan)) as lock:
        while lock.take() is not None:
            time.sleep(0.02)
        watch = None
        try:
            with fenced(settings, home, lock, scan) as watch:
                answers.send("works")

                def paced(*_: object) -> None:
                    time.sleep(_PACE)
                    watch.require()

                fence = watch.fence
                scan_files(settings, home, scan, request, paced, fence)
                parse_sample_sheets(settings, home, scan, scan, paced, fence)
                create_models(settings, home, scan, scan, request, paced, fence)
            answers.send(FINISHED)
        except (SeqAutoError, KeyboardInterrupt) as error:
            answers.send(_ended((watch and watch.loss) or error))


def _ended(error: BaseException) -> str:
    return LOST if "lost its lock to scan" in str(error) else repr(error)


class _Scan:
    """A scan in a process of its own."""

    def __init__(self, lab: Lab) -> None:
        self.id = str(uuid.uuid4())
        self._answers, theirs = multiprocessing.Pipe()
        processes = multiprocessing.get_context("forkserver")
        processes.set_forkserver_preload([__name__])
        environ = {"DAGSTER_HOME": str(lab.home), **lab.environ}
        arguments = (lab.home, environ, self.id, theirs)
        self.process: ForkServerProcess = processes.Process(target=scan_under_lock, args=arguments)
        self.process.start()
        theirs.close()

    def await_work(self) -> None:
        assert self._answers.poll(_PATIENCE), "it never got the lock"
        said = self._answers.recv()
        assert said == "works", said

    def has_ended(self, seconds: float) -> bool:
        self.process.join(seconds)
        return self.process.exitcode is not None

    def end(self) -> str:
        """Wait for the end, and say how it was."""
        if not self.has_ended(_PATIENCE):
            self.process.kill()
            return "did not end"
        said = [FINISHED]
        while self._answers.poll():
            try:
                said.append(self._answers.recv())
            except EOFError:
                break
        return said[-1]


class LockFaults:
    """A disk that changes all the time, and one database."""

    def __init__(self, folder: Path, url: str | None, runs: int, seed: int) -> None:
        self.lab = Lab(folder, database_url=url)
        self._chance = random.Random(seed)
        self._url = url or f"sqlite:///{self.lab.home}/seqauto.db"
        self._engine = create_engine(self._url, isolation_level="AUTOCOMMIT")
        self._runs = [
            self.lab.run(number, rows=samples("S1")).complete() for number in range(1, runs + 1)
        ]
        self._seconds = self._time_of_one()

    def _time_of_one(self) -> float:
        self.lab.scan()
        self._change()
        scan = _Scan(self.lab)
        scan.await_work()
        begun = time.monotonic()
        assert scan.end() == FINISHED
        return time.monotonic() - begun

    def tries(self, faults: int) -> Iterator[Try]:
        for fault in itertools.islice(itertools.cycle(Fault), faults):
            yield self.one(fault)

    def one(self, fault: Fault) -> Try:
        """Inject one fault, and see what came of it."""
        self._change()
        with self._idle_sessions_ended(is_wanted=fault is Fault.IDLE):
            victim = _Scan(self.lab)
            victim.await_work()
            second = None if fault is Fault.CUT_ALONE else _Scan(self.lab)
            time.sleep(self._chance.uniform(0, self._seconds))
            was_late = victim.has_ended(0)
            self._change()  # so that the second has something to write
            self._inject(fault, victim, second)
            ends = victim.end(), "" if second is None else second.end()
        return Try(fault, *ends, was_late, self._is_mixed())

    def _inject(self, fault: Fault, victim: _Scan, second: _Scan | None) -> None:
        if fault in {Fault.FROZEN, Fault.STILL} and victim.process.is_alive():
            os.kill(victim.process.pid or 0, signal.SIGSTOP)
        if fault in {Fault.CUT, Fault.CUT_ALONE, Fault.FROZEN}:
            self._take_lock_away(victim)
        if fault is Fault.IDLE and self._engine.dialect.name == "sqlite":
            self._lock_file.with_name("another").touch()
            self._lock_file.with_name("another").replace(self._lock_file)
        if fault in {Fault.FROZEN, Fault.STILL}:
            if second is not None:
                second.has_ended(_FROZEN_SECONDS if fault is Fault.FROZEN else 0.5)
            if victim.process.is_alive():
                os.kill(victim.process.pid or 0, signal.SIGCONT)

    @property
    def _lock_file(self) -> Path:
        return self.lab.home / "seqauto.db.scan-lock"

    def _take_lock_away(self, victim: _Scan) -> None:
        if self._engine.dialect.name == "sqlite":
            self._lock_file.unlink(missing_ok=True)
            return
        query = (
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = :name"
        )
        with self._engine.connect() as connection:
            connection.execute(text(query), {"name": f"seqauto scan {victim.id}"})

    @contextmanager
    def _idle_sessions_ended(self, *, is_wanted: bool) -> Iterator[None]:
        if not is_wanted or self._engine.dialect.name == "sqlite":
            yield
            return
        alter = f"ALTER DATABASE {self._engine.url.database}"
        with self._engine.connect() as connection:
            connection.execute(text(f"{alter} SET idle_session_timeout = '2s'"))
        self._engine.dispose()
        try:
            yield
        finally:
            with self._engine.connect() as connection:
                connection.execute(text(f"{alter} RESET idle_session_timeout"))
            self._engine.dispose()

    def _change(self) -> None:
        """Take a file away from each run, or put it back."""
        for run in self._runs:
            _flip(run)

    def _is_mixed(self) -> bool:
        """Whether the transactions of one scan stand between those of another."""
        with self._engine.connect() as connection:
            rows = connection.execute(text(_LEDGER[self._engine.dialect.name]))
            order = [scan for scan, _ in itertools.groupby(row.scan_id for row in rows)]
        return len(order) != len(set(order))

    def differs_from_fresh(self, folder: Path) -> tuple[str, ...]:
        """Runs whose files are in another state than a new database says, after one more scan."""
        self.lab.scan()
        fresh = Lab(folder, ())
        fresh.environ = {"SEQAUTO_SCAN_ROOTS": self.lab.environ["SEQAUTO_SCAN_ROOTS"]}
        fresh.scan()
        paths = fresh.run_states()
        return tuple(each for each in paths if _seen(self.lab, each) != _seen(fresh, each))

    def close(self) -> None:
        self._engine.dispose()


def _seen(lab: Lab, path: str) -> dict[tuple[str, str], bool]:
    """Which files of a run are there; a file that was lost is one that never was, to a new one."""
    return {file: state == "complete" for file, state in lab.files(path).items()}


def _flip(run: RunFolder) -> None:
    path = run.folder / run.relative("bam", "S1")
    if path.exists():
        path.unlink()
    else:
        run.write("bam", "S1")
