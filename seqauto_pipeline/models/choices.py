"""What the rows of a frame are narrowed by: in the words that the commands take."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping
from typing import TypedDict

from seqauto_pipeline.core.display import shown
from seqauto_pipeline.core.near_words import did_you_mean
from seqauto_pipeline.db.models.sequencing import FLAGS
from seqauto_pipeline.views.finding import NotFoundError
from seqauto_pipeline.views.selecting import Asked

Words = str | Iterable[str] | None
Since = str | int | dt.date | None  # a scan, a day, or a moment, which is a date to Python, too

_FIELDS = {
    "runs": "runs",
    "kit": "kits",
    "project": "projects",
    "sample": "samples",
    "file_type": "types",
    "state": "states",
    "flag": "flags",
}


class Choice(TypedDict, total=False):
    """What narrows every frame of runs and what belongs to them."""

    runs: Words  # names, parts of them, flowcells, paths
    kit: Words
    project: Words
    sample: Words  # names or ids
    flag: Words
    since: Since


class RunChoice(Choice, total=False):
    state: Words  # of the run


class FileChoice(RunChoice, total=False):
    """What narrows files; ``state`` is that of the file."""

    file_type: Words


class MessageChoice(TypedDict, total=False):
    runs: Words
    kit: Words
    flag: Words
    since: Since


def asked_for(choice: Mapping[str, object], known: type[object], states: Iterable[str]) -> Asked:
    """Give a choice as lists take it; refuse a keyword, a state or a flag that is not known."""
    for keyword in choice:
        if keyword not in known.__annotations__:
            raise TypeError(f"{keyword!r} is no keyword here; there are {_listed(known)}")
    named = {_FIELDS[each]: words_of(choice[each]) for each in choice if each != "since"}
    require_known("state", named.get("states", ()), tuple(states))
    require_known("flag", named.get("flags", ()), FLAGS)
    since = choice.get("since")
    return Asked(**named, since=None if since is None else since_words(since))


def _listed(known: type[object]) -> str:
    return ", ".join(known.__annotations__)


def words_of(given: object) -> tuple[str, ...]:
    """Take one word or several."""
    if given is None:
        return ()
    if isinstance(given, str):
        return (given,)
    if not isinstance(given, Iterable):
        raise TypeError(f"found {given!r}, expected a text or several")
    return tuple(map(str, given))


def since_words(since: object) -> str:
    """Write a scan, day or moment as the commands take it."""
    if isinstance(since, dt.datetime):
        return since.isoformat(timespec="seconds")
    if isinstance(since, dt.date):
        return since.isoformat()
    return str(since)


def require_known(what: str, words: Iterable[str], known: Collection[str]) -> None:
    """Raise NotFoundError for a word that nothing is called, and say what may be meant."""
    for word in words:
        if word not in known:
            listed = f"; there are {', '.join(known) or 'none'}."
            meant = did_you_mean(word, known, listed)
            raise NotFoundError(f"No {what} is called {shown(word)!r}{meant}")
