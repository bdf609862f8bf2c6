"""Open messages of some codes with the places they are about, for questions on all runs at once."""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import case, select
from sqlalchemy.orm import Session

from seqauto_pipeline.db.models import Message, SequencingRun
from seqauto_pipeline.db.queries.messages import is_open_at


@dataclass(frozen=True, slots=True)
class OpenProblem:
    """The columns of a message that are asked for: a mapped object costs ten times as much."""

    id: int
    code: str
    severity: str
    text: str
    message_path: str | None
    fix: str | None
    root: str | None  # of the sequencing run, as the next; None: it is about no run
    run_path: str | None


def open_problems(
    session: Session, codes: Collection[str], now: dt.datetime
) -> tuple[OpenProblem, ...]:
    """List them, errors first, then the newest; but for those of runs that people gave up."""
    given_up = SequencingRun.legacy | SequencingRun.bad | SequencingRun.hidden
    query = (
        select(
            *(Message.id, Message.code, Message.severity, Message.text, Message.path, Message.fix),
            *(SequencingRun.root, SequencingRun.path),
        )
        .outerjoin(SequencingRun, SequencingRun.id == Message.sequencing_run_id)
        .where(Message.code.in_(codes), is_open_at(now), SequencingRun.id.is_(None) | ~given_up)
        .order_by(
            case({"error": 0, "warning": 1}, value=Message.severity, else_=2),
            Message.opened_at.desc(),
            Message.id.desc(),
        )
    )
    return tuple(OpenProblem(*row) for row in session.execute(query))
