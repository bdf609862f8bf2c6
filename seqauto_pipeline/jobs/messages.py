"""Open messages on runs about jobs that ended badly, so that people meet them where they look."""

import datetime as dt

from seqauto_pipeline.core.display import quoted, shown
from seqauto_pipeline.core.problems import Problem, Severity
from seqauto_pipeline.core.verdict.messages import message_keys
from seqauto_pipeline.core.verdict.run_plan import JOB_CODES
from seqauto_pipeline.db.jobs.queries import JobTrouble, jobs_in_trouble
from seqauto_pipeline.db.jobs.values import StoredJob
from seqauto_pipeline.db.outbox.trouble import store_trouble_messages
from seqauto_pipeline.db.session import Engine, write_connection

_LOG_LINES = 5
_LOG_CHARACTERS = 600


def store_job_messages(engine: Engine) -> None:
    """Bring the messages about jobs in line with the jobs."""
    with write_connection(engine) as connection:
        by_run: dict[int, list[Problem]] = {}
        for trouble in jobs_in_trouble(connection):
            by_run.setdefault(trouble.job.sequencing_run_id, []).append(_problem(trouble))
        found = {run_id: message_keys(problems) for run_id, problems in by_run.items()}
        store_trouble_messages(connection, found, JOB_CODES, dt.datetime.now(dt.UTC))


def _problem(trouble: JobTrouble) -> Problem:
    job = trouble.job
    code, severity = "JOB_FAILED", Severity.ERROR
    if job.state == "cancelled":
        code, severity = "JOB_CANCELLED", Severity.WARNING
    elif job.state == "lost":
        code = "JOB_LOST"
    elif job.state == "done":
        code = "JOB_LEFT_NO_FILE"
    return Problem(
        code,
        severity,
        f"job {job.id}, which makes this {job.file_type}, {ended_words(job)}",
        f"See its log: seqauto jobs show {job.id}. When the cause is mended: seqauto jobs retry "
        f"{job.id}. A changed input or recipe starts it again by itself.",
        path=trouble.path,
    )


def ended_words(job: StoredJob) -> str:
    """Say how a job ended, where, after how long, and what it printed last."""
    how = {
        "done": "ended well, and its file is not there",
        "cancelled": "was cancelled",
        "lost": "is lost",
    }.get(job.state, "failed")
    code = "" if job.exit_code is None or job.state == "done" else f" with code {job.exit_code}"
    reason = f" ({shown(job.reason, limit=200)})" if job.reason else ""
    where = f" on {shown(job.host)}" if job.host else ""
    tries = f", the last of {job.attempts} tries" if job.attempts > 1 else ""
    return f"{how}{code}{reason}{where}{_duration(job)}{tries}{_last_words(job)}"


def _duration(job: StoredJob) -> str:
    if job.began_at is None or job.ended_at is None:
        return ""
    return f" after {max(0.0, (job.ended_at - job.began_at).total_seconds()):,.0f} s"


def _last_words(job: StoredJob) -> str:
    lines = (job.log_end or "").splitlines()[-_LOG_LINES:]
    if not lines:
        return "; it printed nothing"
    return f"; it printed last {quoted(' / '.join(lines), limit=_LOG_CHARACTERS)}"
