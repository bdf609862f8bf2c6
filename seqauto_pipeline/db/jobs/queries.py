"""What people and messages ask of jobs."""

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, func, select
from sqlalchemy.orm import Session

from seqauto_pipeline.core.data_state import DataState, RunState
from seqauto_pipeline.db.jobs.store import jobs_query, stored_job
from seqauto_pipeline.db.jobs.values import ENDED_BADLY, IN_FLIGHT, SUBMITTING, StoredJob
from seqauto_pipeline.db.models import ExpectedFile, Job, JobEvent, JobPause, SequencingRun
from seqauto_pipeline.db.queries.selection import Selection, file_conditions, run_conditions

_SUBMITTING_FOR = dt.timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class JobTrouble:
    """A job that a person has to see to."""

    job: StoredJob
    path: str  # of its file, relative to the run folder


@dataclass(frozen=True, slots=True)
class JobRow:
    """A job in a list."""

    job: StoredJob
    root: str
    run_path: str  # below the root
    run_name: str
    sample_name: str | None
    path: str  # relative to the run folder
    data_state: str  # of the file


@dataclass(frozen=True, slots=True)
class JobStep:
    """One change in the life of a job."""

    at: dt.datetime
    state: str
    key: str
    who: str | None
    detail: str | None


@dataclass(frozen=True, slots=True)
class JobToLookAt:
    """A job that a scan of its run should see to."""

    key: str
    root: str
    run_path: str  # below the root


@dataclass(frozen=True, slots=True)
class Pause:
    """That people want no jobs launched."""

    who: str
    why: str | None
    at: dt.datetime


def jobs_in_trouble(connection: Connection) -> tuple[JobTrouble, ...]:
    """Give the jobs that ended badly and are the last of their files, which are not there."""
    last = select(func.max(Job.id)).group_by(Job.expected_file_id)
    query = (
        jobs_query()
        .add_columns(ExpectedFile.path)
        .join(ExpectedFile, ExpectedFile.id == Job.expected_file_id)
        .join(SequencingRun, SequencingRun.id == Job.sequencing_run_id)
        .where(
            Job.id.in_(last),
            Job.next_try_at.is_(None),
            ExpectedFile.retired.is_(False),
            SequencingRun.data_state != RunState.DELETED.value,
            (
                Job.state.in_(ENDED_BADLY)
                & ExpectedFile.data_state.in_(
                    (DataState.NON_EXISTENT.value, DataState.RUNNING.value)
                )
            )
            | (
                (Job.state == "done")
                & Job.looked_at.is_not(None)
                & (ExpectedFile.data_state == DataState.NON_EXISTENT.value)
            ),
        )
        .order_by(Job.id)
    )
    return tuple(JobTrouble(stored_job(row[:-1]), row[-1]) for row in connection.execute(query))


def list_jobs(
    session: Session, chosen: Selection, states: Collection[str] = ()
) -> tuple[JobRow, ...]:
    """List jobs, the last launched first."""
    query = _rows().where(*run_conditions(chosen.of_runs), *file_conditions(chosen.of_files))
    if states:
        query = query.where(Job.state.in_(states))
    return tuple(_job_row(row) for row in session.execute(query.order_by(Job.id.desc())))


def job_by_id(session: Session, number: int) -> JobRow | None:
    row = session.execute(_rows().where(Job.id == number)).first()
    return None if row is None else _job_row(row)


def jobs_of_runs(session: Session, ids: Collection[int]) -> tuple[JobRow, ...]:
    """List the jobs of some runs, the last launched first."""
    query = _rows().where(Job.sequencing_run_id.in_(ids)).order_by(Job.id.desc())
    return tuple(_job_row(row) for row in session.execute(query))


def history_of_job(session: Session, number: int) -> tuple[JobStep, ...]:
    columns = (JobEvent.at, JobEvent.state, JobEvent.key, JobEvent.who, JobEvent.detail)
    query = select(*columns).where(JobEvent.job_id == number).order_by(JobEvent.id)
    return tuple(JobStep(*row) for row in session.execute(query))


def pause_of_jobs(session: Session) -> Pause | None:
    row = session.scalars(select(JobPause).order_by(JobPause.id.desc()).limit(1)).first()
    return Pause(row.who, row.why, row.at) if row is not None and row.is_on else None


def jobs_to_look_at(session: Session, now: dt.datetime) -> tuple[JobToLookAt, ...]:
    """Give the jobs for which a scan should look at their runs now.

    They have ended and nobody has looked at what they made; or are due again; or were noted, and
    never handed over.
    """
    is_paused = pause_of_jobs(session) is not None
    unseen = Job.state.not_in(IN_FLIGHT) & Job.looked_at.is_(None)
    again = Job.state.not_in(IN_FLIGHT) & (Job.next_try_at <= now)
    waits = (Job.state == SUBMITTING) & (Job.launched_at < now - _SUBMITTING_FOR)
    query = (
        select(Job.key, SequencingRun.root, SequencingRun.path)
        .join(SequencingRun, SequencingRun.id == Job.sequencing_run_id)
        .join(ExpectedFile, ExpectedFile.id == Job.expected_file_id)
        .where(unseen if is_paused else unseen | again | waits)
        .where(
            ExpectedFile.retired.is_(False),  # at the others no scan looks any more
            SequencingRun.data_state != RunState.DELETED.value,
            ~SequencingRun.legacy,
        )
        .order_by(Job.key)
    )
    return tuple(JobToLookAt(*row) for row in session.execute(query))


def _rows() -> Select[Any]:
    return (
        jobs_query()
        .add_columns(
            SequencingRun.root,
            SequencingRun.path,
            SequencingRun.name,
            ExpectedFile.sample_name,
            ExpectedFile.path,
            ExpectedFile.data_state,
        )
        .join(ExpectedFile, ExpectedFile.id == Job.expected_file_id)
        .join(SequencingRun, SequencingRun.id == Job.sequencing_run_id)
    )


def _job_row(row: Sequence[Any]) -> JobRow:
    return JobRow(stored_job(row[:-6]), *row[-6:])
