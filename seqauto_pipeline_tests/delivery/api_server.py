"""A server of the tests with VariantGrid's API, in a process of its own: strict, and with faults.

``python -m seqauto_pipeline_tests.delivery.api_server PORT FILE``: the tables are kept in FILE, so
that they outlive the process. ``/_control`` is for tests only.
"""

import json
import sys
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from seqauto_pipeline_tests.delivery.api_rules import BODIES, PATCH
from seqauto_pipeline_tests.delivery.api_tables import HiddenError, RefusalError, SickError, Tables

TOKEN = "0123456789abcdef"
_API, _UPLOAD = "/seqauto/api/v1/", "/upload/api/v1/"
_MAX_BODY = 2_500_000
_SAYS = ("429", "503", "500", "502", "504", "html200", "nonsense", "redirect")


class Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, port: int, file: Path) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.file = file
        self.tables = Tables(json.loads(file.read_text()) if file.exists() else None)
        self.faults: list[str] = []
        self.hang_seconds, self.at_work, self.requests = 2.0, 0, 0
        self.log: list[tuple[str, str, Any]] = []
        self.guard = threading.Lock()

    def keep(self) -> None:
        draft = self.file.with_suffix(".draft")
        draft.write_text(json.dumps(self.tables.all))
        draft.replace(self.file)


class Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._answered()

    def do_POST(self) -> None:
        self._answered()

    def do_PATCH(self) -> None:
        self._answered()

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def _answered(self) -> None:
        data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.path.startswith("/_control"):
            self._control(data)
            return
        server = self.server
        with server.guard:
            server.at_work += 1
            server.requests += 1
            if server.at_work > 1:
                server.tables.wrong("two requests at a time")
            fault = server.faults.pop(0) if server.faults else ""
        reply = self._work(data, fault)
        with server.guard:  # before who asked can know, and ask again
            server.at_work -= 1
        try:
            reply()
        except ConnectionError:  # who asked went away
            self.close_connection = True

    def _work(self, data: bytes, fault: str) -> Callable[[], None]:
        """Do what is asked; give what then answers."""
        if fault == "slow":
            time.sleep(self.server.hang_seconds)
        if fault in ("drop_before", *_SAYS):
            return lambda: self._fail(fault)
        status, said = self._status(data, fail_second=fault == "fail_second")
        self.server.keep()
        if fault == "hang":
            time.sleep(self.server.hang_seconds)
        if fault in ("drop_after", "hang"):
            return self._drop
        if isinstance(said, str):
            return lambda: self._page(status, said)
        return lambda: self._say(status, said)

    def _fail(self, fault: str) -> None:
        """Do nothing with a request, and say so in one of many ways."""
        if fault == "drop_before":
            self._drop()
        elif fault in ("429", "503"):
            self._say(int(fault), {"detail": "busy"}, ("Retry-After", "0"))
        elif fault == "nonsense":
            self._raw(200, b"\xff\x00{", "application/json")
        elif fault == "redirect":
            self._say(301, {}, ("Location", "https://elsewhere.example.org/"))
        else:
            self._page(200 if fault == "html200" else int(fault), "Something is wrong")

    def _status(self, data: bytes, *, fail_second: bool) -> tuple[int, Any]:
        try:
            return self._said(data, fail_second=fail_second)
        except RefusalError as refusal:
            return 400, refusal.said
        except SickError:
            return 500, "Server Error (500)"
        except HiddenError:
            return 404, {"detail": "Not found."}

    def _said(self, data: bytes, *, fail_second: bool) -> tuple[int, Any]:
        address = urlsplit(self.path)
        if self.headers.get("Authorization") != f"Token {TOKEN}":
            return 401, {"detail": "Invalid token."}
        if self.headers.get("Content-Encoding") or len(data) > _MAX_BODY:
            self.server.tables.wrong("a body that is too large or compressed")
            return 400, "Bad Request"
        if address.path.startswith(_UPLOAD):
            return self._uploads(address.path.removeprefix(_UPLOAD), address.query, data)
        if address.path.startswith(_API):
            return self._api(address.path.removeprefix(_API), data, fail_second=fail_second)
        return 404, "Page not found"

    def _api(self, endpoint: str, data: bytes, *, fail_second: bool) -> tuple[int, Any]:
        tables = self.server.tables
        if self.command == "GET":
            return 200, tables.run(unquote(endpoint.removeprefix("sequencing_run/")).rstrip("/"))
        body = json.loads(data)
        self.server.log.append((self.command, endpoint, body))
        if self.command == "PATCH":
            self._held(PATCH(body), endpoint, body)
            name = unquote(endpoint.removeprefix("sequencing_run/")).rstrip("/")
            return 200, tables.patch(name, body)
        if endpoint not in BODIES:
            tables.wrong(f"no such endpoint: {endpoint}")
            return 404, "Page not found"
        self._held(BODIES[endpoint](body), endpoint, body)
        return 201, tables.post(endpoint, body, fail_second=fail_second)

    def _held(self, wrong: str | None, endpoint: str, body: Any) -> None:
        if wrong:
            self.server.tables.wrong(f"{endpoint}: {wrong} in {json.dumps(body)[:300]}")
            raise RefusalError({"records": {"0": [wrong]}})

    def _uploads(self, endpoint: str, query: str, data: bytes) -> tuple[int, Any]:
        tables = self.server.tables
        if self.command == "GET":
            number = endpoint.removeprefix("upload_status/")
            by_content = number.removeprefix("sha256/")
            if by_content != number:
                return 200, tables.upload_status_by_content(by_content)
            return 200, tables.upload_status(int(number))
        asked = parse_qs(query)
        head, _, rest = data.partition(b"\r\n\r\n")
        name = head.split(b'filename="')[1].split(b'"')[0].decode()
        content = rest.rpartition(b"\r\n--")[0]
        self.server.log.append(("UPLOAD", asked["path"][0], len(content)))
        return 200, tables.upload(asked["path"][0], name, content, force="force" in asked)

    def _control(self, data: bytes) -> None:
        server = self.server
        if self.command == "POST":
            asked = json.loads(data)
            server.faults = asked.get("faults", server.faults)
            server.hang_seconds = asked.get("hang_seconds", server.hang_seconds)
            server.tables.all.update(asked.get("tables", {}))
            if "log" in asked:
                server.log, server.requests = [], 0
            if "move" in asked:
                server.tables.move(*asked["move"])
            server.keep()
        told = {"tables": server.tables.all, "log": server.log, "requests": server.requests}
        self._say(200, told)

    def _drop(self) -> None:
        self.close_connection = True
        self.connection.close()

    def _say(self, status: int, said: Any, *headers: tuple[str, str]) -> None:
        self._raw(status, json.dumps(said).encode(), "application/json", *headers)

    def _page(self, status: int, title: str) -> None:
        page = f"<html><head><title>{title}</title></head><body>sorry</body></html>"
        self._raw(status, page.encode(), "text/html")

    def _raw(self, status: int, data: bytes, kind: str, *headers: tuple[str, str]) -> None:
        try:
            self.send_response(status)
            for name, value in (("Content-Type", kind), ("Content-Length", str(len(data)))):
                self.send_header(name, value)
            for name, value in headers:
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)
        except OSError:  # who asked went away
            self.close_connection = True


if __name__ == "__main__":
    Server(int(sys.argv[1]), Path(sys.argv[2])).serve_forever(poll_interval=0.05)
