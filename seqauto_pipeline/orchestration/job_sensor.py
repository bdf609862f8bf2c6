"""Jobs in flight are asked for while no scan runs; those that have ended are looked at soon."""

import datetime as dt
import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

import dagster as dg

from seqauto_pipeline.core.file_list import unescape_name
from seqauto_pipeline.db.session import open_database, read_session
from seqauto_pipeline.errors import DatabaseUnavailableError
from seqauto_pipeline.jobs.configured import job_rules
from seqauto_pipeline.orchestration.run_config import run_config
from seqauto_pipeline.orchestration.schedules import reasons_not_to_scan
from seqauto_pipeline.orchestration.sensors import is_text
from seqauto_pipeline.orchestration.site import Site, read_site
from seqauto_pipeline.orchestration.tags import SCAN_JOB

if TYPE_CHECKING:
    from seqauto_pipeline.db.jobs.queries import JobToLookAt
    from seqauto_pipeline.jobs.asking import Answers

_SECONDS_BETWEEN_LOOKS = 30
_MAX_NAMED_RUNS = 200  # above this, a scan of their whole roots is asked for


@dg.sensor(
    job_name=SCAN_JOB,
    description="Asks what became of jobs, where job_recipes name any, and has the runs of those "
    "that have ended scanned, where enabled, scan_disks and upload_enabled are true and no scan is "
    "going on.",
    minimum_interval_seconds=_SECONDS_BETWEEN_LOOKS,
    default_status=dg.DefaultSensorStatus.RUNNING,  # the settings decide, without a restart
)
def jobs_in_flight(context: dg.SensorEvaluationContext) -> dg.RunRequest | dg.SkipReason:
    site = read_site()
    if not job_rules(site.settings, site.home).directory.exists():
        return dg.SkipReason("No look: no job has ever been launched.")
    now = dt.datetime.now(dt.UTC)
    try:
        answers, ended = _look(site, now)
    except DatabaseUnavailableError as error:
        return dg.SkipReason(f"No look: the models cannot be used: {error.reason}.")
    reasons = reasons_not_to_scan(context.instance, site.settings) if ended else ()
    if not ended or reasons:
        return dg.SkipReason(_words(answers, reasons))
    return _request(ended, now)


def _look(site: Site, now: dt.datetime) -> "tuple[Answers, tuple[JobToLookAt, ...]]":
    from seqauto_pipeline.db.jobs.queries import jobs_to_look_at  # noqa: PLC0415  (not for scans)
    from seqauto_pipeline.jobs.asking import ask_for_jobs  # noqa: PLC0415  (the same)

    engine = open_database(site.database_url)
    try:
        answers = ask_for_jobs(job_rules(site.settings, site.home), engine)
        with read_session(engine) as session:
            return answers, jobs_to_look_at(session, now)
    finally:
        engine.dispose()


def _words(answers: "Answers", reasons: Sequence[str]) -> str:
    silent = "".join(f" {words}." for words in answers.in_words())
    if reasons:
        return f"Jobs have ended, and no scan is asked for: {'; '.join(reasons)}.{silent}"
    return f"No scan: no job has ended that is not looked at.{silent}"


def _request(ended: "Sequence[JobToLookAt]", now: dt.datetime) -> dg.RunRequest:
    """Ask for a scan of the runs of some jobs; for the same jobs once in an hour."""
    runs = sorted({unescape_name(job.run_path) for job in ended})
    named = runs if len(runs) <= _MAX_NAMED_RUNS and all(map(is_text, runs)) else []
    roots = sorted({unescape_name(job.root) for job in ended})
    keys = hashlib.md5(" ".join(job.key for job in ended).encode(), usedforsecurity=False)
    return dg.RunRequest(
        run_key=f"jobs {keys.hexdigest()} {now:%Y-%m-%d %H}",
        run_config=run_config({"roots": roots, "runs": named}),
    )
