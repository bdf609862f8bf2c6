"""Jobs that make missing files, as people and programs read of them."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from seqauto_pipeline.core.beside import path_from
from seqauto_pipeline.core.display import counted, shown
from seqauto_pipeline.db.jobs.queries import (
    JobRow,
    JobStep,
    history_of_job,
    job_by_id,
    jobs_of_runs,
    list_jobs,
    pause_of_jobs,
)
from seqauto_pipeline.db.queries.selection import Selection
from seqauto_pipeline.jobs.backend import LOG
from seqauto_pipeline.jobs.configured import job_rules
from seqauto_pipeline.jobs.scripts import COMMAND
from seqauto_pipeline.views.finding import NotFoundError
from seqauto_pipeline.views.grouping import grouped
from seqauto_pipeline.views.open_models import OpenModels
from seqauto_pipeline.views.values import Json, Value, iso

JOB_COLUMNS = (
    "id",
    "state",
    "file_type",
    "file",
    "sequencing_run",
    "sample_name",
    "backend",
    "backend_id",
    "attempts",
    "next_try",
    "exit_code",
    "reason",
    "host",
    "launched",
    "began",
    "ended",
    "seconds",
    "directory",
)
_MAX_TEXT = 64 * 1024  # bytes of a script or log that are shown


@dataclass(frozen=True, slots=True)
class JobLine:
    """One job as it is listed."""

    row: JobRow
    directory: str  # of its last try

    @property
    def file(self) -> str:
        return path_from(f"{self.row.root}/{self.row.run_path}", self.row.path)

    @property
    def seconds(self) -> float | None:
        job = self.row.job
        if job.began_at is None or job.ended_at is None:
            return None
        return (job.ended_at - job.began_at).total_seconds()

    def values(self) -> tuple[Value, ...]:
        """Give the values of JOB_COLUMNS."""
        row, job = self.row, self.row.job
        return (
            job.id,
            job.state,
            job.file_type,
            self.file,
            row.run_name,
            row.sample_name,
            job.backend,
            job.backend_id,
            job.attempts,
            iso(job.next_try_at),
            job.exit_code,
            job.reason,
            job.host,
            iso(job.launched_at),
            iso(job.began_at),
            iso(job.ended_at),
            self.seconds,
            self.directory,
        )

    def as_json(self) -> dict[str, Json]:
        return dict(zip(JOB_COLUMNS, self.values(), strict=True))


@dataclass(frozen=True, slots=True)
class JobPage:
    """One job in full."""

    line: JobLine
    history: tuple[JobStep, ...]
    script: str  # as it stands on the disk, escaped
    log: str

    def as_json(self) -> dict[str, Json]:
        steps: list[Json] = [
            {
                "at": iso(step.at),
                "state": step.state,
                "key": step.key,
                "who": step.who,
                "detail": step.detail,
            }
            for step in self.history
        ]
        return {**self.line.as_json(), "history": steps, "script": self.script, "log": self.log}


def job_lines(
    models: OpenModels, chosen: Selection, states: tuple[str, ...]
) -> tuple[JobLine, ...]:
    return tuple(_line(models, row) for row in list_jobs(models.session, chosen, states))


def jobs_by_run(models: OpenModels, ids: Collection[int]) -> Mapping[int, tuple[JobLine, ...]]:
    """Give the jobs of some runs; where none was ever launched nothing is asked for."""
    if not job_rules(models.settings, models.home).may_have_jobs:
        return {}
    lines = (_line(models, row) for row in jobs_of_runs(models.session, ids))
    return grouped(lines, lambda line: line.row.job.sequencing_run_id)


def job_line(models: OpenModels, number: int) -> JobLine:
    """Find a job by its number. Raises NotFoundError."""
    row = job_by_id(models.session, number)
    if row is None:
        raise NotFoundError(f"No job has the number {number}. See: seqauto jobs")
    return _line(models, row)


def job_page(models: OpenModels, number: int) -> JobPage:
    """Show one job in full. Raises NotFoundError."""
    line = job_line(models, number)
    return JobPage(
        line,
        history_of_job(models.session, number),
        _text(f"{line.directory}/{COMMAND}"),
        _text(f"{line.directory}/{LOG}"),
    )


def pause_words(models: OpenModels) -> str | None:
    """Say who wants no jobs launched, since when and why; None where nobody does."""
    pause = pause_of_jobs(models.session)
    if pause is None:
        return None
    why = f": {shown(pause.why)}" if pause.why else ""
    return f"Jobs are paused since {models.local(pause.at)} by {shown(pause.who)}{why}."


def job_words(models: OpenModels, line: JobLine) -> str:
    """Say in short what became of a job, and since when that is so."""
    job = line.row.job
    since = job.ended_at or job.began_at or job.launched_at
    reason = f", {shown(job.reason)}" if job.reason else ""
    code = f", code {job.exit_code}" if job.exit_code else ""
    again = f"; next try {models.local(job.next_try_at)}" if job.next_try_at else ""
    return f"{job.state}{code}{reason}, {models.local(since)}{again}"


def duration_words(line: JobLine) -> str:
    return "" if line.seconds is None else f"{line.seconds:,.0f} s"


def tries_words(line: JobLine) -> str:
    attempts = line.row.job.attempts
    return "" if attempts == 1 else counted(attempts, "try", "tries")


def _line(models: OpenModels, row: JobRow) -> JobLine:
    rules = job_rules(models.settings, models.home)
    return JobLine(row, str(rules.directory / row.job.key))


def _text(path: str) -> str:
    """Read the end of a file of a job, line by line made harmless."""
    try:
        with open(path, "rb") as stream:  # noqa: PTH123  (a path as text)
            stream.seek(0, 2)
            stream.seek(max(0, stream.tell() - _MAX_TEXT))
            data = stream.read()
    except OSError as error:
        return f"({error.strerror})"
    return "\n".join(shown(line) for line in data.decode("utf-8", "backslashreplace").split("\n"))
