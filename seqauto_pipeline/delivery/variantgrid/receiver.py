"""A VariantGrid server as a receiver."""

import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from seqauto_pipeline.db.outbox.sending import SentThings
from seqauto_pipeline.delivery.configured import limits_for, variantgrid_token
from seqauto_pipeline.delivery.disk_file import open_scanned
from seqauto_pipeline.delivery.report import DeliveryReport, DeliveryStoppedError
from seqauto_pipeline.delivery.rules import DeliveryRules, SendingLimits
from seqauto_pipeline.delivery.transport import (
    Answer,
    Connection,
    NoAnswerError,
    Request,
    connected,
    patiently,
)
from seqauto_pipeline.delivery.variantgrid.answers import Meaning, advice_for, judge
from seqauto_pipeline.delivery.variantgrid.requests import CAPABILITIES, PROBE
from seqauto_pipeline.delivery.variantgrid.sender import deliver_runs
from seqauto_pipeline.settings import Settings


@dataclass(frozen=True, slots=True)
class VariantGrid:
    """The server that the settings name."""

    name: str
    settings: Settings

    def deliver(
        self,
        things: SentThings,
        rules: DeliveryRules,
        limits: SendingLimits,
        report: DeliveryReport,
    ) -> None:
        runs = things.runs_with_work(dt.datetime.now(dt.UTC))
        if not runs:
            return
        with opened(self.settings) as connection:
            things.told(capabilities=_capabilities(connection))
            files = _ScannedFiles(connection)
            deliver_runs(runs, connection.ask, files, things, rules, limits, report)


@dataclass(frozen=True, slots=True)
class _ScannedFiles:
    """Files of the disk, for uploads."""

    connection: Connection

    def send(self, request: Request, body: Mapping[str, Any], root: str) -> Answer | str:
        stream = open_scanned(body, root)
        if isinstance(stream, str):
            return stream
        with stream:
            return self.connection.upload(request, _upload_name(str(body["path"])), stream)

    def sha256(self, body: Mapping[str, Any], root: str) -> str | None:
        stream = open_scanned(body, root)
        if isinstance(stream, str):
            return None
        with stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()


@contextmanager
def opened(settings: Settings) -> Iterator[Connection]:
    """Open the server that the settings name. Nothing is sent yet."""
    headers = {"Authorization": f"Token {variantgrid_token(settings)}"}
    url = settings.variantgrid_url or ""
    with connected(url, headers, limits_for(settings), settings.delivery_ca_file) as connection:
        yield connection


def why_not_usable(connection: Connection) -> str:
    """Ask the server whether it is there and takes the token; give what is wrong, else ""."""
    try:
        verdict = judge(connection.ask(PROBE), ("name",))
    except NoAnswerError as error:
        return error.reason
    if verdict.meaning in (Meaning.TAKEN, Meaning.HIDDEN):
        return ""
    is_server = verdict.meaning is not Meaning.WRONG_SERVER
    return verdict.words if is_server else f"{advice_for(verdict)} ({verdict.words})"


def _capabilities(connection: Connection) -> dict[str, Any] | None:
    """Ask what the server can do: one that does not know the question is an early one."""
    try:
        answer = patiently(lambda: connection.ask(CAPABILITIES))
    except NoAnswerError as error:
        raise DeliveryStoppedError(error.reason, is_overdue=error.is_overdue) from error
    said = answer.json if answer.status == 200 else None
    return dict(said) if isinstance(said, dict) else None


def _upload_name(path: str) -> str:
    return path.rpartition("/")[2]
