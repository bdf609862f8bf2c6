"""HTTP as a sender needs it: no redirects, limits on time and size, TLS verified."""

import json
import logging
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import httpx
import msgspec
from tenacity import (
    RetryCallState,
    Retrying,
    retry_any,
    retry_if_exception,
    retry_if_result,
    stop_after_attempt,
)

from seqauto_pipeline.delivery.rules import SendingLimits
from seqauto_pipeline.delivery.things import Json

_MAX_ANSWER_BYTES = 1_000_000
_CHUNK_BYTES = 64 * 1024
_TRIES_AT_ONCE = 3
_LONGEST_WAIT = 30.0  # seconds, between these
BUSY_STATUSES = (429, 503)  # the request was not looked at


@dataclass(frozen=True, slots=True)
class Request:
    """One request, below the server's address."""

    method: str
    path: str
    body: Json = None
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)

    def encoded(self) -> bytes:
        return msgspec.json.encode(self.body)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said."""

    status: int
    text: str
    location: str = ""  # of a redirect
    retry_after: str = ""

    @property
    def json(self) -> Json:
        """What it says as JSON; None where it is something else."""
        try:
            found: Json = json.loads(self.text)
        except ValueError:
            return None
        return found


class NoAnswerError(Exception):
    """There was no answer. ``arrived``: the server may have got the request.

    ``is_overdue``: nor was the connection lost, so that the server may still be at work on it.
    """

    def __init__(self, reason: str, *, arrived: bool, is_overdue: bool = False) -> None:
        super().__init__(reason)
        self.reason, self.arrived, self.is_overdue = reason, arrived, is_overdue


class Connection:
    """A server, spoken to with one request at a time."""

    def __init__(self, client: httpx.Client, url: str, limits: SendingLimits) -> None:
        self._client, self._url, self._limits = client, url, limits
        self._last = float("-inf")

    def ask(self, request: Request) -> Answer:
        """Make a request, and wait for its answer. Raises NoAnswerError."""
        content = request.encoded() if request.body is not None else None
        headers = dict(request.headers)
        if content is not None:
            headers["Content-Type"] = "application/json"
        return self._ask(
            self._client.build_request(
                request.method,
                self._address(request),
                params=dict(request.query) or None,
                content=content,
                headers=headers,
            )
        )

    def upload(self, request: Request, name: str, stream: BinaryIO) -> Answer:
        """Send a file, whatever its size."""
        return self._ask(
            self._client.build_request(
                request.method,
                self._address(request),
                params=dict(request.query) or None,
                files={"file": (name, stream, "application/octet-stream")},
            )
        )

    def _address(self, request: Request) -> str:
        return f"{self._url}/{request.path}" if request.path else self._url

    def _ask(self, request: httpx.Request) -> Answer:
        rest = self._last + self._limits.pause - time.monotonic()
        if rest > 0:
            time.sleep(rest)
        try:
            return self._answer(request)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            reason = f"it cannot be reached: {_words(error)}"
            raise NoAnswerError(reason, arrived=False) from error
        except httpx.TimeoutException as error:
            seconds = f"{self._limits.read_timeout:g} s"
            reason = f"no answer within {seconds}"
            raise NoAnswerError(reason, arrived=True, is_overdue=True) from error
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
            reason = f"the connection was lost: {_words(error)}"
            raise NoAnswerError(reason, arrived=True) from error
        finally:
            self._last = time.monotonic()

    def _answer(self, request: httpx.Request) -> Answer:
        response = self._client.send(request, stream=True)
        try:
            text = self._text(response)
        finally:
            response.close()
        headers = response.headers
        return Answer(
            response.status_code, text, headers.get("location", ""), headers.get("retry-after", "")
        )

    def _text(self, response: httpx.Response) -> str:
        """Read an answer, within limits: a server may send without end, or drop by drop."""
        deadline = time.monotonic() + self._limits.read_timeout
        data = bytearray()
        for chunk in response.iter_bytes(_CHUNK_BYTES):
            data += chunk
            if len(data) > _MAX_ANSWER_BYTES:
                break
            if time.monotonic() > deadline:
                raise httpx.ReadTimeout("the answer did not end", request=response.request)
        return bytes(data[:_MAX_ANSWER_BYTES]).decode("utf-8", "replace")


@contextmanager
def connected(
    url: str, headers: Mapping[str, str], limits: SendingLimits, ca_file: Path | None
) -> Iterator[Connection]:
    """Open a client for one server. Nothing is sent yet."""
    for name in ("httpx", "httpcore"):  # at INFO and DEBUG they log addresses and headers: secrets
        logging.getLogger(name).setLevel(logging.WARNING)
    context = ssl.create_default_context(cafile=None if ca_file is None else str(ca_file))
    timeout = httpx.Timeout(limits.read_timeout, connect=limits.connect_timeout)
    with httpx.Client(
        headers={**headers, "Accept": "application/json", "Accept-Encoding": "identity"},
        timeout=timeout,
        follow_redirects=False,
        verify=context,
        limits=httpx.Limits(max_connections=1, max_keepalive_connections=0),
    ) as client:
        yield Connection(client, url, limits)


def _words(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__


def patiently(ask: Callable[[], Answer]) -> Answer:
    """Ask a few times where nothing was done: no connection, or too busy. Raises NoAnswerError."""
    retrying = Retrying(
        stop=stop_after_attempt(_TRIES_AT_ONCE),
        wait=_seconds_between,
        retry=retry_any(retry_if_exception(_never_arrived), retry_if_result(_is_busy)),
        retry_error_callback=_last_outcome,
    )
    answer: Answer = retrying(ask)
    return answer


def seconds_asked_for(answer: Answer) -> float:
    """Read how long a server asks us to wait; 0 where it names a date or nothing."""
    text = answer.retry_after
    return float(text) if text.isascii() and text.isdigit() else 0.0


def _seconds_between(state: RetryCallState) -> float:
    """Wait longer each time, and as long as the server asks, within limits."""
    grown = float(2 ** (state.attempt_number - 1))
    if state.outcome is None or state.outcome.failed:
        return grown
    return min(max(seconds_asked_for(state.outcome.result()), grown), _LONGEST_WAIT)


def _last_outcome(state: RetryCallState) -> Answer:
    """Give the last answer, or raise the last error, in place of tenacity's own."""
    if state.outcome is None:
        raise TypeError(state)
    answer: Answer = state.outcome.result()
    return answer


def _never_arrived(error: BaseException) -> bool:
    return isinstance(error, NoAnswerError) and not error.arrived


def _is_busy(answer: object) -> bool:
    return isinstance(answer, Answer) and answer.status in BUSY_STATUSES
