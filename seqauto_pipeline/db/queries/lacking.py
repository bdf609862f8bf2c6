"""Sequencing runs that lack expected files."""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from seqauto_pipeline.core.data_state import DataState, RunState
from seqauto_pipeline.db.models import ExpectedFile, SequencingRun

_ABSENT = (DataState.NON_EXISTENT, DataState.DELETED, DataState.ERROR, DataState.RUNNING)


@dataclass(frozen=True, slots=True)
class LackingRun:
    """A run, by the columns that are asked for: a mapped object costs ten times as much."""

    root: str
    path: str
    enrichment_kit: str | None
    date: dt.date | None
    files: tuple[tuple[str, str, int], ...]  # file type, state, number


def lacking_runs(session: Session) -> tuple[LackingRun, ...]:
    """List the complete runs of which files are not there, but for those that people gave up."""
    columns = (ExpectedFile.sequencing_run_id, ExpectedFile.file_type, ExpectedFile.data_state)
    query = (
        select(*columns, func.count())
        .where(ExpectedFile.data_state.in_(_ABSENT), ExpectedFile.retired.is_(False))
        .group_by(*columns)
        .order_by(*columns)
    )
    found: dict[int, list[tuple[str, str, int]]] = {}
    for run_id, kind, state, count in session.execute(query):
        found.setdefault(run_id, []).append((kind, state, count))
    run = SequencingRun
    wanted = select(run.id, run.root, run.path, run.enrichment_kit, run.date).where(
        SequencingRun.data_state == RunState.COMPLETE,
        SequencingRun.legacy.is_(False),
        SequencingRun.bad.is_(False),
        SequencingRun.hidden.is_(False),
    )
    return tuple(
        LackingRun(root, path, kit, date, tuple(found[run_id]))
        for run_id, root, path, kit, date in session.execute(wanted.order_by(run.root, run.path))
        if run_id in found
    )
