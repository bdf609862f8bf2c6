"""What became of the jobs in flight: asked of their back-ends, and noted."""

import datetime as dt
import os
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from seqauto_pipeline.core.file_list import unescape_name
from seqauto_pipeline.core.recipes import Recipe
from seqauto_pipeline.db.jobs.store import StoredJobs
from seqauto_pipeline.db.jobs.values import ENDED_BADLY, SUBMITTING, JobChange, StoredJob
from seqauto_pipeline.db.session import Engine
from seqauto_pipeline.errors import BackendUnavailableError
from seqauto_pipeline.jobs.backend import LOG, JobReport, JobScript
from seqauto_pipeline.jobs.configured import JobRules
from seqauto_pipeline.jobs.messages import store_job_messages
from seqauto_pipeline.jobs.places import remove_directory
from seqauto_pipeline.jobs.scripts import Output, is_scratch

_LOG_LINES = 20
_LOG_BYTES = 4000


@dataclass(slots=True)
class Answers:
    """What back-ends told."""

    changes: list[JobChange] = field(default_factory=list)
    silent: dict[str, str] = field(default_factory=dict)  # why a back-end does not answer, by name

    @property
    def ended(self) -> list[JobChange]:
        return [each for each in self.changes if each.ended_at is not None]

    def in_words(self) -> list[str]:
        """Say which back-ends do not answer."""
        return [f"{name} does not answer: {why}" for name, why in sorted(self.silent.items())]


def ask_for_jobs(rules: JobRules, engine: Engine) -> Answers:
    """Ask for all jobs in flight, and store what is new, with the messages about it."""
    jobs = StoredJobs(engine)
    answers = Answers()
    now = dt.datetime.now(dt.UTC)
    in_flight = jobs.in_flight()
    for name in sorted({job.backend for job in in_flight}):
        of_backend = [job for job in in_flight if job.backend == name]
        try:
            _find_lost_ids(rules, jobs, name, of_backend)
            answers.changes += _ask(rules, name, of_backend, now)
        except BackendUnavailableError as error:
            answers.silent[name] = error.reason
        except KeyError:
            answers.silent[name] = "this program has no such back-end"
    jobs.note_changes(answers.changes)
    if answers.ended:
        for change in answers.ended:
            _remove_scratch(change.job)
        store_job_messages(engine)
    return answers


def _find_lost_ids(
    rules: JobRules, jobs: StoredJobs, name: str, in_flight: Sequence[StoredJob]
) -> None:
    """Note jobs that were handed over by a scan that died before it could note that."""
    keys = [job.key for job in in_flight if job.state == SUBMITTING]
    if keys:
        jobs.note_submitted(rules.backend(name).find(keys), dt.datetime.now(dt.UTC))


def _ask(
    rules: JobRules, name: str, in_flight: Collection[StoredJob], now: dt.datetime
) -> Iterator[JobChange]:
    by_id = {job.backend_id: job for job in in_flight if job.backend_id is not None}
    if not by_id:
        return
    scripts = {job_id: script_of(rules, job) for job_id, job in by_id.items()}
    reports = rules.backend(name).reports(scripts)
    for job_id, report in reports.items():
        job = by_id[job_id]
        if (report.state.value, report.reason) != (job.state, job.reason or ""):
            yield _change(rules, job, report, now)


def script_of(rules: JobRules, job: StoredJob) -> JobScript:
    return JobScript(job.key, rules.directory / job.key, job.cores, job.memory_mb, job.seconds)


def _change(rules: JobRules, job: StoredJob, report: JobReport, now: dt.datetime) -> JobChange:
    state = report.state.value
    if state in ("queued", "running"):
        host = report.host or None
        return JobChange(job, state, now, host=host, began_at=report.began, reason=report.reason)
    retried = state in ENDED_BADLY and state != "cancelled"
    return JobChange(
        job,
        state,
        now,
        exit_code=report.exit_code,
        host=report.host or None,
        reason=report.reason,
        log_end=log_end(rules.directory / job.key),
        began_at=report.began,
        ended_at=min(report.ended or now, now),  # the clock of its host may be ahead of ours
        next_try_at=_next_try(rules.recipes, job, now) if retried else None,
    )


def _next_try(recipes: Sequence[Recipe], job: StoredJob, now: dt.datetime) -> dt.datetime | None:
    """Say when a job that failed is tried again; None where its recipe does not."""
    recipe = next((each for each in recipes if each.digest == job.recipe_digest), None)
    if recipe is None or job.attempts > recipe.retries:
        return None
    seconds = recipe.retry_seconds * 2 ** (max(job.attempts, 1) - 1)
    return now + dt.timedelta(seconds=seconds)


def log_end(directory: Path) -> str:
    """Read the last lines that a job printed."""
    try:
        with (directory / LOG).open("rb") as log:
            log.seek(0, os.SEEK_END)
            log.seek(max(0, log.tell() - _LOG_BYTES))
            lines = log.read().decode("utf-8", "backslashreplace").splitlines()
    except OSError:
        return ""
    return "\n".join(lines[-_LOG_LINES:]).replace("\0", "\\0")


def _remove_scratch(job: StoredJob) -> None:
    """Take away what a job that was killed left half written."""
    scratch = Output(unescape_name(job.output), job.key).scratch
    if is_scratch(scratch):
        remove_directory(scratch)
