"""Tell the receivers what they have not been told, and remember what was delivered."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from seqauto_pipeline.monitoring.alerts import (
    Findings,
    Notice,
    Told,
    next_notices,
    without_acknowledged,
)
from seqauto_pipeline.monitoring.memory import Memory, keep, remembering
from seqauto_pipeline.monitoring.receivers import NotDeliveredError, Receiver
from seqauto_pipeline.settings import Settings, zone_for


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of one round of telling."""

    notices: tuple[tuple[str, Notice], ...]  # receiver, what it was told
    failures: tuple[str, ...]
    digest_waits: str = ""  # for what


def send(
    found: Findings,
    receivers: Sequence[Receiver],
    settings: Settings,
    home: Path,
    now: dt.datetime,
) -> Sent:
    """Tell each receiver in turn. What is not delivered is tried again at the next call."""
    local_now = now.astimezone(zone_for(settings))
    digest_time = dt.time.fromisoformat(settings.alert_time)
    notices: list[tuple[str, Notice]] = []
    failures: list[str] = []
    with remembering(home) as memory:
        loud = without_acknowledged(found, memory.acknowledged, now)
        for receiver in receivers:
            delivered, failure = _tell(receiver, loud, memory, home, local_now, digest_time)
            notices += [(receiver.name, notice) for notice in delivered]
            failures += [failure] if failure else []
    return Sent(tuple(notices), tuple(failures), found.overdue_unknown)


def _tell(
    receiver: Receiver,
    found: Findings,
    memory: Memory,
    home: Path,
    local_now: dt.datetime,
    digest_time: dt.time,
) -> tuple[list[Notice], str]:
    """Give what was delivered, each stored at once, and why no more was; "" where all was."""
    delivered = []
    told = memory.told.get(receiver.name, Told())
    quiet = tuple(memory.acknowledged)
    try:
        for each in next_notices(found, quiet, told, local_now, digest_time):
            if each.notice is not None:
                receiver.deliver(each.notice)
                delivered.append(each.notice)
            memory.told[receiver.name] = each.told
            keep(home, memory)
    except NotDeliveredError as error:
        return delivered, str(error)
    return delivered, ""
