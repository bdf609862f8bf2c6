"""How many there are of everything, over all sequencing runs: for metrics."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Select, func, select, text
from sqlalchemy.orm import Session

from seqauto_pipeline.core.archived import ARCHIVED, Archive
from seqauto_pipeline.core.data_state import DataState
from seqauto_pipeline.db.models import ExpectedFile, Message, SequencingRun, UnexpectedFile
from seqauto_pipeline.db.queries.messages import is_open_at

_SIZE = {
    "sqlite": text("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"),
    "postgresql": text("SELECT pg_database_size(current_database())"),
}


@dataclass(frozen=True, slots=True)
class ModelCounts:
    runs: Mapping[str, int]  # by state
    files: Mapping[tuple[str, str], int]  # by type and state, or archived; without retired ones
    messages: Mapping[str, int]  # open ones, by severity
    unexpected_files: int
    database_bytes: int


def model_counts(session: Session, now: dt.datetime, archive: Archive) -> ModelCounts:
    """Count runs, files and messages, hidden runs and theirs included."""
    runs = select(SequencingRun.data_state, func.count()).group_by(SequencingRun.data_state)
    messages = select(Message.severity, func.count()).where(is_open_at(now))
    return ModelCounts(
        runs=_pairs(session, runs),
        files=_files(session, archive),
        messages=_pairs(session, messages.group_by(Message.severity)),
        unexpected_files=session.scalar(select(func.count()).select_from(UnexpectedFile)) or 0,
        database_bytes=int(session.scalar(_SIZE[session.get_bind().dialect.name]) or 0),
    )


def _files(session: Session, archive: Archive) -> Counter[tuple[str, str]]:
    kinds = (ExpectedFile.file_type, ExpectedFile.data_state)
    query = select(*kinds, func.count()).where(ExpectedFile.retired.is_(False)).group_by(*kinds)
    counts = Counter({(kind, state): count for kind, state, count in session.execute(query)})
    if archive.rules:
        for (kind, kit, date), count in _deleted(session).items():
            if archive.covers(kind, kit, date):
                counts[kind, DataState.DELETED] -= count
                counts[kind, ARCHIVED] += count
    return counts


def _deleted(session: Session) -> Mapping[tuple[str, str | None, dt.date | None], int]:
    """Count deleted files by what decides whether they are archived."""
    kinds = (ExpectedFile.file_type, SequencingRun.enrichment_kit, SequencingRun.date)
    query = (
        select(*kinds, func.count())
        .join(SequencingRun, SequencingRun.id == ExpectedFile.sequencing_run_id)
        .where(ExpectedFile.retired.is_(False), ExpectedFile.data_state == DataState.DELETED)
        .group_by(*kinds)
    )
    return {(kind, kit, date): count for kind, kit, date, count in session.execute(query)}


def _pairs(session: Session, query: Select[str, int]) -> dict[str, int]:
    return {name: count for name, count in session.execute(query)}  # noqa: C416  (rows)
