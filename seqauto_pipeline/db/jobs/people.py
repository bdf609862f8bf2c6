"""What people want of jobs: one tried again, one ended, none launched for a while."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from seqauto_pipeline.db.jobs.values import IN_FLIGHT, RETRY, StoredJob
from seqauto_pipeline.db.models import Job, JobEvent, JobPause
from seqauto_pipeline.db.store.annotations import Statement


def retry_job(session: Session, job: StoredJob, said: Statement) -> bool:
    """Have the next scan launch a job again; False for one that is in flight."""
    stored = session.scalars(select(Job).where(Job.id == job.id).with_for_update()).one()
    if stored.state in IN_FLIGHT:
        return False
    stored.next_try_at, stored.attempts, stored.looked_at = said.at, 0, None
    _note(session, job, RETRY, said)
    return True


def note_cancelling(session: Session, job: StoredJob, said: Statement) -> None:
    """Note who wants a job ended; that it has ended is told by its back-end."""
    _note(session, job, "cancelling", said)


def set_pause(session: Session, said: Statement, *, is_on: bool) -> None:
    session.add(JobPause(is_on=is_on, who=said.by, why=said.why, at=said.at))


def _note(session: Session, job: StoredJob, state: str, said: Statement) -> None:
    event = JobEvent(
        job_id=job.id, at=said.at, state=state, key=job.key, who=said.by, detail=said.why
    )
    session.add(event)
