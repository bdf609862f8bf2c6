"""What people write to the file models: acknowledgements and flags."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from seqauto_pipeline.db.models import Message, SequencingRun
from seqauto_pipeline.db.models.sequencing import FLAGS


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """Somebody has seen a message: who, why, since and until when."""

    by: str
    why: str
    at: dt.datetime
    until: dt.datetime | None = None  # None: without end


def acknowledge(message: Message, acknowledgement: Acknowledgement) -> None:
    """Write down an acknowledgement; it replaces an earlier one of the same message."""
    message.acknowledged_by = acknowledgement.by
    message.acknowledged_why = acknowledgement.why
    message.acknowledged_at = acknowledgement.at
    message.acknowledged_until = acknowledgement.until


def set_flag(session: Session, run: SequencingRun, flag: str, *, on: bool) -> bool:
    """Set or clear a flag of a sequencing run; False when it was so already."""
    if flag not in FLAGS:
        raise ValueError(flag)
    if getattr(run, flag) is on:
        return False
    setattr(run, flag, on)
    session.flush()
    return True
