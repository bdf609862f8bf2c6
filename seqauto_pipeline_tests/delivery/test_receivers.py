"""Receivers beside VariantGrid: JSON lines, a webhook, one of a laboratory's own."""

import hashlib
import hmac
import json
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from seqauto_pipeline_tests.delivery.api import Api
from seqauto_pipeline_tests.delivery.sending_lab import SendingLab

_SECRET = "a-secret"


class Hook(HTTPServer):
    """Takes posts, or answers with the statuses that a test gives."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _HookHandler)
        self.statuses: list[int] = []
        self.posts: list[tuple[dict[str, str], bytes]] = []


class _HookHandler(BaseHTTPRequestHandler):
    server: Hook

    def do_POST(self) -> None:
        data = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.posts.append((dict(self.headers), data))
        self.send_response(self.server.statuses.pop(0) if self.server.statuses else 204)
        self.send_header("Content-Length", "0")
        self.send_header("Retry-After", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def hook() -> Iterator[Hook]:
    with Hook() as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def plain_lab(lab: SendingLab) -> SendingLab:
    """A laboratory with one run, and without VariantGrid."""
    del lab.environ["SEQAUTO_VARIANTGRID_URL"]
    lab.run().complete()
    return lab


def lines_of(directory: Path) -> list[dict[str, object]]:
    files = sorted(directory.iterdir())
    assert all(file.name.startswith("scan-") for file in files)
    return [json.loads(line) for file in files for line in file.read_text().splitlines()]


def test_json_lines_are_written_once_in_one_file_a_delivery(
    plain_lab: SendingLab, tmp_path: Path
) -> None:
    directory = tmp_path / "outbox"
    plain_lab.environ["SEQAUTO_DELIVERY_DIRECTORY"] = str(directory)
    plain_lab.run(2).complete()

    plain_lab.scan_and_deliver()
    plain_lab.scan_and_deliver()

    assert len(list(directory.iterdir())) == 1
    lines = lines_of(directory)
    assert [line["kind"] for line in lines[:5]] == [
        *("experiment", "enrichment_kit", "sequencer_model", "sequencer", "sequencing_run"),
    ]
    assert len({(line["kind"], line["key"]) for line in lines}) == len(lines) == 26
    assert plain_lab.all_states() == {"delivered"}


def test_json_lines_that_could_not_be_recorded_are_the_same_file_again(
    plain_lab: SendingLab, tmp_path: Path
) -> None:
    directory = tmp_path / "outbox"
    plain_lab.environ["SEQAUTO_DELIVERY_DIRECTORY"] = str(directory)
    plain_lab.scan_and_deliver()
    (before,) = directory.iterdir()
    with plain_lab.connected() as connection:
        connection.exec_driver_sql("UPDATE outbox_thing SET sent_hash = NULL, outcome = NULL")
        connection.commit()

    plain_lab.deliver()

    assert list(directory.iterdir()) == [before]


def test_a_directory_that_cannot_be_written_to_is_tried_again(
    plain_lab: SendingLab, tmp_path: Path
) -> None:
    directory = tmp_path / "outbox"
    directory.write_text("a file")
    plain_lab.environ["SEQAUTO_DELIVERY_DIRECTORY"] = str(directory)
    report = plain_lab.scan_and_deliver()
    assert "FileExistsError" in report.stopped

    directory.unlink()
    plain_lab.make_due()
    plain_lab.deliver()

    assert plain_lab.all_states() == {"delivered"}


def test_a_webhook_gets_signed_posts_and_each_thing_once(plain_lab: SendingLab, hook: Hook) -> None:
    plain_lab.environ["SEQAUTO_DELIVERY_WEBHOOK"] = f"http://127.0.0.1:{hook.server_port}/path"
    plain_lab.environ["SEQAUTO_DELIVERY_WEBHOOK_SECRET"] = _SECRET
    hook.statuses = [503]

    plain_lab.scan_and_deliver()
    plain_lab.scan_and_deliver()

    assert len(hook.posts) == 2
    assert json.loads(hook.posts[0][1]) == json.loads(hook.posts[1][1])
    headers, data = hook.posts[1]
    signed = headers["X-SeqAuto-Timestamp"].encode() + b"." + data
    wanted = hmac.new(_SECRET.encode(), signed, hashlib.sha256).hexdigest()
    assert headers["X-SeqAuto-Signature"] == f"sha256={wanted}"
    assert len(json.loads(data)["things"]) == 15
    assert plain_lab.all_states() == {"delivered"}


@pytest.mark.parametrize(("status", "state"), [(422, "parked"), (404, "due"), (500, "due")])
def test_a_webhook_that_refuses_parks_and_one_that_fails_is_asked_again(
    plain_lab: SendingLab, hook: Hook, status: int, state: str
) -> None:
    address = f"http://127.0.0.1:{hook.server_port}/secret-path"
    plain_lab.environ["SEQAUTO_DELIVERY_WEBHOOK"] = address
    plain_lab.environ["SEQAUTO_DELIVERY_WEBHOOK_SECRET"] = _SECRET
    hook.statuses = [status]

    report = plain_lab.scan_and_deliver()

    assert plain_lab.all_states() == {state}
    assert "secret-path" not in report.stopped + str(plain_lab.rows("SELECT * FROM outbox_thing"))


def test_a_webhook_without_a_secret_is_refused(plain_lab: SendingLab) -> None:
    plain_lab.environ["SEQAUTO_DELIVERY_WEBHOOK"] = "http://127.0.0.1:9/"

    assert "found no secret" in plain_lab.scan_and_deliver().stopped


_PACKAGE = """
import json
from pathlib import Path


class OurLims:
    takes_all_runs = False

    def __init__(self, file):
        self.file = file

    def take(self, parcels, scan):
        with self.file.open("a") as file:
            for parcel in parcels:
                file.write(json.dumps(parcel.as_json()) + "\\n")


def our_lims(settings):
    return OurLims(Path({file!r}))
"""
_PROJECT = """
[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"

[project]
name = "our-lims-for-seqauto"
version = "1"

[project.entry-points."seqauto_pipeline.receivers"]
our_lims = "our_lims_for_seqauto:our_lims"

[tool.setuptools]
py-modules = ["our_lims_for_seqauto"]
"""


def test_a_receiver_of_a_laboratorys_own_comes_as_an_installed_package(
    plain_lab: SendingLab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, site, told = tmp_path / "source", tmp_path / "site", tmp_path / "told"
    source.mkdir()
    (source / "pyproject.toml").write_text(_PROJECT)
    (source / "our_lims_for_seqauto.py").write_text(_PACKAGE.format(file=str(told)))
    install = [
        *(sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"),
        *("--no-build-isolation", "--target", str(site), str(source)),
    ]
    subprocess.run(install, check=True, timeout=120)
    monkeypatch.syspath_prepend(str(site))
    monkeypatch.delitem(sys.modules, "our_lims_for_seqauto", raising=False)
    plain_lab.environ["SEQAUTO_DELIVERY_RECEIVERS"] = "our_lims"

    plain_lab.scan_and_deliver()
    plain_lab.scan_and_deliver()

    assert len(told.read_text().splitlines()) == 15
    assert plain_lab.all_states() == {"delivered"}


def test_a_receiver_that_is_not_installed_is_named(plain_lab: SendingLab) -> None:
    plain_lab.environ["SEQAUTO_DELIVERY_RECEIVERS"] = "their_lims"

    assert "'their_lims', which is not installed" in plain_lab.scan_and_deliver().stopped


def test_one_receiver_that_fails_does_not_keep_another_waiting(
    lab: SendingLab, api: Api, tmp_path: Path
) -> None:
    lab.environ["SEQAUTO_DELIVERY_RECEIVERS"] = "their_lims"
    lab.environ["SEQAUTO_DELIVERY_DIRECTORY"] = str(tmp_path / "outbox")
    lab.run().complete()
    lab.scan()

    first, second, third = lab.deliver_to_all()

    assert (first.counts["delivered"], second.counts["delivered"]) == (15, 15)
    assert third.stopped != ""
