"""Starts, stops and steers the server of the tests."""

import json
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

from seqauto_pipeline_tests.delivery.api_server import TOKEN
from seqauto_pipeline_tests.delivery.api_tables import Tables

__all__ = ["TOKEN", "Api"]


class Api:
    """One server, on a port that it keeps when it is started again."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "server.json"
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = int(free.getsockname()[1])
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        program = "seqauto_pipeline_tests.delivery.api_server"
        command = [sys.executable, "-m", program, str(self.port), str(self.file)]
        self._process = subprocess.Popen(command)
        deadline = time.monotonic() + 20
        while True:
            try:
                self.control()
            except OSError:
                assert time.monotonic() < deadline, "the server of the tests did not start"
                time.sleep(0.02)
            else:
                return

    def stop(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def control(self, **asked: Any) -> dict[str, Any]:
        """Steer the server where something is asked; give its tables and what it was sent."""
        data = json.dumps(asked).encode() if asked else None
        request = urllib.request.Request(f"{self.url}/_control", data)
        with urllib.request.urlopen(request, timeout=20) as answer:
            told: dict[str, Any] = json.loads(answer.read())
        return told

    @property
    def tables(self) -> dict[str, Any]:
        tables: dict[str, Any] = self.control()["tables"]
        return tables

    @property
    def sent(self) -> list[tuple[str, str]]:
        """Method and endpoint of each request, in order."""
        return [(method, endpoint) for method, endpoint, _ in self.control()["log"]]

    def forget_log(self) -> None:
        self.control(log=[])

    def empty(self) -> None:
        """Forget all that was stored, in place."""
        self.control(tables=Tables().all, faults=[], hang_seconds=2.0, log=[])
