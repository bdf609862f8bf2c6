"""How many there are of everything, over all sequencing runs: for metrics."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Select, func, select, text
from sqlalchemy.orm import Session

from seqauto_pipeline.db.models import ExpectedFile, Message, SequencingRun, UnexpectedFile
from seqauto_pipeline.db.queries.messages import is_open_at

_SIZE = {
    "sqlite": text("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"),
    "postgresql": text("SELECT pg_database_size(current_database())"),
}


@dataclass(frozen=True, slots=True)
class ModelCounts:
    runs: Mapping[str, int]  # by state
    files: Mapping[tuple[str, str], int]  # by type and state; without retired ones
    messages: Mapping[str, int]  # open ones, by severity
    unexpected_files: int
    database_bytes: int


def model_counts(session: Session, now: dt.datetime) -> ModelCounts:
    """Count runs, files and messages, hidden runs and theirs included."""
    runs = select(SequencingRun.data_state, func.count()).group_by(SequencingRun.data_state)
    kinds = (ExpectedFile.file_type, ExpectedFile.data_state)
    files = select(*kinds, func.count()).where(ExpectedFile.retired.is_(False)).group_by(*kinds)
    messages = select(Message.severity, func.count()).where(is_open_at(now))
    return ModelCounts(
        runs=_pairs(session, runs),
        files={(kind, state): count for kind, state, count in session.execute(files)},
        messages=_pairs(session, messages.group_by(Message.severity)),
        unexpected_files=session.scalar(select(func.count()).select_from(UnexpectedFile)) or 0,
        database_bytes=int(session.scalar(_SIZE[session.get_bind().dialect.name]) or 0),
    )


def _pairs(session: Session, query: Select[str, int]) -> dict[str, int]:
    return {name: count for name, count in session.execute(query)}  # noqa: C416  (rows)
