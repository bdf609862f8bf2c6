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

_OPTIONS = "-c listen_addresses= -c fsync=off -c max_connections=40 -c shared_buffers=16MB"


class Server:
    """One cluster, reached over a Unix socket in its own folder."""

    def __init__(self, folder: Path) -> None:
        binaries = postgres_binaries()
        if binaries is None:
            raise RuntimeError("no PostgreSQL server is installed")
        self.folder = folder
        folder.mkdir(parents=True)
        if os.geteuid() == 0:
            shutil.chown(folder, UNPRIVILEGED)
        self._data = folder / "data"
        self._control = [*as_nobody(), str(binaries / "pg_ctl"), "-D", str(self._data), "-w"]
        self._call(*as_nobody(), str(binaries / "initdb"), "-D", str(self._data), "-U", "seqauto",
                   "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C")  # fmt: skip
        self.start()
        self.run("CREATE ROLE worker LOGIN")

    def url(self, database: str) -> str:
        host = quote(str(self.folder), safe="")
        return f"postgresql+psycopg2://worker@/{database}?host={host}"

    def start(self) -> None:
        if self._pid() is None:
            options = f"{_OPTIONS} -k {self.folder}"
            log = str(self.folder / "log")
            self._call(*self._control, "-l", log, "-o", options, "start")

    def stop(self, mode: str) -> None:
        subprocess.run([*self._control, "-m", mode, "stop"], capture_output=True, check=False)

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
