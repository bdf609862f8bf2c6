"""What the store of jobs gives and takes."""

import datetime as dt
from dataclasses import dataclass

SUBMITTING = "submitting"  # noted before it is handed to a back-end, which may have it or not
RETRY = "retry"  # a person wants it tried again: no state of a job, an event only
IN_FLIGHT = (SUBMITTING, "queued", "running")
ENDED_BADLY = ("failed", "cancelled", "lost")
JOB_STATES = (*IN_FLIGHT, "done", *ENDED_BADLY)


@dataclass(frozen=True, slots=True)
class StoredJob:
    """One job as it is stored; the columns are explained in `db/models/jobs.py`."""

    id: int
    sequencing_run_id: int
    expected_file_id: int
    file_type: str
    recipe_digest: str
    input_fingerprint: str
    backend: str
    key: str
    backend_id: str | None
    state: str
    attempts: int
    next_try_at: dt.datetime | None
    cores: int
    memory_mb: int
    seconds: int
    output: str
    exit_code: int | None
    host: str | None
    reason: str | None
    log_end: str | None
    launched_at: dt.datetime
    began_at: dt.datetime | None
    ended_at: dt.datetime | None
    looked_at: dt.datetime | None

    @property
    def is_in_flight(self) -> bool:
        return self.state in IN_FLIGHT


@dataclass(frozen=True, slots=True)
class NewJob:
    """A job that is about to be handed to a back-end; ``again``: the number of one that is."""

    sequencing_run_id: int
    expected_file_id: int
    file_type: str
    recipe_digest: str
    input_fingerprint: str
    backend: str
    key: str
    cores: int
    memory_mb: int
    seconds: int
    output: str
    launched_at: dt.datetime
    again: int | None = None


@dataclass(frozen=True, slots=True)
class JobChange:
    """What a back-end told of a job that is new. What is None stays; an empty text empties it."""

    job: StoredJob
    state: str
    at: dt.datetime
    exit_code: int | None = None
    host: str | None = None
    reason: str | None = None
    log_end: str | None = None
    began_at: dt.datetime | None = None
    ended_at: dt.datetime | None = None
    next_try_at: dt.datetime | None = None
