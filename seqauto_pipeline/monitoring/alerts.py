"""What somebody should be told, and what they have been told already."""

import datetime as dt
import zlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from seqauto_pipeline.core.display import counted

RECEIVER_SETTINGS = "alert_mail_to, alert_slack_webhook and alert_command"


class Kind(StrEnum):
    SCAN_FAILED = "scan_failed"
    SCAN_MISSED = "scan_missed"
    OVERDUE = "overdue"  # told in a daily digest, not one by one
    LOST = "lost"  # likewise


_IN_DIGEST = (Kind.OVERDUE, Kind.LOST)


class Event(StrEnum):
    """What a notice is about."""

    RAISED = "raised"
    CLEARED = "cleared"
    DIGEST = "digest"
    TEST = "test"


@dataclass(frozen=True, slots=True)
class Condition:
    """Something that is wrong now. The same condition has the same key for as long as it lasts."""

    key: str
    kind: Kind
    title: str
    text: str
    group: str = ""  # of a digest: the enrichment kit
    page: str = ""  # address of the page that says more; "" where the web UI has no address


@dataclass(frozen=True, slots=True)
class Findings:
    """What is wrong now, as far as it can be told."""

    conditions: tuple[Condition, ...] = ()
    overdue_unknown: str = ""  # why nobody could look for what is overdue; "" where they could


@dataclass(frozen=True, slots=True)
class Said:
    """One word of a person on a condition: that nobody is to be told of it, or people again."""

    key: str  # of the condition
    is_on: bool  # False: an acknowledgement was taken back
    by: str
    why: str | None  # None: no reason was given
    at: dt.datetime | None  # None: not known, as of releases that did not keep it
    until: dt.datetime | None = None  # None: without end

    def silences(self, now: dt.datetime) -> bool:
        """Tell whether nobody is told of the condition because of this, where it is the newest."""
        return self.is_on and (self.until is None or now < self.until)


@dataclass(frozen=True, slots=True)
class Told:
    """What one receiver has been told."""

    raised: Mapping[str, str] = field(default_factory=dict)  # title by key
    digest: Mapping[str, str] = field(default_factory=dict)  # of the last one
    digest_on: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """One message to one receiver."""

    event: Event
    title: str  # one line
    text: str
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NextNotice:
    """A notice, and what its receiver has been told once it is delivered."""

    notice: Notice | None  # None: only something to forget
    told: Told


def failure_key(message: str) -> str:
    """Name a failure by its message: all scans of a week that fail alike are one condition."""
    return f"{Kind.SCAN_FAILED}:{zlib.crc32(message.encode('utf-8', 'replace')):08x}"


def without_acknowledged(
    found: Findings, acknowledged: Mapping[str, Said], now: dt.datetime
) -> Findings:
    quiet = {key for key, each in acknowledged.items() if each.silences(now)}
    left = tuple(each for each in found.conditions if each.key not in quiet)
    return replace(found, conditions=left)


def next_notices(
    found: Findings,
    acknowledged: Collection[str],
    told: Told,
    local_now: dt.datetime,
    digest_time: dt.time,
) -> Iterator[NextNotice]:
    """Give what is still to be told, in order; each builds on the delivery of the one before.

    ``found`` is without what somebody acknowledged; nobody is told when such a condition ends.
    ``local_now`` is in the zone of ``digest_time``. The digest waits while nobody can look for
    what is overdue, which does not mean that it is over.
    """
    at_once = {each.key: each for each in found.conditions if each.kind not in _IN_DIGEST}
    for each in _changes(at_once, acknowledged, told):
        told = each.told
        yield each
    if found.overdue_unknown:
        return
    overdue = tuple(each for each in found.conditions if each.kind in _IN_DIGEST)
    is_time = told.digest_on != local_now.date() and local_now.time() >= digest_time
    if is_time and {each.key for each in overdue} != told.digest.keys():
        yield _digest(overdue, told, local_now.date())


def _changes(
    now_wrong: Mapping[str, Condition], acknowledged: Collection[str], told: Told
) -> Iterator[NextNotice]:
    raised = dict(told.raised)
    for key, condition in now_wrong.items():
        if key not in raised:
            raised[key] = condition.title
            notice = Notice(Event.RAISED, condition.title, condition.text, (key,))
            yield NextNotice(notice, _with_raised(told, raised))
    kinds = {condition.kind for condition in now_wrong.values()}
    for key in [key for key in raised if key not in now_wrong]:
        title = raised.pop(key)
        goes_on = key.partition(":")[0] in kinds  # for another cause, which is told by itself
        is_told = not goes_on and key not in acknowledged
        notice = Notice(Event.CLEARED, f"Over: {title}", "This is over.", (key,))
        yield NextNotice(notice if is_told else None, _with_raised(told, raised))


def _with_raised(told: Told, raised: Mapping[str, str]) -> Told:
    return Told(dict(raised), told.digest, told.digest_on)


def _digest(overdue: Collection[Condition], told: Told, day: dt.date) -> NextNotice:
    titles = {each.key: each.title for each in overdue}
    notice = Notice(
        Event.DIGEST,
        _digest_title(overdue),
        "\n".join(_digest_lines(overdue, told)),
        tuple(titles),
    )
    return NextNotice(notice, Told(told.raised, titles, day))


def _digest_title(told: Collection[Condition]) -> str:
    kinds = [each.kind for each in told]
    overdue, lost = kinds.count(Kind.OVERDUE), kinds.count(Kind.LOST)
    parts = (
        counted(overdue, "overdue sequencing run") if overdue else "",
        f"{counted(lost, 'sequencing run')} with lost files" if lost else "",
    )
    return " and ".join(filter(None, parts)) or "Nothing is overdue any more"


def _digest_lines(overdue: Collection[Condition], told: Told) -> Iterator[str]:
    for group in sorted({each.group for each in overdue}):
        yield f"{group or 'no enrichment kit'}:"
        for each in overdue:
            if each.group == group:
                new = "" if each.key in told.digest else " (new)"
                yield f"  {each.title}{new}: {each.text}"
    keys = {each.key for each in overdue}
    gone = {key: title for key, title in told.digest.items() if key not in keys}
    for kind in _IN_DIGEST:
        titles = [title for key, title in gone.items() if key.startswith(f"{kind}:")]
        if titles:
            yield f"No longer {kind}:"
            yield from (f"  {title}" for title in titles)
    pages = tuple(dict.fromkeys(each.page for each in overdue if each.page))
    if pages:
        yield from ("", *pages)
