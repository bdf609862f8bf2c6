"""What people write to the file models: acknowledgements, flags and skips, with their history."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy.orm import Session

from seqauto_pipeline.db.models import Annotation, Message, SequencingRun
from seqauto_pipeline.db.models.annotations import ACKNOWLEDGEMENT, SKIP
from seqauto_pipeline.db.models.sequencing import FLAGS
from seqauto_pipeline.db.queries.annotations import skip_of


@dataclass(frozen=True, slots=True)
class Statement:
    """Who says something, why and when."""

    by: str
    why: str | None  # None: no reason was given
    at: dt.datetime


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """Somebody has seen a message: who, why, since and until when."""

    by: str
    why: str
    at: dt.datetime
    until: dt.datetime | None = None  # None: without end


def acknowledge(session: Session, message: Message, acknowledgement: Acknowledgement) -> None:
    """Write down an acknowledgement. An earlier one of the same message is kept as history."""
    _set_acknowledgement(message, acknowledgement)
    session.add(
        Annotation(
            what=ACKNOWLEDGEMENT,
            message_id=message.id,
            is_on=True,
            who=acknowledgement.by,
            why=acknowledgement.why,
            at=acknowledgement.at,
            until=acknowledgement.until,
        )
    )
    session.flush()


def take_back_acknowledgement(session: Session, message: Message, said: Statement) -> bool:
    """Make a message ask for somebody again; False when nobody has acknowledged it."""
    if message.acknowledged_at is None:
        return False
    _set_acknowledgement(message, None)
    session.add(
        Annotation(
            what=ACKNOWLEDGEMENT,
            message_id=message.id,
            is_on=False,
            who=said.by,
            why=said.why,
            at=said.at,
        )
    )
    session.flush()
    return True


def _set_acknowledgement(message: Message, given: Acknowledgement | None) -> None:
    message.acknowledged_by = None if given is None else given.by
    message.acknowledged_why = None if given is None else given.why
    message.acknowledged_at = None if given is None else given.at
    message.acknowledged_until = None if given is None else given.until


def set_flag(session: Session, run: SequencingRun, flag: str, said: Statement, *, on: bool) -> bool:
    """Set or clear a flag of a sequencing run; False when it was so already."""
    if flag not in FLAGS:
        raise ValueError(flag)
    if getattr(run, flag) is on:
        return False
    setattr(run, flag, on)
    _note_of_run(session, run, flag, said, on=on)
    return True


def set_skip(session: Session, run: SequencingRun, said: Statement, *, on: bool) -> bool:
    """Have scans skip a sequencing run, or look at it again; False when it was so already."""
    if (skip_of(session, run.id) is not None) is on:
        return False
    _note_of_run(session, run, SKIP, said, on=on)
    return True


def _note_of_run(
    session: Session, run: SequencingRun, what: str, said: Statement, *, on: bool
) -> None:
    session.add(
        Annotation(
            what=what, sequencing_run_id=run.id, is_on=on, who=said.by, why=said.why, at=said.at
        )
    )
    session.flush()
