"""Jobs that make missing files, what became of each, and whether people want any launched."""

import datetime as dt

from sqlalchemy import BigInteger, ForeignKey, Integer
from sqlalchemy.orm import Mapped, mapped_column

from seqauto_pipeline.db.base import Base

_NUMBER = BigInteger().with_variant(Integer, "sqlite")


class Job(Base):
    """One job: a record, made by a recipe from inputs as they were. Tries are counted in it."""

    __tablename__ = "job"

    id: Mapped[int] = mapped_column(_NUMBER, primary_key=True)
    sequencing_run_id: Mapped[int] = mapped_column(ForeignKey("sequencing_run.id"), index=True)
    expected_file_id: Mapped[int] = mapped_column(ForeignKey("expected_file.id"), index=True)
    file_type: Mapped[str]
    recipe_digest: Mapped[str] = mapped_column(comment="Of the recipe that it was made by")
    input_fingerprint: Mapped[str] = mapped_column(comment="Of the files that it was made from")
    backend: Mapped[str] = mapped_column(comment="local, slurm or pbs")
    key: Mapped[str] = mapped_column(unique=True, comment="Of the last try; its name over there")
    backend_id: Mapped[str | None] = mapped_column(comment="NULL: nobody noted that it was taken")
    state: Mapped[str] = mapped_column(
        index=True, comment="submitting, queued, running, done, failed, cancelled or lost"
    )
    attempts: Mapped[int] = mapped_column(comment="Tries, the last one included")
    next_try_at: Mapped[dt.datetime | None] = mapped_column(comment="NULL: not tried by itself")
    cores: Mapped[int]
    memory_mb: Mapped[int] = mapped_column(comment="Megabytes")
    seconds: Mapped[int] = mapped_column(comment="The limit of its time")
    output: Mapped[str] = mapped_column(comment="Absolute path of the file, escaped")
    exit_code: Mapped[int | None] = mapped_column(comment="NULL: it has not ended, or left none")
    host: Mapped[str | None] = mapped_column(comment="Where it ran")
    reason: Mapped[str | None] = mapped_column(comment="Why it ended, in the back-end's words")
    log_end: Mapped[str | None] = mapped_column(comment="The last lines that it printed")
    launched_at: Mapped[dt.datetime] = mapped_column(comment="The last try")
    began_at: Mapped[dt.datetime | None]
    ended_at: Mapped[dt.datetime | None]
    looked_at: Mapped[dt.datetime | None] = mapped_column(
        comment="When a scan looked at what it made; NULL: not yet"
    )


class JobEvent(Base):
    """One change of a job. Append only."""

    __tablename__ = "job_event"

    id: Mapped[int] = mapped_column(_NUMBER, primary_key=True)
    job_id: Mapped[int] = mapped_column(ForeignKey("job.id"), index=True)
    at: Mapped[dt.datetime]
    state: Mapped[str] = mapped_column(comment="As of the job, or retry")
    key: Mapped[str] = mapped_column(comment="Of the try")
    who: Mapped[str | None] = mapped_column(comment="NULL: no person")
    detail: Mapped[str | None]


class JobPause(Base):
    """Whether jobs are launched. Append only: the newest holds."""

    __tablename__ = "job_pause"

    id: Mapped[int] = mapped_column(primary_key=True)
    is_on: Mapped[bool] = mapped_column(comment="True: none is launched")
    who: Mapped[str]
    why: Mapped[str | None]
    at: Mapped[dt.datetime]
