"""Jobs, read and written while they are launched and asked for."""

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, fields
from typing import Any

from sqlalchemy import Connection, Select, func, insert, select, update

from seqauto_pipeline.core.data_state import AWAITED, UNSEEN, DataState, RunState
from seqauto_pipeline.db.jobs.values import (
    IN_FLIGHT,
    SUBMITTING,
    JobChange,
    NewJob,
    StoredJob,
)
from seqauto_pipeline.db.models import ExpectedFile, Job, JobEvent, JobPause, SequencingRun
from seqauto_pipeline.db.session import Engine, read_connection, write_connection
from seqauto_pipeline.db.store.values import ScanRow

_COLUMNS = tuple(Job.__table__.c[each.name] for each in fields(StoredJob))


class StoredJobs:
    """The jobs of an installation."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def in_flight(self) -> tuple[StoredJob, ...]:
        query = jobs_query().where(Job.state.in_(IN_FLIGHT)).order_by(Job.id)
        return self._jobs(query)

    def last_of_runs(self, run_ids: Collection[int]) -> dict[int, StoredJob]:
        """Give the last job of each file of some runs that had one, by the file's number."""
        query = jobs_query().where(Job.sequencing_run_id.in_(run_ids)).order_by(Job.id)
        return {job.expected_file_id: job for job in self._jobs(query)}

    def candidates(self, types: Collection[str]) -> dict[int, dict[str, int]]:
        """Count the missing files of some types in runs that are complete and not set aside.

        By run, the newest first, and by type.
        """
        run = SequencingRun
        query = (
            select(ExpectedFile.sequencing_run_id, ExpectedFile.file_type, func.count())
            .join(run, run.id == ExpectedFile.sequencing_run_id)
            .where(
                ExpectedFile.data_state == DataState.NON_EXISTENT.value,
                ExpectedFile.retired.is_(False),
                ExpectedFile.file_type.in_(types),
                run.data_state == RunState.COMPLETE.value,
                ~(run.legacy | run.bad | run.hidden),
            )
            .group_by(ExpectedFile.sequencing_run_id, ExpectedFile.file_type)
            .order_by(ExpectedFile.sequencing_run_id.desc())
        )
        found: dict[int, dict[str, int]] = {}
        with read_connection(self._engine) as connection:
            for run_id, file_type, count in connection.execute(query):
                found.setdefault(run_id, {})[file_type] = count
        return found

    def is_paused(self) -> bool:
        query = select(JobPause.is_on).order_by(JobPause.id.desc()).limit(1)
        with read_connection(self._engine) as connection:
            return bool(connection.scalar(query))

    def begin(self, jobs: Sequence[NewJob]) -> None:
        """Note jobs before they are handed to a back-end."""
        with write_connection(self._engine) as connection:
            for job in jobs:
                number = _begun(connection, job)
                add_event(connection, number, job.key, SUBMITTING, job.launched_at)

    def note_submitted(self, ids: Mapping[str, str], at: dt.datetime) -> None:
        """Note the back-end's ids of jobs by their keys."""
        with write_connection(self._engine) as connection:
            for key, backend_id in ids.items():
                query = update(Job).where(Job.key == key, Job.state == SUBMITTING)
                taken = query.values(backend_id=backend_id, state="queued").returning(Job.id)
                number = connection.scalar(taken)
                if number is not None:
                    add_event(connection, number, key, "queued", at)

    def note_changes(self, changes: Iterable[JobChange]) -> None:
        """Note what became of jobs; one that has ended meanwhile stays as it is."""
        with write_connection(self._engine) as connection:
            for change in changes:
                query = update(Job).where(
                    Job.id == change.job.id, Job.key == change.job.key, Job.state.in_(IN_FLIGHT)
                )
                noted = connection.scalar(query.values(_news(change)).returning(Job.id))
                if noted is not None and change.state != change.job.state:
                    detail = change.reason or None
                    add_event(
                        connection, noted, change.job.key, change.state, change.at, detail=detail
                    )

    def files_out_of_line(self) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
        """Find records that do not agree with their jobs, by run.

        First those that are missing while a job makes them, then those that no job makes any more.
        """
        with read_connection(self._engine) as connection:
            return _to_run(connection), _no_longer_run(connection)

    def note_looks(self, scan: ScanRow) -> None:
        """Note that a scan has looked at what jobs made: those that ended before it listed disks.

        The record of one that it could not look at is still running.
        """
        query = (
            select(Job.id, SequencingRun.root, SequencingRun.path)
            .join(SequencingRun, SequencingRun.id == Job.sequencing_run_id)
            .join(ExpectedFile, ExpectedFile.id == Job.expected_file_id)
            .where(
                Job.state.not_in(IN_FLIGHT),
                Job.looked_at.is_(None),
                Job.ended_at < (scan.as_of or scan.started_at),
                ExpectedFile.data_state != DataState.RUNNING.value,
            )
        )
        with write_connection(self._engine) as connection:
            rows = connection.execute(query).all()
            seen = [row.id for row in rows if scan.covers(row.root, row.path)]
            looked = update(Job).where(Job.id.in_(seen)).values(looked_at=dt.datetime.now(dt.UTC))
            if seen:
                connection.execute(looked)

    def _jobs(self, query: Select[Any]) -> tuple[StoredJob, ...]:
        with read_connection(self._engine) as connection:
            return tuple(map(stored_job, connection.execute(query)))


def jobs_query() -> Select[Any]:
    return select(*_COLUMNS)


def stored_job(row: Sequence[Any]) -> StoredJob:
    return StoredJob(*row)


def add_event(
    connection: Connection,
    job_id: int,
    key: str,
    state: str,
    at: dt.datetime,
    *,
    who: str | None = None,
    detail: str | None = None,
) -> None:
    values = {"job_id": job_id, "key": key, "state": state, "at": at, "who": who, "detail": detail}
    connection.execute(insert(JobEvent).values(values))


def _begun(connection: Connection, job: NewJob) -> int:
    values = asdict(job)
    again = job.again
    del values["again"]
    emptied = ("backend_id", "next_try_at", "exit_code", "host", "reason", "log_end")
    moments = ("began_at", "ended_at", "looked_at")
    values |= {**dict.fromkeys((*emptied, *moments)), "state": SUBMITTING}
    if again is None:
        added = insert(Job).values(**values, attempts=1).returning(Job.id)
        return connection.execute(added).scalar_one()
    query = update(Job).where(Job.id == again)
    connection.execute(query.values(**values, attempts=Job.attempts + 1))
    return again


def _news(change: JobChange) -> dict[str, Any]:
    known = {
        name: getattr(change, name)
        for name in ("exit_code", "host", "reason", "log_end", "began_at", "ended_at")
    }
    return {
        "state": change.state,
        "next_try_at": change.next_try_at,
        **{
            name: value if value != "" else None
            for name, value in known.items()
            if value is not None
        },
    }


def _to_run(connection: Connection) -> dict[int, list[int]]:
    query = (
        select(Job.sequencing_run_id, Job.expected_file_id)
        .join(ExpectedFile, ExpectedFile.id == Job.expected_file_id)
        .where(
            Job.state.in_(IN_FLIGHT),
            ExpectedFile.data_state == DataState.NON_EXISTENT.value,
            ExpectedFile.retired.is_(False),
        )
    )
    return _by_run(connection, query)


def _no_longer_run(connection: Connection) -> dict[int, list[int]]:
    in_flight = select(Job.expected_file_id).where(Job.state.in_(IN_FLIGHT))
    known = func.coalesce(ExpectedFile.reason, "").in_((AWAITED, UNSEEN))
    query = select(ExpectedFile.sequencing_run_id, ExpectedFile.id).where(
        ExpectedFile.data_state == DataState.RUNNING.value,
        ~known,
        ExpectedFile.id.not_in(in_flight),
    )
    return _by_run(connection, query)


def _by_run(connection: Connection, query: Select[int, int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for run_id, file_id in connection.execute(query):
        found.setdefault(run_id, []).append(file_id)
    return found
