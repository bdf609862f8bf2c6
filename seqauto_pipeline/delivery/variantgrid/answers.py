"""What an answer means, and what is to be done after it."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from seqauto_pipeline.core.display import shown
from seqauto_pipeline.delivery.transport import BUSY_STATUSES, Answer

_MAX_WORDS = 2000  # characters of an answer that are kept
_TAG = re.compile(r"<(script|style).*?</\1>|<[^>]*>", re.DOTALL | re.IGNORECASE)
_TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL | re.IGNORECASE)


class Meaning(StrEnum):
    TAKEN = "taken"
    REFUSED = "refused"  # our data is wrong: trying again does not help
    SICK = "sick"  # the server fails at it: tried a few times more
    BUSY = "busy"  # it was not looked at: tried again for ever
    LOST = "lost"  # a proxy gave up: the server may still be at work on it
    WRONG_SERVER = "wrong_server"  # address, token or rights: nothing is sent until they are right
    HIDDEN = "hidden"  # a run that this user cannot see


@dataclass(frozen=True, slots=True)
class Verdict:
    meaning: Meaning
    status: int
    words: str


def judge(answer: Answer, expected: Collection[str]) -> Verdict:
    """Judge an answer. ``expected``: keys of a JSON object that tells of success."""
    return Verdict(_meaning(answer, expected), answer.status, words_of(answer))


def _meaning(answer: Answer, expected: Collection[str]) -> Meaning:
    status, said = answer.status, answer.json
    if 200 <= status < 300:
        is_success = isinstance(said, dict) and said.keys() >= set(expected)
        return Meaning.TAKEN if is_success else Meaning.WRONG_SERVER
    if 300 <= status < 400 or status in (401, 403, 405, 407):
        return Meaning.WRONG_SERVER
    if status == 404:
        return Meaning.HIDDEN if isinstance(said, dict) else Meaning.WRONG_SERVER
    if status in BUSY_STATUSES:
        return Meaning.BUSY
    if status in (408, 502, 504):
        return Meaning.LOST
    return Meaning.SICK if status >= 500 else Meaning.REFUSED


def words_of(answer: Answer) -> str:
    """Give what a server said in one line; of a page, its title or its text."""
    if answer.location:
        return f"HTTP {answer.status}: it redirects to {shown(answer.location, limit=200)}"
    text = answer.text
    if answer.json is None and "<" in text:
        title = _TITLE.search(text)
        plain = title[1] if title else _TAG.sub(" ", text)
        text = f"a web page: {plain.strip()}"
    text = shown(" ".join(text.split()), limit=_MAX_WORDS)
    return f"HTTP {answer.status}: {text}" if text else f"HTTP {answer.status}"


def advice_for(verdict: Verdict) -> str:
    """Say what to do about a server that is not the one that was meant."""
    if verdict.status == 401:
        return "the token is not accepted: see variantgrid_token and variantgrid_token_file"
    if verdict.status == 403:
        return "the user of the token may not write: see docs/delivery.md on its rights"
    if 300 <= verdict.status < 400:
        return "set variantgrid_url to where it redirects (https, most often)"
    return "check variantgrid_url: no VariantGrid answers there"
