"""Sequencing runs that lack expected files."""

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from seqauto_pipeline.core.data_state import DataState, RunState
from seqauto_pipeline.db.models import ExpectedFile, SequencingRun
from seqauto_pipeline.db.queries.runs import runs_by_id

_ABSENT = (DataState.NON_EXISTENT, DataState.DELETED, DataState.ERROR, DataState.RUNNING)


@dataclass(frozen=True, slots=True)
class LackingRun:
    run: SequencingRun
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
    wanted = select(SequencingRun.id).where(
        SequencingRun.data_state == RunState.COMPLETE,
        SequencingRun.legacy.is_(False),
        SequencingRun.bad.is_(False),
        SequencingRun.hidden.is_(False),
    )
    ids = [run_id for run_id in session.scalars(wanted) if run_id in found]
    return tuple(LackingRun(run, tuple(found[run.id])) for run in runs_by_id(session, ids))
