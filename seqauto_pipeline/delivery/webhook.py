"""A receiver that posts what is delivered to a web address: signed, a run at a time."""

import hashlib
import hmac
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from seqauto_pipeline.delivery.handing import Parcel, RefusedError
from seqauto_pipeline.delivery.rules import SendingLimits
from seqauto_pipeline.delivery.things import Json
from seqauto_pipeline.delivery.transport import (
    Answer,
    Connection,
    NoAnswerError,
    Request,
    connected,
    patiently,
)
from seqauto_pipeline.errors import SeqAutoError, SettingsError
from seqauto_pipeline.settings import Settings


class WebhookError(SeqAutoError):
    """The webhook did not take a post now; it is posted again. Its address is a secret."""

    fix = "Nothing where it passes; else check the address and its server."

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason

    def __str__(self) -> str:
        return f"The webhook did not take what was posted: {self.reason}. {self.fix}"


@dataclass(frozen=True, slots=True)
class Webhook:
    """Posts JSON with a signature over time and body.

    ``X-SeqAuto-Signature: sha256=<HMAC-SHA256 of "<X-SeqAuto-Timestamp>.<body>", hex>``. The field
    ``delivery`` is the same when a post is repeated.
    """

    url: str
    secret: bytes
    limits: SendingLimits
    ca_file: Path | None = None
    takes_all_runs: bool = False

    @classmethod
    def configured(cls, settings: Settings, limits: SendingLimits) -> "Webhook":
        url, secret = settings.delivery_webhook, settings.delivery_webhook_secret
        if url is None or secret is None:
            raise SettingsError(
                "delivery_webhook_secret", "found no secret, expected one for delivery_webhook"
            )
        key = secret.get_secret_value().encode()
        return cls(url.get_secret_value(), key, limits, settings.delivery_ca_file)

    def take(self, parcels: Iterator[Parcel], scan: int) -> None:
        things: list[Json] = [parcel.as_json() for parcel in parcels]
        if not things:
            return
        with connected(self.url, {}, self.limits, self.ca_file) as connection:
            answer = self._posted(connection, things, scan)
        if 200 <= answer.status < 300:
            return
        words = f"HTTP {answer.status}"
        is_final = 400 <= answer.status < 500 and answer.status not in (401, 403, 404, 408, 429)
        raise RefusedError(words) if is_final else WebhookError(words)

    def _posted(self, connection: Connection, things: Sequence[Json], scan: int) -> Answer:
        named = Request("POST", "", list(things)).encoded()
        body: dict[str, Json] = {
            "delivery": hashlib.sha256(named).hexdigest()[:32],
            "scan": scan,
            "things": list(things),
        }

        def _ask() -> Answer:
            stamp = str(int(time.time()))
            request = Request("POST", "", body)
            signed = stamp.encode() + b"." + request.encoded()
            signature = hmac.new(self.secret, signed, hashlib.sha256).hexdigest()
            headers = {
                "X-SeqAuto-Timestamp": stamp,
                "X-SeqAuto-Signature": f"sha256={signature}",
            }
            return connection.ask(Request("POST", "", body, headers=headers))

        try:
            return patiently(_ask)
        except NoAnswerError as error:
            raise WebhookError(error.reason.replace(self.url, "its address")) from error
