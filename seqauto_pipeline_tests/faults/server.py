"""A PostgreSQL server of the campaign's own, which may be treated badly."""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

import psycopg2

from seqauto_pipeline_tests.conftest import UNPRIVILEGED, as_nobody, postgres_binaries

_OPTIONS = (
    "-c fsync=off -c max_connections=40 -c shared_buffers=16MB -c min_wal_size=32MB"
    " -c max_wal_size=64MB -c wal_keep_size=32MB"
)
_DISK_MB = 400
_STARTS = 10


class Server:
    """One cluster on a small disk of its own, reached over a Unix socket in its folder.

    ``address`` is one of this machine's on which it listens, too.
    """

    def __init__(self, folder: Path, address: str | None = None) -> None:
        binaries = postgres_binaries()
        if binaries is None:
            raise RuntimeError("no PostgreSQL server is installed")
        self.folder, self._binaries, self.address = folder, binaries, address
        self.disk = folder / "disk"
        self.disk.mkdir(parents=True)
        self.has_own_disk = mount_small_disk(self.disk, _DISK_MB)
        if os.geteuid() == 0:
            shutil.chown(folder, UNPRIVILEGED)
            shutil.chown(self.disk, UNPRIVILEGED)
        self._data = self.disk / "data"
        self._call_program("initdb", "-D", str(self._data), "-U", "seqauto", "--auth=trust",
                           "--no-sync", "--encoding=UTF8", "--locale=C")  # fmt: skip
        if address is not None:
            with (self._data / "pg_hba.conf").open("a") as rules:
                rules.write("host all worker samenet trust\n")
        self.start()
        self.run("CREATE ROLE worker LOGIN")

    def _program(self, name: str) -> list[str]:
        return [*as_nobody(), str(self._binaries / name)]

    def _call_program(self, name: str, *arguments: str) -> None:
        self._call(*self._program(name), *arguments)

    @property
    def _control(self) -> list[str]:
        return self._control_of(self._data)

    def _control_of(self, data: Path) -> list[str]:
        return [*self._program("pg_ctl"), "-D", str(data), "-w"]

    def url(self, database: str) -> str:
        host = quote(str(self.folder), safe="")
        return f"postgresql+psycopg2://worker@/{database}?host={host}"

    def url_of_address(self, database: str) -> str:
        """Give the URL for those who have no way to the socket."""
        return f"postgresql+psycopg2://worker@{self.address}/{database}"

    def start(self, more: str = "") -> None:
        if not self.is_alive():
            listen = f"-c listen_addresses={self.address or ''} -k {self.folder}"
            options = f"{_OPTIONS} {listen} {more}"
            self._start(*self._control, "-l", str(self.folder / "log"), "-o", options, "start")

    def _start(self, *command: str) -> None:
        """Start it; for a while after a crash its memory may still be held by what dies."""
        for _ in range(_STARTS - 1):
            try:
                return self._call(*command)
            except RuntimeError:
                time.sleep(1)
        return self._call(*command)

    def stop(self, mode: str) -> None:
        subprocess.run([*self._control, "-m", mode, "stop"], capture_output=True, check=False)

    def is_alive(self) -> bool:
        done = subprocess.run([*self._control, "status"], capture_output=True, check=False)
        return done.returncode == 0

    def started_standby(self) -> Path:
        """Make a standby that follows the server; it is known by its directory."""
        copy = self.disk / ("copy" if self._data.name == "data" else "data")
        self._call_program("pg_basebackup", "-h", str(self.folder), "-U", "seqauto",
                           "-D", str(copy), "-R", "--checkpoint=fast", "--no-sync")  # fmt: skip
        self._call(*self._control_of(copy), "-l", str(self.folder / "standby-log"),
                   "-o", f"{_OPTIONS} -c listen_addresses= -k {self.disk}", "start")  # fmt: skip
        return copy

    def replaced_by(self, standby: Path, *, is_promoted: bool) -> None:
        """Lose the server, and have its standby answer in its place: promoted, or for reading."""
        self.stop("immediate")
        self._call(*self._control_of(standby), "-m", "fast", "stop")
        shutil.rmtree(self._data)
        self._data = standby
        if is_promoted:
            (standby / "standby.signal").unlink()
        self.start("-c primary_conninfo=")

    def promote(self) -> None:
        subprocess.run([*self._control, "promote"], capture_output=True, check=False)

    def dump(self, database: str, target: Path) -> None:
        self._call_program("pg_dump", "-h", str(self.folder), "-U", "seqauto", "-Fc",
                           "-f", str(target), database)  # fmt: skip

    def restore(self, database: str, source: Path) -> None:
        """Put a dump in the place of what a database has, while others may use it."""
        self._call_program("pg_restore", "-h", str(self.folder), "-U", "seqauto",
                           "--clean", "--if-exists", "--single-transaction",
                           "-d", database, str(source))  # fmt: skip

    def close(self) -> None:
        self.stop("immediate")
        if self.has_own_disk:
            subprocess.run(["umount", "-l", str(self.disk)], check=False)

    def freeze(self, number: signal.Signals) -> None:
        """Stop or continue the server and all its processes."""
        pid = self._pid()
        if pid is not None:
            children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
            for each in (pid, *map(int, children)):
                os.kill(each, number)

    def _pid(self) -> int | None:
        try:
            return int((self._data / "postmaster.pid").read_text().split()[0])
        except (OSError, IndexError):
            return None

    def run(self, *statements: str, database: str = "postgres", patience: float = 30) -> None:
        """Run statements one by one as the owner of all, when the server lets us in."""
        connection = self.connect(database, patience)
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                for statement in statements:
                    cursor.execute(statement)
        finally:
            connection.close()

    def ask(self, query: str, database: str = "postgres") -> object:
        """Give the first value of an answer."""
        connection = self.connect(database)
        try:
            with connection.cursor() as cursor:
                cursor.execute(query)
                row = cursor.fetchone()
                return row and row[0]
        finally:
            connection.close()

    def connect(self, database: str, patience: float = 30) -> "psycopg2.extensions.connection":
        end = time.monotonic() + patience
        while True:
            try:
                return psycopg2.connect(host=str(self.folder), user="seqauto", dbname=database)
            except psycopg2.OperationalError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.1)

    @staticmethod
    def _call(*command: str) -> None:
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            text=True, check=False, cwd="/", timeout=120,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(done.stderr)


def mount_small_disk(folder: Path, megabytes: int) -> bool:
    """Put a directory on a small disk of its own, where we may."""
    if os.geteuid() != 0:
        return False
    options = ("-t", "tmpfs", "-o", f"size={megabytes}m", "seqauto-faults", str(folder))
    return subprocess.run(["mount", *options], capture_output=True, check=False).returncode == 0
