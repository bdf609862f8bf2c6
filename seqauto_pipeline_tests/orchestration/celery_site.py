"""Scans whose shards workers of Celery take: a real Redis, a real PostgreSQL, real processes."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import text

from seqauto_pipeline_tests.scan.lab import Lab

_BIN = Path(sys.executable).parent
_PATIENCE = 180.0
_APP = "seqauto_pipeline.orchestration.celery_app"


@dataclass
class CelerySite:
    """A disk, its models, a broker and two workers."""

    lab: Lab
    broker: str
    folder: Path
    workers: list["subprocess.Popen[bytes]"] = field(default_factory=list)
    executor: str = "celery"
    runs_per_shard: int = 3

    @property
    def environ(self) -> dict[str, str]:
        own = {key: value for key, value in os.environ.items() if not key.startswith("SEQAUTO_")}
        return {
            **own,
            **self.lab.environ,
            "DAGSTER_HOME": str(self.lab.home),
            "SEQAUTO_RUNS_PER_SHARD": str(self.runs_per_shard),
            "SEQAUTO_SHARD_EXECUTOR": self.executor,
            "SEQAUTO_CELERY_BROKER": self.broker,
            "SEQAUTO_CELERY_REDELIVERY_SECONDS": "10",
            "SEQAUTO_TIME_ZONE": "UTC",
        }

    def start_workers(self, number: int = 2) -> None:
        for each in range(number):
            log = (self.folder / f"worker-{len(self.workers)}.log").open("wb")
            command = [sys.executable, "-m", "celery", "--app", _APP, "worker", "--concurrency=1"]
            options = ["--loglevel=INFO", f"--hostname=worker-{len(self.workers)}-{each}"]
            self.workers.append(
                subprocess.Popen(
                    [*command, *options], env=self.environ, stdout=log, stderr=subprocess.STDOUT
                )
            )
            log.close()
        for log_of in range(len(self.workers)):
            eventually(lambda number=log_of: b" ready." in self.log(number))  # type: ignore[misc]

    def log(self, number: int) -> bytes:
        return (self.folder / f"worker-{number}.log").read_bytes()

    def tasks_done(self) -> int:
        return sum(self.log(number).count(b"succeeded in") for number in range(len(self.workers)))

    def start_scan(self) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [str(_BIN / "seqauto"), "scan"],
            env=self.environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def scan(self) -> None:
        process = self.start_scan()
        output, _ = process.communicate(timeout=_PATIENCE)
        assert process.returncode == 0, output

    def children(self) -> tuple[int, ...]:
        """Give the processes that do the workers' work."""
        found = []
        for worker in self.workers:
            children = Path(f"/proc/{worker.pid}/task/{worker.pid}/children")
            with contextlib.suppress(OSError):
                found += [int(each) for each in children.read_text().split()]
        return tuple(found)

    def shard_files(self, pattern: str) -> list[Path]:
        return list(self.lab.home.glob(f"scans/*.shards/{pattern}"))

    def is_in_transaction(self) -> bool:
        """Whether anybody but who asks is in a transaction that has written or may write."""
        with self.lab.connected() as connection:
            query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
            query += " AND pid <> pg_backend_pid() AND state <> 'idle' AND xact_start IS NOT NULL"
            return bool(connection.scalar(text(query)))

    def stop(self) -> None:
        for worker in self.workers:
            for child in self.children():
                kill(child, signal.SIGCONT)
            worker.kill()
            worker.wait()


@contextlib.contextmanager
def redis_broker(folder: Path) -> Iterator[str]:
    """Start a Redis of the test's own, which listens on a socket only."""
    program = shutil.which("redis-server")
    assert program is not None
    socket = folder / "redis.sock"
    options = ["--port", "0", "--unixsocket", str(socket), "--save", "", "--dir", str(folder)]
    server = subprocess.Popen([program, *options], stdout=subprocess.DEVNULL)
    try:
        eventually(socket.exists)
        yield f"redis+socket://{socket}"
    finally:
        server.kill()
        server.wait()


def eventually(condition: Callable[[], object], seconds: float = _PATIENCE) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.005)


def kill(pid: int, number: signal.Signals = signal.SIGKILL) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, number)
